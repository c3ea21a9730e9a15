/*
 * What is traced in tests: `tracees NAME [ARGUMENT...]` plays the scenario of
 * that name. Each is as short as the behaviour that it shows allows, so that
 * a test knows every system call that matters.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

static void check(int ok, const char *what) {
  if (ok) return;
  perror(what);
  exit(99);
}

static void handle(int number, void (*handler)(int), int flags) {
  struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
  check(sigaction(number, &action, NULL) == 0, "sigaction");
}

static void alarm_after(long milliseconds) {
  struct itimerval timer = {.it_value = {.tv_usec = 1000 * milliseconds}};
  check(setitimer(ITIMER_REAL, &timer, NULL) == 0, "setitimer");
}

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

/*
 * All registers around a system call: what they are given, and what the call
 * leaves in them. `around_call` takes the place of every register for it.
 */
#if defined(__x86_64__)
static const char *const register_names[] = {
    "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "r8",
    "r9",  "r10", "r11", "r12", "r13", "r14", "r15", "eflags"};
enum { RESULT = 0, NUMBER = 0, REGISTERS = 15 };
static const int argument_places[] = {5, 4, 3, 9, 7, 8};
static const int i386_places[] = {1, 2, 3, 4, 5, 6};

long registers_given[REGISTERS], registers_left[LENGTH(register_names)];
void around_call(void), around_i386_call(void);

#define AROUND(name, instruction)                                            \
  __asm__(".text\n" name ":\n"                                               \
          "push %rbx; push %rbp; push %r12; push %r13; push %r14; push %r15\n" \
          "mov registers_given(%rip), %rax\n"                                \
          "mov 8+registers_given(%rip), %rbx\n"                              \
          "mov 16+registers_given(%rip), %rcx\n"                             \
          "mov 24+registers_given(%rip), %rdx\n"                             \
          "mov 32+registers_given(%rip), %rsi\n"                             \
          "mov 40+registers_given(%rip), %rdi\n"                             \
          "mov 48+registers_given(%rip), %rbp\n"                             \
          "mov 56+registers_given(%rip), %r8\n"                              \
          "mov 64+registers_given(%rip), %r9\n"                              \
          "mov 72+registers_given(%rip), %r10\n"                             \
          "mov 80+registers_given(%rip), %r11\n"                             \
          "mov 88+registers_given(%rip), %r12\n"                             \
          "mov 96+registers_given(%rip), %r13\n"                             \
          "mov 104+registers_given(%rip), %r14\n"                            \
          "mov 112+registers_given(%rip), %r15\n" instruction "\n"           \
          "mov %rax, registers_left(%rip)\n"                                 \
          "mov %rbx, 8+registers_left(%rip)\n"                               \
          "mov %rcx, 16+registers_left(%rip)\n"                              \
          "mov %rdx, 24+registers_left(%rip)\n"                              \
          "mov %rsi, 32+registers_left(%rip)\n"                              \
          "mov %rdi, 40+registers_left(%rip)\n"                              \
          "mov %rbp, 48+registers_left(%rip)\n"                              \
          "mov %r8, 56+registers_left(%rip)\n"                               \
          "mov %r9, 64+registers_left(%rip)\n"                               \
          "mov %r10, 72+registers_left(%rip)\n"                              \
          "mov %r11, 80+registers_left(%rip)\n"                              \
          "mov %r12, 88+registers_left(%rip)\n"                              \
          "mov %r13, 96+registers_left(%rip)\n"                              \
          "mov %r14, 104+registers_left(%rip)\n"                             \
          "mov %r15, 112+registers_left(%rip)\n"                             \
          "pushfq; pop 120+registers_left(%rip)\n"                           \
          "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbp; pop %rbx\n"      \
          "ret\n")
AROUND("around_call", "syscall");
AROUND("around_i386_call", "int $0x80");
#elif defined(__aarch64__)
static const char *const register_names[] = {
    "x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",  "x7",
    "x8",  "x9",  "x10", "x11", "x12", "x13", "x14", "x15",
    "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23",
    "x24", "x25", "x26", "x27", "x28", "x29", "x30"};
