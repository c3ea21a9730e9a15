/**
 * A system call as those see it who decode its arguments.
 *
 * @module
 */

import type { SyscallArch } from "@procctl/syscalls";

/** The memory of the program that makes a call. */
export interface Memory {
  /** Reads some of it; less, or nothing, where it is not mapped. */
  read(address: number, size: number): Uint8Array<ArrayBuffer>;
}

/** How much is decoded. */
export interface Detail {
  /** How many bytes of a string are shown, and how many items of a list. */
  limit: number;
  /** Whether all members of structures are shown. */
  verbose: boolean;
  /** What a descriptor of a task stands for, as `</path>`, if that is shown. */
  nameOf?(tid: number, fd: number): string | undefined;
}

/** A system call, at its entry or at its exit. */
export interface Call {
  /** The task that makes it. */
  readonly tid: number;
  readonly nr: number;
  readonly name: string;
  readonly arch: SyscallArch;
  /** The arguments, each as its lower and its upper half. */
  readonly halves: Uint32Array;
  readonly stackPointer: bigint;
  /** At its exit: what it returned, a negative errno if it failed. */
  readonly result: number;
  readonly memory: Memory;
  readonly detail: Detail;
}

const HALF = 2 ** 32;

/** An argument as an `int`. */
export function int({ halves }: Call, index: number): number {
  return halves[2 * index]! | 0;
}

/** An argument as an `unsigned int`. */
export function uint({ halves }: Call, index: number): number {
  return halves[2 * index]!;
}

/** An argument as an address or a size. What no address can be is not exact. */
export function word({ halves }: Call, index: number): number {
  return halves[2 * index]! + halves[2 * index + 1]! * HALF;
}

/** An argument, all bits of it. */
export function exact({ halves }: Call, index: number): bigint {
  return BigInt(halves[2 * index + 1]!) << 32n | BigInt(halves[2 * index]!);
}

/** Whether a call ended in an error. */
export function failed({ result }: Call): boolean {
  return result < 0 && result >= -4095;
}

/** Whether a call is one of 64 bits, as are its pointers. */
export function isWide({ arch }: { arch: SyscallArch }): boolean {
  return arch !== "i386";
}

/** An address as C's `%p`. */
export function pointer(address: number | bigint): string {
  return address === 0 || address === 0n ? "NULL" : hex(address);
}

/** A number as C's `%#x`. */
export function hex(value: number | bigint): string {
  return value === 0 || value === 0n ? "0" : `0x${value.toString(16)}`;
}
