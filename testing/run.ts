import {
  Arena,
  encodeArgv,
  encodeCString,
  encodeEnv,
  type Env,
  environAddress,
  lazySymbols,
  signalNumber,
  type StringOrBytes,
  SystemError,
} from "@procctl/libc";
import { MemoryFile } from "./_memory_file.ts";
import { patience } from "./slowness.ts";
import { awaitExit, decodeStatus, type Ending, reap } from "./_wait.ts";

const libc = lazySymbols({
  // int posix_spawn(pid_t *pid, const char *path, const file_actions_t *,
  //                 const attr_t *, char *const argv[], char *const envp[])
  posix_spawnp: {
    parameters: ["buffer", "buffer", "buffer", "buffer", "usize", "usize"],
    result: "i32",
  },
  posix_spawn_file_actions_init: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawn_file_actions_adddup2: {
    parameters: ["buffer", "i32", "i32"],
    result: "i32",
  },
  posix_spawn_file_actions_addchdir_np: {
    parameters: ["buffer", "buffer"],
    result: "i32",
  },
  posix_spawnattr_init: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_destroy: { parameters: ["buffer"], result: "i32" },
  posix_spawnattr_setflags: { parameters: ["buffer", "i16"], result: "i32" },
  posix_spawnattr_setsigdefault: {
    parameters: ["buffer", "buffer"],
    result: "i32",
  },
  sigaddset: { parameters: ["buffer", "i32"], result: "i32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
});

const POSIX_SPAWN_SETSIGDEF = 0x04;
const ETXTBSY = 26;
/** More than glibc's 80 and 336 bytes. */
const OPAQUE_SIZE = 1024;

/** How a child is started. */
export interface RunOptions {
  /** Its whole environment. @default {the caller's} */
  env?: Env;
  /** Its working directory. @default {the caller's} */
  cwd?: string;
  /** What it reads from its standard input. @default {nothing} */
  stdin?: string | Uint8Array<ArrayBuffer>;
  /** After how many milliseconds it is killed, more on slow machines. @default {120_000} */
  timeout?: number;
}

/** How a child ended, and what it wrote. */
export interface Finished extends Ending {
  /** What it wrote to its standard output, as text. */
  stdout: string;
  /** What it wrote to its standard error, as text. */
  stderr: string;
  /** What it wrote to its standard output, as bytes. */
  stdoutBytes: Uint8Array;
}

/**
 * Runs a program to its end, and returns how it ended and what it wrote.
 *
 * It is started by posix_spawnp(3) with SIGPIPE at its default, and its output
 * goes to files in memory, so that nothing must be read while it runs.
 *
 * @param argv The program, found in PATH, and its arguments.
 * @param options How it is started.
 * @returns How it ended.
 * @throws {SystemError} If it cannot be started.
 * @throws {Error} If it was killed for running too long.
 *
 * @example Usage
 * ```ts
 * import { run } from "@procctl/testing";
 *
 * console.log(run(["echo", "hello"]).stdout.trim()); // prints: hello
 * ```
 */
export function run(
  argv: readonly StringOrBytes[],
  options: RunOptions = {},
): Finished {
  const { timeout = patience(120_000) } = options;
  const input = typeof options.stdin === "string"
    ? new TextEncoder().encode(options.stdin)
    : options.stdin;
  using stdin = new MemoryFile(input);
  using stdout = new MemoryFile();
  using stderr = new MemoryFile();
  const pid = startProgram(argv, options, [stdin.fd, stdout.fd, stderr.fd]);
  const inTime = awaitExit(pid, timeout);
  if (!inTime) libc.kill(pid, signalNumber("SIGKILL"));
  const status = reap(pid);
  const bytes = stdout.read();
  const finished = {
    ...decodeStatus(status),
    stdout: new TextDecoder().decode(bytes),
    stderr: new TextDecoder().decode(stderr.read()),
    stdoutBytes: bytes,
  };
  if (inTime) return finished;
  throw new Error(
    `Cannot wait longer than ${timeout} ms for ${argv.join(" ")}: it printed ${
      JSON.stringify(finished.stdout + finished.stderr)
    }`,
  );
}

/**
 * Starts a program, by posix_spawnp(3) with SIGPIPE at its default.
 *
 * @param argv The program, found in PATH, and its arguments.
 * @param options How it is started.
 * @param stdio Its standard streams.
 * @returns Its number: it is the caller's to wait for.
 * @throws {SystemError} If it cannot be started.
 */
export function startProgram(
  argv: readonly StringOrBytes[],
  { env, cwd }: Pick<RunOptions, "env" | "cwd">,
  stdio: readonly number[],
): number {
  using arena = new Arena();
  const actions = new Uint8Array(OPAQUE_SIZE);
  const attributes = new Uint8Array(OPAQUE_SIZE);
  const pid = new Int32Array(new ArrayBuffer(4));
  const encoded = encodeArgv(argv);
  libc.posix_spawn_file_actions_init(actions);
  libc.posix_spawnattr_init(attributes);
  try {
    stdio.forEach((fd, target) => {
      libc.posix_spawn_file_actions_adddup2(actions, fd, target);
    });
    if (cwd !== undefined) {
      libc.posix_spawn_file_actions_addchdir_np(
        actions,
        encodeCString(cwd, "cwd"),
      );
    }
    const signals = new Uint8Array(128);
    libc.sigaddset(signals, signalNumber("SIGPIPE"));
    libc.posix_spawnattr_setsigdefault(attributes, signals);
    libc.posix_spawnattr_setflags(attributes, POSIX_SPAWN_SETSIGDEF);
    const file = encodeCString(argv[0]!, "argv[0]");
    const vector = arena.cStringVector(encoded);
    const entries = env === undefined
      ? environAddress()
      : arena.cStringVector(encodeEnv(env));
    // posix_spawn(3) returns the error number, and leaves errno alone.
    const spawn = () =>
      libc.posix_spawnp(pid, file, actions, attributes, vector, entries);
    let errno = spawn();
    // With --parallel a child of another thread has, until it execs, a copy of
    // every descriptor: what was just written may be open for writing there.
    for (let tries = 0; errno === ETXTBSY && tries < 20; tries++) {
      libc.poll(null, 0n, 1);
      errno = spawn();
    }
    if (errno === 0) return pid[0]!;
    throw new SystemError(`Cannot start "${argv[0]}"`, {
      errno,
      syscall: "posix_spawn",
    });
  } finally {
    libc.posix_spawn_file_actions_destroy(actions);
    libc.posix_spawnattr_destroy(attributes);
  }
}
