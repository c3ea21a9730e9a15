import { assertEquals } from "@std/assert";
import { encodeLimits } from "@procctl/rlimit/encode-limits";
import type { Limits } from "@procctl/rlimit/types";
import type { Signal } from "@procctl/libc";
import { NO_USAGE } from "./_usage.ts";
import { type Facts, verdictOf } from "./_verdict.ts";
import type { Verdict } from "./limited_report.ts";

const MIB = 2 ** 20;

/** How a command ended: an exit status or a signal. */
type End = number | Signal;

function facts(end: End, limits: Limits, known: Partial<Facts>): Facts {
  const isSignal = typeof end === "string";
  return {
    status: {
      success: end === 0,
      code: isSignal ? 200 : end,
      signal: isSignal ? end : null,
      coreDumped: false,
      usage: NO_USAGE,
    },
    ownTime: 0,
    softTime: undefined,
    limits: encodeLimits(limits),
    peaks: { addressSpace: 0, memory: 0, descriptors: 0 },
    processes: 1,
    outOfMemoryKills: 0,
    refusedProcesses: 0,
    ...known,
  };
}

const peaks = (addressSpace: number, memory: number, descriptors = 0) => ({
  peaks: { addressSpace, memory, descriptors },
});
const limit = (kind: string, limit: string, certain: boolean) =>
  ({ kind, limit, certain }) as Verdict;
const signaled = (signal: Signal): Verdict => ({ kind: "signaled", signal });
const exited = (code: number): Verdict => ({ kind: "exited", code });

const CPU = limit("cpu-limit", "cpu", true);
const XCPU = signaled("SIGXCPU");
const KILL = signaled("SIGKILL");

const CASES: [end: End, Limits, known: Partial<Facts>, Verdict][] = [
  [0, {}, {}, exited(0)],
  [3, { as: 64 * MIB }, {}, exited(3)],
  ["SIGSEGV", {}, {}, signaled("SIGSEGV")],
  // Processor time: SIGXCPU raises the soft limit, which a signal of others does
  // not.
  ["SIGXCPU", { cpu: { soft: 2 } }, { ownTime: 0.4, softTime: 3n }, CPU],
  ["SIGXCPU", { cpu: { soft: 2 } }, { ownTime: 2, softTime: 2n }, XCPU],
  ["SIGXCPU", {}, { ownTime: 9 }, XCPU],
  ["SIGKILL", { cpu: { soft: 1, hard: 2 } }, { softTime: 2n }, CPU],
  ["SIGKILL", { cpu: { soft: 1, hard: 3 } }, { softTime: 2n }, KILL],
  ["SIGKILL", { cpu: 2 }, { ownTime: 1.99, softTime: 2n }, CPU],
  ["SIGKILL", { cpu: 2 }, { ownTime: 0.6 }, limit("cpu-limit", "cpu", false)],
  ["SIGKILL", { cpu: 2 }, { ownTime: 0.2, softTime: 2n }, KILL],
  ["SIGTERM", { cpu: 2 }, { ownTime: 2 }, signaled("SIGTERM")],
  // Files.
  ["SIGXFSZ", { fsize: 100 }, {}, limit("file-size-limit", "fsize", true)],
  ["SIGXFSZ", {}, {}, signaled("SIGXFSZ")],
  // Memory.
  [
    "SIGKILL",
    {},
    { outOfMemoryKills: 1 },
    limit("memory-limit", "memory", true),
  ],
  [1, {}, { outOfMemoryKills: 1 }, exited(1)],
  [
    1,
    { as: 100 * MIB },
    peaks(95 * MIB, 0),
    limit("memory-limit", "as", false),
  ],
  [
    1,
    { as: 100 * MIB },
    peaks(0, 95 * MIB),
    limit("memory-limit", "as", false),
  ],
  [1, { as: 100 * MIB }, peaks(85 * MIB, 85 * MIB), exited(1)],
  [0, { as: 100 * MIB }, peaks(95 * MIB, 0), exited(0)],
  [
    1,
    { data: 100 * MIB },
    peaks(0, 95 * MIB),
    limit("memory-limit", "data", false),
  ],
  [1, { data: 100 * MIB }, peaks(95 * MIB, 0), exited(1)],
  [
    "SIGSEGV",
    { stack: MIB },
    peaks(0, 2 * MIB),
    limit("memory-limit", "stack", false),
  ],
  ["SIGABRT", { stack: MIB }, peaks(0, 2 * MIB), signaled("SIGABRT")],
  ["SIGSEGV", { stack: 8 * MIB }, peaks(0, 2 * MIB), signaled("SIGSEGV")],
  [1, { as: { hard: 100 * MIB } }, peaks(99 * MIB, 0), exited(1)],
  // Processes and descriptors.
  [1, {}, { refusedProcesses: 2 }, limit("process-limit", "processes", false)],
  [0, {}, { refusedProcesses: 2 }, exited(0)],
  [1, { nproc: 20 }, { processes: 19 }, limit("process-limit", "nproc", false)],
  [1, { nproc: 20 }, { processes: 12 }, exited(1)],
  [
    1,
    { nofile: 64 },
    peaks(0, 0, 64),
    limit("descriptor-limit", "nofile", false),
  ],
  [1, { nofile: 64 }, peaks(0, 0, 9), exited(1)],
  [1, { nofile: "unlimited" }, peaks(0, 0, 9), exited(1)],
];

Deno.test("verdictOf() tells known limits from probable ones, and from none", () => {
  for (const [end, limits, known, verdict] of CASES) {
    const found = verdictOf(facts(end, limits, known));
    assertEquals({ end, limits, known, verdict: found }, {
      end,
      limits,
      known,
      verdict,
    });
  }
});
