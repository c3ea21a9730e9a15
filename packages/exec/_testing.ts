import { assertEquals } from "@std/assert";
import { errnoName, getenv, SystemError } from "@procctl/libc";
import {
  argvDumper,
  type Dump,
  type Finished,
  js,
  parseDump,
  run,
  runDeno,
  type RunDenoOptions,
  type TemporaryFolder,
} from "@procctl/testing";

/** How a child is started that calls the exec family. */
export interface ChildOptions extends Omit<RunDenoOptions, "env"> {
  /** Code that runs before. @default {none} */
  setup?: string;
  /** Added to the environment that Deno itself needs. @default {nothing} */
  env?: Record<string, string>;
}

/** What one call in a child threw. */
export interface Failure {
  /** The call, as it was written. */
  call: string;
  /** The name of the error's class, or `"none"` if the call returned. */
  type: string;
  /** The error's message. */
  message: string;
  /** What a SystemError says. */
  code?: string;
  errno?: number;
  syscall?: string;
  path?: string;
}

/** Makes the names of both packages global, so that a source can use them all. */
const PRELUDE = `
  import * as execModule from "@procctl/exec";
  import * as libcModule from "@procctl/libc";
  Object.assign(globalThis, execModule, libcModule);
`;

/** Defines attempt(): makes a call, and keeps what it threw. */
const ATTEMPT = `
  const failures = [];
  function attempt(call, make) {
    try {
      make();
      failures.push({ call, type: "none", message: "it returned" });
    } catch (error) {
      const { message, code, errno, syscall, path } = error;
      const { name: type } = error.constructor;
      failures.push({ call, type, message, code, errno, syscall, path });
    }
  }
`;

/**
 * The environment of a child: what is given, where Deno keeps its caches, and
 * that it is not to put a `node` of its own into PATH where there is none.
 */
export function childEnv(
  env: Record<string, string> = {},
): Record<string, string> {
  const caches = ["HOME", "DENO_DIR"].flatMap((key) => {
    const value = getenv(key);
    return value === undefined ? [] : [[key, new TextDecoder().decode(value)]];
  });
  return {
    ...Object.fromEntries(caches),
    DENO_DISABLE_NODE_SHIM: "1",
    ...env,
  };
}

/** Runs a source, which uses the packages' names, in a child Deno. */
export function runChild(source: string, options: ChildOptions = {}): Finished {
  const { setup = "", env, ...rest } = options;
  return runDeno(PRELUDE + setup + source, { ...rest, env: childEnv(env) });
}

/** Runs a source that ends by executing a program, and returns its output. */
export function outputOf(source: string, options?: ChildOptions): string {
  const { stdout, ...ended } = runChild(source, options);
  assertEquals(
    { code: ended.code, stderr: ended.stderr },
    { code: 0, stderr: "" },
    source,
  );
  return stdout;
}

/** Runs a source that ends by executing the argv dumper. */
export function rawDumpOf(source: string, options?: ChildOptions): Dump {
  const { code, stderr, stdoutBytes } = runChild(source, options);
  assertEquals({ code, stderr }, { code: 0, stderr: "" }, source);
  return parseDump(stdoutBytes);
}

/** The same as text. */
export function dumpOf(source: string, options?: ChildOptions) {
  const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  const { argv, env, path } = rawDumpOf(source, options);
  return { argv: argv.map(decode), env: env.map(decode), path: decode(path) };
}

/** Writes the argv dumper into a folder, and returns its path. */
export function writeDumper(folder: TemporaryFolder, name = "dumper"): string {
  return folder.write(name, argvDumper(), 0o755);
}

/**
 * Makes calls in one child, one after another, and returns what each threw. A
 * call that succeeds replaces the child, so that there is nothing to parse.
 */
export function failures(
  calls: readonly string[],
  options?: ChildOptions,
): Failure[] {
  const attempts = calls.map((call) =>
    js`attempt(${call}, () => ` + call + ")"
  );
  const source = [ATTEMPT, ...attempts, "console.log(JSON.stringify(failures))"]
    .join("\n");
  const output = outputOf(source, options);
  try {
    return JSON.parse(output);
  } catch {
    throw new Error(`One of these calls succeeded, and printed ${output}:
${calls.join("\n")}`);
  }
}

