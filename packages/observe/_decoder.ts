/**
 * Turns records, as the kernel writes them, into columns. It is pure.
 *
 * A record is a header, { u32 type; u16 misc; u16 size }, and what belongs to
 * its type. That of a tracepoint is followed by
 *
 *     u32 pid, tid;  u64 time;  u32 cpu, res;
 *     u32 size;  u8 raw[size];  u64 abi;  u64 registers[]
 *
 * with the registers only if they were asked for. All others are followed by
 * their own fields, and end with the same as a tracepoint's begins with. See
 * perf_event_open(2).
 *
 * @module
 */

import { ABIS, ARGS, type Batch, KINDS } from "./batch.ts";
import type { Abi } from "./event.ts";
import type { Tracepoint } from "./_tracefs.ts";

const RECORD_LOST = 2;
const RECORD_EXIT = 4;
const RECORD_FORK = 7;
const RECORD_SAMPLE = 9;

/** Where things lie in a tracepoint's record, in words of 32 bits. */
const PID = 2;
const TID = 3;
const TIME = 4;
const CPU = 6;
const RAW_SIZE = 8;
const RAW = 9;
/** The same in the others, counted from their end. */
const FROM_END = { pid: 6, tid: 5, time: 4, cpu: 2 };

const ENTER = KINDS.indexOf("enter");
const EXIT = KINDS.indexOf("exit");
const FORK = KINDS.indexOf("fork");
const EXEC = KINDS.indexOf("exec");
const END = KINDS.indexOf("end");
const LOST = KINDS.indexOf("lost");

const SAMPLE_REGS_ABI_32 = 1;
const SAMPLE_REGS_ABI_64 = 2;

/** How the calls of a machine are recorded. */
export interface Layout {
  enter: Tracepoint;
  exit: Tracepoint;
  exec: Tracepoint;
  /** What the calls of 64-bit programs are, and of 32-bit ones. */
  native: Abi;
  compat: Abi;
  /**
   * Whether the registers are rcx and rip, from which follows by which
   * instruction a 64-bit program made a call: `syscall` copies rip to rcx,
   * `int 0x80` does not.
   */
  showsInstruction: boolean;
}

/** Records of one ring that were read and not decoded. */
export interface Records {
  words: Uint32Array<ArrayBuffer>;
  /** The first word that was not decoded, and the one after the last. */
  start: number;
  end: number;
  /** Whether the ring has more. Then the next time is not known without it. */
  hasMore: boolean;
}

/** What is known of a task. */
interface Task {
  pid: number;
  /** Whether it has still to return from the call that made it. */
  isNew: boolean;
  /** The call that it is in. */
  isInCall: boolean;
  nr: number;
  abi: number;
  /** When that began. */
  time: number;
}

/** Decodes the records of several rings into one order. */
export class Decoder {
  #layout: Layout;
  #native: number;
  #compat: number;
  #execs: readonly number[];
  #startHigh: number;
  #startLow: number;
  #enter: { nr: number; args: number };
  #exit: { nr: number; result: number };
  #tasks = new Map<number, Task>();
  /** The batch's columns of 64 bits in words of 32, which make no bigints. */
  #args = new Uint32Array();
  #results = new Uint32Array();
  /** How many events were lost, as far as records told. */
  lost = 0;

  /**
   * @param startTime The time that others are counted from, in nanoseconds.
   * @param execs The numbers of the native calls that execute a program.
   */
  constructor(layout: Layout, startTime: bigint, execs: readonly number[]) {
    this.#layout = layout;
    this.#native = ABIS.indexOf(layout.native);
    this.#compat = ABIS.indexOf(layout.compat);
    this.#execs = execs;
    this.#startHigh = Number(startTime >> 32n);
    this.#startLow = Number(startTime & 0xffff_ffffn);
    const { enter, exit } = layout;
    this.#enter = { nr: wordOf(enter, "id"), args: wordOf(enter, "args") };
    this.#exit = { nr: wordOf(exit, "id"), result: wordOf(exit, "ret") };
  }

