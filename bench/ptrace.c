/* Traces the program of the first argument from one system call to the next,
   asks at each stop what it is, and prints how long a stop took on average, in
   microseconds. With a second argument both are bound to the same processor. */
#define _GNU_SOURCE
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { GET_SYSCALL_INFO = 0x420e, WARMUPS = 20000 };

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e6 + time.tv_nsec / 1e3;
}

int main(int argc, char *argv[]) {
  uint64_t info[11];
  int status;
  long stops = 0;
  double begin = 0;
  pid_t pid;

  if (argc == 3) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(sched_getcpu(), &set);
    sched_setaffinity(0, sizeof set, &set);
  }
  pid = fork();
  if (pid == 0) {
    ptrace(PTRACE_TRACEME, 0, 0, 0);
    execl(argv[1], argv[1], (char *)0);
    _exit(127);
  }
  waitpid(pid, &status, 0);
  ptrace(PTRACE_SETOPTIONS, pid, 0,
         PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
  for (;;) {
    ptrace(PTRACE_SYSCALL, pid, 0, 0);
    if (waitpid(pid, &status, __WALL) != pid)
      return 1;
    if (WIFEXITED(status))
      break;
    if (ptrace(GET_SYSCALL_INFO, pid, sizeof info, info) < 0)
      return 1;
    if (++stops == WARMUPS)
      begin = now();
  }
  printf("%.6f\n", (now() - begin) / (stops - WARMUPS));
  return WEXITSTATUS(status);
}
