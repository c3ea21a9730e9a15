/** Finding a word in what a program writes. */

/** A piece of a process's memory. */
export interface Span {
  address: number;
  length: number;
}

/** Reads memory into a buffer; returns how many bytes there are. */
export type Read = (address: number, bytes: Uint8Array<ArrayBuffer>) => number;

const chunk = new Uint8Array(new ArrayBuffer(2 ** 16));

/**
 * A word to be looked for, by the method of Knuth, Morris and Pratt: it looks at
 * each byte once, so that it need not matter where a piece ends.
 */
export class Word {
  readonly #bytes: Uint8Array;
  /** How much of the word is still matched where its next byte does not follow. */
  readonly #fallback: Int32Array;

  /**
   * @throws {TypeError} If the word is empty: it would be everywhere.
   */
  constructor(bytes: Uint8Array) {
    if (bytes.length === 0) {
      throw new TypeError("Cannot look for an empty word");
    }
    this.#bytes = bytes;
    this.#fallback = new Int32Array(bytes.length + 1);
    this.#fallback[0] = -1;
    let matched = -1;
    for (let i = 0; i < bytes.length; i++) {
      matched = this.#next(matched, bytes[i]!);
      this.#fallback[i + 1] = matched;
    }
  }

  /**
   * Finds the word in pieces of memory that are written one after another, also
   * where it overlaps itself, or begins in one piece and ends in another.
   *
   * @returns Where its bytes lie: disjoint, by rising address.
   */
  find(spans: readonly Span[], read: Read): Span[] {
    const found: Span[] = [];
    /** The pieces so far, and at which byte of all that is written they begin. */
    const before: (Span & { start: number })[] = [];
    let position = 0;
    let matched = 0;
    const size = this.#bytes.length;
    for (const { address, length } of spans) {
      before.push({ address, length, start: position });
      let done = 0;
      while (done < length) {
        const buffer = chunk.subarray(0, Math.min(chunk.length, length - done));
        const count = read(address + done, buffer);
        for (let i = 0; i < count; i++) {
          if (matched === 0) {
            // Most bytes are not the first of the word: this skips them.
            i = buffer.indexOf(this.#bytes[0]!, i);
            if (i < 0 || i >= count) break;
          }
          matched = this.#next(matched, buffer[i]!);
          if (matched < size) continue;
          const end = position + done + i + 1;
          addPieces(found, before, end - size, end);
          matched = this.#fallback[size]!;
        }
        done += count;
        // What follows is not mapped: the kernel writes no further either.
        if (count < buffer.length) return merge(found);
      }
      position += length;
    }
    return merge(found);
  }

  /** How much of the word is matched after one more byte. */
  #next(matched: number, byte: number): number {
    while (matched >= 0 && byte !== this.#bytes[matched]) {
      matched = this.#fallback[matched]!;
    }
    return matched + 1;
  }
}

/** Adds the memory of some bytes of all that is written, by their positions. */
function addPieces(
  found: Span[],
  pieces: readonly (Span & { start: number })[],
  begin: number,
  end: number,
): void {
  // From the last on: the word has just ended there.
  for (let i = pieces.length - 1; i >= 0; i--) {
    const { address, length, start } = pieces[i]!;
    const from = Math.max(begin, start);
    const to = Math.min(end, start + length);
    if (from < to) {
      found.push({ address: address + from - start, length: to - from });
    }
    if (start <= begin) return;
  }
}

/** Sorts pieces by address, and makes one of those that touch. */
function merge(spans: Span[]): Span[] {
  spans.sort((a, b) => a.address - b.address);
  const merged: Span[] = [];
  for (const { address, length } of spans) {
    const last = merged.at(-1);
    if (last === undefined || last.address + last.length < address) {
      merged.push({ address, length });
    } else {
      const end = Math.max(last.address + last.length, address + length);
      last.length = end - last.address;
    }
  }
  return merged;
}
