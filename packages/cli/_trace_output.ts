/**
 * Where a log is written to.
 *
 * @module
 */

import { closeFile, openFile } from "@procctl/libc/files";
import { lazySymbols, orErrno } from "@procctl/libc/library";
import { O_CREAT, O_TRUNC, O_WRONLY } from "@procctl/libc/open-flags";
import { SystemError } from "@procctl/libc/system-error";

const libc = lazySymbols({
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

const STDERR = 2;
const EINTR = 4;
/** How much text of a file is kept before it is written. */
const SIZE = 1 << 16;
/** How long it is kept, in milliseconds, if there is more to write. */
const PATIENCE = 20;
const LAST_ASCII = 0x7f;

const encoder = new TextEncoder();

/** What a log writes to. */
export interface LogOutput {
  /** Takes text. */
  write(text: string): void;
  /** Tells that what was written makes sense to who reads along. */
  pause(): void;
  /** Writes what was not written yet. */
  flush(): void;
}

/**
 * Writes text to a file, much of it at once, or to standard error at each pause,
 * so that it stands in its place among what the program itself writes.
 */
export class TraceOutput implements LogOutput, Disposable {
  readonly #fd: number;
  readonly #path: string | undefined;
  #bytes = new Uint8Array(2 * SIZE);
  #length = 0;
  #since = Date.now();

  /**
   * Opens it.
   *
   * @param path The file; without it, standard error.
   * @throws {SystemError} If the file cannot be opened.
   */
  constructor(path?: string | Uint8Array) {
    this.#path = path === undefined || typeof path === "string"
      ? path
      : new TextDecoder().decode(path);
    this.#fd = path === undefined
      ? STDERR
      : openFile(path, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
  }

  /** Takes text. */
  write(text: string): void {
    const { length } = text;
    this.#makeRoom(length);
    // Nearly all of it is ASCII, and short. That no string is put together for
    // TextEncoder saves a third of the time that a log takes.
    const bytes = this.#bytes;
    const start = this.#length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > LAST_ASCII) return this.#encode(text);
      bytes[start + i] = code;
    }
    this.#length += length;
  }

  /** Writes what there is, if that is much or old, or someone looks on. */
  pause(): void {
    if (
      this.#path === undefined || this.#length >= SIZE ||
      Date.now() - this.#since > PATIENCE
    ) this.flush();
  }

  /** Writes what was not written yet. */
  flush(): void {
    if (this.#length === 0) return;
    this.#since = Date.now();
    for (let from = 0; from < this.#length;) {
      const rest = this.#bytes.subarray(from, this.#length);
      const written = orErrno(
        libc.write(this.#fd, rest, BigInt(rest.length)),
      );
      if (written >= 0) from += written;
      else if (written !== -EINTR) this.#fail(-written);
    }
    this.#length = 0;
  }

  /** Writes all of it, and closes the file. */
  [Symbol.dispose](): void {
    this.flush();
    if (this.#path !== undefined) closeFile(this.#fd);
  }

  #encode(text: string): void {
    const bytes = encoder.encode(text);
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #makeRoom(size: number): void {
    const needed = this.#length + size;
    if (needed <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * needed);
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  #fail(errno: number): never {
    // What could not be written is not tried again when it is closed.
    this.#length = 0;
    const where = this.#path === undefined
      ? "standard error"
      : JSON.stringify(this.#path);
    throw new SystemError(`Cannot write to ${where}`, {
      errno,
      syscall: "write",
    });
  }
}
