/* Calls getrlimit again and again, and prints how many nanoseconds each took. */
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

enum { CALLS = 1000000 };

int main(void) {
  struct timespec start, end;
  struct rlimit limit;

  clock_gettime(CLOCK_MONOTONIC, &start);
  for (int i = 0; i < CALLS; i++) {
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) {
      perror("getrlimit");
      return 1;
    }
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%f\n", ((end.tv_sec - start.tv_sec) * 1e9 +
                  (end.tv_nsec - start.tv_nsec)) / CALLS);
  return 0;
}
