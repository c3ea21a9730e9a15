/** Bytes are kept by blocks of this size: no page is smaller. */
export const BLOCK_SIZE = 4096;

/** What is known of a block's bytes. */
class Block {
  /** How many writers each byte has. */
  readonly writers = new Uint16Array(BLOCK_SIZE);
  /** What was there before the first of them. */
  readonly own = new Uint8Array(BLOCK_SIZE);
  /** What the last of them has put there. */
  readonly written = new Uint8Array(BLOCK_SIZE);
  /** How many bytes have writers. */
  used = 0;
}

/** A part of some bytes: from start up to end. */
export interface Part {
  start: number;
  readonly end: number;
}

/**
 * Bytes that were written over others for a while, by any number of writers,
 * and what was there before. It does no input or output.
 */
export class Overlay {
  #blocks = new Map<number, Block>();

  /** Whether there is nothing that was written over. */
  get isEmpty(): boolean {
    return this.#blocks.size === 0;
  }

  /** Where the blocks begin that have bytes written over. */
  *blockAddresses(): Generator<bigint> {
    for (const number of this.#blocks.keys()) yield addressOf(number);
  }

  /**
   * Takes note of a writer.
   *
   * @param before What is there now; where there are writers, it is not used.
   * @param written What it has written there.
   */
  add(address: bigint, before: Uint8Array, written: Uint8Array): void {
    forEachBlock(address, written.length, (number, at, from, to) => {
      let block = this.#blocks.get(number);
      if (block === undefined) this.#blocks.set(number, block = new Block());
      for (let index = from; index < to; index++, at++) {
        if (block.writers[at]!++ === 0) {
          block.own[at] = before[index]!;
          block.used++;
        }
        block.written[at] = written[index]!;
      }
    });
  }

  /** Forgets a writer. */
  remove(address: bigint, length: number): void {
    forEachBlock(address, length, (number, at, from, to) => {
      const block = this.#blocks.get(number);
      if (block === undefined) return;
      for (let index = from; index < to; index++, at++) {
        if (--block.writers[at]! === 0) block.used--;
      }
      if (block.used === 0) this.#blocks.delete(number);
    });
  }

  /**
   * Makes bytes that were read what they would be without writers: without all,
   * or without the last. What is not as it was written has been changed by
   * somebody else, and stays.
   *
   * @param most Bytes with more writers than that stay too.
   * @returns The parts that are others now.
   */
  uncover(
    address: bigint,
    bytes: Uint8Array,
    most: number = Infinity,
  ): Part[] {
    const parts: { start: number; end: number }[] = [];
    forEachBlock(address, bytes.length, (number, at, from, to) => {
      const block = this.#blocks.get(number);
      if (block === undefined) return;
      for (let index = from; index < to; index++, at++) {
        const writers = block.writers[at]!;
        if (writers === 0 || writers > most) continue;
        if (bytes[index] !== block.written[at]) continue;
        bytes[index] = block.own[at]!;
        const last = parts.at(-1);
        if (last?.end === index) last.end++;
        else parts.push({ start: index, end: index + 1 });
      }
    });
    return parts;
  }
}

function addressOf(number: number): bigint {
  return BigInt(number) * BigInt(BLOCK_SIZE);
}

/**
 * Calls with each block's number, the place in it where the bytes begin, and
 * from which byte to which they are in it.
 */
function forEachBlock(
  address: bigint,
  length: number,
  action: (number: number, at: number, from: number, to: number) => void,
): void {
  let number = Number(address / BigInt(BLOCK_SIZE));
  let at = Number(address % BigInt(BLOCK_SIZE));
  for (let from = 0; from < length; number++, at = 0) {
    const to = Math.min(from + BLOCK_SIZE - at, length);
    action(number, at, from, to);
    from = to;
  }
}
