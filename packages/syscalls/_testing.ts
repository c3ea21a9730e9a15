/**
 * Asking strace what it makes of system calls that are never made.
 *
 * @module
 */

import { readFile } from "@procctl/libc/files";
import {
  type Need,
  patience,
  run,
  staticProgram,
  TemporaryFolder,
  tool,
} from "@procctl/testing";
import { syscallNames, syscallNumber } from "./names.ts";

/** A program makes the calls of x86_64, and strace says what they are. */
export const strace: Need = () => {
  if (Deno.build.arch !== "x86_64") return "needs x86_64";
  return tool("strace")();
};

/** Thousands of stops take a second, and much longer on a busy machine. */
const SLOW = 120_000;

/** A row of the program's table: the number and six arguments. */
const ROW_SIZE = 7 * 8;

/**
 * Makes each call of the table that follows, until it ends in a page that is
 * not there. rbx points to the row.
 */
const CODE = [
  "488d1d23000000", // lea rbx, [rip + table]
  "488b03", // next: mov rax, [rbx]
  "488b7b08", // mov rdi, [rbx + 8]
  "488b7310", // mov rsi, [rbx + 16]
  "488b5318", // mov rdx, [rbx + 24]
  "4c8b5320", // mov r10, [rbx + 32]
  "4c8b4328", // mov r8, [rbx + 40]
  "4c8b4b30", // mov r9, [rbx + 48]
  "0f05", // syscall
  "4883c338", // add rbx, 56
  "ebdd", // jmp next
];

/** A call: its name, and what its registers hold, 0 where nothing is said. */
export interface Call {
  /** The name. */
  name: string;
  /** What the registers hold. @default {[]} */
  args?: readonly (number | bigint)[];
}

/**
 * Runs a program under strace whose calls all fail by injection, so that none
 * is made.
 *
 * @param calls The calls, all of which strace must know.
 * @param options What strace is told beside that.
 * @returns A line for each call.
 */
export function straceLines(
  calls: readonly Call[],
  options: readonly string[] = [],
): string[] {
  using folder = new TemporaryFolder();
  const table = new DataView(new ArrayBuffer(calls.length * ROW_SIZE));
  calls.forEach(({ name, args = [] }, row) => {
    [syscallNumber(name, "x86_64")!, ...args].forEach((value, column) =>
      table.setBigInt64(row * ROW_SIZE + column * 8, BigInt(value), true)
    );
  });
  const bytes = new Uint8Array(table.buffer).toHex();
  const program = staticProgram(
    { "x86_64": [...CODE, bytes], aarch64: [] },
    "x86_64",
  );
  const path = folder.write("program", program, 0o755);
  const log = folder.join("log");
  run([
    "strace",
    ...["-o", log, "-qq", "-e", "signal=none"],
    ...["-e", "inject=all:error=ENOSYS"],
    ...options,
    path,
  ], { timeout: patience(SLOW) });
  // The first line is strace's own execve.
  return new TextDecoder().decode(readFile(log)).split("\n")
    .slice(1, calls.length + 1);
}

/**
 * The calls of x86_64 that the installed strace knows. Others it would not
 * keep from being made.
 *
 * @returns Their names.
 */
export function callsOfStrace(): string[] {
  let names: string[] = syscallNames("x86_64");
  while (true) {
    const trace = `trace=${names.join(",")}`;
    const { stderr } = run(["strace", "-e", trace, "true"]);
    const unknown = /invalid system call '(\w+)'/.exec(stderr)?.[1];
    if (unknown === undefined) return names;
    names = names.filter((name) => name !== unknown);
  }
}
