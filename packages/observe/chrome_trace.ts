/**
 * Timelines in the format of Chrome's tracing, which Perfetto draws.
 *
 * @module
 */

import { errnoName } from "@procctl/libc";
import { argumentText, type Call, Calls, isError } from "./_calls.ts";
import type { TimelineEvent } from "./timeline_event.ts";

/**
 * Writes a timeline as JSON, as it goes, for `chrome://tracing` and
 * https://ui.perfetto.dev: tasks are tracks, system calls are slices, and what
 * makes a task is tied to it by a flow.
 *
 * @example Usage
 * ```ts
 * import { ChromeTrace } from "@procctl/observe/chrome-trace";
 *
 * let json = "";
 * const trace = new ChromeTrace((text) => json += text);
 * trace.add({ kind: "enter", time: 1000, tid: 7, pid: 7, name: "sync" });
 * trace.add({ kind: "exit", time: 3000, tid: 7, pid: 7, name: "sync", result: 0n });
 * trace.end();
 * const [call] = JSON.parse(json);
 * console.log(call.name, call.ts, call.dur); // prints: sync 1 2
 * ```
 */
export class ChromeTrace {
  #write: (text: string) => void;
  #calls = new Calls();
  #isFirst = true;
  #flows = 0;
  #named = new Set<number>();
  /** The flows to tasks of which nothing was seen yet. */
  #expected = new Map<number, number>();

  /**
   * Writes nothing yet.
   *
   * @param write Takes the text, piece by piece.
   */
  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  /**
   * Adds an event.
   *
   * @param event What happened, no earlier than what was added before.
   *
   * @example Usage
   * ```ts
   * import { ChromeTrace } from "@procctl/observe/chrome-trace";
   *
   * const trace = new ChromeTrace((text) => console.log(text.trim()));
   * trace.add({ kind: "exec", time: 0, tid: 7, pid: 7, path: "/bin/ls", formerTid: 7 });
   * // prints: [{"ph":"M","name":"process_name","pid":7,"tid":7,"args":{"name":"ls"}}
   * // prints: ,{"ph":"i","s":"t","name":"exec /bin/ls","cat":"exec","ts":0,"pid":7,"tid":7}
   * ```
   */
  add(event: TimelineEvent): void {
    const { pid, tid } = event;
    const ts = microseconds(event.time);
    this.#meet(tid, pid, ts);
    const call = this.#calls.add(event);
    if (call !== undefined) this.#writeCall(call);
    if (event.kind === "fork") {
      const id = ++this.#flows;
      this.#expected.set(event.childTid, id);
      this.#writeOne({ ph: "s", id, name: "fork", cat: "fork", ts, pid, tid });
    } else if (event.kind === "exec") {
      const name = event.path.split("/").at(-1)!;
      this.#writeOne({
        ph: "M",
        name: "process_name",
        pid,
        tid,
        args: { name },
      });
      const title = `exec ${event.path}`;
      this.#writeOne({
        ph: "i",
        s: "t",
        name: title,
        cat: "exec",
        ts,
        pid,
        tid,
      });
    } else if (event.kind === "lost") {
      const name = `${event.count} events lost`;
      this.#writeOne({ ph: "i", s: "g", name, cat: "lost", ts, pid, tid });
    }
  }

  /**
   * Writes what is left, and the end. Nothing can be added then.
   *
   * @example Usage
   * ```ts
   * import { ChromeTrace } from "@procctl/observe/chrome-trace";
   *
   * let json = "";
   * new ChromeTrace((text) => json += text).end();
   * console.log(JSON.parse(json).length); // prints: 0
   * ```
   */
  end(): void {
    for (const call of this.#calls.rest()) this.#writeCall(call);
    this.#write(this.#isFirst ? "[]\n" : "]\n");
  }

  /** Ends the flow to a task where something of it is seen first. */
  #meet(tid: number, pid: number, ts: number): void {
    const id = this.#expected.get(tid);
    if (id !== undefined) {
      this.#expected.delete(tid);
      const flow = { ph: "f", bp: "e", id, name: "fork", cat: "fork" };
      this.#writeOne({ ...flow, ts, pid, tid });
    }
    if (pid === tid || this.#named.has(tid)) return;
    this.#named.add(tid);
    const args = { name: `thread ${tid}` };
    this.#writeOne({ ph: "M", name: "thread_name", pid, tid, args });
  }

  #writeCall(call: Call): void {
    const { name, pid, tid, start, end, result } = call;
    const shown = result === undefined
      ? "(did not return)"
      : isError(result)
      ? `-1 ${errnoName(-Number(result))}`
      : String(result);
    this.#writeOne({
      ph: "X",
      name,
      cat: isError(result) ? "syscall,failed" : "syscall",
      ts: microseconds(start),
      dur: microseconds(end - start),
      pid,
      tid,
      args: { arguments: argumentText(call), result: shown },
    });
  }

  #writeOne(value: unknown): void {
    this.#write(`${this.#isFirst ? "[" : ","}${JSON.stringify(value)}\n`);
    this.#isFirst = false;
  }
}

/** Chrome counts in microseconds, with fractions. */
function microseconds(nanoseconds: number): number {
  return nanoseconds / 1000;
}
