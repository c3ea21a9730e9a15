// What spawn() and the steps refuse, shown in children that have no permission
// at all: so nothing was asked of libc, which would be NotCapable.

import { assertEquals } from "@std/assert";
import { runDeno } from "@procctl/testing";

/** What each call throws, by its source. */
function thrown(calls: readonly string[]): Record<string, string> {
  const attempts = calls.map((call) =>
    `[${JSON.stringify(call)}, attempt(() => ${call})]`
  );
  const { stdout, stderr } = runDeno(
    `
      import { runSync, spawn } from "@procctl/spawn";
      import * as steps from "@procctl/spawn/steps";
      function attempt(fn) {
        try {
          fn();
          return "nothing";
        } catch (error) {
          return error.name + ": " + error.message;
        }
      }
      const result = [${attempts.join()}];
      console.log(JSON.stringify(Object.fromEntries(result)));`,
    { flags: ["--no-prompt"] },
  );
  assertEquals(stderr, "");
  return JSON.parse(stdout);
}

/** Asserts that each call throws an error that begins so. */
function assertRefused(expected: Record<string, string>): void {
  const found = Object.entries(thrown(Object.keys(expected)));
  assertEquals(
    Object.fromEntries(
      found.map(([call, error]) => [
        call,
        error.slice(0, expected[call]!.length),
      ]),
    ),
    expected,
  );
}

/** Whether a file is a FIFO is looked at only when all else is good. */
const FILE = '{ path: "/dev/null", access: "read" }';

const OPTIONS: Record<string, string> = {
  'args: "x"': "TypeError: Cannot pass args to the kernel: it is a string",
  'args: ["a", "\\0"]': "TypeError: Cannot pass args[1] to the kernel",
  'args: ["\\ud800"]': "TypeError: Cannot pass args[0] to the kernel",
  'argv0: "\\0"': "TypeError: Cannot pass argv0 to the kernel",
  'env: { "A=": "" }': "TypeError: Cannot pass env to the kernel",
  "env: { A: 1 }": 'TypeError: Cannot pass env["A"] to the kernel',
  'cwd: "\\0"': "TypeError: Cannot pass cwd to the kernel",
  "umask: 0o1000":
    "RangeError: Cannot set umask to 512: expected an integer from 0 to 511",
  "closeFrom: 2": "RangeError: Cannot set closeFrom to 2",
  'sigpipe: "no"': 'TypeError: Cannot set sigpipe to "no"',
  "limits: { nofil: 1 }": "TypeError: ",
  "limits: { nofile: -1 }": "RangeError: ",
  'stdin: "pipe"':
    'TypeError: Cannot use "pipe" as stdin: expected "inherit", "null", "piped", a descriptor or a file',
  "stdout: -1": "RangeError: Cannot use -1 as stdout: not a descriptor",
  "stderr: 1.5": "RangeError: Cannot use 1.5 as stderr: not a descriptor",
  "stderr: 2 ** 31": "RangeError: Cannot use 2147483648 as stderr",
  "stdin: null": "TypeError: Cannot use null as stdin",
  'stdin: { path: "x" }':
    "TypeError: Cannot open a file as stdin with access undefined",
  'stdin: { path: "\\0", access: "read" }':
    "TypeError: Cannot pass stdin.path to the kernel",
  'fds: { 2: "null" }':
    'RangeError: Cannot use "2" as a key of fds: expected a descriptor from 3 on',
  'fds: { "03": "null" }': 'RangeError: Cannot use "03" as a key of fds',
  'fds: { "-3": "null" }': 'RangeError: Cannot use "-3" as a key of fds',
  'fds: { x: "null" }': 'RangeError: Cannot use "x" as a key of fds',
  'fds: { 2147483648: "null" }':
    'RangeError: Cannot use "2147483648" as a key of fds',
  'fds: { 3: "null", 4: "file" }': 'TypeError: Cannot use "file" as fds[4]',
  "fds: { 5: -2 }": "RangeError: Cannot use -2 as fds[5]: not a descriptor",
  "uid: -1":
    "RangeError: Cannot use -1 as uid: expected an integer from 0 to 4294967294",
  "uid: 2 ** 32 - 1": "RangeError: Cannot use 4294967295 as uid",
  'uid: "0"': "RangeError: Cannot use 0 as uid",
  "gid: 0.5": "RangeError: Cannot use 0.5 as gid",
  "groups: [0, -1]": "RangeError: Cannot use -1 as groups[1]",
  "groups: [0, , 1]": "RangeError: Cannot use undefined as groups[1]",
  'groups: "all"': 'TypeError: Cannot use "all" as groups: expected a list',
  'groups: [], namespaces: ["user"]':
    "TypeError: Cannot set groups in a new user namespace",
  "nice: 20":
    "RangeError: Cannot use 20 as nice: expected an integer from -20 to 19",
  "affinity: []": "TypeError: Cannot use affinity: it names no processor",
  "affinity: [0, 8192]": "RangeError: Cannot use 8192 as affinity[1]",
  "affinity: [0, , 1]": "RangeError: Cannot use undefined as affinity[1]",
  "affinity: 0": "TypeError: Cannot use 0 as affinity: expected a list",
  "processGroup: -1": "RangeError: Cannot use -1 as group",
  "controllingTerminal: -1": "RangeError: Cannot use -1 as fd",
  "foreground: NaN": "RangeError: Cannot use NaN as fd",
  'deathSignal: "SIGNOPE"': 'TypeError: Cannot find a signal named "SIGNOPE"',
  'signals: { mask: ["TERM"] }': 'TypeError: Cannot find a signal named "TERM"',
  'signals: { default: ["SIGRTMIN+40"] }':
    'TypeError: Cannot find a signal named "SIGRTMIN+40"',
  'signals: { ignore: "SIGHUP" }':
    'TypeError: Cannot use "SIGHUP" as signals: expected a list',
  "seccomp: new Uint8Array(7)":
    "RangeError: Cannot use 0.875 as the number of instructions",
  "seccomp: new Uint8Array()":
    "RangeError: Cannot use 0 as the number of instructions",
  "seccomp: [6, 0, 0, 0, 0, 0, 0, 0]":
    "TypeError: Cannot use what is not a Uint8Array as a filter",
  'namespaces: ["net"]':
    'TypeError: Cannot use "net" as a namespace: expected "mount", "cgroup", "uts", "ipc", "user", "pid", "network"',
  'namespaces: "user"':
    'TypeError: Cannot use "user" as namespaces: expected a list',
  'searchPath: "both"':
    'TypeError: Cannot set searchPath to "both": expected "parent" or "child"',
};

