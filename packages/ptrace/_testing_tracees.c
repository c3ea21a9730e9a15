/*
 * What is traced in tests: `tracees NAME [ARGUMENT...]` plays the scenario of
 * that name. Each is as short as the behaviour that it shows allows, so that
 * a test knows every system call that matters.
 */
#include "_testing_tracees.h"

const char *program;

void check(int ok, const char *what) {
  if (ok) return;
  perror(what);
  _exit(99);
}

void handle(int number, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  check(sigaction(number, &action, NULL) == 0, "sigaction");
}

/* The time is longer on a machine that is said to be slow. */
void alarm_after(long milliseconds) {
  const char *slowness = getenv("PROCCTL_SLOWNESS");
  if (slowness != NULL) milliseconds *= atol(slowness);
  struct itimerval timer = {
      .it_value = {milliseconds / 1000, milliseconds % 1000 * 1000}};
  check(setitimer(ITIMER_REAL, &timer, NULL) == 0, "setitimer");
}

void sleep_for(long milliseconds) {
  struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
  while (nanosleep(&time, &time) != 0) check(errno == EINTR, "nanosleep");
}

pthread_t start(void *(*routine)(void *), void *argument) {
  pthread_t thread;
  errno = pthread_create(&thread, NULL, routine, argument);
  check(errno == 0, "pthread_create");
  return thread;
}

void *pause_for_ever(void *unused) {
  for (;;) pause();
  return unused;
}

pid_t start_child(void (*play)(void)) {
  pid_t child = fork();
  check(child >= 0, "fork");
  if (child > 0) return child;
  play();
  _exit(0);
}

int await(pid_t child) {
  int status;
  check(waitpid(child, &status, 0) == child, "waitpid");
  return status;
}

long call_i386(long number, long first, long second, long third) {
#if defined(__x86_64__)
  long result;
  __asm__ volatile("int $0x80"
                   : "=a"(result)
                   : "a"(number), "b"(first), "c"(second), "d"(third)
                   : "memory", "r8", "r9", "r10", "r11");
  return (int)result;
#else
  (void)number, (void)first, (void)second, (void)third;
  return -ENOSYS;
#endif
}

static const struct {
  const char *name;
  scenario *play;
} scenarios[] = {
    {"calls", calls},
    {"exit", exit_with},
    {"segfault", segfault},
    {"kill-self", kill_self},
    {"failing-execs", failing_execs},
    {"int80", int80},
    {"own-filter", own_filter},
    {"wide-numbers", wide_numbers},
    {"registers", registers},
    {"handlers", handlers},
    {"terminated", terminated},
    {"traps", traps},
    {"queue", queue},
    {"cancel", cancel},
    {"setuid-threads", setuid_threads},
    {"stop-self", stop_self},
    {"watch-stop", watch_stop},
    {"terminal-stop", terminal_stop},
    {"restart", restart},
    {"interrupted-sleep", interrupted_sleep},
    {"stopped-sleep", stopped_sleep},
    {"exit-fork", exit_fork},
    {"daemon", be_forgotten},
    {"vforks", vforks},
    {"spawn-twice", spawn_twice},
    {"vfork-sleep", vfork_sleep},
    {"threads", threads},
    {"second-thread", second_thread},
    {"exec-from-thread", exec_from_thread},
    {"exec-when-asked", exec_when_asked},
    {"leader-gone", leader_gone},
    {"exit-group-of-9", exit_group_of_9},
    {"fork-storm", fork_storm},
    {"storm", storm},
    {"storm-until", storm_until},
    {"forks", forks},
    {"kill-then-fork", kill_then_fork},
    {"clone-untraced", clone_untraced},
    {"clone3-untraced", clone3_untraced},
    {"sleepers", sleepers},
    {"busy", busy},
    {"churn", churn},
    {"page-end", page_end},
    {"write-much", write_much},
    {"odd-pointers", odd_pointers},
    {"censor", censor},
    {"blocked-writers", blocked_writers},
    {"copying-children", copying_children},
    {"write-kinds", write_kinds},
    {"copy-out", copy_out},
    {"write-thrice", write_thrice},
    {"delete", delete_file},
};

int main(int count, char **arguments) {
  program = arguments[0];
  for (size_t i = 0; count > 1 && i < LENGTH(scenarios); i++) {
    if (strcmp(arguments[1], scenarios[i].name) != 0) continue;
    return scenarios[i].play(arguments + 2);
  }
  fprintf(stderr, "There is no scenario of that name\n");
  return 98;
}
