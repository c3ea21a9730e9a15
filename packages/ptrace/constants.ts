/**
 * The constants of ptrace(2) and of waiting, with C's names.
 *
 * @module
 */

/** Stops at system calls have bit 7 set in the signal: `SIGTRAP | 0x80`. */
export const PTRACE_O_TRACESYSGOOD = 1;
/** Stop at fork(2), and trace the child too. */
export const PTRACE_O_TRACEFORK = 1 << 1;
/** Stop at vfork(2), and trace the child too. */
export const PTRACE_O_TRACEVFORK = 1 << 2;
/** Stop at clone(2) of other kinds, threads too, and trace the new task too. */
export const PTRACE_O_TRACECLONE = 1 << 3;
/** Stop at a successful execve(2). */
export const PTRACE_O_TRACEEXEC = 1 << 4;
/** Stop when a vfork(2) is over. */
export const PTRACE_O_TRACEVFORKDONE = 1 << 5;
/** Stop at the exit, while registers and memory are still there. */
export const PTRACE_O_TRACEEXIT = 1 << 6;
/** Stop at `SECCOMP_RET_TRACE` of a filter. */
export const PTRACE_O_TRACESECCOMP = 1 << 7;
/** Kill the tracees when the tracer ends. */
export const PTRACE_O_EXITKILL = 1 << 20;
/** Suspend the tracee's filters; needs CAP_SYS_ADMIN. */
export const PTRACE_O_SUSPEND_SECCOMP = 1 << 21;

/** Stopped at a fork; the message is the child's number. */
export const PTRACE_EVENT_FORK = 1;
/** Stopped at a vfork; the message is the child's number. */
export const PTRACE_EVENT_VFORK = 2;
/** Stopped at a clone; the message is the new task's number. */
export const PTRACE_EVENT_CLONE = 3;
/** Stopped at an exec; the message is the number that the task had before. */
export const PTRACE_EVENT_EXEC = 4;
/** Stopped at the end of a vfork; the message is the child's number. */
export const PTRACE_EVENT_VFORK_DONE = 5;
/** Stopped at the exit; the message is the status, as wait(2) has it. */
export const PTRACE_EVENT_EXIT = 6;
/** Stopped by a filter; the message is the filter's data. */
export const PTRACE_EVENT_SECCOMP = 7;
/**
 * Of seized tasks alone: stopped by `PTRACE_INTERRUPT`, at the start of a new
 * task, or with a group that a signal has stopped.
 */
export const PTRACE_EVENT_STOP = 128;

/** The message of {@linkcode geteventmsg} at the entry of a system call. */
export const PTRACE_EVENTMSG_SYSCALL_ENTRY = 1;
/** The message of {@linkcode geteventmsg} at the exit of a system call. */
export const PTRACE_EVENTMSG_SYSCALL_EXIT = 2;

/** Not stopped at a system call. */
export const PTRACE_SYSCALL_INFO_NONE = 0;
/** Stopped at the entry of a system call. */
export const PTRACE_SYSCALL_INFO_ENTRY = 1;
/** Stopped at the exit of a system call. */
export const PTRACE_SYSCALL_INFO_EXIT = 2;
/** Stopped by a filter, at the entry of a system call. */
export const PTRACE_SYSCALL_INFO_SECCOMP = 3;

/** The signals that wait for the whole process, not for one thread. */
export const PTRACE_PEEKSIGINFO_SHARED = 1;

/** General registers. */
export const NT_PRSTATUS = 1;
/** Floating-point registers. */
export const NT_PRFPREG = 2;
/** x86: all extended state, as the XSAVE instruction stores it. */
export const NT_X86_XSTATE = 0x202;
/** x86: the shadow stack's control registers. */
export const NT_X86_SHSTK = 0x204;
/** aarch64: the thread pointer. */
export const NT_ARM_TLS = 0x401;
/** aarch64: hardware breakpoints. */
export const NT_ARM_HW_BREAK = 0x402;
/** aarch64: hardware watchpoints. */
export const NT_ARM_HW_WATCH = 0x403;
/** aarch64: the number of the system call. */
export const NT_ARM_SYSTEM_CALL = 0x404;
/** aarch64: scalable vector registers. */
export const NT_ARM_SVE = 0x405;
/** aarch64: the bits of a pointer that authenticate it. */
export const NT_ARM_PAC_MASK = 0x406;

/** `arch` of a system call on x86_64. */
export const AUDIT_ARCH_X86_64 = 0xc000003e;
/** `arch` of a system call by the rules of i386. */
export const AUDIT_ARCH_I386 = 0x40000003;
/** `arch` of a system call on aarch64. */
export const AUDIT_ARCH_AARCH64 = 0xc00000b7;
/** `arch` of a system call by the rules of 32-bit ARM. */
export const AUDIT_ARCH_ARM = 0x40000028;

/** archPrctl(): sets the base of the segment GS. */
export const ARCH_SET_GS = 0x1001;
/** archPrctl(): sets the base of the segment FS. */
export const ARCH_SET_FS = 0x1002;
/** archPrctl(): gets the base of the segment FS. */
export const ARCH_GET_FS = 0x1003;
/** archPrctl(): gets the base of the segment GS. */
export const ARCH_GET_GS = 0x1004;

/** Do not wait: return at once if nothing has changed. */
export const WNOHANG = 1;
/** Stops of children that are not traced too. */
export const WUNTRACED = 2;
/** Stopped children that went on too. */
export const WCONTINUED = 8;
/** Not other threads' children and tracees. */
export const __WNOTHREAD = 0x20000000;
/** Children of every kind, threads too. */
export const __WALL = 0x40000000;
/** Children alone that were made with another signal than SIGCHLD. */
export const __WCLONE = 0x80000000;
