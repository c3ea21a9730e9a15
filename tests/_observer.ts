import { assertEquals } from "@std/assert";
import { getenv } from "@procctl/libc";
import { ROOT, run, runDeno, TemporaryFolder } from "@procctl/testing";

/** What a program began with: the value of each fact of `_observer.c`. */
export type Facts = Record<string, string>;

/** What a child told before its exec, and what the new program saw. */
export interface Observation {
  /** What the child gave to `tell()`. */
  told: Facts;
  /** What the program saw: single facts. */
  facts: Facts;
  /** What it read in `/proc/self/NAME`: the text. */
  proc(name: string): string;
  /** What it read in a field of `/proc/self/status`. */
  status(field: string): string;
}

/** How a child is started that executes the observer. */
export interface ObserveOptions {
  /** How the child ends by executing the observer. */
  exec?: string;
  /** The child's arguments. @default {[]} */
  args?: readonly string[];
}

/**
 * What a child may use: everything of `exec` and `libc` by name, and
 *
 * - `c`, functions of libc;
 * - `must(result, what)` throws if a call failed, and returns its result;
 * - `tell(name, value)` tells the test something, before the exec;
 * - `status(field)` is a field of the child's own status;
 * - `text(path)` is what a file holds, `link(path)` where a symbolic link leads;
 * - `becomeUser(uid)` of @procctl/testing;
 * - `observer` is the path of the program that tells what it sees.
 */
const PRELUDE = String.raw`
  import * as execModule from "@procctl/exec";
  import * as libcModule from "@procctl/libc";
  import * as rlimitModule from "@procctl/rlimit";
  import { becomeUser } from "@procctl/testing";
  Object.assign(globalThis, execModule, rlimitModule, libcModule);

  const observer = Deno.args[0];
  const c = lazySymbols({
    chdir: { parameters: ["buffer"], result: "i32" },
    chmod: { parameters: ["buffer", "u32"], result: "i32" },
    dlsym: { parameters: ["usize", "buffer"], result: "usize" },
    exit: { parameters: ["i32"], result: "void" },
    exitHandler: {
      name: "__cxa_atexit", parameters: ["usize", "buffer", "usize"], result: "i32",
    },
    fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    fcntlLock: { name: "fcntl", parameters: ["i32", "i32", "buffer"], result: "i32" },
    getpriority: { parameters: ["i32", "u32"], result: "i32" },
    kill: { parameters: ["i32", "i32"], result: "i32" },
    memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
    mlock: { parameters: ["usize", "usize"], result: "i32" },
    mlockall: { parameters: ["i32"], result: "i32" },
    mmap: {
      parameters: ["usize", "usize", "i32", "i32", "i32", "i64"], result: "usize",
    },
    mq_open: { parameters: ["buffer", "i32", "u32", "usize"], result: "i32" },
    mq_unlink: { parameters: ["buffer"], result: "i32" },
    opendir: { parameters: ["buffer"], result: "usize" },
    personality: { parameters: ["u64"], result: "i32" },
    prctl: { parameters: ["i32", "u64", "u64", "u64", "u64"], result: "i32" },
    pthread_sigmask: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    raise: { parameters: ["i32"], result: "i32" },
    readlink: { parameters: ["buffer", "buffer", "usize"], result: "i32" },
    sched_setaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
    sched_setscheduler: { parameters: ["i32", "i32", "buffer"], result: "i32" },
    sem_open: { parameters: ["buffer", "i32", "u32", "u32"], result: "usize" },
    sem_unlink: { parameters: ["buffer"], result: "i32" },
    setgroups: { parameters: ["usize", "buffer"], result: "i32" },
    setitimer: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    setpgid: { parameters: ["i32", "i32"], result: "i32" },
    setpriority: { parameters: ["i32", "u32", "i32"], result: "i32" },
    setresgid: { parameters: ["u32", "u32", "u32"], result: "i32" },
    setresuid: { parameters: ["u32", "u32", "u32"], result: "i32" },
    setsid: { parameters: [], result: "i32" },
    shm_open: { parameters: ["buffer", "i32", "u32"], result: "i32" },
    shm_unlink: { parameters: ["buffer"], result: "i32" },
    shmat: { parameters: ["i32", "usize", "i32"], result: "usize" },
    shmctl: { parameters: ["i32", "i32", "buffer"], result: "i32" },
    shmget: { parameters: ["i32", "usize", "i32"], result: "i32" },
    sigaction: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    signal: { parameters: ["i32", "usize"], result: "usize" },
    syscall: {
      parameters: ["i64", "usize", "buffer"], result: "i64",
    },
    timer_create: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
    umask: { parameters: ["u32"], result: "u32" },
    ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  });
  const cString = (text) => encodeCString(text, "text");
  const text = (path) => new TextDecoder().decode(readFile(path));
  const status = (field) =>
    new RegExp("^" + field + ":\\s*(.*)$", "m").exec(text("/proc/self/status"))[1];
  function link(path) {
    const target = new Uint8Array(4096);
    const size = must(c.readlink(cString(path), target, 4096n), "read a link");
    return new TextDecoder().decode(target.subarray(0, size));
  }
  const told = {};
  const tell = (name, value) => { told[name] = String(value); };
  function must(result, what) {
    const value = orErrno(result);
    if (value < 0) throw new Error("Cannot " + what + ": " + errnoName(-Number(value)));
    return value;
  }
`;

