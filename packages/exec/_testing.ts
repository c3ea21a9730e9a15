import { assertEquals } from "@std/assert";
import { errnoName, getenv, SystemError } from "@procctl/libc";
import {
  argvDumper,
  type Dump,
  type Finished,
  type Need,
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

/** Writes JavaScript, with the values in it as literals. */
export function js(strings: TemplateStringsArray, ...values: unknown[]) {
  return String.raw({ raw: strings }, ...values.map(literal));
}

function literal(value: unknown): string {
  return value instanceof Uint8Array
    ? `Uint8Array.of(${value.join()})`
    : JSON.stringify(value);
}

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

/** The test mounts a file system where nobody else sees it. */
export const mounts: Need = () => {
  try {
    const { code } = run(inMounts("mount -t tmpfs none /mnt", ["true"]));
    if (code === 0) return undefined;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
  }
  return "needs to mount";
};

/** The arguments that run a program after a shell's command has mounted. */
export function inMounts(mount: string, argv: readonly string[]): string[] {
  const script = `${mount} && exec "$@"`;
  return ["unshare", "--mount", "sh", "-c", script, "sh", ...argv];
}

/** One search in PATH, made in a child by procctl and by glibc. */
export interface Search {
  /** PATH; null for none. */
  path: string | null;
  /** What is searched for. */
  file: string;
  /** The arguments. @default {["ARGV0", "a b"]} */
  argv?: string[];
  /** The working directory. @default {"/"} */
  cwd?: string;
  /** The environment given to execvpe(). @default {none: it is execvp()} */
  env?: string[];
}

/** Defines search(), and the two that can do it: procctl and glibc. */
export const SEARCH = `
  const libc = lazySymbols({
    setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
    unsetenv: { parameters: ["buffer"], result: "i32" },
    chdir: { parameters: ["buffer"], result: "i32" },
    execvp: { parameters: ["buffer", "usize"], result: "i32" },
    execvpe: { parameters: ["buffer", "usize", "usize"], result: "i32" },
  });
  const c = (text) => encodeCString(text, "text");

  function check(result) {
    if (result < 0) throw new SystemError("", { errno: -result, syscall: "" });
  }
  const procctl = { execvp, execvpe };
  const glibc = {
    execvp(file, argv) {
      using arena = new Arena();
      const vector = arena.cStringVector(encodeArgv(argv));
      check(orErrno(libc.execvp(c(file), vector)));
    },
    execvpe(file, argv, env) {
      using arena = new Arena();
      const vector = arena.cStringVector(encodeArgv(argv));
      const entries = arena.cStringVector(encodeEnv(env));
      check(orErrno(libc.execvpe(c(file), vector, entries)));
    },
  };

  function arrange({ path, cwd = "/" }) {
    if (path === null) libc.unsetenv(c("PATH"));
    else libc.setenv(c("PATH"), c(path), 1);
    check(orErrno(libc.chdir(c(cwd))));
  }

  function search(implementation, search) {
    const { file, argv = ["ARGV0", "a b"], env } = search;
    arrange(search);
    try {
      if (env === undefined) implementation.execvp(file, argv);
      else implementation.execvpe(file, argv, env);
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return error.code;
    }
  }
`;

/**
 * Asserts what becomes of searches, by procctl and by glibc itself: the code
 * each fails with, or what the program prints. Only the last may succeed.
 */
export function assertSearches(expected: readonly [Search, string][]): void {
  const searches = expected.map(([search]) => search);
  const outputs = expected.map(([, output]) => output);
  for (const implementation of ["procctl", "glibc"]) {
    const source = js`for (const it of ${searches}) ` +
      `console.log(search(${implementation}, it))`;
    const output = outputOf(source, { setup: SEARCH });
    assertEquals(output, `${outputs.join("\n")}\n`, implementation);
  }
}

/** A script that prints its folder's name, its own, and its arguments. */
export function tellingScript(name: string): string {
  return `#!/bin/sh\necho ${name}: "$0" "$@"\n`;
}
