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
import { awaitExit, decodeStatus, type Ending, reap } from "./_wait.ts";
import { type Finished, run, type RunOptions, startProgram } from "./run.ts";
import { patience } from "./slowness.ts";

const libc = lazySymbols({
  // int posix_openpt(int flags)
  posix_openpt: { parameters: ["i32"], result: "i32" },
  grantpt: { parameters: ["i32"], result: "i32" },
  unlockpt: { parameters: ["i32"], result: "i32" },
  // char *ptsname(int fd)
  ptsname: { parameters: ["i32"], result: "usize" },
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const SIGKILL = 9;
/** How often a terminal is looked at, in milliseconds. */
const LOOK_EVERY = 5;

/** A terminal that a program can have: what it shows, and what is typed. */
class Terminal implements Disposable {
  /** Its path. */
  readonly path: string;
  readonly #master: number;
  /** A descriptor of the program's side of it, close-on-exec. */
  readonly device: number;

  /** Makes one that is no process's yet. */
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
    this.device = openFile(path, O_RDWR | O_NOCTTY);
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

  /** Types some keys. */
  type(keys: string): void {
    const bytes = new TextEncoder().encode(keys);
    libc.write(this.#master, bytes, BigInt(bytes.length));
  }

  /** Closes it: who has it as its terminal gets SIGHUP. */
  [Symbol.dispose](): void {
    closeFile(this.device);
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

/** What is typed when a terminal has shown a text. */
export type Turn = readonly [shown: string, typed: string];

/**
 * Runs a program to its end that has a terminal of its own, with job control,
 * and types into that.
 *
 * @param argv The program, found in PATH, and its arguments. It is started by
 * setsid(1).
 * @param turns What is typed, each after a text that was shown after the one
 * before. Keys such as Ctrl-Z are their control characters, `"\x1a"`.
 * @param options How it is started.
 * @returns How it ended, and all that the terminal showed, what was typed
 * included, with newlines alone.
 * @throws {SystemError} If there is no terminal to be had.
 * @throws {Error} If a text was not shown in time.
 *
 * @example Usage
 * ```ts no-run
 * import { converse } from "@procctl/testing";
 *
 * const { code } = converse(["sh", "-i"], [["$ ", "exit 3\n"]]);
 * console.log(code); // prints: 3
 * ```
 */
export function converse(
  argv: readonly string[],
  turns: readonly Turn[],
  options: Omit<RunOptions, "stdin"> = {},
): Ending & { shown: string } {
  const { timeout = patience(120_000) } = options;
  using terminal = new Terminal();
  const { device } = terminal;
  const setsid = ["setsid", "--ctty", "--wait", ...argv];
  const pid = startProgram(setsid, options, [device, device, device]);
  const deadline = performance.now() + timeout;
  const decoder = new TextDecoder();
  let shown = "";
  const look = () => {
    const bytes = terminal.read();
    shown += decoder.decode(bytes, { stream: true }).replaceAll("\r", "");
  };
  let at = 0;
  for (const [text, typed] of turns) {
    while (!shown.includes(text, at)) {
      if (performance.now() > deadline || awaitExit(pid, 0)) break;
      libc.poll(null, 0n, LOOK_EVERY);
      look();
    }
    const found = shown.indexOf(text, at);
    if (found < 0) {
      libc.kill(pid, SIGKILL);
      reap(pid);
      throw new Error(
        `Cannot find ${JSON.stringify(text)} in what the terminal showed: ${
          JSON.stringify(shown)
        }`,
      );
    }
    at = found + text.length;
    terminal.type(typed);
  }
  const rest = Math.max(0, Math.trunc(deadline - performance.now()));
  if (!awaitExit(pid, rest)) libc.kill(pid, SIGKILL);
  const ending = decodeStatus(reap(pid));
  look();
  return { ...ending, shown };
}
