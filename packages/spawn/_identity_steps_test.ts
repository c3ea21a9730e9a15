import { assertEquals, assertMatch } from "@std/assert";
import { js, NOBODY, root, testWith } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

/** Who a process is: its users, groups and supplementary groups. */
const IDENTITY = `
  const identity = (pid) => ["Uid", "Gid", "Groups"].map((name) =>
    field("/proc/" + pid + "/status", name).split(/\\s+/).filter((it) => it).map(Number)
  );
`;
const all = (id: number) => [id, id, id, id];

testWith(
  "setgroups(), setgid() and setuid() make the child exactly who they say",
  [root],
  () => {
    const [child, before, after] = answerOf(
      IDENTITY + `
      const before = identity("self");
      const child = inspect(identity, setgroups([7, 2 ** 32 - 2, 8]), setgid(65533), setuid(65534));
      answer([child, before, identity("self")]);`,
    );
    assertEquals(child, [all(NOBODY), all(65533), [7, 8, 2 ** 32 - 2]]);
    assertEquals(after, before);
  },
);

testWith("setgroups() drops all groups with an empty list", [root], () => {
  const [child, kept] = answerOf(
    IDENTITY + `
      const { setgroups: set } = lazySymbols({
        setgroups: { parameters: ["usize", "buffer"], result: "i32" },
      });
      set(2n, new Uint32Array([7, 8]));
      answer([inspect(identity, setgroups([])), inspect(identity, setsid())]
        .map(([, , groups]) => groups));`,
  );
  assertEquals(child, []);
  assertEquals(kept, [7, 8]);
});

testWith("setuid() in a child changes no thread of its parent", [root], () => {
  const identities = answerOf(
    IDENTITY + `
      inspect(() => 0, setgroups([]), setgid(65534), setuid(65534));
      answer(readDirectory("/proc/self/task").map((name) =>
        identity("self/task/" + new TextDecoder().decode(name))[0]
      ));`,
  );
  for (const users of identities) assertEquals(users, all(0));
});

testWith(
  "a child that changes its user leaves its parent as open to others as it was",
  [root],
  () => {
    const dumpable = answerOf(`
    const PR_GET_DUMPABLE = 3, PR_SET_DUMPABLE = 4;
    const dumpable = () => c.prctl(PR_GET_DUMPABLE, 0n, 0n, 0n, 0n);
    const become = () => inspect(() => 0, setgid(65534), setuid(65534));
    const fail = () => attempt(() => inspect(() => 0, setuid(65534), chdir("/nope")));
    const found = [dumpable(), (become(), dumpable()), (fail(), dumpable())];
    c.prctl(PR_SET_DUMPABLE, 0n, 0n, 0n, 0n);
    answer([...found, (become(), dumpable())]);`);
    assertEquals(dumpable, [1, 1, 1, 0]);
  },
);

testWith(
  "no other child opens a parent to one that is between its gate and its exec",
  [root],
  () => {
    const dumpable = answerOf(`
    const PR_GET_DUMPABLE = 3;
    const dumpable = () => c.prctl(PR_GET_DUMPABLE, 0n, 0n, 0n, 0n);
    // It waits for a byte when it has changed its user.
    const pipe = new Int32Array(2);
    lazySymbols({ pipe2: { parameters: ["buffer", "i32"], result: "i32" } })
      .pipe2(pipe, O_CLOEXEC);
    const child = new ChildProgram()
      .add(setuid(65534), syscall("read", pipe[0], new Uint8Array(1), 1))
      .add(exec("/bin/true", ["true"], {})).startAtGate();
    const found = [dumpable()];
    child.open();
    while (dumpable() === 1);
    found.push(dumpable());
    inspect(() => 0, chdir("/"));
    inspect(() => 0, setuid(65534));
    const other = new ChildProgram().add(exec("/bin/true", ["true"], {})).startAtGate();
    other.open();
    other.executed();
    found.push(dumpable());
    lazySymbols({ write: { parameters: ["i32", "buffer", "usize"], result: "i32" } })
      .write(pipe[1], new Uint8Array(1), 1n);
    child.executed();
    found.push(dumpable());
    answer(found);`);
    assertEquals(dumpable, [1, 0, 0, 1]);
  },
);

