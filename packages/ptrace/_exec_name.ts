import { readFile } from "@procctl/libc";
import { readCString } from "./process_vm.ts";

const AT_NULL = 0n;
const AT_EXECFN = 31n;

/**
 * The name by which a program was executed, as the kernel has left it on its
 * stack: of a script its own, where /proc/PID/exe is what interprets it.
 */
export function execName(tid: number): string {
  const bytes = readFile(`/proc/${tid}/auxv`).buffer;
  const address = find(new BigUint64Array(bytes)) ??
    // A program of 32 bits.
    find(BigUint64Array.from(new Uint32Array(bytes), BigInt));
  if (address === undefined) return "";
  return new TextDecoder().decode(readCString(tid, address).bytes);
}

/** Finds it among pairs of a type and a value. */
function find(words: BigUint64Array): bigint | undefined {
  for (let i = 0; i + 1 < words.length; i += 2) {
    if (words[i] === AT_EXECFN) return words[i + 1];
    if (words[i] === AT_NULL) return undefined;
  }
  return undefined;
}
