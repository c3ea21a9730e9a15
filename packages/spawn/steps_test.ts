// That every step which can fail says so: which it was, on what, and why.

import { assertEquals } from "@std/assert";
import { answerOf } from "./_testing_child.ts";

/** How steps fail: what `syscall` is, the message, and `path` if there is one. */
type Failures = Record<
  string,
  [syscall: string, message: string, path?: string]
>;

/** Makes children whose last step fails, and looks for what is left of them. */
function failuresOf(programs: readonly string[], setup = "") {
  const { failures, descriptors, left } = answerOf(`
    ${setup}
    const programs = {${
    programs.map((it) => `${JSON.stringify(it)}: () => [${it}]`).join()
  }};
    const before = Object.keys(descriptors("self"));
    const failures = Object.entries(programs).map(([text, steps]) => {
      const program = () => new ChildProgram().add(...steps(), exec("/bin/true", ["true"], {}));
      const { name, syscall, message, path } = attempt(() => {
        if (!text.includes("traceme")) return program().run();
        using child = program().startAtGate();
        child.open();
        child.executed();
      });
      return [text, name === "SystemError"
        ? [syscall, message, path].filter((it) => it !== undefined)
        : name + ": " + message];
    });
    // There is no child that was not waited for.
    const left = orErrno(c.waitid(0 /* P_ALL */, 0, null, 4 /* WEXITED */));
    answer({ failures, left, descriptors: [before, Object.keys(descriptors("self"))] });`);
  assertEquals(left, -10, "ECHILD");
  assertEquals(descriptors[1], descriptors[0]);
  return Object.fromEntries(failures);
}

const DENIED = "Operation not permitted: EPERM";

const ALWAYS: Failures = {
  'chdir("/nope")': [
    "chdir",
    'Cannot change to the directory "/nope": No such file or directory: ENOENT',
    "/nope",
  ],
  'chdir("/dev/null")': [
    "chdir",
    'Cannot change to the directory "/dev/null": Not a directory: ENOTDIR',
    "/dev/null",
  ],
  "fchdir(999)": [
    "fchdir",
    "Cannot change to the directory of descriptor 999: Bad file descriptor: EBADF",
  ],
  'chroot("/nope")': [
    "chroot",
    'Cannot make "/nope" the root: No such file or directory: ENOENT',
    "/nope",
  ],
  "setsid(), setsid()": ["setsid", `Cannot begin a session: ${DENIED}`],
  "setsid(), setpgid(0)": [
    "setpgid",
    `Cannot begin a process group: ${DENIED}`,
  ],
  "setpgid(2 ** 31 - 1)": [
    "setpgid",
    `Cannot join process group 2147483647: ${DENIED}`,
  ],
  "controllingTerminal(999)": [
    "controllingTerminal",
    "Cannot control the terminal of descriptor 999: Bad file descriptor: EBADF",
  ],
  "foreground(999)": [
    "foreground",
    "Cannot come to the foreground of descriptor 999: Bad file descriptor: EBADF",
  ],
  "setrlimit(99, { soft: 0n, hard: 2n ** 64n - 1n })": [
    "setrlimit",
    "Cannot set the limit 99 to 0:unlimited: Invalid argument: EINVAL",
  ],
  "setrlimit(7, { soft: 2n, hard: 1n })": [
    "setrlimit",
    'Cannot set the limit "nofile" to 2:1: Invalid argument: EINVAL',
  ],
  "affinity([8000, 8191])": [
    "affinity",
    "Cannot run on processors 8000, 8191: Invalid argument: EINVAL",
  ],
  "unshare(1)": [
    "unshare",
    "Cannot leave namespaces: Invalid argument: EINVAL",
  ],
  "dup(999, 1)": [
    "dup",
    "Cannot copy descriptor 999 to 1: Bad file descriptor: EBADF",
  ],
  "dupAll({ 3: 1, 4: 999, 5: 2 })": [
    "dup",
    "Cannot copy descriptor 999 to 4: Bad file descriptor: EBADF",
  ],
  'open(1, "/nope", 0)': [
    "open",
    'Cannot open "/nope" as descriptor 1: No such file or directory: ENOENT',
    "/nope",
  ],
  'open(2 ** 31 - 1, "/dev/null", 0)': [
    "open",
    'Cannot open "/dev/null" as descriptor 2147483647: Bad file descriptor: EBADF',
    "/dev/null",
  ],
  'signalIgnore(["SIGTERM", "SIGKILL"])': [
    "signalIgnore",
    "Cannot ignore SIGKILL: Invalid argument: EINVAL",
  ],
  'signalDefault(["SIGTERM", "SIGSTOP"])': [
    "signalDefault",
    "Cannot give SIGSTOP the default effect: Invalid argument: EINVAL",
  ],
  "noNewPrivileges(), seccomp(new Uint8Array(8))": [
    "seccomp",
    "Cannot put in a filter of system calls: Invalid argument: EINVAL",
  ],
  "traceme(), traceme()": ["traceme", `Cannot be traced: ${DENIED}`],
  'syscall("close", 999)': [
    "close",
    "Cannot call close: Bad file descriptor: EBADF",
  ],
};

/** What only an ordinary user is not permitted. */
const ORDINARY: Failures = {
  'chroot("/")': ["chroot", `Cannot make "/" the root: ${DENIED}`, "/"],
  "setgroups([])": ["setgroups", `Cannot drop the groups: ${DENIED}`],
  "setgroups([1, 2])": [
    "setgroups",
    `Cannot set the groups to 1, 2: ${DENIED}`,
  ],
  "setgid(0)": ["setgid", `Cannot become group 0: ${DENIED}`],
  "setuid(0)": ["setuid", `Cannot become user 0: ${DENIED}`],
  "nice(-20)": [
    "nice",
    "Cannot set the nice value to -20: Permission denied: EACCES",
  ],
  "setrlimit(4, { soft: 0n, hard: 0n }), setrlimit(4, { soft: 0n, hard: 1n })":
    ["setrlimit", `Cannot set the limit "core" to 0:1: ${DENIED}`],
  "seccomp(new Uint8Array(8))": [
    "seccomp",
    "Cannot put in a filter of system calls: Permission denied: EACCES",
  ],
  "unshare(0x20000)": ["unshare", `Cannot leave namespaces: ${DENIED}`],
};

Deno.test("each step that fails says which it is, on what, and why", () => {
  assertEquals(failuresOf(Object.keys(ALWAYS)), ALWAYS);
});

Deno.test("each step that an ordinary user may not take says so", () => {
  assertEquals(
    failuresOf(Object.keys(ORDINARY), "becomeOrdinary();"),
    ORDINARY,
  );
});
