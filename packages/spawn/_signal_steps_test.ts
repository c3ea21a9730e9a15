import { assertEquals } from "@std/assert";
import { js, rounds } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

/** Defines what tests of signals use. */
const SIGNALS = js`
  const { syscallNumber } = await import("@procctl/syscalls");
  const signals = lazySymbols({
    action: {
      name: "syscall",
      parameters: ["i64", "i32", "buffer", "buffer", "i64"],
      result: "i64",
    },
    mask: {
      name: "syscall",
      parameters: ["i64", "i32", "buffer", "buffer", "i64"],
      result: "i64",
    },
    raise: { parameters: ["i32"], result: "i32" },
  });
  const numberOf = (name) => BigInt(syscallNumber(name, ${Deno.build.arch}));
  /** As signal(2), of libc's own signals too. */
  function handle(number, handler) {
    const action = new Uint8Array(32);
    action[0] = handler;
    signals.action(numberOf("rt_sigaction"), number, action, null, 8n);
  }
  const ignore = (number) => handle(number, 1 /* SIG_IGN */);
  function block(...numbers) {
    const mask = numbers.reduce((mask, it) => mask | (1n << BigInt(it - 1)), 0n);
    signals.mask(numberOf("rt_sigprocmask"), 2 /* SIG_SETMASK */, new BigUint64Array([mask]), null, 8n);
  }
  const status = (name) => (pid) => field("/proc/" + pid + "/status", name).replace(/^0+(?=.)/, "");
  const [SIGHUP, SIGINT, SIGQUIT, SIGUSR1, SIGUSR2] = [1, 2, 3, 10, 12];
  // nohup(1) or the "&" of a shell may have set these to be ignored.
  for (const it of [SIGHUP, SIGINT, SIGQUIT]) handle(it, 0 /* SIG_DFL */);
`;

Deno.test("a child ignores what its parent ignores, but for libc's own signals", () => {
  const [parent, child, kept, more, spawned] = answerOf(
    SIGNALS + `
      for (const number of [SIGHUP, 32, 40]) ignore(number);
      const ignored = status("SigIgn");
      answer([
        ignored("self"),
        inspect(ignored),
        inspect(ignored, signalDefault(["SIGPIPE", "SIGRTMIN+6"])),
        inspect(ignored, signalDefault(["SIGPIPE"]), signalIgnore(["SIGCHLD", "SIGRTMAX-0"])),
        inspectWith(ignored, {}),
      ]);`,
  );
  const [HUP, PIPE, CHLD, FORTY, LAST] = [0n, 12n, 16n, 39n, 63n].map((bit) =>
    1n << bit
  );
  const hex = (...bits: (bigint | undefined)[]) =>
    bits.reduce<bigint>((mask, bit) => mask | bit!, 0n).toString(16);
  const LIBC = 1n << 31n | 1n << 32n;
  assertEquals(
    (BigInt(`0x${parent}`) & ~LIBC).toString(16),
    hex(HUP, PIPE, FORTY),
  );
  assertEquals(child, hex(HUP, PIPE, FORTY));
  assertEquals(kept, hex(HUP));
  assertEquals(more, hex(HUP, FORTY, CHLD, LAST));
  assertEquals(spawned, hex(HUP, FORTY));
});

Deno.test("spawn() leaves no signal ignored that nobody asked for", () => {
  const found = answerOf(
    SIGNALS + `
      ignore(32);
      const sets = (pid) => ["SigIgn", "SigBlk", "SigCgt"].map((it) => status(it)(pid));
      const all = { default: ["SIGHUP"], ignore: ["SIGINT"], mask: ["SIGTERM", "SIGRTMIN"] };
      ignore(SIGHUP);
      answer([
        inspectWith(sets, { signals: { default: ["SIGHUP"] } }),
        inspectWith(sets, { sigpipe: "keep", signals: { default: ["SIGHUP"] } }),
        inspectWith(sets, { signals: all }),
        inspectWith(sets, { signals: { default: ["SIGHUP"], ignore: ["SIGHUP", "SIGPIPE"] } }),
      ]);`,
  );
  assertEquals(found, [
    ["0", "0", "0"],
    ["1000", "0", "0"],
    ["2", "200004000", "0"],
    ["1001", "0", "0"],
  ]);
});

