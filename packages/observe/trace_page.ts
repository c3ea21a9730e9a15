/**
 * Timelines as a page that draws them.
 *
 * @module
 */

import { syscallSignature } from "@procctl/syscalls";
import { argumentText, type Call, Calls, isError } from "./_calls.ts";
import { PAGE_SCRIPT, PAGE_STYLE } from "./_page.ts";
import type { TimelineEvent } from "./timeline_event.ts";

/** What a page says of what it shows. */
export interface TracePageOptions {
  /** Its title, such as the command. @default {"System calls"} */
  title?: string;
  /**
   * How many calls are drawn at most, those that came first. All are counted.
   *
   * @default {500_000}
   */
  maxCalls?: number;
}

/** A task, as the page has it. */
interface Task {
  pid: number;
  tid: number;
  name: string;
  parent: number;
  start: number;
  end: number;
}

/** What is counted of a call, or of the calls with one file descriptor. */
interface Total {
  calls: number;
  errors: number;
  time: number;
}

/**
 * Draws a timeline on a page of its own, which needs nothing else: one row for
 * each task, its system calls on it, totals by call and by file descriptor. It
 * can be zoomed, moved and searched.
 *
 * @example Usage
 * ```ts
 * import { TracePage } from "@procctl/observe/trace-page";
 *
 * const page = new TracePage({ title: "sync" });
 * page.add({ kind: "enter", time: 0, tid: 7, pid: 7, name: "sync" });
 * page.add({ kind: "exit", time: 2000, tid: 7, pid: 7, name: "sync", result: 0n });
 * console.log(page.html().startsWith("<!doctype html>")); // prints: true
 * ```
 */
export class TracePage {
  #title: string;
  #maxCalls: number;
  #calls = new Calls();
  #tasks: Task[] = [];
  #taskNumbers = new Map<number, number>();
  #names: string[] = [];
  #nameNumbers = new Map<string, number>();
  /** Of each call that is drawn: task, name, start, duration, result, text. */
  #rows: [number, number, number, number, string, string][] = [];
  #byCall = new Map<string, Total>();
  #byDescriptor = new Map<string, Total>();
  #hasDescriptor = new Map<string, boolean>();
  #count = 0;
  #lost = 0;

  /**
   * Begins with nothing.
   *
   * @param options What the page says.
   * @throws {RangeError} If `maxCalls` is no integer from 0 on, nor Infinity.
   */
  constructor(
    { title = "System calls", maxCalls = 500_000 }: TracePageOptions = {},
  ) {
    if (
      !(Number.isInteger(maxCalls) || maxCalls === Infinity) || maxCalls < 0
    ) {
      throw new RangeError(
        `Cannot draw ${maxCalls} calls: expected an integer from 0 on, or Infinity`,
      );
    }
    this.#title = title;
    this.#maxCalls = maxCalls;
  }

  /**
   * Adds an event.
   *
   * @param event What happened, no earlier than what was added before.
   *
   * @example Usage
   * ```ts
   * import { TracePage } from "@procctl/observe/trace-page";
   *
   * new TracePage().add({ kind: "end", time: 0, tid: 7, pid: 7 });
   * ```
   */
  add(event: TimelineEvent): void {
    const { tid, pid, time } = event;
    const task = this.#task(tid, pid, time);
    task.end = Math.max(task.end, time);
    const call = this.#calls.add(event);
    if (call !== undefined) this.#addCall(call);
    if (event.kind === "fork") {
      const child = this.#newTask(event.childTid, event.childPid, time);
      child.parent = this.#taskNumbers.get(tid)!;
      child.name = task.name;
    } else if (event.kind === "exec") {
      task.name = event.path.split("/").at(-1)!;
    } else if (event.kind === "end") {
      // The number can become that of another one.
      this.#taskNumbers.delete(tid);
    } else if (event.kind === "lost") {
      this.#lost += event.count;
    }
  }