Deno.test("spawn() and runSync() refuse bad options before any system call, and say which", () => {
  const calls = Object.entries(OPTIONS).map(([option, error]) => [
    `spawn("true", { stdin: ${FILE}, ${option} })`,
    error,
  ]);
  assertRefused({
    ...Object.fromEntries(calls),
    'spawn("a\\0")': "TypeError: Cannot pass command to the kernel",
    "spawn(1)": "TypeError: Cannot pass command to the kernel",
    'runSync("true", { uid: -1 })': "RangeError: Cannot use -1 as uid",
    // What is good gets as far as libc, for which there is no permission.
    'spawn("true")': "NotCapable: ",
    [`spawn("true", { stdin: ${FILE} })`]: "NotCapable: ",
  });
});

Deno.test("the steps refuse bad input when they are made, and say which", () => {
  assertRefused({
    "steps.dup(-1, 1)": "RangeError: Cannot use -1 as source",
    "steps.dup(1, 2 ** 31)": "RangeError: Cannot use 2147483648 as target",
    "steps.dupAll({ x: 1 })": "RangeError: Cannot use NaN as target",
    "steps.dupAll({ 1: -1 })": "RangeError: Cannot use -1 as source",
    'steps.open(1, "\\0", 0)': "TypeError: Cannot pass path to the kernel",
    'steps.open(1, "x", -1)': "RangeError: Cannot use -1 as flags",
    'steps.open(1, "x", 0, 0o10000)': "RangeError: Cannot use 4096 as mode",
    "steps.close(-1)": "RangeError: Cannot use -1 as fd",
    "steps.closeFrom(-1)": "RangeError: Cannot use -1 as first",
    "steps.closeFrom(3, [-1])": "RangeError: Cannot use -1 as keep[0]",
    "steps.closeFrom(3, 4)": "TypeError: Cannot use 4 as keep: expected a list",
    "steps.inherit(0.5)": "RangeError: Cannot use 0.5 as fd",
    "steps.setpgid(-1)": "RangeError: Cannot use -1 as group",
    "steps.umask(-1)": "RangeError: Cannot use -1 as umask",
    'steps.chdir("\\0")': "TypeError: Cannot pass path to the kernel",
    "steps.chroot(1)": "TypeError: Cannot pass path to the kernel",
    "steps.fchdir(-100)": "RangeError: Cannot use -100 as fd",
    "steps.setrlimit(0.5, { soft: 0n, hard: 0n })":
      "RangeError: Cannot use 0.5 as resource",
    "steps.setrlimit(7, { soft: -1n, hard: 0n })":
      "RangeError: Cannot use -1 as soft",
    "steps.setrlimit(7, { soft: 0n, hard: 2n ** 64n })":
      "RangeError: Cannot use 18446744073709551616 as hard",
    "steps.unshare(-1)": "RangeError: Cannot use -1 as flags",
    "steps.seccomp(new Uint8Array(8), -1)":
      "RangeError: Cannot use -1 as flags",
    'steps.syscall("nonsense")':
      'TypeError: Cannot call "nonsense": there is no such system call',
    'steps.syscall("close", 1, 2, 3, 4, 5, 6, 7)':
      'TypeError: Cannot call "close" with 7 arguments: six is the most',
    'steps.syscall("close", 0.5)':
      "RangeError: Cannot use 0.5 as argument 0 of close: expected an integer of 64 bits",
    'steps.syscall("close", 1, 2n ** 64n)':
      "RangeError: Cannot use 18446744073709551616 as argument 1 of close",
    'steps.syscall("close", "1")':
      'TypeError: Cannot use "1" as argument 0 of close: expected a number or bytes',
    'steps.exec("\\0", ["x"], {})': "TypeError: Cannot pass path to the kernel",
    'steps.exec("x", [], {})': "TypeError: Cannot pass argv to the kernel",
    'steps.exec("x", ["x"], { "": "" })':
      "TypeError: Cannot pass env to the kernel",
    // What is good is made without any system call.
    'steps.open(1, "x", 0)': "nothing",
    "steps.fixedAddresses()": "nothing",
    'steps.deathSignal("SIGHUP")': "nothing",
    'steps.syscall("close", -1, -(2n ** 63n), 2n ** 64n - 1n)': "nothing",
    'steps.exec("x", ["x"], {})': "nothing",
  });
});