Deno.test("a child has its parent's mask, or the one it is given, and none of its pending signals", () => {
  const [child, asked, none, pending, self] = answerOf(
    SIGNALS + `
      const blocked = status("SigBlk");
      block(SIGUSR2, 32, 33, 64);
      signals.raise(SIGUSR2);
      const waiting = (pid) => [status("SigPnd")(pid), status("ShdPnd")(pid)];
      const thread = "thread-self";
      answer([
        inspect(blocked),
        inspect(blocked, signalMask(["SIGHUP", "SIGRTMAX-0"])),
        inspect(blocked, signalMask([])),
        inspect(waiting),
        [blocked(thread), status("SigPnd")(thread)],
      ]);`,
  );
  const mask = (1n << 11n | 1n << 31n | 1n << 32n | 1n << 63n).toString(16);
  assertEquals(child, mask);
  assertEquals(asked, "8000000000000001");
  assertEquals(none, "0");
  assertEquals(pending, ["0", "0"]);
  assertEquals(self, [mask, "800"]);
});

/** Defines signalSelf(): a step by which the child sends itself a signal. */
const SIGNAL_SELF = `
  const signalSelf = (number) => ({
    kind: "plain", name: "kill", action: "Cannot send a signal",
    calls: [
      { syscall: "getpid", arguments: [], resultTo: { callsOn: 1, argument: 0 } },
      { syscall: "kill", arguments: [0, number] },
    ],
  });
`;

Deno.test("a child that gets a signal before its exec runs none of its parent's handlers", () => {
  const [signals, received] = answerOf(
    SIGNALS + SIGNAL_SELF + `
      let received = 0;
      const listener = () => received++;
      for (const signal of ["SIGUSR1", "SIGINT", "SIGHUP"]) Deno.addSignalListener(signal, listener);
      const ended = (number, ...steps) => new ChildProgram()
        .add(...steps, signalSelf(number), exec("/bin/true", ["true"], {})).run().signal;
      const ends = [
        // Blocked until the end, it is pending then.
        ended(SIGUSR1), ended(2), ended(SIGHUP),
        ended(SIGUSR1, signalMask([])),
        // A program that inherits it as ignored, or blocked, does not see it.
        ended(SIGUSR1, signalIgnore(["SIGUSR1"])),
        ended(SIGUSR1, signalMask(["SIGUSR1"])),
      ];
      await new Promise((resolve) => setTimeout(resolve, 0));
      answer([ends, received]);
      for (const signal of ["SIGUSR1", "SIGINT", "SIGHUP"]) Deno.removeSignalListener(signal, listener);`,
  );
  assertEquals(signals, [
    "SIGUSR1",
    "SIGINT",
    "SIGHUP",
    "SIGUSR1",
    null,
    null,
  ]);
  assertEquals(received, 0);
});

Deno.test("a parent loses no signal that comes while it makes a child", () => {
  const [received, mask] = answerOf(
    SIGNALS + `
      let received = 0;
      const listener = () => received++;
      Deno.addSignalListener("SIGUSR1", listener);
      // Each child signals its parent while that waits for it to execute.
      const program = new ChildProgram()
        .add(syscall("kill", Deno.pid, SIGUSR1), exec("/bin/true", ["true"], {}));
      for (let sent = 1; sent <= 100; sent++) {
        program.run();
        while (received < sent) await new Promise((resolve) => setTimeout(resolve, 0));
      }
      answer([received, status("SigBlk")("thread-self")]);
      Deno.removeSignalListener("SIGUSR1", listener);`,
  );
  assertEquals([received, mask], [100, "0"]);
});

Deno.test("many children are made under a flood of SIGINT, of which none gets one", () => {
  const COUNT = rounds(1000);
  const [ended, received] = answerOf(
    SIGNALS + `
      let received = 0;
      const listener = () => received++;
      Deno.addSignalListener("SIGINT", listener);
      const flood = startWith({ args: ["-c", "while kill -INT $PPID; do :; done"] }, "sh");
      const program = new ChildProgram()
        .add(open(1, "/dev/null", O_WRONLY), exec(teller, ["x"], {}));
      const ended = {};
      for (let n = 0; n < ${COUNT}; n++) {
        const { code } = program.run();
        ended[code] = (ended[code] ?? 0) + 1;
        if (n % 100 === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      }
      end(flood);
      // They come to the listener by a thread of their own, in its own time.
      while (received === 0) await new Promise((resolve) => setTimeout(resolve, 0));
      answer([ended, received > 0]);
      // Some may still be on their way: the listener stays to the end.
      Deno.exit();`,
  );
  assertEquals(ended, { 0: COUNT });
  assertEquals(received, true);
});
