import { assert, assertEquals, assertMatch } from "@std/assert";
import { RESOURCES } from "@procctl/rlimit";
import { root, testWith } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

Deno.test("setsid() makes the child lead a session and a group, without a terminal", () => {
  const { pid, parent, self } = answerOf(`
    const self = stat("self");
    answer(inspect((pid) => ({ pid, self, parent: stat(pid) }), setsid()));`);
  assertEquals(parent.session, pid);
  assertEquals(parent.group, pid);
  assertEquals(parent.terminal, 0);
  assert(self.session !== pid);
});

Deno.test("setpgid() makes a group, or joins one of the session", () => {
  const [self, first, second, pid] = answerOf(`
    answer(inspect((pid) => inspect(
      (other) => [stat("self"), stat(pid), stat(other), pid], setpgid(pid),
    ), setpgid(0)));`);
  assertEquals(first.group, pid);
  assertEquals(second.group, pid);
  assertEquals(first.session, self.session);
  assert(self.group !== pid);
});

Deno.test("setpgid() fails with EPERM for the group of another session", () => {
  const [failure, pid] = answerOf(`
    answer(inspect((pid) => [
      attempt(() => inspect(() => "joined", setpgid(pid))), pid,
    ], setsid()));`);
  assertEquals(
    failure.message,
    `Cannot join process group ${pid}: Operation not permitted: EPERM`,
  );
  assertEquals(failure.syscall, "setpgid");
});

/** Makes a terminal: `master`, and the path of the other side, `terminal`. */
const TERMINAL = `
  const pty = lazySymbols({
    posix_openpt: { parameters: ["i32"], result: "i32" },
    grantpt: { parameters: ["i32"], result: "i32" },
    unlockpt: { parameters: ["i32"], result: "i32" },
    ptsname_r: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  });
  const master = pty.posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  pty.grantpt(master);
  pty.unlockpt(master);
  const name = new Uint8Array(64);
  pty.ptsname_r(master, name, 64n);
  const terminal = new TextDecoder().decode(name.subarray(0, name.indexOf(0)));
`;

Deno.test("controllingTerminal() gives the child's session its terminal", () => {
  const [before, found, output] = answerOf(
    TERMINAL + `
      const steps = [setsid(), open(9, terminal, O_RDWR | O_NOCTTY), controllingTerminal(9)];
      answer([
        stat("self"),
        inspect((pid) => ({ pid, ...stat(pid) }), ...steps),
        printed("exec 3<>/dev/tty && readlink /proc/self/fd/9", ...steps),
      ]);`,
  );
  assert(found.terminal !== 0 && found.terminal !== before.terminal);
  assertEquals(found.session, found.pid);
  assertMatch(output, /^\/dev\/pts\/\d+$/);
});

Deno.test("foreground() brings the child's group to the foreground of its terminal", () => {
  const [pid, before, during] = answerOf(
    TERMINAL + `
      // The program itself leads a session that has the terminal.
      const { setsid: lead } = lazySymbols({ setsid: { parameters: [], result: "i32" } });
      lead();
      const fd = openFile(terminal, O_RDWR);
      const before = stat("self").foreground;
      answer(inspect((pid) => [pid, before, stat("self").foreground], setpgid(0), foreground(fd)));`,
  );
  assertEquals(during, pid);
  assert(before !== pid);
});

Deno.test("foreground() fails with ENOTTY without a controlling terminal", () => {
  const failure = answerOf(
    TERMINAL + `
      const steps = [setsid(), open(9, terminal, O_RDWR | O_NOCTTY), foreground(9)];
      answer(attempt(() => inspect(() => "done", ...steps)));`,
  );
  assertEquals(
    failure.message,
    "Cannot come to the foreground of descriptor 9: Inappropriate ioctl for device: ENOTTY",
  );
  assertEquals(failure.syscall, "foreground");
});

Deno.test("spawn() with session, terminal and foreground starts what a shell would", () => {
  const [found, own] = answerOf(
    TERMINAL + `
      const fd = openFile(terminal, O_RDWR | O_NOCTTY);
      const options = {
        session: true, processGroup: 0, controllingTerminal: fd, foreground: fd,
        stdin: fd, stdout: fd, stderr: fd,
      };
      const found = inspectWith(
        (pid) => ({ pid, ...stat(pid), fds: descriptors(pid) }), options,
      );
      answer([found, [terminal, stat("self").terminal]]);`,
  );
  const { pid } = found;
  assertEquals([found.session, found.group, found.foreground], [pid, pid, pid]);
  assertEquals(found.fds, { 0: own[0], 1: own[0], 2: own[0] });
  assert(found.terminal !== own[1]);
});

