/**
 * Where a log is written to.
 *
 * @module
 */

import { closeFile, openFile } from "@procctl/libc/files";
import { lazySymbols, orErrno } from "@procctl/libc/library";
import {
  O_CLOEXEC,
  O_CREAT,
  O_TRUNC,
  O_WRONLY,
} from "@procctl/libc/open-flags";
import { SystemError } from "@procctl/libc/system-error";

const libc = lazySymbols({
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

const STDERR = 2;
const EINTR = 4;
/** How much text is kept before it is written. */
const SIZE = 1 << 16;
/** How long it is kept, in milliseconds, if there is more to write. */
const PATIENCE = 200;

const encoder = new TextEncoder();

/**
 * Writes text to a file, much of it at once, or to standard error, where it
 * stands in its place among what the program itself writes.
 */
export class TraceOutput implements Disposable {
  readonly #fd: number;
  readonly #path: string | undefined;
  #text = "";
  #since = performance.now();

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
      : openFile(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666);
  }

  /** Writes text, sooner or later. */
  write(text: string): void {
    this.#text += text;
    if (this.#path === undefined || this.#text.length >= SIZE) this.flush();
    else {
      const now = performance.now();
      if (now - this.#since > PATIENCE) this.flush();
    }
  }

  /** Writes what was not written yet. */
  flush(): void {
    this.#since = performance.now();
    if (this.#text === "") return;
    let rest = encoder.encode(this.#text);
    this.#text = "";
    while (rest.length > 0) {
      const written = orErrno(
        libc.write(this.#fd, rest, BigInt(rest.length)),
      );
      if (written >= 0) rest = rest.subarray(written);
      else if (written !== -EINTR) this.#fail(-written);
    }
  }

  /** Writes all of it, and closes the file. */
  [Symbol.dispose](): void {
    this.flush();
    if (this.#path !== undefined) closeFile(this.#fd);
  }

  #fail(errno: number): never {
    const where = this.#path === undefined
      ? "standard error"
      : JSON.stringify(this.#path);
    throw new SystemError(`Cannot write to ${where}`, {
      errno,
      syscall: "write",
    });
  }
}