  /**
   * Decodes records in the order of their times.
   *
   * @param sources The rings' records, each of which is in order.
   * @param until Up to which time all records are there.
   * @param batch What is added to, until it is full.
   */
  decode(sources: readonly Records[], until: number, batch: Batch): void {
    const capacity = batch.kind.length;
    this.#args = new Uint32Array(batch.args.buffer);
    this.#results = new Uint32Array(batch.result.buffer);
    while (batch.length < capacity) {
      let next: Records | undefined;
      let nextTime = Infinity;
      let limit = until;
      for (const source of sources) {
        const time = this.#timeOfNext(source);
        if (time < nextTime) {
          limit = Math.min(limit, nextTime);
          next = source;
          nextTime = time;
        } else {
          limit = Math.min(limit, time);
        }
      }
      // What a ring has still to give may be earlier than all others.
      if (next === undefined || nextTime === -Infinity) return;
      if (nextTime > until) return;
      // As long as the same ring is next the others need no look.
      do {
        this.#decodeOne(next, nextTime, batch);
        nextTime = this.#timeOfNext(next);
      } while (
        batch.length < capacity && nextTime <= limit && isFinite(nextTime)
      );
    }
  }

  /** Infinity if there is none, -Infinity if it must be read first. */
  #timeOfNext({ words, start, end, hasMore }: Records): number {
    const left = end - start;
    const size = left < 2 ? 2 : words[start + 1]! >>> 18;
    if (left < size) return hasMore ? -Infinity : Infinity;
    const at = words[start] === RECORD_SAMPLE
      ? start + TIME
      : start + size - FROM_END.time;
    // Exact, as the difference of two times is far less than 2^53.
    return (words[at + 1]! - this.#startHigh) * 2 ** 32 +
      (words[at]! - this.#startLow);
  }

  #decodeOne(source: Records, time: number, batch: Batch): void {
    const { words, start } = source;
    const end = start + (words[start + 1]! >>> 18);
    source.start = end;
    const i = batch.length;
    batch.time[i] = time;
    const type = words[start];
    if (type === RECORD_SAMPLE) {
      batch.tid[i] = words[start + TID]!;
      batch.pid[i] = words[start + PID]!;
      batch.cpu[i] = words[start + CPU]!;
      this.#decodeSample(words, start, batch);
      return;
    }
    batch.tid[i] = words[end - FROM_END.tid]!;
    batch.pid[i] = words[end - FROM_END.pid]!;
    batch.cpu[i] = words[end - FROM_END.cpu]!;
    // { u32 pid, ppid, tid, ptid; u64 time } and { u64 id, lost }
    if (type === RECORD_FORK) {
      const childPid = words[start + 2]!;
      const childTid = words[start + 4]!;
      batch.pid[i] = words[start + 3]!;
      batch.tid[i] = words[start + 5]!;
      batch.details.set(i, { kind: "fork", childPid, childTid });
      batch.kind[i] = FORK;
      this.#newTask(childTid).isNew = true;
    } else if (type === RECORD_EXIT) {
      batch.pid[i] = words[start + 2]!;
      batch.tid[i] = words[start + 4]!;
      batch.kind[i] = END;
      this.#tasks.delete(batch.tid[i]!);
    } else if (type === RECORD_LOST) {
      const count = words[start + 4]! + words[start + 5]! * 2 ** 32;
      batch.details.set(i, { kind: "lost", count });
      batch.kind[i] = LOST;
      this.lost += count;
      // What follows may be the exit of another call than the last one seen.
      this.#tasks.clear();
    } else {
      return;
    }
    batch.length++;
  }

