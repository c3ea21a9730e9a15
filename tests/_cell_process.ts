// deno-lint-ignore-file no-console -- it keeps what an example prints
/**
 * What the process of a cell does around its example: {@linkcode enter} makes the
 * condition, {@linkcode leave} reports how the example ended and what it left.
 *
 * @module
 */

import {
  type Arena,
  closeFile,
  lazySymbols,
  O_CREAT,
  O_WRONLY,
  openFile,
} from "@procctl/libc";
import { type Condition, CONDITIONS } from "./_conditions.ts";
import { liveArenas } from "./_live_arenas.ts";

const libc = lazySymbols({
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  prctl: {
    parameters: ["i32", "usize", "usize", "usize", "usize"],
    result: "i32",
  },
  // int waitid(int idtype, id_t id, siginfo_t *info, int options)
  waitid: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

const F_GETFD = 1;
const F_DUPFD_CLOEXEC = 1030;
/** Descriptors below this one are counted; the report's lies above. */
const DESCRIPTORS = 900;
/** WNOHANG | WEXITED | WNOWAIT */
const PEEK = 0x1 | 0x4 | 0x01000000;

/** How an example ended. */
export interface Report {
  /** What it threw, if it did. */
  error?: { name: string; message: string; code?: string };
  /** What it printed by itself. */
  printed: string;
  /** What it left. */
  left: Left;
}

/** What is left of an example. */
export interface Left {
  descriptors: number;
  arenas: number;
  /** 1 if there are any, alive or not. */
  children: number;
}

/** What a tracer sees of the begin and the end: a call that does nothing. */
export const MARK = 0x7072_6f63;
export const BEGIN = 1n;
export const END = 2n;

let live: ReadonlySet<Arena>;
let report: number;
let before: number;
let printed = "";

/** Makes the condition, and begins to watch. */
export function enter(condition: Condition, path: string): void {
  const fd = openFile(path, O_WRONLY | O_CREAT);
  report = libc.fcntl(fd, F_DUPFD_CLOEXEC, DESCRIPTORS);
  closeFile(fd);
  live = liveArenas();
  watchConsole();
  // Deno opens two sockets for signals, sometime in its first second.
  const nothing = () => {};
  Deno.addSignalListener("SIGUSR2", nothing);
  Deno.removeSignalListener("SIGUSR2", nothing);
  // Each symbol is opened where nothing is wrong yet.
  libc.write(report, new Uint8Array(), 0n);
  hasChildren();
  CONDITIONS[condition]();
  before = countDescriptors();
  mark(BEGIN);
}

/** Reports how the example ended. */
export function leave(error?: Error & { code?: string }): void {
  mark(END);
  const content = {
    error: error && described(error),
    printed,
    left: {
      descriptors: countDescriptors() - before,
      arenas: live.size,
      children: hasChildren() ? 1 : 0,
    },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(content));
  libc.write(report, bytes, BigInt(bytes.length));
}

function described(error: Error & { code?: string }): Report["error"] {
  const { name, message, code } = error;
  if (!(error instanceof SuppressedError)) {
    return { name, message, ...(code === undefined ? {} : { code }) };
  }
  const both = [error.error, error.suppressed].map((it) => it?.stack ?? it);
  return { name, message: both.join("; after ") };
}

function mark(which: bigint): void {
  libc.prctl(MARK, which, 0n, 0n, 0n);
}

/** Needs no descriptor, as to read /proc/self/fd would. */
function countDescriptors(): number {
  let count = 0;
  for (let fd = 0; fd < DESCRIPTORS; fd++) {
    if (libc.fcntl(fd, F_GETFD, 0) >= 0) count++;
  }
  return count;
}

function hasChildren(): boolean {
  return libc.waitid(0, /* P_ALL */ 0, null, PEEK) === 0;
}

/** Keeps what is printed, which with stdio closed goes nowhere else. */
function watchConsole(): void {
  const { log } = console;
  console.log = (...values: unknown[]) => {
    const text = values.map((value) =>
      typeof value === "string" ? value : Deno.inspect(value)
    );
    printed += `${text.join(" ")}\n`;
    try {
      log(...values);
    } catch {
      // There is no standard output.
    }
  };
}
