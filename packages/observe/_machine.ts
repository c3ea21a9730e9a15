/**
 * What is to be known of the machine before anything is observed on it.
 *
 * @module
 */

import { readFile, SystemError } from "@procctl/libc";
import { arch } from "@procctl/libc/library";
import { syscallNumber } from "@procctl/syscalls";
import type { Layout } from "./_decoder.ts";
import { tracefsFailure } from "./_failure.ts";
import { readTracepoints, type Tracepoint } from "./_tracefs.ts";

/** The bits of rcx and rip, of PERF_REG_X86_*; any one on aarch64. */
const X86_CX_AND_IP = 0x104n;
const ARM64_X0 = 1n;

/** How calls are recorded here. */
export interface Machine {
  layout: Layout;
  /** The registers that show by which convention a call is made. */
  registers: bigint;
  /** The numbers of the calls that execute a program. */
  execs: number[];
}

/**
 * Asks the kernel how it records.
 *
 * @throws {SystemError} If tracefs is not to be had.
 */
export function describeMachine(): Machine {
  const [enter, exit, exec] = tracepoints();
  const isX86 = arch() === "x86_64";
  const execs = ["execve", "execveat"].map((name) => syscallNumber(name)!);
  return {
    layout: {
      enter: enter!,
      exit: exit!,
      exec: exec!,
      native: isX86 ? "x86_64" : "aarch64",
      compat: isX86 ? "i386" : "arm",
      showsInstruction: isX86 && !hasFred(),
    },
    registers: isX86 ? X86_CX_AND_IP : ARM64_X0,
    execs,
  };
}

function tracepoints(): Tracepoint[] {
  try {
    return readTracepoints([
      "raw_syscalls/sys_enter",
      "raw_syscalls/sys_exit",
      "sched/sched_process_exec",
    ]);
  } catch (error) {
    throw error instanceof SystemError ? tracefsFailure(error) : error;
  }
}

/** With FRED, of newer processors, `syscall` leaves rcx alone. */
function hasFred(): boolean {
  const text = new TextDecoder().decode(readFile("/proc/cpuinfo"));
  return /^flags\s*:.* fred( |$)/m.test(text);
}

/** The processors that are on. */
export function onlineCpus(): number[] {
  const list = readFile("/sys/devices/system/cpu/online");
  return parseCpuList(new TextDecoder().decode(list));
}

/** Parses a list such as `0-3,8`. */
export function parseCpuList(list: string): number[] {
  return list.trim().split(",").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number);
    return Array.from({ length: last! - first! + 1 }, (_, i) => first! + i);
  });
}
