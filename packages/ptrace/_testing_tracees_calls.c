/* System calls, one by one. */
#include "_testing_tracees.h"
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

/* calls NUMBER...: makes calls without arguments; i386:NUMBER by int 0x80. */
int calls(char **arguments) {
  for (; *arguments != NULL; arguments++) {
    char *colon = strchr(*arguments, ':');
    long result;
    if (colon != NULL) {
      result = call_i386(atol(colon + 1), 0, 0, 0);
    } else {
      result = syscall(atol(*arguments), 0, 0, 0, 0, 0, 0);
      if (result < 0) result = -errno;
    }
    printf("%ld\n", result);
  }
  return 0;
}

/* exit CODE */
int exit_with(char **arguments) { return atoi(arguments[0]); }

/* segfault: writes to address 0x10. */
int segfault(char **arguments) {
  *(volatile char *)0x10 = 1;
  return **arguments;
}

/* kill-self */
int kill_self(char **arguments) {
  (void)arguments;
  return raise(SIGKILL);
}

/* failing-execs: of a file that is not there, and of one without permission. */
int failing_execs(char **arguments) {
  char *const environment[] = {NULL};
  execve("/nonexistent", arguments, environment);
  check(errno == ENOENT, "execve");
  execve("/etc/passwd", arguments, environment);
  check(errno == EACCES, "execve");
  return 0;
}

/* int80: write() and getpid() of i386 by a program of 64 bits. */
int int80(char **arguments) {
  (void)arguments;
  enum { WRITE = 4, GETPID = 20 };
#ifndef MAP_32BIT
#define MAP_32BIT 0
#endif
  char *text = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
                    MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
  check(text != MAP_FAILED, "mmap");
  strcpy(text, "by int 0x80\n");
  check(call_i386(WRITE, 1, (long)text, 12) == 12, "write");
  return call_i386(GETPID, 0, 0, 0) == getpid() ? 0 : 1;
}

/* own-filter: a filter of its own lets getppid() fail with EACCES. */
int own_filter(char **arguments) {
  (void)arguments;
  struct sock_filter instructions[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getppid, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EACCES),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog filter = {LENGTH(instructions), instructions};
  check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0, "PR_SET_NO_NEW_PRIVS");
  check(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0, "filter");
  return syscall(SYS_getppid) == -1 && errno == EACCES ? 0 : 1;
}

/* wide-numbers: arguments and results that need all of 64 bits. */
int wide_numbers(char **arguments) {
  (void)arguments;
  int file = syscall(SYS_memfd_create, "wide", 0);
  check(file >= 0, "memfd_create");
  check(lseek(file, 0x7fffffffffff, SEEK_SET) == 0x7fffffffffff, "lseek");
  check(lseek(file, -1, SEEK_SET) == -1, "lseek");
  void *place = (void *)0x7e0000000000;
  void *mapped = mmap(place, 4096, PROT_NONE,
                      MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
  check(mapped == place, "mmap");
  return 0;
}
