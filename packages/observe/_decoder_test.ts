import { assertEquals, assertThrows } from "@std/assert";
import { Decoder, type Records } from "./_decoder.ts";
import { assertKind } from "./_testing.ts";
import * as records from "./_testing_records.ts";
import { Batch } from "./batch.ts";
import type { ObservedEvent } from "./event.ts";

const { LAYOUT, START } = records;
const EXECVE = 59;
const SHELL = 20053;
const CHILD = 20056;

/** What was read from a ring. */
function source(...texts: string[]): Records {
  const bytes = texts.join("").match(/../g) ?? [];
  const { buffer } = new Uint8Array(bytes.map((byte) => parseInt(byte, 16)));
  const words = new Uint32Array(buffer);
  return { words, start: 0, end: words.length, hasMore: false };
}

/** A record with some of its 32-bit words changed. */
function change(text: string, words: Record<number, number>): string {
  const changed = source(text).words;
  for (const [at, word] of Object.entries(words)) changed[Number(at)] = word;
  return Array.from(
    new Uint8Array(changed.buffer),
    (byte) => byte.toString(16).padStart(2, "0"),
  ).join("");
}

/** The time of a record of a tracepoint, and one that is so much later. */
const TIME = 4;
const later = (text: string, nanoseconds: number) =>
  change(text, { [TIME]: source(text).words[TIME]! + nanoseconds });

function decode(...texts: string[]): ObservedEvent[] {
  return decodeAll([source(...texts)]);
}

function decodeAll(
  sources: Records[],
  { until = Infinity, capacity = 100, layout = LAYOUT } = {},
): ObservedEvent[] {
  const batch = new Batch(capacity);
  new Decoder(layout, START, [EXECVE]).decode(sources, until, batch);
  return [...batch];
}

Deno.test("a decoder reads the begin and the return of a call", () => {
  const [enter, exit, ...rest] = decode(records.BRK_ENTER, records.BRK_EXIT);
  const base = { tid: SHELL, pid: SHELL, cpu: 0, abi: "x86_64" as const };
  assertEquals(rest, []);
  assertEquals(enter, {
    kind: "enter",
    ...base,
    time: 13907942,
    nr: 12,
    name: "brk",
    args: [0n, 140721210915900n, 0n, 895n, 0n, 0n],
  });
  assertEquals(exit, {
    kind: "exit",
    ...base,
    time: 13908802,
    nr: 12,
    name: "brk",
    result: 93955157835776n,
    duration: 860,
  });
});

Deno.test("a decoder reads an exec, and the return of a call that began unseen", () => {
  const [exec, exit] = decode(records.EXEC, records.EXECVE_EXIT);
  assertKind(exec, "exec");
  assertEquals([exec.path, exec.formerTid], ["/usr/bin/sh", SHELL]);
  assertKind(exit, "exit");
  assertEquals([exit.name, exit.result], ["execve", 0n]);
  assertEquals(exit.duration, undefined);
});

Deno.test("a decoder reads the making and the end of a process", () => {
  const { FORK, FORK_EXIT, CHILD_RETURN, CHILD_ENTER, END } = records;
  const events = decode(FORK, FORK_EXIT, CHILD_RETURN, CHILD_ENTER, END);
  // The child's return from a call that it did not make is none of its calls.
  assertEquals(
    events.map((it) => [it.kind, it.tid, "name" in it ? it.name : undefined]),
    [
      ["fork", SHELL, undefined],
      ["exit", SHELL, "clone"],
      ["enter", CHILD, "set_robust_list"],
      ["end", CHILD, undefined],
    ],
  );
  const [fork] = events;
  assertKind(fork, "fork");
  assertEquals([fork.pid, fork.childPid, fork.childTid], [SHELL, CHILD, CHILD]);
});

Deno.test("a decoder reads and counts what was lost, and pairs nothing across it", () => {
  const { BRK_ENTER, BRK_EXIT, LOST } = records;
  const batch = new Batch(3);
  const decoder = new Decoder(LAYOUT, START, [EXECVE]);
  decoder.decode([source(BRK_ENTER, LOST, BRK_EXIT)], Infinity, batch);
  const [, lost, exit] = batch;
  assertKind(lost, "lost");
  assertKind(exit, "exit");
  assertEquals([lost.count, lost.cpu, decoder.lost], [1, 1, 1]);
  assertEquals([exit.name, exit.duration], ["brk", undefined]);
});

