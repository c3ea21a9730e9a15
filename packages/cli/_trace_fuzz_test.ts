import { assert } from "@std/assert";
import { type SyscallArch, syscallNames } from "@procctl/syscalls";
import { decodeLine } from "./_testing_trace.ts";

const ARCHITECTURES: readonly SyscallArch[] = ["x86_64", "i386", "aarch64"];
/** How often each call is made. */
const TIMES = 10;

/** Numbers that look random and are the same in each run: xorshift. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

/** What programs give: small numbers, addresses, and anything. */
function argument(next: () => number): bigint {
  switch (next() % 4) {
    case 0:
      return BigInt(next() % 300);
    case 1:
      return BigInt(0x1000 + next() % 0x1800);
    case 2:
      return BigInt(next());
    default:
      return BigInt(next()) << 32n | BigInt(next());
  }
}

Deno.test("whatever is in registers and memory, a line comes out of it", () => {
  const next = numbers(0x9e3779b9);
  const bytes = new Uint8Array(0x1800);
  for (const arch of ARCHITECTURES) {
    for (const name of syscallNames(arch)) {
      // Small numbers in memory are sizes and counts.
      bytes.forEach((_, at) => bytes[at] = next() % 3 ? next() % 8 : next());
      for (let i = 0; i < TIMES; i++) {
        const line = decodeLine({
          name,
          arch,
          args: Array.from({ length: 6 }, () => argument(next)),
          memory: { 0x1000: bytes },
          stackPointer: 0x1400n,
          result: next() % 3 ? next() % 5000 : -(next() % 600),
          detail: { verbose: i % 2 === 0, limit: next() % 40 },
        });
        assert(line.startsWith(`${name}(`) && line.includes(") = "), line);
        assert(!/undefined|NaN|\[object/.test(line), line);
      }
    }
  }
});
