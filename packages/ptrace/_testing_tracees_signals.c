/* Signals, and stops of a process. */
#include "_testing_tracees.h"
#include <time.h>
#include <ucontext.h>

static volatile int handled;
static pid_t parent;

static void count(int number) { (void)number, handled++; }

/* handlers: three signals, of which one is handled; exits with how many were. */
int handlers(char **arguments) {
  (void)arguments;
  handle(SIGUSR1, count, 0);
  handle(SIGUSR2, SIG_IGN, 0);
  raise(SIGUSR1), raise(SIGUSR2), raise(SIGURG);
  return handled;
}

/* terminated: gets SIGTERM, and exits with 10 and how many SIGUSR1 came. */
int terminated(char **arguments) {
  (void)arguments;
  handle(SIGUSR1, count, 0);
  raise(SIGTERM);
  return 10 + handled;
}

static void go_past(int number, siginfo_t *info, void *context) {
  (void)number;
  handled++;
#if defined(__aarch64__)
  ucontext_t *user = context;
  if (info->si_code > 0) user->uc_mcontext.pc += 4;
#else
  (void)info, (void)context;
#endif
}

/* traps: SIGTRAP by raise() and by an instruction; exits with 4. */
int traps(char **arguments) {
  (void)arguments;
  struct sigaction action = {.sa_sigaction = go_past, .sa_flags = SA_SIGINFO};
  check(sigaction(SIGTRAP, &action, NULL) == 0, "sigaction");
  raise(SIGTRAP);
#if defined(__x86_64__)
  __asm__ volatile("int3");
#else
  __asm__ volatile("brk #0");
#endif
  return handled == 2 ? 4 : 1;
}

static void take_value(int number, siginfo_t *info, void *context) {
  (void)number, (void)context;
  handled = info->si_value.sival_int;
}

/* queue: SIGRTMIN+3 with a value; exits with the value, 42. */
int queue(char **arguments) {
  (void)arguments;
  struct sigaction action = {.sa_sigaction = take_value,
                             .sa_flags = SA_SIGINFO};
  check(sigaction(SIGRTMIN + 3, &action, NULL) == 0, "sigaction");
  check(sigqueue(getpid(), SIGRTMIN + 3, (union sigval){42}) == 0, "sigqueue");
  return handled;
}

/* cancel: a thread is cancelled, which glibc does by signal 32. */
int cancel(char **arguments) {
  (void)arguments;
  pthread_t thread = start(pause_for_ever, NULL);
  sleep_for(10);
  void *result;
  check(pthread_cancel(thread) == 0, "pthread_cancel");
  check(pthread_join(thread, &result) == 0, "pthread_join");
  return result == PTHREAD_CANCELED ? 0 : 1;
}

/* setuid-threads: all threads change their user, which takes signal 33. */
int setuid_threads(char **arguments) {
  (void)arguments;
  for (int i = 0; i < 3; i++) start(pause_for_ever, NULL);
  sleep_for(10);
  check(setuid(getuid()) == 0, "setuid");
  return 0;
}

/* Whether a process is stopped, also if it is traced. */
static int is_stopped(pid_t process) {
  char path[32], text[512] = "";
  snprintf(path, sizeof(path), "/proc/%d/stat", process);
  int file = open(path, O_RDONLY);
  check(file >= 0 && read(file, text, sizeof(text) - 1) > 0, path);
  close(file);
  char state = strrchr(text, ')')[2];
  return state == 'T' || state == 't';
}

static void continue_parent(void) {
  do sleep_for(50);
  while (!is_stopped(parent));
  kill(parent, SIGCONT);
}

/* stop-self: SIGSTOP, and SIGCONT after 50 ms; exits with 5. */
int stop_self(char **arguments) {
  (void)arguments;
  parent = getpid();
  pid_t child = start_child(continue_parent);
  raise(SIGSTOP);
  await(child);
  return 5;
}

static int ends[2];
static void stop_and_exit(void) {
  char byte;
  raise(SIGSTOP);
  check(read(ends[0], &byte, 1) == 1, "read");
  _exit(9);
}

/* watch-stop: tells the statuses of a child that stops, goes on and ends. */
int watch_stop(char **arguments) {
  (void)arguments;
  check(pipe(ends) == 0, "pipe");
  pid_t child = start_child(stop_and_exit);
  for (int i = 0; i < 3; i++) {
    int status;
    check(waitpid(child, &status, WUNTRACED | WCONTINUED) == child, "waitpid");
    dprintf(1, i == 2 ? "%x\n" : "%x ", status);
    if (i == 0) kill(child, SIGCONT);
    if (i == 1) check(write(ends[1], "", 1) == 1, "write");
  }
  return 0;
}

/* terminal-stop handled|default: SIGTSTP, and SIGCONT after 50 ms. */
int terminal_stop(char **arguments) {
  // A group whose parent is of another one is not orphaned: it can be stopped.
  check(setpgid(0, 0) == 0, "setpgid");
  parent = getpid();
  if (strcmp(arguments[0], "handled") == 0) {
    handle(SIGTSTP, count, 0);
    raise(SIGTSTP);
    return handled == 1 ? 0 : 1;
  }
  pid_t child = start_child(continue_parent);
  raise(SIGTSTP);
  await(child);
  return 0;
}

static void write_five(int number) {
  (void)number;
  check(write(ends[1], "five\n", 5) == 5, "write");
}

/* restart: a read() that a signal interrupts, and that then goes on. */
int restart(char **arguments) {
  (void)arguments;
  char buffer[8];
  check(pipe(ends) == 0, "pipe");
  handle(SIGALRM, write_five, SA_RESTART);
  alarm_after(100);
  return read(ends[0], buffer, sizeof(buffer)) == 5 ? 0 : 1;
}

static long milliseconds_since(struct timespec start) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (now.tv_sec - start.tv_sec) * 1000 +
         (now.tv_nsec - start.tv_nsec) / 1000000;
}

/* interrupted-sleep: a nanosleep() that a handled signal ends. */
int interrupted_sleep(char **arguments) {
  (void)arguments;
  handle(SIGALRM, count, 0);
  alarm_after(100);
  struct timespec time = {5, 0}, left;
  int result = nanosleep(&time, &left);
  return result == -1 && errno == EINTR && handled == 1 ? 0 : 1;
}

static void stop_parent_for_a_while(void) {
  sleep_for(150);
  kill(parent, SIGSTOP);
  sleep_for(150);
  kill(parent, SIGCONT);
}

/* stopped-sleep: a nanosleep() of 600 ms with a stop in it; exits with 0 if it
   was no less, and tells how long. */
int stopped_sleep(char **arguments) {
  (void)arguments;
  struct timespec start, time = {0, 600000000};
  parent = getpid();
  pid_t child = start_child(stop_parent_for_a_while);
  clock_gettime(CLOCK_MONOTONIC, &start);
  check(nanosleep(&time, NULL) == 0, "nanosleep");
  long took = milliseconds_since(start);
  await(child);
  dprintf(1, "%ld\n", took);
  return took >= 600 ? 0 : 1;
}
