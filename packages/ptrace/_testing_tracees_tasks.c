/* Processes and threads. */
#include "_testing_tracees.h"
#include <linux/sched.h>
#include <spawn.h>

extern char **environ;

/* exit-fork: which of the two ends first is open. */
int exit_fork(char **arguments) {
  (void)arguments;
  _exit(!!fork());
}

static void be_daemon(void) {
  check(setsid() > 0, "setsid");
  if (fork() > 0) return;
  sleep_for(50);
  check(write(1, "daemon\n", 7) == 7, "write");
  _exit(7);
}

/* daemon: exits with 6 while a grandchild lives on, which exits with 7. */
int be_forgotten(char **arguments) {
  (void)arguments;
  await(start_child(be_daemon));
  return 6;
}

/* vforks: vfork(), whose child exits with 2, and posix_spawn(). */
int vforks(char **arguments) {
  (void)arguments;
  pid_t child = vfork();
  if (child == 0) _exit(2);
  check(await(child) == 2 << 8, "vfork");
  char *const command[] = {"true", NULL};
  check(posix_spawn(&child, "/bin/true", NULL, NULL, command, environ) == 0,
        "posix_spawn");
  return await(child);
}

/* vfork-sleep MILLISECONDS: a child that takes its time before it executes. */
int vfork_sleep(char **arguments) {
  pid_t child = vfork();
  if (child == 0) {
    sleep_for(atol(arguments[0]));
    execl("/bin/true", "true", (char *)NULL);
    _exit(127);
  }
  return await(child);
}

/* spawn-twice PROGRAM: how it ends, and whether its name is as it was. */
int spawn_twice(char **arguments) {
  char name[256];
  snprintf(name, sizeof(name), "%s", arguments[0]);
  for (int i = 0; i < 2; i++) {
    pid_t child;
    check(posix_spawn(&child, arguments[0], NULL, NULL, arguments, environ) == 0,
          "posix_spawn");
    int status = await(child);
    int same = strcmp(name, arguments[0]) == 0;
    dprintf(1, "%d %s name\n", status >> 8, same ? "same" : "other");
  }
  return 0;
}

static int rounds;
static void *ask_for_tid(void *unused) {
  for (int i = 0; i < rounds; i++) syscall(SYS_gettid);
  return unused;
}

/* threads COUNT ROUNDS: each asks so often for its number. */
int threads(char **arguments) {
  enum { MOST = 64 };
  pthread_t all[MOST];
  int count = atoi(arguments[0]);
  check(count <= MOST, "threads");
  rounds = atoi(arguments[1]);
  for (int i = 0; i < count; i++) all[i] = start(ask_for_tid, NULL);
  for (int i = 0; i < count; i++) pthread_join(all[i], NULL);
  return 0;
}

/* second-thread: getppid() while another thread sleeps. */
int second_thread(char **arguments) {
  (void)arguments;
  start(pause_for_ever, NULL);
  syscall(SYS_getppid);
  return 0;
}

static long end_delay = 20;
static void *execute_exit(void *code) {
  sleep_for(end_delay);
  char *const command[] = {"tracees", "exit", code, NULL};
  execve(program, command, environ);
  check(0, "execve");
  return NULL;
}

/* exec-from-thread: a thread executes a program while others sleep. */
int exec_from_thread(char **arguments) {
  (void)arguments;
  for (int i = 0; i < 3; i++) start(pause_for_ever, NULL);
  start(execute_exit, "0");
  for (;;) pause();
}

static sigset_t asked;
static void *execute_when_asked(void *scenario) {
  int signal;
  check(sigwait(&asked, &signal) == 0, "sigwait");
  char **words = scenario;
  char *const command[] = {"tracees", words[0], words[1], NULL};
  execve(program, command, environ);
  check(0, "execve");
  return NULL;
}

/* exec-when-asked SCENARIO ARGUMENT: a thread plays that one, at SIGUSR1. */
int exec_when_asked(char **arguments) {
  sigemptyset(&asked);
  sigaddset(&asked, SIGUSR1);
  check(pthread_sigmask(SIG_BLOCK, &asked, NULL) == 0, "pthread_sigmask");
  start(execute_when_asked, arguments);
  for (;;) pause();
}

/* leader-gone: the same, after the first thread has ended. */
int leader_gone(char **arguments) {
  (void)arguments;
  start(pause_for_ever, NULL);
  start(execute_exit, "0");
  pthread_exit(NULL);
}