  #task(tid: number, pid: number, time: number): Task {
    const number = this.#taskNumbers.get(tid);
    return number === undefined
      ? this.#newTask(tid, pid, time)
      : this.#tasks[number]!;
  }

  #newTask(tid: number, pid: number, time: number): Task {
    const task = { pid, tid, name: "", parent: -1, start: time, end: time };
    this.#taskNumbers.set(tid, this.#tasks.length);
    this.#tasks.push(task);
    return task;
  }

  #addCall(call: Call): void {
    const { tid, pid, name, start, end, result, args } = call;
    const failed = isError(result);
    addTo(this.#byCall, name, end - start, failed);
    if (this.#takesDescriptor(name) && args?.[0] !== undefined) {
      const fd = Number(BigInt.asIntN(32, args[0]));
      addTo(this.#byDescriptor, `${pid}:${fd}`, end - start, failed);
    }
    if (++this.#count > this.#maxCalls) return;
    let nameNumber = this.#nameNumbers.get(name);
    if (nameNumber === undefined) {
      nameNumber = this.#names.push(name) - 1;
      this.#nameNumbers.set(name, nameNumber);
    }
    // The task may have ended with this call, and its number be free.
    const task = this.#taskNumbers.get(tid) ??
      this.#tasks.findLastIndex((task) => task.tid === tid);
    const shown = result === undefined ? "did not return" : String(result);
    const text = argumentText(call);
    this.#rows.push([task, nameNumber, start, end - start, shown, text]);
  }

  /** Whether the first argument of a call is a file descriptor. */
  #takesDescriptor(name: string): boolean {
    let takes = this.#hasDescriptor.get(name);
    if (takes === undefined) {
      const [first] = syscallSignature(name)?.parameters ?? [];
      takes = first?.table === "descriptors";
      this.#hasDescriptor.set(name, takes);
    }
    return takes;
  }

  /**
   * The page, whole, of all that was added. It is the end: a call that has not
   * returned by now is one that did not return.
   *
   * @returns Its HTML.
   *
   * @example Usage
   * ```ts
   * import { TracePage } from "@procctl/observe/trace-page";
   *
   * const html = new TracePage({ title: "<ls>" }).html();
   * console.log(html.includes("<title>&lt;ls&gt;</title>")); // prints: true
   * ```
   */
  html(): string {
    for (const call of this.#calls.rest()) this.#addCall(call);
    const data = {
      tasks: this.#tasks,
      names: this.#names,
      calls: this.#rows,
      count: this.#count,
      lost: this.#lost,
      byCall: [...this.#byCall].sort(byTime),
      byDescriptor: [...this.#byDescriptor].sort(byTime),
    };
    // No text of a program may end the element that it is in.
    const json = JSON.stringify(data).replaceAll("<", "\\u003c");
    const title = escapeHtml(this.#title);
    return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>${title}</title>
<style>${PAGE_STYLE}</style>
<header>
  <h1>${title}</h1>
  <input id="search" type="search" placeholder="Search calls: name or argument">
  <output id="found"></output>
  <button id="next">Next</button>
  <button id="whole">Whole</button>
  <output id="range"></output>
</header>
<main><div id="rows"><canvas id="timeline"></canvas></div><div id="tip" hidden></div></main>
<section>
  <table id="by-call"><caption>By call</caption></table>
  <table id="by-descriptor"><caption>By file descriptor</caption></table>
</section>
<script type="application/json" id="data">${json}</script>
<script>${PAGE_SCRIPT}</script>
</html>
`;
  }
}

function addTo(
  totals: Map<string, Total>,
  key: string,
  time: number,
  failed: boolean,
): void {
  const total = totals.get(key) ?? { calls: 0, errors: 0, time: 0 };
  totals.set(key, total);
  total.calls++;
  total.time += time;
  if (failed) total.errors++;
}

function byTime([, a]: [string, Total], [, b]: [string, Total]): number {
  return b.time - a.time;
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
