// Tells what a program begins with, a fact a line: a name, then its value. The
// tests of execve(2) execute it. What /proc tells of a process is copied as it
// is, the name of the file before each line.
#define _GNU_SOURCE
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

static void copy(const char *name) {
  char path[64], line[4096];
  snprintf(path, sizeof path, "/proc/self/%s", name);
  FILE *file = fopen(path, "re");
  if (file == NULL) return;
  while (fgets(line, sizeof line, file) != NULL) {
    line[strcspn(line, "\n")] = '\0';
    printf("/%s %s\n", name, line);
  }
  fclose(file);
}

static void copy_link(const char *name) {
  char path[64], target[4096];
  snprintf(path, sizeof path, "/proc/self/%s", name);
  ssize_t size = readlink(path, target, sizeof target);
  printf("%s %.*s\n", name, (int)(size < 0 ? 0 : size), target);
}

static void tell_timers(void) {
  static const int timers[] = {ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF};
  for (int i = 0; i < 3; i++) {
    struct itimerval timer;
    getitimer(timers[i], &timer);
    printf("itimer%d %ld\n", i, (long)timer.it_value.tv_sec);
  }
}

static void tell_times(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  printf("cpu-ms %ld\n",
         (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
             (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000);
}

int main(int argc, char *argv[], char *envp[]) {
  // First, as nothing here may change them.
  int rounding = fegetround();
  stack_t stack;
  sigaltstack(NULL, &stack);
  char comm[16];
  prctl(PR_GET_NAME, comm);
  int death_signal, subreaper;
  prctl(PR_GET_PDEATHSIG, &death_signal);
  prctl(PR_GET_CHILD_SUBREAPER, &subreaper);

  int entries = 0;
  while (envp[entries] != NULL) entries++;
  printf("argc %d\n", argc);
  printf("argv-end %s\n", argv[argc] == NULL ? "NULL" : argv[argc]);
  printf("environ-is-envp %d\n", environ == envp);
  printf("envc %d\n", entries);
  printf("rounding %s\n", rounding == FE_TONEAREST ? "nearest" : "other");
  printf("locale %s\n", setlocale(LC_ALL, NULL));
  printf("altstack %s\n", stack.ss_flags & SS_DISABLE ? "disabled" : "enabled");
  printf("comm %s\n", comm);
  printf("death-signal %d\n", death_signal);
  printf("subreaper %d\n", subreaper);
  printf("dumpable %d\n", prctl(PR_GET_DUMPABLE));
  printf("keepcaps %d\n", prctl(PR_GET_KEEPCAPS));
  printf("securebits %d\n", prctl(PR_GET_SECUREBITS));
  printf("timer-slack %d\n", prctl(PR_GET_TIMERSLACK));
  printf("no-new-privileges %d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  printf("personality %x\n", personality(0xffffffff));
  printf("policy %d\n", sched_getscheduler(0));
  printf("priority %d\n", getpriority(PRIO_PROCESS, 0));
  printf("secure %lu\n", getauxval(AT_SECURE));
  printf("pid %d\nppid %d\n", getpid(), getppid());
  printf("group %d\nsession %d\n", getpgrp(), getsid(0));
  tell_timers();
  tell_times();

  copy("status");
  copy("stat");
  copy("limits");
  copy("maps");
  copy("timers");
  copy("cgroup");
  copy("oom_score_adj");
  copy("../thread-self/children");
  copy("../locks");
  copy("../sysvipc/shm");
  copy_link("cwd");
  copy_link("root");
  copy_link("exe");
  static const char *namespaces[] = {"cgroup", "ipc",  "mnt",  "net",
                                     "pid",    "time", "user", "uts"};
  for (int i = 0; i < 8; i++) {
    char name[16];
    snprintf(name, sizeof name, "ns/%s", namespaces[i]);
    copy_link(name);
  }
  for (int fd = 0; fd < 64; fd++) {
    char name[16];
    snprintf(name, sizeof name, "fd/%d", fd);
    if (fcntl(fd, F_GETFD) >= 0) copy_link(name);
  }
  return 0;
}