testWith("deathSignal() is in force after setuid() if it comes after it", [
  root,
], () => {
  const signals = answerOf(`
    const signalAfter = (...steps) => {
      const fd = memory("told");
      new ChildProgram().add(dup(fd, 1), ...steps, exec(teller, ["x"], {})).run();
      return told(fd);
    };
    const [death, user] = [deathSignal("SIGTERM"), setuid(65534)];
    answer([signalAfter(user, death), signalAfter(death, user), signalAfter(death), signalAfter()]);`);
  const SIGTERM = 15;
  assertEquals(signals, [SIGTERM, 0, SIGTERM, 0]);
});

Deno.test("noNewPrivileges() gives up new privileges, in the child alone", () => {
  const found = answerOf(`
    const flag = (pid) => field("/proc/" + pid + "/status", "NoNewPrivs");
    answer([inspect(flag, noNewPrivileges()), inspect(flag), flag("self")]);`);
  assertEquals(found, ["1", "0", "0"]);
});

/** Defines allowing(): a filter that kills what calls anything but some calls. */
const FILTERS = js`
  const { syscallNumber } = await import("@procctl/syscalls");
  function allowing(names, otherwise = 0x80000000 /* SECCOMP_RET_KILL_PROCESS */) {
    // struct sock_filter: code, where to go on if true, if not, a constant
    const instructions = [
      [0x20, 0, 0, 0], // load the number of the system call
      ...names.map((name, i) =>
        [0x15, names.length - i, 0, syscallNumber(name, ${Deno.build.arch})]
      ),
      [0x06, 0, 0, otherwise],
      [0x06, 0, 0, 0x7fff0000], // return SECCOMP_RET_ALLOW
    ];
    const filter = new DataView(new ArrayBuffer(8 * instructions.length));
    instructions.forEach(([code, ifTrue, ifFalse, constant], index) => {
      filter.setUint16(8 * index, code, true);
      filter.setUint8(8 * index + 2, ifTrue);
      filter.setUint8(8 * index + 3, ifFalse);
      filter.setUint32(8 * index + 4, constant, true);
    });
    return new Uint8Array(filter.buffer);
  }
  const EPERM = 0x50001; // SECCOMP_RET_ERRNO
`;

Deno.test("seccomp() allows the child no call that its filter does not, before or after the exec", () => {
  const [runs, chdirFails, dies, mine] = answerOf(
    FILTERS + `
      const sleeps = allowing(["execve", "ppoll"]);
      const filtered = (pid) => field("/proc/" + pid + "/status", "Seccomp");
      const noChdir = allowing(["execve", "exit_group"], EPERM);
      const none = allowing(["ppoll"]);
      answer([
        inspect(filtered, noNewPrivileges(), seccomp(sleeps)),
        attempt(() => inspect(() => 0, noNewPrivileges(), seccomp(noChdir), chdir("/"))),
        new ChildProgram().add(noNewPrivileges(), seccomp(none))
          .add(exec(sleeper, ["x"], {})).run().signal,
        filtered("self"),
      ]);`,
  );
  assertEquals(runs, "2");
  assertEquals(
    chdirFails.message,
    'Cannot change to the directory "/": Operation not permitted: EPERM',
  );
  assertEquals(dies, "SIGSYS");
  assertEquals(mine, "0");
});

Deno.test("a filter needs to allow nothing but execve(2) of what starts a child", () => {
  const found = answerOf(
    FILTERS + js`
      const filter = allowing(["execve", "ppoll"]);
      const all = {
        umask: 0, cwd: "/", closeFrom: 3, nice: 19, limits: { core: 0 },
        deathSignal: "SIGKILL", noNewPrivileges: true, seccomp: filter,
        signals: { default: ["SIGINT"], ignore: ["SIGHUP"] }, session: true,
      };
      const steps = [noNewPrivileges(), seccomp(filter), exec(sleeper, ["x"], {})];
      const gated = new ChildProgram().add(deathSignal("SIGTERM"), ...steps).startAtGate();
      gated.open();
      gated.executed();
      const children = [
        startWith({ noNewPrivileges: true, seccomp: filter }),
        startWith(all),
        gated,
      ];
      const found = children.map(({ pid }) => [
        stat(asleep(pid)).state, field("/proc/" + pid + "/status", "SigBlk"), link("/proc/" + pid + "/exe"),
      ]);
      children.forEach(end);
      answer([sleeper, ...found]);`,
  );
  const [path, ...children] = found;
  for (const [state, blocked, exe] of children) {
    assertMatch(state, /[SR]/);
    assertEquals(blocked, "0000000000000000");
    assertEquals(exe, path);
  }
});
