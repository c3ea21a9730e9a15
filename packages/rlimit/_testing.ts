import { assertEquals } from "@std/assert";
import {
  type Finished,
  runDeno,
  type RunDenoOptions,
  TemporaryFolder,
} from "@procctl/testing";

/**
 * What a child may use: everything of the packages by name, and
 *
 * - `answer(value)` prints a value, which `answerOf()` gives back;
 * - `attempt(fn)` is what a function returns, or the error it throws as text;
 * - `start(...argv)` starts a program and returns its pid, and those that are
 *   left are killed at the end;
 * - `sleeper()` starts a program that sleeps and needs nothing more of its limits;
 * - `reap(pid)` waits for a child's end and returns its status;
 * - `c` holds some functions of libc.
 */
const PRELUDE = `
  import * as rlimitModule from "@procctl/rlimit";
  import * as libcModule from "@procctl/libc";
  import * as testingModule from "@procctl/testing";
  Object.assign(globalThis, rlimitModule, libcModule, testingModule);

  const c = lazySymbols({
    posix_spawnp: {
      parameters: ["buffer", "buffer", "usize", "usize", "usize", "usize"],
      result: "i32",
    },
    waitid: { parameters: ["i32", "i32", "buffer", "i32"], result: "i32" },
    waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
    kill: { parameters: ["i32", "i32"], result: "i32" },
    fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
    write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
    signal: { parameters: ["i32", "usize"], result: "usize" },
    getuid: { parameters: [], result: "u32" },
    getdtablesize: { parameters: [], result: "i32" },
    sysconf: { parameters: ["i32"], result: "i64" },
    mmap: {
      parameters: ["usize", "usize", "i32", "i32", "i32", "i64"],
      result: "usize",
    },
    munmap: { parameters: ["usize", "usize"], result: "i32" },
    prlimit64: {
      parameters: ["i32", "i32", "usize", "usize"],
      result: "i32",
    },
  });
  const started = new Set();
  function start(...argv) {
    using arena = new Arena();
    const pid = new Int32Array(1);
    const vector = arena.cStringVector(encodeArgv(argv));
    const file = encodeCString(argv[0], "file");
    const errno = c.posix_spawnp(pid, file, 0n, 0n, vector, environAddress());
    if (errno !== 0) throw new SystemError("Cannot start", { errno, syscall: "posix_spawn" });
    started.add(pid[0]);
    return pid[0];
  }
  function sleeper() {
    using folder = new TemporaryFolder();
    const pid = start(folder.write("sleeper", testingModule.sleeper(), 0o755));
    // posix_spawn(3) is back before the exec is over, which at its end sets the
    // stack's limit to what it was at its begin.
    while (!/^State:\\s*S/m.test(text("/proc/" + pid + "/status")));
    return pid;
  }
  function reap(pid) {
    const status = new Int32Array(1);
    c.waitpid(pid, status, 0);
    started.delete(pid);
    return status[0];
  }
  addEventListener("unload", () => {
    for (const pid of started) c.kill(pid, 9);
  });
  const text = (path) => new TextDecoder().decode(readFile(path));
  const becomeOrdinary = () => { if (c.getuid() === 0) becomeUser(); };
  function attempt(fn) {
    try {
      return fn() ?? "done";
    } catch (error) {
      return error.name + ": " + error.message;
    }
  }
  const codeOf = (fn) => /[A-Z0-9]+$/.exec(attempt(fn))[0];
  function answer(value) {
    console.log(JSON.stringify(value, (_, it) =>
      typeof it === "bigint" ? it + "n" : it === Infinity ? "Infinity" : it));
  }
`;

/**
 * Runs a source in a child, which may change its limits as it likes, in a
 * folder of its own: what crashes may leave a core file.
 */
export function runChild(source: string, options?: RunDenoOptions): Finished {
  using folder = new TemporaryFolder();
  return runDeno(PRELUDE + source, { cwd: folder.path, ...options });
}

/**
 * Runs a source in a child, and returns what it gave to `answer()`; of that,
 * bigints are text with an `n` at the end, and Infinity is text.
 */
export function answerOf(source: string, options?: RunDenoOptions) {
  const { code, signal, stdout, stderr } = runChild(source, options);
  assertEquals({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  return JSON.parse(stdout);
}