static void *exit_with_seven(void *unused) {
  sleep_for(end_delay);
  _exit(7);
  return unused;
}

/* exit-group-of-9: one of nine threads ends all. */
int exit_group_of_9(char **arguments) {
  (void)arguments;
  for (int i = 0; i < 7; i++) start(pause_for_ever, NULL);
  start(exit_with_seven, NULL);
  for (;;) pause();
}

static void nothing(void) {}

/* fork-storm: forks until it is killed, 10 s at the most. */
int fork_storm(char **arguments) {
  (void)arguments;
  handle(SIGCHLD, SIG_IGN, 0);
  alarm_after(10000);
  for (;;) {
    pid_t child = fork();
    if (child == 0) _exit(0);
    if (child < 0) sleep_for(1);
  }
}

static void *make_another(void *unused) {
  pthread_t next;
  while (pthread_create(&next, NULL, make_another, NULL) != 0) sleep_for(1);
  pthread_detach(next);
  return unused;
}

/* storm: makes threads and children until it is killed, 10 s at the most. */
int storm(char **arguments) {
  (void)arguments;
  alarm_after(10000);
  start(make_another, NULL);
  for (;;) await(start_child(nothing));
}

/* storm-until exec|exit MILLISECONDS: the same, until a thread ends all others. */
int storm_until(char **arguments) {
  int executes = strcmp(arguments[0], "exec") == 0;
  end_delay = atol(arguments[1]);
  start(executes ? execute_exit : exit_with_seven, "7");
  return storm(NULL);
}

static void pause_child(void) { pause(); }

/* forks COUNT: so many children, which end at once. */
int forks(char **arguments) {
  for (int i = atoi(arguments[0]); i > 0; i--) start_child(nothing);
  while (wait(NULL) > 0);
  return 0;
}

/* kill-then-fork COUNT: as `forks`, after a child was killed. */
int kill_then_fork(char **arguments) {
  pid_t child = start_child(pause_child);
  check(kill(child, SIGKILL) == 0, "kill");
  check(await(child) == SIGKILL, "killed");
  return forks(arguments);
}

static int untraced_child(void) {
  syscall(SYS_getppid);
  check(write(1, "child\n", 6) == 6, "write");
  _exit(0);
}

/* clone-untraced: a child that asks not to be traced. */
int clone_untraced(char **arguments) {
  (void)arguments;
  pid_t child = syscall(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0);
  if (child == 0) return untraced_child();
  check(child > 0, "clone");
  return await(child);
}

/* clone3-untraced: the same by clone3(), whose flags are in memory; exits with
   1 if they are others afterwards. */
int clone3_untraced(char **arguments) {
  (void)arguments;
  struct clone_args args = {.flags = CLONE_UNTRACED, .exit_signal = SIGCHLD};
  pid_t child = syscall(SYS_clone3, &args, sizeof(args));
  if (child == 0 && args.flags != CLONE_UNTRACED) _exit(1);
  if (child == 0) return untraced_child();
  check(child > 0, "clone3");
  int status = await(child);
  return status == 0 && args.flags == CLONE_UNTRACED ? 0 : 1;
}

static void *sleep_and_count(void *milliseconds) {
  sleep_for((long)milliseconds);
  return (void *)1;
}

/* sleepers COUNT MILLISECONDS: threads, of which the first tells how many have
   slept to the end. */
int sleepers(char **arguments) {
  enum { MOST = 64 };
  pthread_t all[MOST];
  int count = atoi(arguments[0]);
  long milliseconds = atol(arguments[1]), slept = 1;
  check(count <= MOST, "sleepers");
  for (int i = 1; i < count; i++)
    all[i] = start(sleep_and_count, (void *)milliseconds);
  sleep_for(milliseconds);
  for (int i = 1; i < count; i++) {
    void *result;
    pthread_join(all[i], &result);
    slept += (long)result;
  }
  dprintf(1, "%ld slept\n", slept);
  return 0;
}

/* busy: asks for its number, 200 s at the most. */
int busy(char **arguments) {
  (void)arguments;
  alarm_after(200000);
  for (;;) syscall(SYS_gettid);
}

/* churn: threads that come and go, 200 s at the most. */
int churn(char **arguments) {
  (void)arguments;
  alarm_after(200000);
  rounds = 1;
  for (;;) pthread_join(start(ask_for_tid, NULL), NULL);
}