Deno.test("a decoder does not pair a return with the begin of another call", () => {
  const NR = 11;
  const getpid = 39;
  const [, exit] = decode(
    records.BRK_ENTER,
    change(records.BRK_EXIT, { [NR]: getpid }),
  );
  assertKind(exit, "exit");
  assertEquals([exit.name, exit.duration], ["getpid", undefined]);
  // The number that the kernel gives after rt_sigreturn is that of any call.
  const [, sigreturn] = decode(
    records.BRK_ENTER,
    change(records.BRK_EXIT, { [NR]: 0xffff_ffff, [NR + 1]: 0xffff_ffff }),
  );
  assertKind(sigreturn, "exit");
  assertEquals([sigreturn.name, sigreturn.duration], ["brk", 860]);
});

Deno.test("a decoder keeps calls of a thread that executes under its new number", () => {
  const thread = SHELL + 1;
  const [TID, NR, OLD_PID] = [3, 11, 13];
  const enter = change(records.BRK_ENTER, { [TID]: thread, [NR]: EXECVE });
  const texts = [
    change(enter, { [TIME]: source(records.EXEC).words[TIME]! - 500 }),
    change(records.EXEC, { [OLD_PID]: thread }),
    records.EXECVE_EXIT,
  ];
  const [, exec, exit] = decode(...texts);
  assertKind(exec, "exec");
  assertKind(exit, "exit");
  assertEquals([exec.tid, exec.formerTid], [SHELL, thread]);
  assertEquals(exit.duration, exit.time - exec.time + 500);
  // In a pid namespace the tracepoint's numbers are not those of the samples.
  const [PID] = [12];
  texts[1] = change(records.EXEC, { [PID]: 7, [OLD_PID]: 8 });
  const [, inside] = decode(...texts);
  assertKind(inside, "exec");
  assertEquals(inside.formerTid, thread);
});

Deno.test("a decoder tells by the registers whose number a call has", () => {
  const [ABI, CX] = [26, 28];
  const abi = (text: string, showsInstruction = true) => {
    const layout = { ...LAYOUT, showsInstruction };
    const [event] = decodeAll([source(text)], { layout });
    assertKind(event, "enter");
    return `${event.abi} ${event.name}`;
  };
  assertEquals(abi(records.BRK_ENTER), "x86_64 brk");
  // A 32-bit program, and int 0x80: there rcx is not what rip is.
  assertEquals(abi(change(records.BRK_ENTER, { [ABI]: 1 })), "i386 chdir");
  const other = change(records.BRK_ENTER, { [CX]: 1 });
  assertEquals(abi(other), "i386 chdir");
  assertEquals(abi(other, false), "x86_64 brk");
});

Deno.test("a decoder merges rings by time, up to a time", () => {
  const at = (nanoseconds: number) => later(records.BRK_ENTER, nanoseconds);
  const first = 13907942;
  const sources = () => [
    source(at(0), at(30), at(40)),
    source(),
    source(at(10), at(20), at(50)),
  ];
  const times = (options = {}) =>
    decodeAll(sources(), options).map(({ time }) => time - first);
  assertEquals(times(), [0, 10, 20, 30, 40, 50]);
  assertEquals(times({ until: first + 30 }), [0, 10, 20, 30]);
  assertEquals(times({ capacity: 3 }), [0, 10, 20]);
});

Deno.test("a decoder waits for a ring that has more to give", () => {
  const first = source(records.BRK_ENTER);
  const second = source(later(records.BRK_ENTER, 10));
  // Half a record.
  const half = source(records.EXEC);
  half.end -= 4;
  for (const more of [half, source()]) {
    more.hasMore = true;
    assertEquals(decodeAll([first, more, second]), []);
    more.hasMore = false;
    assertEquals(decodeAll([{ ...first }, more, { ...second }]).length, 2);
  }
});

Deno.test("a decoder passes over records that are of no interest", () => {
  const PERF_RECORD_THROTTLE = 5;
  const other = change(records.LOST, { 0: PERF_RECORD_THROTTLE });
  const ID = 9;
  const unknown = change(records.BRK_EXIT, { [ID]: 1 });
  assertEquals(decode(other, unknown, records.BRK_ENTER).length, 1);
});

Deno.test("a decoder's times are exact after a year", () => {
  const YEAR = 31_536_000_000_000_000n;
  const far = START + YEAR;
  const high = Number(far >> 32n);
  const low = Number((far + 1n) & 0xffff_ffffn);
  const text = change(records.BRK_ENTER, { [TIME]: low, [TIME + 1]: high });
  const batch = new Batch(1);
  new Decoder(LAYOUT, far, []).decode([source(text)], Infinity, batch);
  assertEquals(batch.time[0], 1);
});

Deno.test("a decoder refuses a tracepoint that lacks a field", () => {
  const layout = { ...LAYOUT, exit: { id: 442, offsets: new Map() } };
  assertThrows(
    () => decodeAll([], { layout }),
    TypeError,
    'Cannot read a tracepoint of the kernel: "id" is not where it is expected',
  );
});