  #decodeSample(
    words: Uint32Array<ArrayBuffer>,
    start: number,
    batch: Batch,
  ): void {
    const raw = start + RAW;
    const tracepoint = words[raw]! & 0xffff;
    const { enter, exit, exec } = this.#layout;
    if (tracepoint === enter.id) this.#decodeEnter(words, start, batch);
    else if (tracepoint === exit.id) {
      if (!this.#decodeExit(words, raw, batch)) return;
    } else if (tracepoint === exec.id) this.#decodeExec(words, raw, batch);
    else return;
    batch.length++;
  }

  #decodeEnter(
    words: Uint32Array<ArrayBuffer>,
    start: number,
    batch: Batch,
  ): void {
    const i = batch.length;
    const raw = start + RAW;
    const nr = words[raw + this.#enter.nr]! | 0;
    const abi = this.#abiOf(words, raw + words[start + RAW_SIZE]! / 4);
    batch.kind[i] = ENTER;
    batch.nr[i] = nr;
    batch.abi[i] = abi;
    const args = this.#args;
    const from = raw + this.#enter.args;
    const to = i * ARGS * 2;
    for (let k = 0; k < ARGS * 2; k++) args[to + k] = words[from + k]!;
    const tid = batch.tid[i]!;
    const task = this.#tasks.get(tid) ?? this.#newTask(tid);
    task.pid = batch.pid[i]!;
    task.isNew = false;
    task.isInCall = true;
    task.nr = nr;
    task.abi = abi;
    task.time = batch.time[i]!;
  }

  /** By the registers at a place: { u64 abi; u64 rcx, rip }. */
  #abiOf(words: Uint32Array<ArrayBuffer>, at: number): number {
    if (words[at] === SAMPLE_REGS_ABI_32) return this.#compat;
    if (!this.#layout.showsInstruction || words[at] !== SAMPLE_REGS_ABI_64) {
      return this.#native;
    }
    const isSame = words[at + 2] === words[at + 4] &&
      words[at + 3] === words[at + 5];
    return isSame ? this.#native : this.#compat;
  }

  #newTask(tid: number): Task {
    const task = {
      pid: 0,
      isNew: false,
      isInCall: false,
      nr: 0,
      abi: 0,
      time: 0,
    };
    this.#tasks.set(tid, task);
    return task;
  }

  /** Returns false for what a new task returns from: it is no call of its own. */
  #decodeExit(
    words: Uint32Array<ArrayBuffer>,
    raw: number,
    batch: Batch,
  ): boolean {
    const i = batch.length;
    batch.kind[i] = EXIT;
    const result = this.#results;
    result[i * 2] = words[raw + this.#exit.result]!;
    result[i * 2 + 1] = words[raw + this.#exit.result + 1]!;
    const task = this.#tasks.get(batch.tid[i]!);
    if (task?.isNew) {
      task.isNew = false;
      return false;
    }
    const nr = words[raw + this.#exit.nr]! | 0;
    // The kernel itself has forgotten the number at the end of rt_sigreturn.
    // Another number is that of a call whose begin was lost.
    if (task?.isInCall && (nr === task.nr || nr === -1)) {
      batch.nr[i] = task.nr;
      batch.abi[i] = task.abi;
      batch.duration[i] = batch.time[i]! - task.time;
      task.isInCall = false;
    } else {
      batch.nr[i] = nr;
      batch.abi[i] = this.#native;
      batch.duration[i] = NaN;
    }
    return true;
  }

  #decodeExec(
    words: Uint32Array<ArrayBuffer>,
    raw: number,
    batch: Batch,
  ): void {
    const i = batch.length;
    const { exec } = this.#layout;
    const tid = batch.tid[i]!;
    // Where the path lies and how long it is, in 16 bits each.
    const place = words[raw + wordOf(exec, "filename")]!;
    const bytes = new Uint8Array(
      words.buffer,
      raw * 4 + (place & 0xffff),
      place >>> 16,
    );
    const path = new TextDecoder().decode(bytes.subarray(0, bytes.indexOf(0)));
    // The tracepoint's own numbers are those of the first pid namespace.
    const isSameNamespace = words[raw + wordOf(exec, "pid")] === tid;
    const formerTid = isSameNamespace
      ? words[raw + wordOf(exec, "old_pid")]!
      : this.#executingThread(batch.pid[i]!) ?? tid;
    const former = this.#tasks.get(formerTid);
    if (formerTid !== tid && former !== undefined) {
      this.#tasks.delete(formerTid);
      this.#tasks.set(tid, former);
    }
    batch.kind[i] = EXEC;
    batch.details.set(i, { kind: "exec", path, formerTid });
  }

  /** The thread of a process that is in a call of execve(2). */
  #executingThread(pid: number): number | undefined {
    for (const [tid, task] of this.#tasks) {
      const executes = task.isInCall && task.abi === this.#native &&
        this.#execs.includes(task.nr);
      if (task.pid === pid && executes) return tid;
    }
  }
}

/** Where a field of a tracepoint lies, in words of 32 bits. */
function wordOf(tracepoint: Tracepoint, field: string): number {
  const offset = tracepoint.offsets.get(field);
  if (offset === undefined || offset % 4 !== 0) {
    throw new TypeError(
      `Cannot read a tracepoint of the kernel: "${field}" is not where it is expected`,
    );
  }
  return offset / 4;
}
