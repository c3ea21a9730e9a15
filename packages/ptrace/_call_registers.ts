/**
 * Which registers a system call uses, by the rules that it is made by: those of
 * syscall(2), "Architecture calling conventions".
 */

import { getregset, setregset } from "./_register_requests.ts";
import {
  AUDIT_ARCH_AARCH64,
  AUDIT_ARCH_I386,
  AUDIT_ARCH_X86_64,
  NT_ARM_SYSTEM_CALL,
} from "./constants.ts";
import type { UserRegs } from "./user_regs.ts";

/** The registers of the six arguments, by the `AUDIT_ARCH_*` of the call. */
const ARGUMENTS: ReadonlyMap<number, readonly string[]> = new Map([
  [AUDIT_ARCH_X86_64, ["rdi", "rsi", "rdx", "r10", "r8", "r9"]],
  [AUDIT_ARCH_I386, ["rbx", "rcx", "rdx", "rsi", "rdi", "rbp"]],
  [AUDIT_ARCH_AARCH64, ["x0", "x1", "x2", "x3", "x4", "x5"]],
]);

/** Registers by their names. */
type Named = Record<string, bigint>;

function registersOf(auditArch: number): readonly string[] {
  const names = ARGUMENTS.get(auditArch);
  if (names !== undefined) return names;
  throw new TypeError(
    `Cannot change a system call by the rules of 0x${
      auditArch.toString(16)
    }: they are not known`,
  );
}

/** An argument of a call. */
export function getArgument(
  regs: UserRegs,
  auditArch: number,
  index: number,
): bigint {
  return (regs as unknown as Named)[registersOf(auditArch)[index]!]!;
}

/** Changes an argument of a call. */
export function setArgument(
  regs: UserRegs,
  auditArch: number,
  index: number,
  value: bigint,
): void {
  (regs as unknown as Named)[registersOf(auditArch)[index]!] = value;
}

/** Whether the register of an argument is that of the result too. */
export function isResultRegister(auditArch: number, index: number): boolean {
  return auditArch === AUDIT_ARCH_AARCH64 && index === 0;
}

const number = new Int32Array(1);
const numberBytes = new Uint8Array(number.buffer);

/**
 * The number of the call that a task is in, with its sign. On aarch64 it is no
 * register, but a set of its own.
 */
export function getNumber(tid: number, regs: UserRegs): number {
  if (regs.kind === "x86_64") return Number(BigInt.asIntN(32, regs.orig_rax));
  getregset(tid, NT_ARM_SYSTEM_CALL, numberBytes);
  return number[0]!;
}

/** Changes the number of the call that a task is in. */
export function setNumber(tid: number, regs: UserRegs, nr: number): void {
  if (regs.kind === "x86_64") {
    regs.orig_rax = BigInt(nr);
  } else {
    number[0] = nr;
    setregset(tid, NT_ARM_SYSTEM_CALL, numberBytes);
  }
}
