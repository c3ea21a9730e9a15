/*
 * What the tests of the Tracer trace: `tasks NAME [ARGUMENT...]` plays the
 * scenario of that name: signals, tasks, and memory at its edges.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))
#define THREADS 64

extern char **environ;
static char *self;
static volatile int handled;
static volatile int value;

static void count(int signal) {
  (void)signal;
  handled++;
}

static void keep_value(int signal, siginfo_t *info, void *context) {
  (void)signal, (void)context;
  value = info->si_value.sival_int;
}

static void handle(int signal, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  sigaction(signal, &action, NULL);
}

static void pause_for(int milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000L};
  nanosleep(&time, NULL);
}

/* A child that sends this process a signal after a while. */
static void signal_later(int milliseconds, int signal) {
  pid_t parent = getpid();
  if (fork() != 0) return;
  pause_for(milliseconds);
  kill(parent, signal);
  _exit(0);
}

/* segv: reads where nothing is mapped. */
static int segv(int argc, char **argv) {
  (void)argc, (void)argv;
  return *(volatile int *)0x10;
}

/* raise SIGNAL... */
static int raise_all(int argc, char **argv) {
  for (int i = 0; i < argc; i++) raise(atoi(argv[i]));
  return 0;
}

/* handlers: gets one signal that is handled, one ignored, one with no effect. */
static int handlers(int argc, char **argv) {
  (void)argc, (void)argv;
  handle(SIGUSR1, count, 0);
  handle(SIGUSR2, SIG_IGN, 0);
  kill(getpid(), SIGUSR1);
  kill(getpid(), SIGUSR2);
  kill(getpid(), SIGURG);
  return handled;
}

/* terminated: ends by SIGTERM, and counts SIGUSR1. */
static int terminated(int argc, char **argv) {
  (void)argc, (void)argv;
  handle(SIGUSR1, count, 0);
  kill(getpid(), SIGTERM);
  return 10 + handled;
}

/* traps: SIGTRAP by raise(3), and by an instruction. */
static int traps(int argc, char **argv) {
  (void)argc, (void)argv;
  handle(SIGTRAP, count, 0);
  raise(SIGTRAP);
#if defined(__x86_64__)
  __asm__ volatile("int3");
#else
  raise(SIGTRAP);
#endif
  return 2 + handled;
}

/* queue: a real-time signal with a value. */
static int queue(int argc, char **argv) {
  (void)argc, (void)argv;
  struct sigaction action = {.sa_sigaction = keep_value, .sa_flags = SA_SIGINFO};
  sigaction(SIGRTMIN + 3, &action, NULL);
  sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 42});
  return value;
}

static void *wait_for_ever(void *unused) {
  while (pause() == -1) continue;
  return unused;
}

/* internal: signals that libc keeps for itself. */
static int internal(int argc, char **argv) {
  (void)argc, (void)argv;
  pthread_t thread;
  void *result;
  pthread_create(&thread, NULL, wait_for_ever, NULL);
  if (setgid(getgid()) != 0) return 1;
  pthread_cancel(thread);
  pthread_join(thread, &result);
  return result == PTHREAD_CANCELED ? 0 : 2;
}

/* stop SIGNAL MILLISECONDS: is stopped, and continued after a while. */
static int stop(int argc, char **argv) {
  (void)argc;
  signal_later(atoi(argv[1]), SIGCONT);
  raise(atoi(argv[0]));
  return 5;
}

/* handled-stop: SIGTSTP with a handler stops nobody. */
static int handled_stop(int argc, char **argv) {
  (void)argc, (void)argv;
  handle(SIGTSTP, count, 0);
  raise(SIGTSTP);
  return handled;
}

/* watch-stop: what the parent of one that is stopped sees. */
static int watch_stop(int argc, char **argv) {
  (void)argc, (void)argv;
  pid_t child = fork();
  if (child == 0) {
    raise(SIGSTOP);
    _exit(9);
  }
  for (int status = -1; status == -1 || !WIFEXITED(status);) {
    waitpid(child, &status, WUNTRACED | WCONTINUED);
    printf("%x ", status);
    if (WIFSTOPPED(status)) kill(child, SIGCONT);
  }
  printf("\n");
  return 0;
}

static int pipe_ends[2];

static void write_byte(int signal) {
  (void)signal;
  if (write(pipe_ends[1], "x", 1) != 1) _exit(1);
}

/* restart: read(2) is interrupted, and starts again. */
static int restart(int argc, char **argv) {
  (void)argc, (void)argv;
  char byte;
  if (pipe(pipe_ends) != 0) return 1;
  handle(SIGALRM, write_byte, SA_RESTART);
  setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {0, 30000}}, NULL);
  return read(pipe_ends[0], &byte, 1) == 1 ? 0 : 2;
}

