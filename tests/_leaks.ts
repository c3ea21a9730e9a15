/**
 * What many rounds of an operation leave behind: descriptors, mappings, children
 * and memory. For a child with `--expose-gc`.
 *
 * @module
 */

import { lazySymbols, readDirectory, readFile } from "@procctl/libc";
import { settleDeno } from "@procctl/testing";
import { liveArenas } from "./_live_arenas.ts";
import { OPERATIONS } from "./_rounds.ts";

const libc = lazySymbols({
  waitid: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
});

declare const gc: () => void;

/** What a process has. */
export interface Holdings {
  descriptors: number;
  /** Blocks of arenas, which are mappings, that were not given back. */
  arenas: number;
  /** 1 if there is any child. */
  children: number;
  /** The memory in use, in KiB. */
  resident: number;
}

const live = liveArenas();

async function holdings(): Promise<Holdings> {
  // Twice, with a turn of the event loop: what is closed when it is collected.
  for (let turn = 0; turn < 2; turn++) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  const status = new TextDecoder().decode(readFile("/proc/self/status"));
  const PEEK = 0x1 | 0x4 | 0x01000000; // WNOHANG | WEXITED | WNOWAIT
  return {
    descriptors: readDirectory("/proc/self/fd").length,
    arenas: live.size,
    children: libc.waitid(0, 0, null, PEEK) === 0 ? 1 : 0,
    resident: Number(/^VmRSS:\s*(\d+)/m.exec(status)?.[1]),
  };
}

/** What an operation has left. */
export interface Leak {
  name: string;
  before: Holdings;
  after: Holdings;
}

/** Makes each operation so many times, and tells what was before and after. */
export async function leaks(rounds: number): Promise<Leak[]> {
  settleDeno();
  const found: Leak[] = [];
  for (const [name, operation] of Object.entries(OPERATIONS)) {
    for (let round = 0; round < Math.min(rounds, 200); round++) {
      await operation();
    }
    const before = await holdings();
    for (let round = 0; round < rounds; round++) await operation();
    found.push({ name, before, after: await holdings() });
  }
  return found;
}