enum { RESULT = 0, NUMBER = 8, REGISTERS = 31 };
static const int argument_places[] = {0, 1, 2, 3, 4, 5};
static const int *const i386_places = argument_places;

long registers_given[REGISTERS], registers_left[LENGTH(register_names)];
void around_call(void);
#define around_i386_call around_call
#define LOAD(one, other, at) "ldp x" #one ", x" #other ", [sp, " #at "]\n"
#define STORE(one, other, at) "stp x" #one ", x" #other ", [sp, " #at "]\n"
#define EACH_PAIR(DO)                                                        \
  DO(0, 1, 0) DO(2, 3, 16) DO(4, 5, 32) DO(6, 7, 48) DO(8, 9, 64)            \
  DO(10, 11, 80) DO(12, 13, 96) DO(14, 15, 112) DO(16, 17, 128)              \
  DO(18, 19, 144) DO(20, 21, 160) DO(22, 23, 176) DO(24, 25, 192)            \
  DO(26, 27, 208) DO(28, 29, 224)
/* x0: an array that the call's registers come from, and go to. */
__asm__(".text\naround_registers:\n"
        "sub sp, sp, #368\n"
        "stp x19, x20, [sp, #272]\nstp x21, x22, [sp, #288]\n"
        "stp x23, x24, [sp, #304]\nstp x25, x26, [sp, #320]\n"
        "stp x27, x28, [sp, #336]\nstp x29, x30, [sp, #352]\n"
        "str x0, [sp, #256]\n"
        "mov x1, #0\n"
        "1: ldr x2, [x0, x1, lsl #3]\nstr x2, [sp, x1, lsl #3]\n"
        "add x1, x1, #1\ncmp x1, #31\nb.ne 1b\n"
        "ldr x30, [sp, #240]\n" EACH_PAIR(LOAD) "svc #0\n" EACH_PAIR(STORE)
        "str x30, [sp, #240]\n"
        "ldr x0, [sp, #256]\nmov x1, #0\n"
        "1: ldr x2, [sp, x1, lsl #3]\nstr x2, [x0, x1, lsl #3]\n"
        "add x1, x1, #1\ncmp x1, #31\nb.ne 1b\n"
        "ldp x19, x20, [sp, #272]\nldp x21, x22, [sp, #288]\n"
        "ldp x23, x24, [sp, #304]\nldp x25, x26, [sp, #320]\n"
        "ldp x27, x28, [sp, #336]\nldp x29, x30, [sp, #352]\n"
        "add sp, sp, #368\nret\n");
void around_registers(long *registers);
void around_call(void) {
  memcpy(registers_left, registers_given, sizeof(registers_given));
  around_registers(registers_left);
}
#endif

/*
 * registers i386|native ROUNDS NUMBER [ARGUMENT...]: makes the call, and tells
 * what it returned, and which registers it has changed.
 */
static int registers(int argc, char **argv) {
  int is_i386 = strcmp(argv[0], "i386") == 0;
  const int *places = is_i386 ? i386_places : argument_places;
  for (int rounds = atoi(argv[1]); rounds > 0; rounds--) {
    for (int i = 0; i < REGISTERS; i++) registers_given[i] = 0x01010101 * (i + 1);
    registers_given[NUMBER] = atol(argv[2]);
    for (int i = 3; i < argc; i++)
      registers_given[places[i - 3]] = atol(argv[i]);
    if (is_i386) around_i386_call();
    else around_call();
    printf("%ld", registers_left[RESULT]);
    for (int i = 0; i < REGISTERS; i++) {
      if (i == RESULT || registers_left[i] == registers_given[i]) continue;
      printf(" %s=%lx", register_names[i], registers_left[i]);
    }
    for (size_t i = REGISTERS; i < LENGTH(register_names); i++)
      printf(" %s=%lx", register_names[i], registers_left[i]);
    printf("\n");
  }
  return 0;
}

