import { SystemError } from "@procctl/libc";
import { ProcessMemory } from "@procctl/ptrace";
import type { Span } from "./_word.ts";

const STAR = 0x2a;

/** Bytes that were replaced by stars. */
interface Patch {
  address: number;
  original: Uint8Array<ArrayBuffer>;
}

/** What was replaced for one call: disjoint, by rising address. */
export type Replacement = readonly Patch[];

/**
 * The memory of one or more tasks, in which bytes are stars as long as some
 * call reads them.
 *
 * Several threads may write the same bytes at once. So each call is kept with
 * what was there before it, and what a call leaves behind is put back where no
 * other reads it.
 */
export class Memory {
  readonly #file: ProcessMemory | undefined;
  readonly #inUse = new Set<Replacement>();
  /** What was put back while a copy of the memory may have been made. */
  #putBack: Replacement[] = [];
  #copies = 0;
  #users = 1;

  /** Opens the memory of a process, which is nothing if that is gone. */
  constructor(pid: number) {
    this.#file = unlessGone(() => new ProcessMemory(pid));
  }

  /** One more task has this memory. */
  join(): this {
    this.#users++;
    return this;
  }

  /** One task less has it. */
  leave(): void {
    if (--this.#users === 0) this.#file?.[Symbol.dispose]();
  }

  /** Reads what the program has there, without stars; 0 where nothing is mapped. */
  read = (address: number, bytes: Uint8Array<ArrayBuffer>): number => {
    const count = this.#readRaw(address, bytes);
    for (const replacement of this.#inUse) {
      overlay(replacement, address, bytes.subarray(0, count));
    }
    return count;
  };

  /**
   * Puts stars in the place of bytes.
   *
   * @throws {SystemError} If the kernel lets nobody write there.
   */
  replace(spans: readonly Span[]): Replacement {
    const patches: Patch[] = [];
    this.#inUse.add(patches);
    for (const { address, length } of spans) {
      const original = new Uint8Array(length);
      if (this.read(address, original) < length) continue;
      patches.push({ address, original });
      try {
        this.#file!.write(address, new Uint8Array(length).fill(STAR));
      } catch (error) {
        // Another thread may have unmapped it since: then it is not written.
        if (this.#readRaw(address, new Uint8Array(length)) < length) continue;
        this.restore(patches);
        throw error;
      }
    }
    return patches;
  }

  /** Puts back what was replaced for a call, where no other call reads it. */
  restore(replacement: Replacement): void {
    if (!this.#inUse.delete(replacement)) return;
    if (this.#copies > 0) this.#putBack.push(replacement);
    this.#restoreStars(replacement);
  }

  /** From here to {@linkcode endCopy} the kernel may copy the memory. */
  beginCopy(): void {
    this.#copies++;
  }

  /** The copy, if there is one, was made. */
  endCopy(): void {
    if (--this.#copies === 0) this.#putBack = [];
  }

  /** The copy that a process has which was forked, without stars. */
  copy(pid: number): Memory {
    const copy = new Memory(pid);
    for (const replacement of [...this.#inUse, ...this.#putBack]) {
      copy.#restoreStars(replacement);
    }
    return copy;
  }

  /** Only what is still a star: the rest the program has changed since. */
  #restoreStars(replacement: Replacement): void {
    for (const { address, original } of replacement) {
      const now = new Uint8Array(original.length);
      const count = this.#readRaw(address, now);
      for (const other of this.#inUse) conceal(other, address, now);
      for (let from = now.indexOf(STAR); from >= 0 && from < count;) {
        let to = from;
        while (to < count && now[to] === STAR) to++;
        unlessGone(() =>
          this.#file!.write(address + from, original.subarray(from, to))
        );
        from = now.indexOf(STAR, to);
      }
    }
  }

  #readRaw(address: number, bytes: Uint8Array<ArrayBuffer>): number {
    return unlessGone(() => this.#file?.readInto(address, bytes)) ?? 0;
  }
}

/** Puts what was replaced into bytes that were read, where those are stars still. */
function overlay(
  replacement: Replacement,
  address: number,
  bytes: Uint8Array,
): void {
  forOverlaps(replacement, address, bytes.length, (patch, from, to) => {
    for (let at = from; at < to; at++) {
      if (bytes[at - address] !== STAR) continue;
      bytes[at - address] = patch.original[at - patch.address]!;
    }
  });
}

/** Makes zeros of those bytes that another call reads. */
function conceal(
  other: Replacement,
  address: number,
  bytes: Uint8Array,
): void {
  forOverlaps(other, address, bytes.length, (_patch, from, to) => {
    bytes.fill(0, from - address, to - address);
  });
}

/** Calls a function for each part of a replacement that lies in a range. */
function forOverlaps(
  replacement: Replacement,
  address: number,
  length: number,
  action: (patch: Patch, from: number, to: number) => void,
): void {
  const end = (patch: Patch) => patch.address + patch.original.length;
  let first = 0;
  for (let after = replacement.length; first < after;) {
    const middle = (first + after) >> 1;
    if (end(replacement[middle]!) <= address) first = middle + 1;
    else after = middle;
  }
  for (let i = first; i < replacement.length; i++) {
    const patch = replacement[i]!;
    if (patch.address >= address + length) return;
    const from = Math.max(patch.address, address);
    action(patch, from, Math.min(end(patch), address + length));
  }
}

const GONE = ["EIO", "ESRCH", "ENOENT"];

/** Does something, unless the process, or what is mapped there, is gone. */
function unlessGone<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (error instanceof SystemError && GONE.includes(error.code)) {
      return undefined;
    }
    throw error;
  }
}
