/* Starts a program again and again, and prints how long each took to its end:
   the median, in milliseconds. The heap is as large as the second argument says,
   in MiB, and in use. */
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>

enum { WARMUPS = 500, COUNT = 500 };

extern char **environ;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * 1e3 + time.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char *argv[]) {
  double times[COUNT];
  char *path = argc == 3 ? argv[1] : "";
  char *next[] = {path, NULL};
  size_t size = argc == 3 ? ((size_t)atoi(argv[2]) << 20) + 1 : 1;
  char *heap = malloc(size);

  if (heap == NULL)
    return 1;
  memset(heap, 1, size);
  for (int i = -WARMUPS; i < COUNT; i++) {
    double begin = now();
    int status;
    pid_t pid;
    if (posix_spawn(&pid, path, NULL, NULL, next, environ) != 0 ||
        waitpid(pid, &status, 0) != pid)
      return 1;
    if (i >= 0)
      times[i] = now() - begin;
  }
  qsort(times, COUNT, sizeof times[0], compare);
  printf("%.6f\n", times[COUNT / 2]);
  return heap[size / 2] - 1;
}