static int restart_ends[2];
static void write_five(int number) {
  (void)number;
  check(write(restart_ends[1], "five\n", 5) == 5, "write");
}

/* restart: a read() that a signal interrupts, and that then goes on. */
static int restart(int argc, char **argv) {
  (void)argc, (void)argv;
  char buffer[8];
  check(pipe(restart_ends) == 0, "pipe");
  handle(SIGALRM, write_five, SA_RESTART);
  alarm_after(20);
  return read(restart_ends[0], buffer, sizeof(buffer)) == 5 ? 0 : 1;
}

static void *pause_for_ever(void *unused) {
  for (;;) pause();
  return unused;
}

static pthread_t start(void *(*routine)(void *), void *argument) {
  pthread_t thread;
  check(pthread_create(&thread, NULL, routine, argument) == 0, "thread");
  return thread;
}

/* second-thread: getppid() while another thread sleeps. */
static int second_thread(int argc, char **argv) {
  (void)argc, (void)argv;
  start(pause_for_ever, NULL);
  syscall(SYS_getppid);
  return 0;
}

/* What a tracer is to censor, in memory that the program cannot write. */
static const char secret[] = "the secret word\n";
enum { SECRET_LENGTH = sizeof(secret) - 1 };

static int is_secret_intact(void) {
  static const char backwards[] = "\ndrow terces eht";
  const volatile char *text = secret;
  for (int i = 0; i < SECRET_LENGTH; i++)
    if (text[i] != backwards[SECRET_LENGTH - 1 - i]) return 0;
  return 1;
}

/* censor: writes a secret from a literal, and tells what became of that. */
static int censor(int argc, char **argv) {
  (void)argc, (void)argv;
  long written = write(1, secret, SECRET_LENGTH);
  dprintf(1, "%ld %s\n", written, is_secret_intact() ? "intact" : "changed");
  return 0;
}

static int full_pipe[2];
static void *write_secret(void *unused) {
  check(write(full_pipe[1], secret, SECRET_LENGTH) == SECRET_LENGTH, "write");
  return unused;
}

/* blocked-writers: two threads write one literal to a full pipe, and a child
   is forked meanwhile. */
static int blocked_writers(int argc, char **argv) {
  (void)argc, (void)argv;
  static char buffer[65536 + 2 * SECRET_LENGTH];
  check(pipe(full_pipe) == 0, "pipe");
  check(fcntl(full_pipe[1], F_SETPIPE_SZ, 65536) == 65536, "F_SETPIPE_SZ");
  check(write(full_pipe[1], buffer, 65536) == 65536, "write");
  pthread_t first = start(write_secret, NULL);
  pthread_t second = start(write_secret, NULL);
  usleep(100000);
  pid_t child = fork();
  if (child == 0) _exit(is_secret_intact() ? 0 : 1);
  int status;
  check(waitpid(child, &status, 0) == child, "waitpid");
  for (size_t got = 0; got < sizeof(buffer);)
    got += read(full_pipe[0], buffer + got, sizeof(buffer) - got);
  pthread_join(first, NULL), pthread_join(second, NULL);
  check(write(1, buffer + 65536, 2 * SECRET_LENGTH) > 0, "write");
  dprintf(1, "%s, the child's %s\n", is_secret_intact() ? "intact" : "changed",
          status == 0 ? "intact" : "changed");
  return 0;
}

static const struct {
  const char *name;
  int (*play)(int argc, char **argv);
} scenarios[] = {
    {"calls", calls},
    {"registers", registers},
    {"restart", restart},
    {"censor", censor},
    {"blocked-writers", blocked_writers},
    {"second-thread", second_thread},
};

int main(int argc, char **argv) {
  for (size_t i = 0; argc > 1 && i < LENGTH(scenarios); i++) {
    if (strcmp(argv[1], scenarios[i].name) != 0) continue;
    return scenarios[i].play(argc - 2, argv + 2);
  }
  fprintf(stderr, "There is no scenario of that name\n");
  return 98;
}
