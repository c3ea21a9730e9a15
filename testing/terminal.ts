import {
  closeFile,
  lazySymbols,
  O_NOCTTY,
  O_NONBLOCK,
  O_RDWR,
  openFile,
  orErrno,
  readCString,
  SystemError,
} from "@procctl/libc";
import { type Finished, run, type RunOptions } from "./run.ts";

const libc = lazySymbols({
  // int posix_openpt(int flags)
  posix_openpt: { parameters: ["i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  // char *ptsname(int fd)
  ptsname: { parameters: ["i32"], result: "usize" },
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

/** A terminal that a program can have, and what it shows. */
class Terminal implements Disposable {
  readonly path: string;
  readonly #master: number;
  readonly #device: number;

  constructor() {
    this.#master = orErrno(libc.posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK));
    if (this.#master < 0) {
      throw new SystemError("Cannot make a terminal", {
        errno: -this.#master,
        syscall: "posix_openpt",
      });
    }
    libc.grantpt(this.#master);
    libc.unlockpt(this.#master);
    const path = readCString(libc.ptsname(this.#master));
    this.path = new TextDecoder().decode(path);
    // While it is open somewhere, what was written stays to be read.
    this.#device = openFile(path, O_RDWR | O_NOCTTY);
  }

  /** What was written so far: the kernel keeps 64 KiB. */
  read(): Uint8Array {
    const bytes: number[] = [];
    const buffer = new Uint8Array(4096);
    for (;;) {
      const size = libc.read(this.#master, buffer, 4096n);
      if (size <= 0) return new Uint8Array(bytes);
      bytes.push(...buffer.subarray(0, size));
    }
  }

  [Symbol.dispose](): void {
    closeFile(this.#device);
    closeFile(this.#master);
  }
}

/**
 * Runs a program to its end whose standard streams are a terminal.
 *
 * @param argv The program, found in PATH, and its arguments.
 * @param options How it is started.
 * @returns How it ended, with all that the terminal showed as `stdout`, in which
 * lines end in a newline alone. It must be less than 64 KiB.
 * @throws {SystemError} If there is no terminal to be had.
 *
 * @example Usage
 * ```ts
 * import { runInTerminal } from "@procctl/testing";
 *
 * console.log(runInTerminal(["test", "-t", "1"]).code); // prints: 0
 * ```
 */
export function runInTerminal(
  argv: readonly string[],
  options: RunOptions = {},
): Finished {
  using terminal = new Terminal();
  const script = 'exec "$@" <>"$0" >&0 2>&0';
  const ended = run(["sh", "-c", script, terminal.path, ...argv], options);
  const stdoutBytes = terminal.read();
  const stdout = new TextDecoder().decode(stdoutBytes).replaceAll("\r\n", "\n");
  return { ...ended, stdout, stdoutBytes };
}
