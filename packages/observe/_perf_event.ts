/**
 * Events of perf_event_open(2), as descriptors.
 *
 * @module
 */

import { lazySymbols, orErrno } from "@procctl/libc";
import { type Arch, arch } from "@procctl/libc/library";

const libc = lazySymbols({
  // long syscall(SYS_perf_event_open, struct perf_event_attr *, pid_t pid,
  //              int cpu, int group_fd, unsigned long flags)
  perf_event_open: {
    name: "syscall",
    parameters: ["i64", "buffer", "i32", "i32", "i32", "u64"],
    result: "i32",
  },
  // int ioctl(int fd, unsigned long request, unsigned long argument)
  ioctl: { parameters: ["i32", "u64", "u64"], result: "i32" },
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

const SYS_PERF_EVENT_OPEN: Record<Arch, bigint> = {
  "x86_64": 298n,
  "aarch64": 241n,
};
const PERF_FLAG_FD_CLOEXEC = 8n;
const IOC_DISABLE = 0x2401n;
const IOC_SET_OUTPUT = 0x2405n;
const EINVAL = 22;

const TYPE_SOFTWARE = 1;
const TYPE_TRACEPOINT = 2;
const COUNT_SW_DUMMY = 9;
const CLOCK_MONOTONIC = 1;

/** PERF_SAMPLE_*: what each record tells beside its own fields. */
const SAMPLE_TID = 1 << 1;
const SAMPLE_TIME = 1 << 2;
const SAMPLE_CPU = 1 << 7;
const SAMPLE_RAW = 1 << 10;
const SAMPLE_REGS_USER = 1 << 12;

/** PERF_FORMAT_LOST, since Linux 6.0. */
const FORMAT_LOST = 1 << 4;

const FLAG = {
  disabled: 1 << 0,
  inherit: 1 << 1,
  excludeKernel: 1 << 5,
  enableOnExec: 1 << 12,
  task: 1 << 13,
  watermark: 1 << 14,
  sampleIdAll: 1 << 18,
  useClockid: 1 << 25,
} as const;

/** struct perf_event_attr up to what is used; PERF_ATTR_SIZE_VER5. */
const ATTR_SIZE = 112;

interface Attributes {
  type: number;
  config: number;
  flags: number;
  sampleType?: number;
  readFormat?: number;
  wakeup?: number;
  registers?: bigint;
}

function encode(attributes: Attributes): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(ATTR_SIZE));
  const hasSamples = attributes.sampleType !== undefined;
  view.setUint32(0, attributes.type, true);
  view.setUint32(4, ATTR_SIZE, true);
  view.setBigUint64(8, BigInt(attributes.config), true);
  // Each time the tracepoint is passed, not every so many times.
  view.setBigUint64(16, hasSamples ? 1n : 0n, true);
  view.setBigUint64(24, BigInt(attributes.sampleType ?? 0), true);
  view.setBigUint64(32, BigInt(attributes.readFormat ?? 0), true);
  // One clock for all processors, by which their records can be merged.
  view.setUint32(40, attributes.flags | FLAG.useClockid, true);
  view.setUint32(48, attributes.wakeup ?? 0, true);
  view.setBigUint64(80, attributes.registers ?? 0n, true);
  view.setInt32(92, CLOCK_MONOTONIC, true);
  return new Uint8Array(view.buffer);
}

/** @returns The descriptor, or `-errno`. */
function open(attributes: Attributes, pid: number, cpu: number): number {
  const attr = encode(attributes);
  const number = SYS_PERF_EVENT_OPEN[arch()];
  return orErrno(
    libc.perf_event_open(number, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC),
  );
}

/** What is recorded at a tracepoint. */
export interface Recording {
  /** The tracepoint's number. */
  id: number;
  /** Whether to record the making and ending of tasks too. */
  tasks?: boolean;
  /** Which of the program's registers to record too; none if it is 0. */
  registers?: bigint;
  /** Whether to begin at the next exec, and not at once. */
  onExec: boolean;
}

/**
 * Opens an event that records a tracepoint passed by a task, and by what that
 * makes from now on, on one processor.
 *
 * @returns The descriptor, or `-errno`.
 */
export function openTracepoint(
  { id, tasks = false, registers = 0n, onExec }: Recording,
  tid: number,
  cpu: number,
): number {
  const attributes = {
    type: TYPE_TRACEPOINT,
    config: id,
    flags: FLAG.inherit | FLAG.sampleIdAll | (tasks ? FLAG.task : 0) |
      (onExec ? FLAG.disabled | FLAG.enableOnExec : 0),
    sampleType: SAMPLE_TID | SAMPLE_TIME | SAMPLE_CPU | SAMPLE_RAW |
      (registers === 0n ? 0 : SAMPLE_REGS_USER),
    registers,
  };
  const fd = open({ ...attributes, readFormat: FORMAT_LOST }, tid, cpu);
  return fd === -EINVAL ? open(attributes, tid, cpu) : fd;
}

/**
 * Opens an event that records nothing itself, but has a ring that others can
 * write to. So a ring can be replaced by another: one whose own event writes to
 * it cannot.
 *
 * @param wakeup After how many bytes written those are woken that poll it.
 * @returns The descriptor, or `-errno`.
 */
export function openRingHolder(cpu: number, wakeup: number): number {
  const flags = FLAG.disabled | FLAG.excludeKernel | FLAG.watermark;
  const type = TYPE_SOFTWARE;
  return open({ type, config: COUNT_SW_DUMMY, flags, wakeup }, 0, cpu);
}

/**
 * Lets an event write to another one's ring.
 *
 * @returns 0, or `-errno`.
 */
export function setOutput(fd: number, holder: number): number {
  return orErrno(libc.ioctl(fd, IOC_SET_OUTPUT, BigInt(holder)));
}

/** Lets an event, and those that tasks inherited, record no more. */
export function disable(fd: number): void {
  libc.ioctl(fd, IOC_DISABLE, 0n);
}

/** How many records of an event were lost; undefined before Linux 6.0. */
export function readLost(fd: number): number | undefined {
  const values = new BigUint64Array(new ArrayBuffer(16));
  return libc.read(fd, values, 16n) === 16 ? Number(values[1]) : undefined;
}
