import { assert, assertEquals, assertMatch } from "@std/assert";
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
