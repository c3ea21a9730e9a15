/* Programs that make calls whose number is known, for the tests. */

#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* Calls that libc does not make by itself. Their first argument tells which. */
static void call(long first, long count) {
  for (long i = 0; i < count; i++) syscall(SYS_getpgid, -first - i);
}

static long calls;

static void *call_from_thread(void *first) {
  call((long)first, calls);
  return NULL;
}

/* COUNT threads, each of which calls CALLS times. */
static void threads(int count) {
  pthread_t threads[count];
  for (long i = 0; i < count; i++) {
    pthread_create(&threads[i], NULL, call_from_thread, (void *)(i * 1000000));
  }
  for (int i = 0; i < count; i++) pthread_join(threads[i], NULL);
}

/* A tree of processes, two children each, LEVELS deep; each calls CALLS times. */
static void forks(int levels) {
  call(0, calls);
  for (int i = 0; i < 2 && levels > 1; i++) {
    if (fork() == 0) {
      forks(levels - 1);
      _exit(0);
    }
  }
  while (wait(NULL) > 0) {
  }
}

/* Goes from one processor to the next after each call. */
static void migrate(void) {
  cpu_set_t all, one;
  sched_getaffinity(0, sizeof all, &all);
  int cpu = 0;
  for (long i = 0; i < calls; i++) {
    do cpu = (cpu + 1) % CPU_SETSIZE;
    while (!CPU_ISSET(cpu, &all));
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    sched_setaffinity(0, sizeof one, &one);
    call(i, 1);
  }
}

static void on_signal(int signal) {}

/* Is interrupted by signals that it handles. */
static void handle_signals(void) {
  signal(SIGUSR1, on_signal);
  for (long i = 0; i < calls; i++) raise(SIGUSR1);
}

static void *execute(void *path) {
  execl(path, path, NULL);
  return NULL;
}

/* Executes a program from another thread than the first. */
static void execute_from_thread(char *path) {
  pthread_t thread;
  pthread_create(&thread, NULL, execute, path);
  for (;;) pause();
}

/* Executes a program, from a process of its own, CALLS times. */
static void execute_often(char *path) {
  for (long i = 0; i < calls; i++) {
    if (fork() == 0) execl(path, path, NULL);
    wait(NULL);
  }
}

#ifdef __x86_64__
/* Makes calls of i386, whose getpgid is 132, among its own. */
static void call_by_int80(void) {
  for (long i = 0; i < calls; i++) {
    long result;
    __asm__ volatile("int $0x80"
                     : "=a"(result)
                     : "a"(132), "b"(-1 - i), "c"(0), "d"(0), "S"(0), "D"(0)
                     : "memory", "r8", "r9", "r10", "r11");
    call(i, 1);
  }
}
#endif

/* Threads that call for ever, COUNT of them; the first ends when it reads. */
static void *call_for_ever(void *first) {
  for (;;) {
    call((long)first, 1);
    usleep(100);
  }
}

static void serve(int count) {
  pthread_t thread;
  for (long i = 0; i < count; i++) {
    pthread_create(&thread, NULL, call_for_ever, (void *)(i * 1000000));
  }
  char byte;
  while (write(1, "r", 1) == 1 && read(0, &byte, 1) == 1) {
    if (fork() == 0) {
      call(500000000, calls);
      _exit(0);
    }
    wait(NULL);
    pthread_create(&thread, NULL, call_for_ever, (void *)900000000L);
  }
}

/* program NAME CALLS [COUNT | PATH] */
int main(int argc, char *argv[]) {
  calls = atol(argv[2]);
  if (!strcmp(argv[1], "threads")) threads(atoi(argv[3]));
  if (!strcmp(argv[1], "forks")) forks(atoi(argv[3]));
  if (!strcmp(argv[1], "migrate")) migrate();
  if (!strcmp(argv[1], "signals")) handle_signals();
  if (!strcmp(argv[1], "thread-exec")) execute_from_thread(argv[3]);
  if (!strcmp(argv[1], "execs")) execute_often(argv[3]);
#ifdef __x86_64__
  if (!strcmp(argv[1], "int80")) call_by_int80();
#endif
  if (!strcmp(argv[1], "serve")) serve(atoi(argv[3]));
  return 0;
}