const EXEC = 'execve(observer, ["observer"], { A: "1" })';

let folder: TemporaryFolder | undefined;
const compiled = new Set<string>();

/** Compiles a program of this folder, once for a file of tests. */
export function compile(source: string): string {
  if (folder === undefined) {
    folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    addEventListener("unload", () => folder![Symbol.dispose]());
  }
  const program = folder.join(source.replace(/^_|\.c$/g, ""));
  if (compiled.has(source)) return program;
  // Nothing is optimised: an endless recursion is to be one.
  const flags = ["-O0", "-o", program, `${ROOT}/tests/${source}`, "-lm"];
  assertEquals(run(["gcc", ...flags]).stderr, "");
  compiled.add(source);
  return program;
}

/** The path of the observer. */
export function compileObserver(): string {
  return compile("_observer.c");
}

/** The environment that Deno needs, so that it makes nothing in PATH. */
export function denoEnv(): Record<string, string> {
  const kept = ["HOME", "DENO_DIR", "PATH"].flatMap((key) => {
    const value = getenv(key);
    return value === undefined ? [] : [[key, new TextDecoder().decode(value)]];
  });
  return { ...Object.fromEntries(kept), DENO_DISABLE_NODE_SHIM: "1" };
}

/**
 * Runs a source in a child, which then executes the observer.
 *
 * @param source What the child does before, checking that it was done.
 * @param options How the child is started, and how it ends.
 * @returns What the child told, and what the observer saw.
 */
export function observe(
  source: string,
  { exec = EXEC, args = [] }: ObserveOptions = {},
): Observation {
  const { code, signal, stderr, stdout } = runDeno(
    `${PRELUDE}${source}\nconsole.log(JSON.stringify(told));\n${exec}`,
    { args: [compileObserver(), ...args], env: denoEnv() },
  );
  assertEquals({ code, signal, stderr }, { code: 0, signal: null, stderr: "" });
  const [told = "", ...seen] = stdout.split("\n");
  const facts: Facts = {};
  const files: Record<string, string> = {};
  for (const line of seen) {
    const [name = "", rest = ""] = split(line);
    if (name.startsWith("/")) files[name] = `${files[name] ?? ""}${rest}\n`;
    else facts[name] = rest;
  }
  const proc = (name: string) => files[`/${name}`] ?? "";
  const status = (field: string) =>
    new RegExp(`^${field}:\\s*(.*)$`, "m").exec(proc("status"))?.[1] ?? "";
  return { told: JSON.parse(told), facts, proc, status };
}

function split(line: string): [string, string] {
  const blank = line.indexOf(" ");
  return blank < 0 ? [line, ""] : [line.slice(0, blank), line.slice(blank + 1)];
}
