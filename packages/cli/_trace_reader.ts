import { type Call, isWide } from "./_trace_call.ts";

const HALF = 2 ** 32;
/** The upper half from which on a number is not exact any more. */
const UNSAFE = 2 ** 21;

/**
 * Reads a structure of C, member by member. Longs and pointers are as wide as
 * those of the program.
 */
export class Reader {
  /** Where it is, in bytes. */
  at = 0;
  readonly #view: DataView<ArrayBuffer>;
  /** Whether longs and pointers have 64 bits. */
  readonly wide: boolean;

  constructor(bytes: Uint8Array<ArrayBuffer>, wide: boolean) {
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
    this.wide = wide;
  }

  /** Passes over bytes. */
  skip(size: number): this {
    this.at += size;
    return this;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.#view.byteLength - this.at;
  }

  /** Bytes as they are. */
  bytes(size: number): Uint8Array<ArrayBuffer> {
    const { buffer, byteOffset } = this.#view;
    return new Uint8Array(buffer, byteOffset + (this.at += size) - size, size);
  }

  /** An unsigned number of 8 bits. */
  u8(): number {
    return this.#view.getUint8(this.at++);
  }

  /** An unsigned number of 16 bits. */
  u16(bigEndian = false): number {
    return this.#view.getUint16((this.at += 2) - 2, !bigEndian);
  }

  /** A signed number of 16 bits. */
  i16(): number {
    return this.#view.getInt16((this.at += 2) - 2, true);
  }

  /** An unsigned number of 32 bits. */
  u32(bigEndian = false): number {
    return this.#view.getUint32((this.at += 4) - 4, !bigEndian);
  }

  /** A signed number of 32 bits. */
  i32(): number {
    return this.#view.getInt32((this.at += 4) - 4, true);
  }

  /** An unsigned number of 64 bits. */
  u64(): number | bigint {
    const low = this.u32();
    const high = this.u32();
    return high < UNSAFE
      ? high * HALF + low
      : BigInt(high) << 32n | BigInt(low);
  }

  /** A signed number of 64 bits. */
  i64(): number | bigint {
    const low = this.u32();
    const high = this.i32();
    return high < UNSAFE && high >= -UNSAFE
      ? high * HALF + low
      : BigInt(high) << 32n | BigInt(low);
  }

  /** A `long`. */
  long(): number | bigint {
    return this.wide ? this.i64() : this.i32();
  }

  /** An `unsigned long`, a `size_t`. */
  ulong(): number | bigint {
    return this.wide ? this.u64() : this.u32();
  }

  /** An address. What no address can be is not exact. */
  address(): number {
    return Number(this.ulong());
  }
}

/** How wide a long and a pointer are. */
export function longSize(call: Call): number {
  return isWide(call) ? 8 : 4;
}

/**
 * Reads a structure at an address; undefined if not all of it can be read.
 *
 * @param call The call.
 * @param address Where it is.
 * @param size How large it is, in bytes.
 * @returns What reads it member by member.
 */
export function readStruct(
  call: Call,
  address: number,
  size: number,
): Reader | undefined {
  const bytes = call.memory.read(address, size);
  return bytes.length < size ? undefined : new Reader(bytes, isWide(call));
}
