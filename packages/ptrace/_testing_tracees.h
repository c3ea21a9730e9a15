/* What the scenarios of _testing_tracees.c have in common. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* The path of the program itself. */
extern const char *program;

/* Ends the program unless what is said is so. */
void check(int ok, const char *what);
void handle(int number, void (*handler)(int), int flags);
void alarm_after(long milliseconds);
void sleep_for(long milliseconds);
pthread_t start(void *(*routine)(void *), void *argument);
void *pause_for_ever(void *unused);
/* Forks a child that plays something and exits with 0. */
pid_t start_child(void (*play)(void));
/* Waits for a child, and returns its status. */
int await(pid_t child);
/* A system call by the rules of i386, made by a program of 64 bits. */
long call_i386(long number, long first, long second, long third);

/* Each scenario takes its arguments, up to NULL, and returns its status. */
typedef int scenario(char **arguments);
scenario calls,
    exit_with,
    segfault,
    kill_self,
    failing_execs,
    int80,
    own_filter,
    wide_numbers,
    registers,
    handlers,
    terminated,
    traps,
    queue,
    cancel,
    setuid_threads,
    stop_self,
    watch_stop,
    terminal_stop,
    restart,
    interrupted_sleep,
    stopped_sleep,
    exit_fork,
    be_forgotten,
    vforks,
    spawn_twice,
    vfork_sleep,
    threads,
    second_thread,
    exec_from_thread,
    exec_when_asked,
    leader_gone,
    exit_group_of_9,
    fork_storm,
    storm,
    storm_until,
    forks,
    kill_then_fork,
    clone_untraced,
    clone3_untraced,
    sleepers,
    busy,
    churn,
    page_end,
    write_much,
    odd_pointers,
    censor,
    blocked_writers,
    copying_children,
    write_kinds,
    copy_out,
    write_thrice,
    delete_file;
