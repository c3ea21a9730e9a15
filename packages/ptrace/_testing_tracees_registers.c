/* Registers around a system call. */
#include "_testing_tracees.h"

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
int registers(char **arguments) {
  int is_i386 = strcmp(arguments[0], "i386") == 0;
  const int *places = is_i386 ? i386_places : argument_places;
  for (int rounds = atoi(arguments[1]); rounds > 0; rounds--) {
    for (int i = 0; i < REGISTERS; i++) registers_given[i] = 0x01010101 * (i + 1);
    registers_given[NUMBER] = atol(arguments[2]);
    for (int i = 3; arguments[i] != NULL; i++)
      registers_given[places[i - 3]] = atol(arguments[i]);
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