/* interrupt: nanosleep(2) is interrupted, and does not start again. */
static int interrupt(int argc, char **argv) {
  (void)argc, (void)argv;
  handle(SIGALRM, count, 0);
  setitimer(ITIMER_REAL, &(struct itimerval){.it_value = {0, 30000}}, NULL);
  struct timespec time = {60, 0};
  return nanosleep(&time, NULL) == -1 && errno == EINTR ? 0 : 1;
}

/* sleep-through-stop: nanosleep(2) of 90 ms, stopped in the middle. */
static int sleep_through_stop(int argc, char **argv) {
  (void)argc, (void)argv;
  signal_later(20, SIGSTOP);
  signal_later(50, SIGCONT);
  struct timespec before, after;
  clock_gettime(CLOCK_MONOTONIC, &before);
  pause_for(90);
  clock_gettime(CLOCK_MONOTONIC, &after);
  long ms = (after.tv_sec - before.tv_sec) * 1000 +
            (after.tv_nsec - before.tv_nsec) / 1000000;
  return ms < 90;
}

/* exit-fork: parent and child end at once. */
static int exit_fork(int argc, char **argv) {
  (void)argc, (void)argv;
  _exit(!!fork());
}

/* daemon: the process that goes on is nobody's child. */
static int daemon_process(int argc, char **argv) {
  (void)argc, (void)argv;
  if (fork() != 0) _exit(3);
  setsid();
  if (fork() != 0) _exit(4);
  pause_for(50);
  _exit(6);
}

/* vfork: a child that ends at once, then one that executes. */
static int vfork_twice(int argc, char **argv) {
  (void)argc, (void)argv;
  pid_t child = vfork();
  if (child == 0) _exit(2);
  waitpid(child, NULL, 0);
  char *const arguments[] = {"true", NULL};
  if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ) != 0)
    return 1;
  waitpid(child, NULL, 0);
  return 0;
}

/* vfork-sleep MILLISECONDS: a child that takes its time before it executes. */
static int vfork_sleep(int argc, char **argv) {
  (void)argc;
  pid_t child = vfork();
  if (child == 0) {
    pause_for(atoi(argv[0]));
    execl("/bin/true", "true", (char *)NULL);
    _exit(127);
  }
  int status;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}

static int repeats;

static void *ask_for_tid(void *unused) {
  for (int i = 0; i < repeats; i++) syscall(SYS_gettid);
  return unused;
}

static void start_threads(int number, void *(*function)(void *), pthread_t *ids) {
  for (int i = 0; i < number; i++) pthread_create(&ids[i], NULL, function, NULL);
}

/* threads NUMBER REPEATS: each makes so many calls. */
static int threads(int argc, char **argv) {
  (void)argc;
  pthread_t ids[THREADS];
  int number = atoi(argv[0]);
  repeats = atoi(argv[1]);
  start_threads(number, ask_for_tid, ids);
  for (int i = 0; i < number; i++) pthread_join(ids[i], NULL);
  return 0;
}

static void *execute(void *unused) {
  pause_for(20);
  execl(self, self, "raise", (char *)NULL);
  return unused;
}

/* thread-exec: a thread executes, while the others do nothing. */
static int thread_exec(int argc, char **argv) {
  (void)argc, (void)argv;
  pthread_t ids[THREADS];
  start_threads(2, wait_for_ever, ids);
  start_threads(1, execute, ids);
  wait_for_ever(NULL);
  return 0;
}

/* leader-gone: a thread executes when the first one is gone. */
static int leader_gone(int argc, char **argv) {
  (void)argc, (void)argv;
  pthread_t ids[THREADS];
  start_threads(1, execute, ids);
  pthread_exit(NULL);
}

static void *exit_all(void *unused) {
  pause_for(20);
  exit(7);
  return unused;
}

/* exit-group: one of nine threads ends them all. */
static int exit_group(int argc, char **argv) {
  (void)argc, (void)argv;
  pthread_t ids[THREADS];
  start_threads(7, wait_for_ever, ids);
  start_threads(1, exit_all, ids);
  wait_for_ever(NULL);
  return 0;
}

static void *make_thread(void *unused) {
  pthread_t id;
  pthread_create(&id, NULL, make_thread, NULL);
  pthread_detach(id);
  return unused;
}

/* storm: makes processes and threads without end. */
static int storm(int argc, char **argv) {
  (void)argc, (void)argv;
  pthread_t id;
  pthread_create(&id, NULL, make_thread, NULL);
  for (;;) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
  }
}

/* forks NUMBER: so many short children, one after another. */
static int forks(int argc, char **argv) {
  (void)argc;
  for (int i = atoi(argv[0]); i > 0; i--) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    waitpid(child, NULL, 0);
  }
  return 0;
}

