import {
  Arena,
  closeFile,
  encodeCString,
  encodeEnv,
  encodeList,
  type Env,
  lazySymbols,
  O_WRONLY,
  openFile,
  signalNumber,
  type StringOrBytes,
} from "@procctl/libc";
import { MemoryFile } from "./_memory_file.ts";
import { patience } from "./slowness.ts";
import { awaitExit, decodeStatus, type Ending, reap } from "./_wait.ts";

const libc = lazySymbols({
  // int posix_spawn(pid_t *pid, const char *path, const file_actions_t *,
  //                 const attr_t *, char *const argv[], char *const envp[])
  posix_spawn: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "usize", "usize"],
    result: "i32",
  },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_adddup2: {
    parameters: ["buffer", "i32", "i32"],
    result: "i32",
  },
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

/** More than glibc's 80 bytes. */
const OPAQUE_SIZE = 1024;

/** A program that could not be started. */
export interface NotSpawned {
  /** It could not be started. */
  kind: "failed";
  /** The error number of its execve. */
  errno: number;
}

/** A program that was started and has ended. */
export interface Spawned extends Ending {
  /** It was started. */
  kind: "spawned";
  /** What it wrote to its standard output. */
  output: Uint8Array;
}

/** How a program is spawned. */
export interface SpawnOptions {
  /** Runs right before it is started. @default {nothing} */
  before?: () => void;
  /** Runs right after, also if it was not. @default {nothing} */
  after?: () => void;
  /** After how many milliseconds it is killed, more on slow machines. @default {10_000} */
  timeout?: number;
}

/**
 * Starts many programs one after another, and tells of each what the kernel
 * says: the errno of its execve, or what it wrote and how it ended.
 *
 * `run` is the one to use elsewhere. This one has no search in PATH, allows no
 * argument at all, and opens its files once for all programs, which takes a
 * third of the time.
 *
 * @example Usage
 * ```ts
 * import { Spawner } from "@procctl/testing";
 *
 * using spawner = new Spawner();
 * const spawned = spawner.spawn("/nonexistent", [], {});
 * console.log(spawned.kind === "failed" && spawned.errno); // prints: 2
 * ```
 */
export class Spawner implements Disposable {
  readonly #stdout = new MemoryFile();
  readonly #null = openFile("/dev/null", O_WRONLY);
  readonly #actions = new Uint8Array(OPAQUE_SIZE);
  readonly #pid = new Int32Array(new ArrayBuffer(4));

  /** Opens what is to be the programs' standard output. */
  constructor() {
    libc.posix_spawn_file_actions_init(this.#actions);
    for (const [fd, target] of [[this.#stdout.fd, 1], [this.#null, 2]]) {
      libc.posix_spawn_file_actions_adddup2(this.#actions, fd!, target!);
    }
  }

  /** Starts a program, and waits for its end. */
  spawn(
    path: StringOrBytes,
    argv: readonly StringOrBytes[],
    env: Env,
    { before, after, timeout = patience(10_000) }: SpawnOptions = {},
  ): NotSpawned | Spawned {
    using arena = new Arena();
    const name = encodeCString(path, "path");
    const vector = arena.cStringVector(encodeList(argv, "argv"));
    const entries = arena.cStringVector(encodeEnv(env));
    const [pid, actions] = [this.#pid, this.#actions];
    before?.();
    // It returns the error number, and leaves errno alone.
    const errno = libc.posix_spawn(pid, name, actions, null, vector, entries);
    after?.();
    if (errno !== 0) return { kind: "failed", errno };
    if (!awaitExit(pid[0]!, timeout)) {
      libc.kill(pid[0]!, signalNumber("SIGKILL"));
    }
    const ending = decodeStatus(reap(pid[0]!));
    const output = this.#stdout.read();
    this.#stdout.clear();
    return { kind: "spawned", ...ending, output };
  }

  /** Closes the files. */
  [Symbol.dispose](): void {
    libc.posix_spawn_file_actions_destroy(this.#actions);
    closeFile(this.#null);
    this.#stdout[Symbol.dispose]();
  }
}