/**
 * Asserts that each call fails with a SystemError of this code, in one child.
 *
 * @param expected The code by the call.
 * @returns The failures, for what else is to be said of them.
 */
export function assertFailures(
  expected: Record<string, string>,
  options?: ChildOptions,
): Failure[] {
  const found = failures(Object.keys(expected), options);
  const actual = found.map((failure) => [failure.call, codeOf(failure)]);
  assertEquals(Object.fromEntries(actual), expected);
  return found;
}

/** The code of a failure, once its parts agree; otherwise what it is. */
function codeOf({ type, message, code, errno }: Failure): string {
  const agree = type === "SystemError" && code === errnoName(errno ?? 0) &&
    message.endsWith(`: ${code}`);
  return agree ? code : `${type} ${code} ${errno}: ${message}`;
}

/**
 * Asserts that execve() fails so for each path, and that posix_spawn(3), whose
 * execve is none of ours, says the same.
 */
export function assertExecveFails(expected: Record<string, string>): void {
  const calls = Object.entries(expected).map(([path, code]) => [
    js`execve(${path}, ["x"], {})`,
    code,
  ]);
  const found = assertFailures(Object.fromEntries(calls));
  assertEquals(
    found.map(({ syscall, path }) => ({ syscall, path })),
    Object.keys(expected).map((path) => ({ syscall: "execve", path })),
  );
  const kernel = Object.keys(expected).map((path) => [path, spawnCode(path)]);
  assertEquals(Object.fromEntries(kernel), expected);
}

function spawnCode(path: string): string {
  try {
    run([path], { env: {} });
    return "it ran";
  } catch (error) {
    if (error instanceof SystemError) return error.code;
    throw error;
  }
}

/** Defines what a child needs to make descriptors of all kinds. */
export const DESCRIPTORS = `
  const libc = lazySymbols({
    fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
    memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
    rename: { parameters: ["buffer", "buffer"], result: "i32" },
    rmdir: { parameters: ["buffer"], result: "i32" },
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    unlink: { parameters: ["buffer"], result: "i32" },
    write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  });
  const c = (text) => encodeCString(text, "text");

  /** openFile() alone makes descriptors that close on exec. */
  function inheritable(fd) {
    libc.fcntl(fd, 2 /* F_SETFD */, 0);
    return fd;
  }
  function openMemory(content) {
    const fd = libc.memfd_create(c("memory"), 1 /* MFD_CLOEXEC */);
    libc.write(fd, content, BigInt(content.length));
    return fd;
  }
`;

/**
 * Defines answer(): from then on, a system call fails with an error number and
 * is not made. The last answer counts. Each kernel and user can have this.
 */
export const FILTER = js`
  const [EXECVE, EXECVEAT] = ${
  Deno.build.arch === "aarch64" ? [221, 281] : [59, 322]
};
  const { prctl } = lazySymbols({
    prctl: {
      parameters: ["i32", "usize", "usize", "usize", "usize"],
      result: "i32",
    },
  });
  function answer(number, errno) {
    // struct sock_filter: code, where to go on if true, if not, a constant
    const instructions = [
      [0x20, 0, 0, 0], // load the number of the system call
      [0x15, 0, 1, number], // if it is not this one, pass over the next
      [0x06, 0, 0, 0x00050000 | errno], // return SECCOMP_RET_ERRNO
      [0x06, 0, 0, 0x7fff0000], // return SECCOMP_RET_ALLOW
    ];
    const filter = new DataView(new ArrayBuffer(8 * instructions.length));
    instructions.forEach(([code, ifTrue, ifFalse, constant], index) => {
      filter.setUint16(8 * index, code, true);
      filter.setUint8(8 * index + 2, ifTrue);
      filter.setUint8(8 * index + 3, ifFalse);
      filter.setUint32(8 * index + 4, constant, true);
    });
    using arena = new Arena();
    const address = arena.bytes(new Uint8Array(filter.buffer));
    const length = BigInt(instructions.length);
    const program = new Uint8Array(new BigUint64Array([length, address]).buffer);
    const results = [
      prctl(38 /* PR_SET_NO_NEW_PRIVS */, 1n, 0n, 0n, 0n),
      prctl(22 /* PR_SET_SECCOMP */, 2n, arena.bytes(program), 0n, 0n),
    ];
    if (results.some((result) => result !== 0)) throw new Error("No filter");
  }
`;
