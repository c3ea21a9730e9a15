/*
 * What is traced in tests: `tracees NAME [ARGUMENT...]` plays the scenario of
 * that name. Each is as short as the behaviour that it shows allows, so that
 * a test knows every system call that matters.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* A system call by the rules of i386, made by a program of 64 bits. */
static long call_i386(long number, long first, long second, long third) {
#if defined(__x86_64__)
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(number), "b"(first), "c"(second), "d"(third)
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
#else
  (void)number, (void)first, (void)second, (void)third;
  errno = ENOSYS;
  return -ENOSYS;
#endif
}

/* calls NUMBER...: makes calls without arguments; i386:NUMBER by int 0x80. */
static int calls(int argc, char **argv) {
  for (int i = 0; i < argc; i++) {
    char *colon = strchr(argv[i], ':');
    if (colon != NULL) {
      printf("%ld\n", call_i386(atol(colon + 1), 0, 0, 0));
    } else {
      long result = syscall(atol(argv[i]), 0, 0, 0, 0, 0, 0);
      printf("%ld\n", result < 0 ? -(long)errno : result);
    }
  }
  return 0;
}

static const struct {
  const char *name;
  int (*play)(int argc, char **argv);
} scenarios[] = {
    {"calls", calls},
};

int main(int argc, char **argv) {
  for (size_t i = 0; argc > 1 && i < LENGTH(scenarios); i++) {
    if (strcmp(argv[1], scenarios[i].name) != 0) continue;
    return scenarios[i].play(argc - 2, argv + 2);
  }
  fprintf(stderr, "There is no scenario of that name\n");
  return 98;
}
