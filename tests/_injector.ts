/**
 * Lets one system call of a program fail, by requests of ptrace(2) alone: so the
 * tests of what a tracer does on top of them need not trust it.
 *
 * @module
 */

import { arch, O_CREAT, O_TRUNC, O_WRONLY } from "@procctl/libc";
import * as ptrace from "@procctl/ptrace/requests";
import { ChildProgram } from "@procctl/spawn/child-program";
import {
  chdir,
  exec,
  noNewPrivileges,
  open,
  seccomp,
  syscall,
} from "@procctl/spawn/steps";
import { syscallName, syscallNumber } from "@procctl/syscalls";
import { patience } from "@procctl/testing";
import { BEGIN, END, MARK } from "./_cell_process.ts";

/** A program, and what becomes of what it prints. */
export interface Traced {
  argv: readonly string[];
  env: Record<string, string>;
  cwd: string;
  stdout: string;
  stderr: string;
}

/** Which call is to fail, and how. */
export interface Injection {
  /** The number of the call among those that count, from 0. */
  nth: number;
  /** The error's number. */
  errno: number;
}

/** How a program ended, and what it called. */
export interface TracedEnd {
  /** The calls between the marks that count, by name. */
  calls: string[];
  end: ptrace.WaitStatus;
}

/** After so many seconds SIGALRM ends the program: nobody waits for ever. */
const SECONDS = BigInt(patience(60_000)) / 1000n;

/**
 * Calls of V8 and Deno, in the midst of any other, for which the process would
 * end; and those that do not fail for what they are given here: a descriptor is
 * closed whatever close(2) says, and a child is there to be waited for and killed.
 */
const PASSED_OVER = new Set([
  ..."brk clock_gettime clock_nanosleep clone3 close epoll_wait exit".split(
    " ",
  ),
  ..."epoll_pwait exit_group futex getegid geteuid getgid getpid getppid".split(
    " ",
  ),
  ..."getrandom gettid getuid madvise mprotect munmap".split(" "),
  ..."personality pidfd_send_signal".split(" "),
  ..."restart_syscall rseq rt_sigaction rt_sigprocmask".split(" "),
  ..."rt_sigreturn sched_yield umask wait4 waitid write".split(" "),
]);
/**
 * F_DUPFD, F_SETFL and F_DUPFD_CLOEXEC: the rest of fcntl(2) cannot fail, or is
 * of Deno's caches.
 */
const FCNTL_COMMANDS = new Set([0n, 4n, 1030n]);
/** What `mmap` is of an arena, and not of V8's heap. */
const ARENA_SIZE = 65536n;

/** Runs a program, and lets one call fail, or none. */
export function runTraced(traced: Traced, injection?: Injection): TracedEnd {
  const pid = start(traced);
  const info = new ptrace.SyscallInfo();
  const calls: string[] = [];
  let counting = false;
  let failing = false;
  let resume: (tid: number, signal: number) => void = ptrace.cont;
  for (let signal = 0;;) {
    resume(pid, signal);
    signal = 0;
    const status = ptrace.waitFor(pid);
    switch (status.kind) {
      case "exited":
      case "signaled":
        return { calls, end: status };
      case "stopped":
        signal = status.signal;
        continue;
      case "event":
        // The mark, or the exec that ends what is counted.
        if (status.event === ptrace.PTRACE_EVENT_EXEC) counting = false;
        else if (status.event === ptrace.PTRACE_EVENT_SECCOMP) {
          const mark = ptrace.getSyscallInfo(pid, info).args[1];
          if (mark === BEGIN || mark === END) counting = mark === BEGIN;
        }
        resume = counting ? ptrace.syscall : ptrace.cont;
        continue;
      case "syscall-stop":
        break;
      default:
        continue;
    }
    ptrace.getSyscallInfo(pid, info);
    if (info.kind === "entry" && counting && counts(info)) {
      failing = calls.length === injection?.nth;
      calls.push(syscallName(info.nr));
      if (failing) skip(pid);
    } else if (info.kind === "exit" && failing) {
      failing = false;
      const regs = ptrace.getregs(pid);
      regs.returnValue = BigInt.asUintN(64, BigInt(-injection!.errno));
      ptrace.setregs(pid, regs);
    }
  }
}

function start({ argv, env, cwd, stdout, stderr }: Traced): number {
  const timer = new BigInt64Array([0n, 0n, SECONDS, 0n]);
  const flags = O_WRONLY | O_CREAT | O_TRUNC;
  const program = new ChildProgram().add(
    syscall("setitimer", 0, new Uint8Array(timer.buffer), 0),
    open(0, "/dev/null", 0),
    open(1, stdout, flags, 0o666),
    open(2, stderr, flags, 0o666),
    chdir(cwd),
    noNewPrivileges(),
    seccomp(markFilter()),
    exec(argv[0]!, argv, env),
  );
  return ptrace.startTraced(
    program,
    ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_TRACESECCOMP |
      ptrace.PTRACE_O_EXITKILL,
  );
}

/** A filter that stops at the marks alone. */
function markFilter(): Uint8Array {
  const instructions = [
    [0x20, 0, 0, 0], // load the number of the system call
    [0x15, 0, 3, syscallNumber("prctl")!], // if it is not this one, allow
    [0x20, 0, 0, 16], // load the first argument
    [0x15, 0, 1, MARK], // if it is not a mark, allow
    [0x06, 0, 0, 0x7ff00000], // return SECCOMP_RET_TRACE
    [0x06, 0, 0, 0x7fff0000], // return SECCOMP_RET_ALLOW
  ] as const;
  const filter = new DataView(new ArrayBuffer(8 * instructions.length));
  instructions.forEach(([code, ifTrue, ifFalse, constant], index) => {
    filter.setUint16(8 * index, code, true);
    filter.setUint8(8 * index + 2, ifTrue);
    filter.setUint8(8 * index + 3, ifFalse);
    filter.setUint32(8 * index + 4, constant, true);
  });
  return new Uint8Array(filter.buffer);
}

function counts(info: ptrace.SyscallInfo): boolean {
  const name = syscallName(info.nr);
  if (name === "mmap") return info.args[1] === ARENA_SIZE;
  if (name === "prctl") return info.args[0] !== BigInt(MARK);
  if (name === "fcntl") return FCNTL_COMMANDS.has(info.args[1]!);
  return !PASSED_OVER.has(name);
}

/** Makes a task that is at the entry of a call make none. */
function skip(pid: number): void {
  if (arch() === "aarch64") {
    const bytes = new Uint8Array(new Int32Array([-1]).buffer);
    ptrace.setregset(pid, ptrace.NT_ARM_SYSTEM_CALL, bytes);
    return;
  }
  const regs = ptrace.getregs(pid);
  if (regs.kind === "x86_64") regs.orig_rax = 2n ** 64n - 1n;
  ptrace.setregs(pid, regs);
}