Deno.test("a step changes the child's umask, directory and nice value, not the caller's", () => {
  const [child, before, after] = answerOf(`
    const { getpriority } = lazySymbols({
      getpriority: { parameters: ["i32", "u32"], result: "i32" },
    });
    const look = (pid) => [
      field("/proc/" + pid + "/status", "Umask"),
      link("/proc/" + pid + "/cwd"),
      getpriority(0, pid === "self" ? 0 : pid),
    ];
    const before = look("self");
    const child = inspect(look, umask(0o123), chdir("/proc"), nice(19));
    answer([child, before, look("self")]);`);
  assertEquals(child, ["0123", "/proc", 19]);
  assertEquals(after, before);
});

Deno.test("fchdir() changes to a directory that is open", () => {
  const output = answerOf(`
    answer(printed("pwd -P", open(9, "/usr/bin", O_RDONLY | O_DIRECTORY), fchdir(9)));`);
  assertEquals(output, "/usr/bin");
});

testWith(
  "chroot() changes the root, by which the program is found",
  [root],
  () => {
    const found = answerOf(`
    const folder = link("/proc/self/cwd");
    // A program that needs nothing from outside.
    writeFile("program", readFile(sleeper), 0o755);
    const child = new ChildProgram()
      .add(chroot(folder), chdir("/"), exec("/program", ["x"], {})).start();
    asleep(child.pid);
    const found = [link("/proc/" + child.pid + "/root"), link("/proc/" + child.pid + "/cwd")];
    end(child);
    answer([folder, ...found, link("/proc/self/root")]);`);
    assertEquals(found.slice(1), [found[0], found[0], "/"]);
  },
);

Deno.test("setrlimit() sets the limits of each resource in the child alone", () => {
  const [child, before, after] = answerOf(`
    const { getAllLimits, RESOURCES, prlimit64 } = await import("@procctl/rlimit");
    const before = getAllLimits();
    const lower = Object.entries(RESOURCES).map(([name, { number }]) => {
      const { soft, hard } = prlimit64(0, number);
      // Of the stack and all memory, a program needs some.
      const least = ["as", "data", "stack"].includes(name) ? 1n << 26n : 1n;
      return setrlimit(number, { soft: soft < least ? soft : least, hard: hard });
    });
    answer([inspect((pid) => getAllLimits(pid), ...lower), before, getAllLimits()]);`);
  assertEquals(after, before);
  const names = Object.keys(RESOURCES);
  assertEquals(Object.keys(child).sort(), names.sort());
  for (const name of names) {
    const { soft, hard } = before[name];
    const least = ["as", "data", "stack"].includes(name) ? 2 ** 26 : 1;
    assertEquals(child[name], {
      soft: soft === null ? least : Math.min(soft, least),
      hard,
    }, name);
  }
});

Deno.test("affinity() leaves the child the processors that it names", () => {
  const [child, before, after] = answerOf(`
    const allowed = (pid) => field("/proc/" + pid + "/status", "Cpus_allowed_list");
    const before = allowed("self");
    const first = Number(/\\d+/.exec(before)[0]);
    answer([[inspect(allowed, affinity([first, 8191])), first], before, allowed("self")]);`);
  assertEquals(child[0], `${child[1]}`);
  assertEquals(after, before);
});

Deno.test("fixedAddresses() gives each run the same addresses, and keeps the rest", () => {
  const [stacks, personality] = answerOf(`
    const UNAME26 = 0x20000;
    const { personality } = lazySymbols({
      personality: { parameters: ["u64"], result: "i32" },
    });
    const step = fixedAddresses();
    personality(BigInt(UNAME26));
    const maps = () => inspect((pid) =>
      /^(\\S+) .*\\[stack\\]$/m.exec(text("/proc/" + pid + "/maps"))[1], step);
    const child = inspect((pid) => text("/proc/" + pid + "/personality").trim(), step);
    answer([[maps(), maps()], child]);`);
  assertEquals(stacks[0], stacks[1]);
  assertEquals(personality, "00060000");
});

testWith("unshare() leaves the namespaces that it names", [root], () => {
  const [child, self] = answerOf(`
    const CLONE_NEWUTS = 0x4000000;
    const namespaces = (pid) => ["uts", "ipc"].map((it) => link("/proc/" + pid + "/ns/" + it));
    answer([inspect(namespaces, unshare(CLONE_NEWUTS)), namespaces("self")]);`);
  assert(child[0] !== self[0]);
  assertEquals(child[1], self[1]);
});

Deno.test("syscall() makes any other system call, with numbers and bytes", () => {
  const found = answerOf(`
    const path = new TextEncoder().encode("made\\0");
    const step = syscall("mkdirat", -100 /* AT_FDCWD */, path, 0o700n);
    // It has its own copy of the bytes.
    path.fill(0x78);
    const PR_SET_TIMERSLACK = 29;
    const slack = syscall("prctl", PR_SET_TIMERSLACK, 2n ** 40n);
    answer([printed("exec cat /proc/self/timerslack_ns", step, slack), exists("made")]);`);
  assertEquals(found, [`${2 ** 40}`, true]);
});
