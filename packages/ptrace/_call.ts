import { addressOf, lazySymbols, orErrno, wasInterrupted } from "@procctl/libc";
import { arch } from "@procctl/libc/library";
import { syscallNumber } from "@procctl/syscalls";
import { checkTid } from "./_check.ts";
import { ptraceError } from "./_failure.ts";
import { requestName } from "./_request_numbers.ts";

// long syscall(SYS_ptrace, long request, pid_t tid, void *addr, void *data)
//
// The kernel's own form: libc's ptrace(3) returns the word that it peeks, which
// may be -1. Numbers are given as bigints, which are several times as fast as
// numbers where C has 64 bits.
const libc = lazySymbols({
  words: {
    name: "syscall",
    parameters: ["i64", "i64", "i32", "usize", "usize"],
    result: "i32",
  },
  dataBuffer: {
    name: "syscall",
    parameters: ["i64", "i64", "i32", "usize", "buffer"],
    result: "i32",
  },
  addrBuffer: {
    name: "syscall",
    parameters: ["i64", "i64", "i32", "buffer", "usize"],
    result: "i32",
  },
  buffers: {
    name: "syscall",
    parameters: ["i64", "i64", "i32", "buffer", "buffer"],
    result: "i32",
  },
});

let number: bigint | undefined;

function sysPtrace(): bigint {
  return number ??= BigInt(syscallNumber("ptrace", arch())!);
}

/** Makes a request that takes two words. */
export function callWords(
  request: bigint,
  tid: number,
  addr: bigint,
  data: bigint,
): number {
  checkTid(tid);
  const result = orErrno(libc.words(sysPtrace(), request, tid, addr, data));
  if (wasInterrupted(result)) return callWords(request, tid, addr, data);
  if (result < 0) throw ptraceError(requestName(request), tid, -result);
  return result;
}

/** Makes a request whose data is memory. */
export function callBuffer(
  request: bigint,
  tid: number,
  addr: bigint,
  data: BufferSource,
): number {
  checkTid(tid);
  const result = orErrno(
    libc.dataBuffer(sysPtrace(), request, tid, addr, data),
  );
  if (wasInterrupted(result)) return callBuffer(request, tid, addr, data);
  if (result < 0) throw ptraceError(requestName(request), tid, -result);
  return result;
}

/** Makes a request whose address is memory of this program. */
export function callAddrBuffer(
  request: bigint,
  tid: number,
  addr: BufferSource,
  data: bigint,
): number {
  checkTid(tid);
  const result = orErrno(
    libc.addrBuffer(sysPtrace(), request, tid, addr, data),
  );
  if (wasInterrupted(result)) return callAddrBuffer(request, tid, addr, data);
  if (result < 0) throw ptraceError(requestName(request), tid, -result);
  return result;
}

/** Makes a request whose address and data are memory of this program. */
export function callBuffers(
  request: bigint,
  tid: number,
  addr: BufferSource,
  data: BufferSource,
): number {
  checkTid(tid);
  const result = orErrno(libc.buffers(sysPtrace(), request, tid, addr, data));
  if (wasInterrupted(result)) return callBuffers(request, tid, addr, data);
  if (result < 0) throw ptraceError(requestName(request), tid, -result);
  return result;
}

/** struct iovec: an address and a length. */
const iovec = new BigUint64Array(new ArrayBuffer(16));

/**
 * Makes a request whose data is memory and its length.
 *
 * @returns How many bytes the kernel has read or written.
 */
export function callVector(
  request: bigint,
  tid: number,
  addr: bigint,
  data: Uint8Array<ArrayBuffer>,
): number {
  iovec[0] = stableAddress(data);
  iovec[1] = BigInt(data.length);
  callBuffer(request, tid, addr, iovec);
  return Number(iovec[1]);
}

/**
 * The address of a buffer that stays where it is: a short array may lie where
 * V8 moves it, until its ArrayBuffer is asked for.
 */
export function stableAddress(bytes: Uint8Array<ArrayBuffer>): bigint {
  const { buffer, byteOffset, length } = bytes;
  return length === 0
    ? 0n
    : addressOf(new Uint8Array(buffer, byteOffset, length));
}
