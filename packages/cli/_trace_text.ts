/**
 * The log of a trace as strace writes it.
 *
 * @module
 */

import { signalNumber } from "@procctl/libc/signals";
import { formatConstant } from "@procctl/syscalls";
import type { Call } from "./_trace_call.ts";
import type { Ending, TraceLog } from "./_trace_log.ts";
import type { LogOutput } from "./_trace_output.ts";
import type { Quoting } from "./_trace_quote.ts";
import { formatResult } from "./_trace_result.ts";
import type { TracedTask } from "./_trace_task.ts";
import { formatValue, type Struct } from "./_trace_value.ts";

/** How a log is written. */
export interface TextOptions {
  /** How strings are quoted. */
  quoting: Quoting;
  /** In which column results stand. */
  column: number;
  /** Whether arguments have their names. */
  names: boolean;
  /** Whether calls have their numbers. */
  numbers: boolean;
  /** Whether it is told how tasks end. */
  endings: boolean;
  /** What stands before a line of a task. */
  prefix(tid: number): string;
  /** What stands after a call that took so many milliseconds. */
  suffix(duration: number): string;
}

/**
 * Writes events as lines. A line begins at a call's entry and goes on at its
 * exit, unless another task has something to say in the meantime.
 */
export class TextLog implements TraceLog {
  readonly #options: TextOptions;
  readonly #output: LogOutput;
  readonly #blanks: string;
  /** The task whose line is not finished. */
  #open: TracedTask | undefined;
  /** How long the line is. */
  #column = 0;

  constructor(options: TextOptions, output: LogOutput) {
    this.#options = options;
    this.#output = output;
    this.#blanks = " ".repeat(options.column);
  }

  /** A call begins. */
  enter(task: TracedTask, call: Call): void {
    this.#begin(task);
    if (this.#options.numbers) {
      this.#write(`[${String(call.nr).padStart(4)}] `);
    }
    this.#write(call.name);
    this.#write("(");
    task.shown = 0;
    task.comma = false;
    if (call.name === "restart_syscall") {
      const name = task.interrupted ?? "system call";
      this.#write(`<... resuming interrupted ${name} ...>`);
    } else this.#addArguments(task);
    const { plan } = task.args;
    // The comma comes at once, unless it is not certain that an argument will.
    if (task.comma && plan.parameters[task.shown]?.decoder.out === true) {
      this.#write(", ");
      task.comma = false;
    }
    this.#open = task;
    this.#output.pause();
  }

  /**
   * A call ends.
   *
   * @param exact The result, all bits of it.
   * @param duration How long it took, in milliseconds.
   */
  exit(task: TracedTask, call: Call, exact: bigint, duration: number): void {
    this.#resume(task, call.name);
    const { plan, after } = task.args;
    const became = after[task.shown - 1];
    if (became !== undefined) {
      this.#write(" => ");
      this.#write(formatValue(became, this.#options.quoting));
    }
    this.#addArguments(task);
    this.#writeEqual();
    this.#write(formatResult(call, plan.result, exact));
    this.#write(task.remark);
    this.#finish(this.#options.suffix(duration));
  }

  /** Nothing more happens for a while: what there is can be read. */
  idle(): void {
    this.#output.flush();
  }

  /** A call of which no end will be seen. */
  abandon(task: TracedTask): void {
    const { plan, count } = task.args;
    this.#resume(task, plan.name);
    if (count < plan.parameters.length) this.#write(" <unfinished ...>");
    this.#writeEqual();
    this.#finish("?");
  }

  /** A signal is delivered. */
  signal(task: TracedTask, name: string, info: Struct): void {
    const text = formatValue(info, this.#options.quoting);
    this.#note(task, `--- ${name} ${text} ---`);
  }

  /** A signal has stopped a task. */
  stop(task: TracedTask, signal: string): void {
    this.#note(task, `--- stopped by ${kernelName(signal)} ---`);
  }

  /** A thread of a task's process takes its place. */
  supersede(task: TracedTask, by: number): void {
    this.#note(task, `+++ superseded by execve in pid ${by} +++`);
  }

  /** A task has ended. */
  end(task: TracedTask, { code, signal, coreDumped }: Ending): void {
    if (!this.#options.endings) return this.interrupt();
    const core = coreDumped ? " (core dumped)" : "";
    this.#note(
      task,
      signal !== undefined
        ? `+++ killed by ${kernelName(signal)}${core} +++`
        : code !== undefined
        ? `+++ exited with ${code} +++`
        : "+++ ended +++",
    );
  }

  /** Ends the line, as something else is going to be written. */
  interrupt(): void {
    if (this.#open !== undefined) this.#finish(" <unfinished ...>");
  }

  /** Ends the log, which is in a line if its task was let go. */
  close(): void {
    if (this.#open !== undefined) this.#finish(" <detached ...>");
  }

  #note(task: TracedTask, text: string): void {
    this.#begin(task);
    this.#finish(text);
  }

  #begin(task: TracedTask): void {
    this.interrupt();
    this.#write(this.#options.prefix(task.tid));
  }

  #resume(task: TracedTask, name: string): void {
    if (this.#open === task) return;
    this.#begin(task);
    this.#write(`<... ${name} resumed>`);
  }

  #writeEqual(): void {
    this.#write(") ");
    const missing = this.#options.column - this.#column;
    if (missing > 0) this.#write(this.#blanks.slice(0, missing));
    this.#write("= ");
  }

  #write(text: string): void {
    this.#output.write(text);
    this.#column += text.length;
  }

  #finish(text: string): void {
    this.#output.write(text);
    this.#output.write("\n");
    this.#output.pause();
    this.#column = 0;
    this.#open = undefined;
  }

  /** Writes the arguments that are decoded and not written yet. */
  #addArguments(task: TracedTask): void {
    const { quoting, names } = this.#options;
    const { plan, values, count } = task.args;
    for (; task.shown < count; task.shown++) {
      const value = values[task.shown];
      if (value === undefined) continue;
      if (task.comma) this.#write(", ");
      const { label, name } = plan.parameters[task.shown]!;
      if (label !== undefined) this.#write(label);
      else if (names) this.#write(`${name}=`);
      this.#write(formatValue(value, quoting));
      task.comma = true;
    }
  }
}

/** A signal's name as the kernel counts them: SIGRT_1 is its second one. */
function kernelName(signal: string): string {
  return formatConstant(signalNumber(signal), "signals");
}
