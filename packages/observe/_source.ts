import type { Records } from "./_decoder.ts";
import type { Ring } from "./_ring.ts";

/** How many bytes are taken out of a ring at once: what a cache holds. */
const PORTION = 2 ** 19;
/** The largest that a record's size of 16 bits can tell. */
const LARGEST_RECORD = 2 ** 16;

/** A ring, and what was read from it and not decoded. */
export class Source implements Records, Disposable {
  words: Uint32Array<ArrayBuffer>;
  start = 0;
  end = 0;
  hasMore = false;
  readonly ring: Ring;
  #bytes: Uint8Array<ArrayBuffer>;
  #portion: number;

  constructor(ring: Ring) {
    this.ring = ring;
    this.#portion = Math.min(PORTION, ring.size);
    this.#bytes = new Uint8Array(this.#portion + LARGEST_RECORD);
    this.words = new Uint32Array(this.#bytes.buffer);
  }

  /**
   * Reads as much as there is room for.
   *
   * @returns How many bytes were there to be read.
   */
  refill(): number {
    const available = this.ring.available();
    const left = this.end - this.start;
    if (available > 0 && left * 4 <= LARGEST_RECORD) {
      this.words.copyWithin(0, this.start, this.end);
      const size = Math.min(available, this.#portion);
      this.ring.read(this.#bytes.subarray(left * 4), size);
      this.start = 0;
      this.end = left + size / 4;
      this.hasMore = available > size;
    } else {
      this.hasMore = available > 0;
    }
    return available;
  }

  /** Whether nothing is left of it, in the ring neither. */
  get isEmpty(): boolean {
    return this.start === this.end && this.ring.available() === 0;
  }

  [Symbol.dispose](): void {
    this.ring[Symbol.dispose]();
  }
}
