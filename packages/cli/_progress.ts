import { lazySymbols } from "@procctl/libc/library";
import type { LimitedChild } from "@procctl/spawn/limited-child";
import { write } from "./_output.ts";
import { formatBytes, formatSeconds } from "./_quantities.ts";
import { UsageError } from "./_usage_error.ts";

const libc = lazySymbols({
  // pid_t tcgetpgrp(int fd)
  tcgetpgrp: { parameters: ["i32"], result: "i32" },
  // pid_t getpgid(pid_t pid)
  getpgid: { parameters: ["i32"], result: "i32" },
});

const STDERR = 2;
const EVERY = 200;
/** Before that a command that is soon done leaves no trace. */
const FIRST = 1000;
const CLEAR = "\r\x1b[K";

/** When progress is shown. */
export type When = "auto" | "always" | "never";

/** Reads when progress is to be shown. */
export function readWhen(text: string | undefined): When {
  if (text === undefined) return "auto";
  if (text === "auto" || text === "always" || text === "never") return text;
  throw new UsageError(
    `Cannot use "${text}" as --progress: expected auto, always or never`,
  );
}

/** A line on the terminal that says what a command uses, until it is over. */
export class Progress implements Disposable {
  readonly #child: LimitedChild;
  readonly #when: When;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isShown = false;

  constructor(child: LimitedChild, when: When) {
    this.#child = child;
    this.#when = when;
    const wanted = when === "always" ||
      (when === "auto" && Deno.stderr.isTerminal());
    if (wanted) this.#timer = setInterval(() => this.#show(), EVERY);
  }

  #show(): void {
    const { wallTime, cpuTime, memory, processes } = this.#child.sample();
    if (this.#when === "auto") {
      if (wallTime * 1000 < FIRST || !isInForeground()) return;
    }
    const parts = [
      formatSeconds(wallTime),
      `cpu ${formatSeconds(cpuTime)}`,
      `memory ${formatBytes(memory)}`,
      `${processes} ${processes === 1 ? "process" : "processes"}`,
    ];
    // What the command writes next is to begin at the begin of the line.
    write("stderr", `${CLEAR}${parts.join("  ")}\r`);
    this.#isShown = true;
  }

  /** Takes the line away. */
  [Symbol.dispose](): void {
    if (this.#timer !== undefined) clearInterval(this.#timer);
    if (this.#isShown) write("stderr", CLEAR);
  }
}

/** Whether the terminal is this program's to write to. */
function isInForeground(): boolean {
  return libc.tcgetpgrp(STDERR) === libc.getpgid(0);
}