/* untraced: children that ask not to be traced. */
static int untraced(int argc, char **argv) {
  (void)argc, (void)argv;
  int status, failures = 0;
  pid_t child = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) _exit(access("/", F_OK) == 0 ? 0 : errno);
  waitpid(child, &status, 0);
  failures += status != 0;
  struct clone_args request = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
  child = syscall(SYS_clone3, &request, sizeof(request));
  if (child == 0) _exit(access("/", F_OK) == 0 ? 0 : errno);
  waitpid(child, &status, 0);
  failures += status != 0;
  return failures;
}

/* Two pages, of which the second is not mapped. */
static char *page_before_nothing(void) {
  char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  munmap(pages + 4096, 4096);
  return pages;
}

/* page-end: strings and bytes that end where memory does, or do not end. */
static int page_end(int argc, char **argv) {
  (void)argc, (void)argv;
  char *end = page_before_nothing() + 4096;
  memcpy(end - 13, "/nonexistent", 13);
  access(end - 13, F_OK);
  memcpy(end - 6, "abcdef", 6);
  access(end - 6, F_OK);
  return write(-1, end - 6, 20) == -1 ? 0 : 1;
}

/* big-write: 3 MiB, of bytes that follow from where they are. */
static int big_write(int argc, char **argv) {
  (void)argc, (void)argv;
  size_t size = 3 << 20;
  unsigned char *bytes = malloc(size);
  for (size_t i = 0; i < size; i++) bytes[i] = (i * 7 + i / 4096) & 0xff;
  int fd = open("/dev/null", O_WRONLY);
  return write(fd, bytes, size) == (ssize_t)size ? 0 : 1;
}

/* wide: pointers to nothing, and numbers of 64 bits. */
static int wide(int argc, char **argv) {
  (void)argc, (void)argv;
  syscall(SYS_openat, AT_FDCWD, NULL, O_RDONLY);
  syscall(SYS_openat, AT_FDCWD, (void *)1, O_RDONLY);
  int fd = open("/dev/zero", O_RDONLY);
  lseek(fd, 0x7fffffffffff, SEEK_SET);
  syscall(SYS_close, -1L);
  syscall(SYS_mmap, 0x7000000000L, 4096L, PROT_READ,
          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1L, 0L);
  return 0;
}

static int sleep_time;

static void *sleep_once(void *unused) {
  pause_for(sleep_time);
  return unused;
}

/* sleepers NUMBER MILLISECONDS: threads that sleep, with the first one. */
static int sleepers(int argc, char **argv) {
  (void)argc;
  pthread_t ids[THREADS];
  int number = atoi(argv[0]);
  sleep_time = atoi(argv[1]);
  start_threads(number - 1, sleep_once, ids);
  puts("ready");
  fflush(stdout);
  sleep_once(NULL);
  for (int i = 0; i < number - 1; i++) pthread_join(ids[i], NULL);
  puts("done");
  return 0;
}

/* busy: system calls without end. */
static int busy(int argc, char **argv) {
  (void)argc, (void)argv;
  puts("ready");
  fflush(stdout);
  while (syscall(SYS_getppid) >= 0) continue;
  return 0;
}

/* churn: threads that come and go without end. */
static int churn(int argc, char **argv) {
  (void)argc, (void)argv;
  pthread_t id;
  repeats = 1;
  puts("ready");
  fflush(stdout);
  while (pthread_create(&id, NULL, ask_for_tid, NULL) == 0)
    pthread_join(id, NULL);
  return 1;
}

static const struct {
  const char *name;
  int (*play)(int argc, char **argv);
} scenarios[] = {
    {"segv", segv},
    {"raise", raise_all},
    {"handlers", handlers},
    {"terminated", terminated},
    {"traps", traps},
    {"queue", queue},
    {"internal", internal},
    {"stop", stop},
    {"handled-stop", handled_stop},
    {"watch-stop", watch_stop},
    {"restart", restart},
    {"interrupt", interrupt},
    {"sleep-through-stop", sleep_through_stop},
    {"exit-fork", exit_fork},
    {"daemon", daemon_process},
    {"vfork", vfork_twice},
    {"vfork-sleep", vfork_sleep},
    {"threads", threads},
    {"thread-exec", thread_exec},
    {"leader-gone", leader_gone},
    {"exit-group", exit_group},
    {"storm", storm},
    {"forks", forks},
    {"untraced", untraced},
    {"page-end", page_end},
    {"big-write", big_write},
    {"wide", wide},
    {"sleepers", sleepers},
    {"busy", busy},
    {"churn", churn},
};

int main(int argc, char **argv) {
  /* Whatever goes wrong, nobody waits for ever. */
  alarm(30);
  self = argv[0];
  for (size_t i = 0; argc > 1 && i < LENGTH(scenarios); i++)
    if (strcmp(scenarios[i].name, argv[1]) == 0)
      return scenarios[i].play(argc - 2, argv + 2);
  return 100;
}
