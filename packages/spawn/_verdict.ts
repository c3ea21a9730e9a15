import type { EncodedLimit } from "@procctl/rlimit/encode-limits";
import type { Resource } from "@procctl/rlimit/types";
import type { Verdict } from "./limited_report.ts";
import type { Status } from "./status.ts";

/** The processor time of a command's first process alone. */
export interface OwnTime {
  /** Seconds that it used. */
  ownTime: number;
  /** What its soft limit was at the end: SIGXCPU raises it by a second. */
  softTime: bigint | undefined;
}

/** What is known of a command that has ended. */
export interface Facts extends OwnTime {
  /** How it ended. */
  status: Status;
  /** The limits of each process. */
  limits: readonly EncodedLimit[];
  /** The most that one of its processes was seen to have. */
  peaks: {
    /** Bytes of address space. */
    addressSpace: number;
    /** Bytes of memory. */
    memory: number;
    descriptors: number;
  };
  /** The most processes and threads that it was seen to have. */
  processes: number;
  /** What its control group tells: how often it was out of memory. */
  outOfMemoryKills: number;
  /** How often that refused it a process. */
  refusedProcesses: number;
}

/**
 * Of the time that a limit of it allows, what must have been used for the limit
 * to be what ended a process. The kernel compares what it counts in ticks, and
 * tells the exact time, which on a busy machine is well below that.
 */
const LEAST_TIME = { possible: 0.25, certain: 0.95 };
/** How close to a limit one comes that the kernel refuses more. */
const CLOSE = 0.9;

/**
 * Which limit ended a command, where this program did not: those that the kernel
 * is known to have kept first, those that the command was close to last.
 */
export function verdictOf(facts: Facts): Verdict {
  return known(facts) ?? probable(facts) ?? plain(facts.status);
}

function plain({ signal, code }: Status): Verdict {
  return signal === null
    ? { kind: "exited", code }
    : { kind: "signaled", signal };
}

function known(facts: Facts): Verdict | undefined {
  const { signal } = facts.status;
  if (signal === "SIGKILL" && facts.outOfMemoryKills > 0) {
    return { kind: "memory-limit", limit: "memory", certain: true };
  }
  if (signal === "SIGXFSZ" && limitOf(facts, "fsize") !== undefined) {
    return { kind: "file-size-limit", limit: "fsize", certain: true };
  }
  return cpuLimit(facts);
}

function cpuLimit(facts: Facts): Verdict | undefined {
  const { status: { signal }, ownTime, softTime } = facts;
  const { soft = Infinity, hard = Infinity } = limitOf(facts, "cpu") ?? {};
  const verdict = (certain: boolean) =>
    ({ kind: "cpu-limit", limit: "cpu", certain }) as const;
  // Each SIGXCPU of the kernel raises the soft limit, up to the hard one.
  const raised = softTime !== undefined && softTime > soft ? softTime : 0n;
  if (signal === "SIGXCPU") return raised > 0n ? verdict(true) : undefined;
  if (signal !== "SIGKILL") return undefined;
  if (raised >= hard) return verdict(true);
  const spent = ownTime / hard;
  return spent >= LEAST_TIME.possible
    ? verdict(spent >= LEAST_TIME.certain)
    : undefined;
}

/** What may be why it failed, of which the kernel leaves no trace. */
function probable(facts: Facts): Verdict | undefined {
  const { status, peaks } = facts;
  if (status.success) return undefined;
  const isClose = (resource: Resource, value: number) => {
    const soft = limitOf(facts, resource)?.soft ?? Infinity;
    return value >= CLOSE * soft;
  };
  const memory = (limit: "as" | "data" | "stack"): Verdict => {
    return { kind: "memory-limit", limit, certain: false };
  };
  if (isClose("as", Math.max(peaks.addressSpace, peaks.memory))) {
    return memory("as");
  }
  if (isClose("data", peaks.memory)) return memory("data");
  if (status.signal === "SIGSEGV" && isClose("stack", peaks.memory)) {
    return memory("stack");
  }
  if (facts.refusedProcesses > 0) {
    return { kind: "process-limit", limit: "processes", certain: false };
  }
  if (isClose("nproc", facts.processes)) {
    return { kind: "process-limit", limit: "nproc", certain: false };
  }
  if (isClose("nofile", peaks.descriptors)) {
    return { kind: "descriptor-limit", limit: "nofile", certain: false };
  }
  return undefined;
}

/** A limit that was set, as numbers; a side that was not is undefined. */
function limitOf(
  { limits }: Facts,
  resource: Resource,
): { soft?: number; hard?: number } | undefined {
  const limit = limits.find(({ name }) => name === resource);
  if (limit === undefined) return undefined;
  return {
    ...(limit.soft === undefined ? {} : { soft: Number(limit.soft) }),
    ...(limit.hard === undefined ? {} : { hard: Number(limit.hard) }),
  };
}
