import { assertEquals } from "@std/assert";
import { js } from "@procctl/testing";
import { outputOf } from "./_testing.ts";

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
