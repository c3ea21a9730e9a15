// Runs into a limit that it was started with, the one its first argument names,
// and tells what becomes of it. The tests of getrlimit(2) execute it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *result(long value) {
  return value < 0 ? strerrorname_np(errno) : "ok";
}

// Not a loop, for the compiler either: each call takes a page of the stack.
static int recurse(int depth) {
  volatile char page[4096];
  page[depth % 4096] = (char)depth;
  return recurse(depth + 1) + page[depth % 4096];
}

static void on_overflow(int signal) {
  (void)signal;
  write(1, "on another stack\n", 17);
  _exit(0);
}

static void overflow_on_another_stack(void) {
  static char other[65536];
  stack_t stack = {.ss_sp = other, .ss_size = sizeof other};
  struct sigaction action = {.sa_handler = on_overflow, .sa_flags = SA_ONSTACK};
  sigaltstack(&stack, NULL);
  sigaction(SIGSEGV, &action, NULL);
  recurse(0);
}

static int ticks;

static void on_tick(int signal) {
  (void)signal;
  struct rlimit limit;
  getrlimit(RLIMIT_CPU, &limit);
  char line[32];
  int size = snprintf(line, sizeof line, "%d soft %d\n", ++ticks,
                      (int)limit.rlim_cur);
  write(1, line, size);
}

static void spend_time(void) {
  signal(SIGXCPU, on_tick);
  for (;;);
}

static void spend_real_time(void) {
  struct sched_param priority = {.sched_priority = 1};
  printf("%s\n", result(sched_setscheduler(0, SCHED_FIFO, &priority)));
  fflush(stdout);
  for (;;);
}

// Sends descriptors over a socket that nobody reads, until that fails.
static void send_descriptors(void) {
  int ends[2], sent = 0;
  socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, ends);
  char byte = 0, control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec data = {&byte, 1};
  struct msghdr message = {.msg_iov = &data, .msg_iovlen = 1,
                           .msg_control = control,
                           .msg_controllen = sizeof control};
  struct cmsghdr *header = CMSG_FIRSTHDR(&message);
  *header = (struct cmsghdr){.cmsg_level = SOL_SOCKET,
                             .cmsg_type = SCM_RIGHTS,
                             .cmsg_len = CMSG_LEN(sizeof(int))};
  memcpy(CMSG_DATA(header), ends, sizeof(int));
  while (sendmsg(ends[0], &message, 0) == 1) sent++;
  printf("%s after %d\n", strerrorname_np(errno), sent);
}

int main(int argc, char *argv[]) {
  const char *what = argc > 1 ? argv[1] : "";
  const char *file = argc > 2 ? argv[2] : "/dev/null";
  if (strcmp(what, "stack") == 0) return recurse(0);
  if (strcmp(what, "altstack") == 0) overflow_on_another_stack();
  if (strcmp(what, "cpu") == 0) spend_time();
  if (strcmp(what, "rttime") == 0) spend_real_time();
  if (strcmp(what, "in-flight") == 0) send_descriptors();
  if (strcmp(what, "truncate") == 0) {
    signal(SIGXFSZ, SIG_IGN);
    printf("%s\n", result(truncate(file, 1000)));
  }
  if (strcmp(what, "locks") == 0) {
    printf("%s\n", result(flock(open(file, O_RDWR), LOCK_EX)));
  }
  if (strcmp(what, "rss") == 0) {
    size_t size = 16 << 20;
    memset(malloc(size), 1, size);
    printf("ok\n");
  }
  if (strcmp(what, "fork") == 0) {
    int pid = fork();
    if (pid == 0) _exit(0);
    printf("%s\n", result(pid));
  }
  if (strcmp(what, "kill") == 0) {
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    union sigval value = {0};
    printf("%s ", result(sigqueue(getpid(), SIGRTMIN, value)));
    printf("%s\n", result(kill(getpid(), SIGUSR1)));
  }
  return 0;
}
