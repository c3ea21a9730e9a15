// What each function of the family refuses, shown in children that have no
// permission at all: so nothing was asked of libc, which would be NotCapable.

import { assertEquals } from "@std/assert";
import { failures } from "./_testing.ts";

/** How a function is called, from the text of each argument. */
interface Form {
  /** What the error calls the path; undefined if there is none. */
  path?: string;
  /** Whether the arguments are listed one by one. */
  listed?: boolean;
  call(path: string, argv: string, env: string): string;
  /** Whether the call has an environment. */
  env: boolean;
}

const FORMS: Record<string, Form> = {
  execve: {
    path: "path",
    env: true,
    call: (path, argv, env) => `execve(${path}, ${argv}, ${env})`,
  },
  execv: {
    path: "path",
    env: false,
    call: (path, argv) => `execv(${path}, ${argv})`,
  },
  execvp: {
    path: "file",
    env: false,
    call: (path, argv) => `execvp(${path}, ${argv})`,
  },
  execvpe: {
    path: "file",
    env: true,
    call: (path, argv, env) => `execvpe(${path}, ${argv}, ${env})`,
  },
  execl: {
    path: "path",
    listed: true,
    env: false,
    call: (path, argv) => `execl(${path}, ...${argv})`,
  },
  execle: {
    path: "path",
    listed: true,
    env: true,
    call: (path, argv, env) => `execle(${path}, ...${argv}, ${env})`,
  },
  execlp: {
    path: "file",
    listed: true,
    env: false,
    call: (path, argv) => `execlp(${path}, ...${argv})`,
  },
  execveat: {
    path: "path",
    env: true,
    call: (path, argv, env) => `execveat(AT_FDCWD, ${path}, ${argv}, ${env})`,
  },
  fexecve: {
    env: true,
    call: (_, argv, env) => `fexecve(0, ${argv}, ${env})`,
  },
};

const PATH = '"/bin/true"';
const ARGV = '["true"]';
const ENV = "{}";

/** What is wrong by what stands in a path's place; {} stands for its name. */
const PATHS: Record<string, string> = {
  '"a\\0b"': "{} to the kernel: it contains a NUL byte at index 1",
  '"\\ud800"': "{} to the kernel: it contains a lone surrogate",
  "Uint8Array.of(0x2f, 0)": "{} to the kernel: it contains a NUL byte",
  "1": "{} to the kernel: it is a number",
  "null": "{} to the kernel: it is null",
  "undefined": "{} to the kernel: it is undefined",
  "['/bin/true']": "{} to the kernel: it is a value of type Array",
  'new URL("https://host/bin/true")': "{} to the kernel:",
  'new URL("file:///bin/a%00b")': "{} to the kernel: it contains a NUL byte",
};

/** The same for the arguments: those that an argument may be, and its list. */
const ARGUMENTS: Record<string, string> = {
  '["true", "a\\0"]': "argv[1] to the kernel: it contains a NUL byte",
  '["\\0"]': "argv[0] to the kernel: it contains a NUL byte",
  '["true", "a", "\\udc00"]': "argv[2] to the kernel: it contains a lone",
  '["true", 1]': "argv[1] to the kernel: it is a number",
  '["true", null]': "argv[1] to the kernel: it is null",
  '["true", undefined, "a"]': "argv[1] to the kernel: it is undefined",
  '["true", ["a"]]': "argv[1] to the kernel: it is a value of type Array",
  '["true", Uint8Array.of(1, 0)]': "argv[1] to the kernel: it contains a NUL",
  '["true", new ArrayBuffer(1)]': "argv[1] to the kernel: it is a value of",
  "[]": "argv to the kernel: it is empty",
};
const LISTS: Record<string, string> = {
  '["true", , "a"]': "argv[1] to the kernel: it is undefined",
  '"true"': "argv to the kernel: it is a string",
  "undefined": "argv to the kernel: it is undefined",
  "null": "argv to the kernel: it is null",
  '{ 0: "true", length: 1 }': "argv to the kernel: it is a value of type",
  'new Set(["true"])': "argv to the kernel: it is a value of type Set",
};

const ENVIRONMENTS: Record<string, string> = {
  '{ "A=B": "1" }': 'env to the kernel: the key "A=B" contains "="',
  '{ "": "1" }': "env to the kernel: it has an empty key",
  '{ "A\\0": "1" }': 'the key "A\\u0000" of env to the kernel: it contains a',
  '{ "\\ud800": "1" }': 'the key "\\ud800" of env to the kernel: it contains',
  '{ A: "1", B: "\\0" }': 'env["B"] to the kernel: it contains a NUL byte',
  '{ A: "\\ud800" }': 'env["A"] to the kernel: it contains a lone surrogate',
  "{ A: 1 }": 'env["A"] to the kernel: it is a number',
  "{ A: undefined }": 'env["A"] to the kernel: it is undefined',
  "{ A: null }": 'env["A"] to the kernel: it is null',
  '["A=1", "B=\\0"]': "env[1] to the kernel: it contains a NUL byte",
  '["A=1", 2]': "env[1] to the kernel: it is a number",
  "null": "env to the kernel: it is null",
  "undefined": "env to the kernel: it is undefined",
  '"A=1"': "env to the kernel: it is a string",
  'new Map([["A", "1"]])': "env to the kernel: it is a value of type Map",
};

/** The calls that a function refuses, with the beginning of why. */
function refusals({ call, path, listed, env }: Form): [string, string][] {
  const paths = path === undefined ? [] : Object.entries(PATHS).map(
    ([bad, why]) => [call(bad, ARGV, ENV), why.replace("{}", path)] as const,
  );
  const argvs = Object.entries(listed ? ARGUMENTS : { ...ARGUMENTS, ...LISTS })
    .map(([bad, why]) => [call(PATH, bad, ENV), why] as const);
  const envs = Object.entries(env ? ENVIRONMENTS : {})
    .map(([bad, why]) => [call(PATH, ARGV, bad), why] as const);
  return [...paths, ...argvs, ...envs].map(([call, why]) => [
    call,
    `TypeError: Cannot pass ${why}`,
  ]);
}

for (const [name, form] of Object.entries(FORMS)) {
  Deno.test(`${name}() refuses bad input before any system call, and says which`, () => {
    const expected = refusals(form);
    const good = form.call(PATH, ARGV, ENV);
    const found = failures([...expected.map(([call]) => call), good], {
      flags: ["--no-prompt"],
    });
    const actual = found.map(({ call, type, message }, index) => [
      call,
      `${type}: ${message}`.slice(0, expected[index]?.[1].length),
    ]);
    const [lastCall, last] = actual.pop()!;
    assertEquals(actual, expected);
    // What is good gets as far as libc, for which there is no permission.
    assertEquals(lastCall, good);
    assertEquals(last?.split(":")[0], "NotCapable");
  });
}
