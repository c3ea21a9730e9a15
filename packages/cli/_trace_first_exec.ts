import type { SyscallExitEvent } from "@procctl/ptrace";
import { isWide } from "./_trace_call.ts";
import { Reader } from "./_trace_reader.ts";
import type { SyscallEventLike } from "./_trace_task.ts";

const AT_EXECFN = 31;
/** How much of the stack is read at once. */
const CHUNK = 4096;
/** What the kernel lets arguments and environment have in all, at the most. */
const MOST = 6 << 20;

/**
 * The execve(2) by which a program was started, as if its entry had been seen.
 *
 * What a new program finds on its stack is the number of its arguments, their
 * addresses, a null pointer, the same of its environment, and then pairs of
 * numbers, one of which tells the path by which it was executed.
 *
 * @param event The exit of that call.
 * @returns Its entry.
 */
export function firstExec(event: SyscallExitEvent): SyscallEventLike {
  const { tid, nr, name, abi } = event;
  const wide = isWide({ arch: abi === "x32" ? "x86_64" : abi });
  const size = wide ? 8 : 4;
  const stack = Number(event.stackPointer);
  const word = wordsOf(event, stack, wide);
  const argc = word(0) ?? 0;
  const environment = argc + 2;
  let at = environment;
  while (word(at)) at++;
  let path = 0;
  for (at++; word(at); at += 2) {
    if (word(at) === AT_EXECFN) path = word(at + 1) ?? 0;
  }
  const args = new BigUint64Array(6);
  args.set(
    [path, stack + size, stack + environment * size].map(BigInt),
  );
  return {
    ...{ tid, nr, name, abi, args },
    stackPointer: event.stackPointer,
    readInto: (address, bytes) => event.readInto(address, bytes),
  };
}

/** Reads words of a stack by their index; undefined where it ends. */
function wordsOf(
  event: SyscallExitEvent,
  stack: number,
  wide: boolean,
): (index: number) => number | undefined {
  const size = wide ? 8 : 4;
  const chunks: Reader[] = [];
  return (index) => {
    const number = Math.floor(index * size / CHUNK);
    if (number * CHUNK > MOST) return undefined;
    const chunk = chunks[number] ??= new Reader(
      event.readBytes(stack + number * CHUNK, CHUNK),
      wide,
    );
    chunk.at = index * size % CHUNK;
    return chunk.left < size ? undefined : chunk.address();
  };
}
