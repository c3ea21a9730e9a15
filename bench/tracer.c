/* The least that a tracer of system calls does: waits for any task, asks what
   call it is at, and lets it go on. Prints how long that took, in milliseconds,
   and at how many stops of calls it was. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/ptrace.h>
#include <signal.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
  OPTIONS = PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL | PTRACE_O_TRACEEXEC |
            PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE
};

static long ptrace(long request, pid_t tid, unsigned long address, void *data) {
  return syscall(SYS_ptrace, request, tid, address, data);
}

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

int main(int argc, char *argv[]) {
  if (argc < 2) return 2;
  double start = now();
  int gate[2];
  if (pipe(gate) != 0) return 1;
  pid_t child = fork();
  if (child == 0) {
    char byte;
    close(gate[1]);
    if (read(gate[0], &byte, 1) == 0) execvp(argv[1], argv + 1);
    _exit(127);
  }
  if (ptrace(PTRACE_SEIZE, child, 0, (void *)OPTIONS) != 0) return 1;
  /* From its first stop on its calls are told. */
  ptrace(PTRACE_INTERRUPT, child, 0, NULL);
  close(gate[1]);

  struct ptrace_syscall_info info;
  unsigned long stops = 0;
  for (;;) {
    int status;
    pid_t tid = wait4(-1, &status, __WALL, NULL);
    if (tid < 0 && errno == ECHILD) break;
    if (!WIFSTOPPED(status)) continue;
    int stop = WSTOPSIG(status), signal = 0;
    if (stop == (SIGTRAP | 0x80)) {
      ptrace(PTRACE_GET_SYSCALL_INFO, tid, sizeof(info), &info);
      stops++;
    } else if (status >> 16 == 0) {
      signal = stop;
    }
    ptrace(PTRACE_SYSCALL, tid, 0, (void *)(long)signal);
  }
  printf("%f %lu\n", now() - start, stops);
  return 0;
}
