// What the limits do, not only what they are. Each in a child.

import { assertEquals } from "@std/assert";
import { TemporaryFolder } from "@procctl/testing";
import { answerOf, runChild } from "./_testing.ts";

Deno.test("nofile: open() fails with EMFILE at the limit, and what is open above stays open", () => {
  const answer = answerOf(`
    const fd = c.fcntl(openFile("/dev/zero", O_RDONLY), 0 /* F_DUPFD */, 35);
    setrlimit("nofile", { soft: 5 });
    const read = c.read(fd, new Uint8Array(3), 3n);
    const open = codeOf(() => openFile("/dev/zero", O_RDONLY));
    // 34 is free, and below a limit of 36.
    setrlimit("nofile", { soft: 36 });
    answer([fd, read, open, typeof openFile("/dev/zero", O_RDONLY)]);
  `);
  assertEquals(answer, [35, 3, "EMFILE", "number"]);
});

Deno.test("fsize: a write stops at the limit, and the next fails with EFBIG where SIGXFSZ is ignored", () => {
  using folder = new TemporaryFolder();
  const answer = answerOf(
    `
    const fd = openFile(Deno.args[0], O_WRONLY | O_CREAT);
    c.signal(25 /* SIGXFSZ */, 1n /* SIG_IGN */);
    const write = () => {
      const size = orErrno(c.write(fd, new Uint8Array(26), 26n));
      return size < 0 ? errnoName(-size) : size;
    };
    answer(withLimits({ fsize: 10 }, () => [write(), write(), write()]));
    `,
    { args: [folder.join("file")] },
  );
  assertEquals(answer, [10, "EFBIG", "EFBIG"]);
});

Deno.test("fsize: SIGXFSZ ends a program that writes beyond the limit", () => {
  using folder = new TemporaryFolder();
  const { signal } = runChild(
    `
    const fd = openFile(Deno.args[0], O_WRONLY | O_CREAT);
    setrlimit("fsize", { soft: 10 });
    while (c.write(fd, new Uint8Array(26), 26n) > 0);
    `,
    { args: [folder.join("file")] },
  );
  assertEquals(signal, "SIGXFSZ");
});

/** Defines how many seconds of a processor Deno itself takes, and some more. */
const USED = `
  import { cpuUsage } from "node:process";
  const { user, system } = cpuUsage();
  const used = Math.ceil((user + system) / 1e6 + 0.3);
`;

Deno.test("cpu: SIGXCPU at the soft limit ends a program", () => {
  const { signal, stdout } = runChild(`${USED}
    setrlimit("cpu", { soft: used, hard: used + 2 });
    const { soft, hard } = getrlimit("cpu");
    console.log(soft - used, hard - used);
    for (;;);
  `);
  assertEquals(signal, "SIGXCPU");
  assertEquals(stdout, "0 2\n");
});

Deno.test("cpu: SIGKILL at the hard limit ends a program that ignores SIGXCPU", () => {
  const { signal } = runChild(`${USED}
    c.signal(24 /* SIGXCPU */, 1n /* SIG_IGN */);
    setrlimit("cpu", { soft: used, hard: used + 2 });
    for (;;);
  `);
  assertEquals(signal, "SIGKILL");
});

Deno.test("cpu: a limit of 0 takes effect at once", () => {
  const signals = [{ soft: 0 }, 0].map((change) =>
    runChild(`
      setrlimit("cpu", ${JSON.stringify(change)});
      for (;;);
    `).signal
  );
  assertEquals(signals, ["SIGXCPU", "SIGKILL"]);
});

Deno.test("nproc: another user's fork() fails with EAGAIN at the limit", () => {
  const answer = answerOf(`
    becomeOrdinary();
    const before = reap(start("true"));
    const failed = withLimits({ nproc: 1 }, () => codeOf(() => start("true")));
    answer([before, failed, reap(start("true"))]);
  `);
  assertEquals(answer, [0, "EAGAIN", 0]);
});

Deno.test("as: mmap() fails with ENOMEM at the limit", () => {
  const answer = answerOf(`
    const GIB = 2n ** 30n;
    const PROT_NONE = 0, MAP_PRIVATE_ANONYMOUS = 0x22;
    const map = () => {
      const address = orErrno(c.mmap(0n, GIB, PROT_NONE, MAP_PRIVATE_ANONYMOUS, -1, 0n));
      if (address >= 0n) c.munmap(address, GIB);
      return address < 0n ? errnoName(-Number(address)) : "mapped";
    };
    map();
    const size = /^VmSize:\\s*(\\d+) kB/m.exec(text("/proc/self/status"))[1];
    const limit = BigInt(size) * 1024n + GIB / 2n;
    answer([map(), withLimits({ as: limit }, map), map()]);
  `);
  assertEquals(answer, ["mapped", "ENOMEM", "mapped"]);
});

Deno.test("stack: _SC_ARG_MAX follows a quarter of the limit, from 128 KiB to 6 MiB", () => {
  const answer = answerOf(`
    const argMax = () => Number(c.sysconf(0 /* _SC_ARG_MAX */));
    argMax();
    const { hard } = getrlimit("stack");
    answer(["512KiB", "1MiB", "4MiB", "8MiB", "24MiB", "64MiB"]
      .filter((size) => parseLimit(size) <= hard)
      .map((size) => [size, withLimits({ stack: size }, argMax)]));
  `);
  const expected = {
    "512KiB": 131072,
    "1MiB": 262144,
    "4MiB": 2 ** 20,
    "8MiB": 2 ** 21,
    "24MiB": 6 * 2 ** 20,
    "64MiB": 6 * 2 ** 20,
  };
  assertEquals({ ...expected, ...Object.fromEntries(answer) }, expected);
  assertEquals(answer.length >= 4, true);
});

Deno.test("data: memory that can be written to is refused with ENOMEM at the limit", () => {
  const answer = answerOf(`
    const GIB = 2n ** 30n;
    const PROT_READ_WRITE = 3, MAP_PRIVATE_ANONYMOUS = 0x22;
    const map = () => {
      const address = orErrno(c.mmap(0n, GIB, PROT_READ_WRITE, MAP_PRIVATE_ANONYMOUS, -1, 0n));
      if (address >= 0n) c.munmap(address, GIB);
      return address < 0n ? errnoName(-Number(address)) : "mapped";
    };
    map();
    const size = /^VmData:\\s*(\\d+) kB/m.exec(text("/proc/self/status"))[1];
    const limit = BigInt(size) * 1024n + GIB / 2n;
    answer([map(), withLimits({ data: limit }, map), map()]);
  `);
  assertEquals(answer, ["mapped", "ENOMEM", "mapped"]);
});

Deno.test("core: a program that crashes leaves a core file only if the limit allows one", () => {
  const [small, large, plain] = answerOf(`
    const CORE_DUMPED = 0x80;
    const crash = () => {
      const pid = start("sleep", "60");
      c.kill(pid, 11 /* SIGSEGV */);
      return (reap(pid) & CORE_DUMPED) !== 0;
    };
    // 1 is too little for a file, and for a program that takes it "do not start".
    setrlimit("core", { soft: 1 });
    const small = crash();
    const { hard } = getrlimit("core");
    setrlimit("core", { soft: hard });
    const isPlain = /^core/.test(text("/proc/sys/kernel/core_pattern"));
    answer([small, crash(), isPlain && hard === Infinity]);
  `);
  assertEquals(small, false);
  // Elsewhere what becomes of it is the machine's affair.
  if (plain) assertEquals(large, true);
});

Deno.test("memlock: mlock() fails with EPERM at 0, and else with ENOMEM, for an ordinary user", () => {
  const answer = answerOf(`
    const { mlock } = lazySymbols({
      mlock: { parameters: ["usize", "usize"], result: "i32" },
    });
    becomeOrdinary();
    using arena = new Arena();
    const address = arena.allocate(2 ** 20);
    const lock = () => {
      const result = orErrno(mlock(address, 2n ** 20n));
      return result < 0 ? errnoName(-result) : "locked";
    };
    answer([0, 2 ** 16].map((memlock) => withLimits({ memlock }, lock)));
  `);
  assertEquals(answer, ["EPERM", "ENOMEM"]);
});

Deno.test("sigpending: sigqueue() fails with EAGAIN at the limit", () => {
  const answer = answerOf(`
    const { sigqueue } = lazySymbols({
      sigqueue: { parameters: ["i32", "i32", "usize"], result: "i32" },
    });
    becomeOrdinary();
    const send = () => orErrno(sigqueue(Deno.pid, signalNumber("SIGRTMIN+3"), 0n));
    answer(errnoName(-withLimits({ sigpending: 0 }, send)));
  `);
  assertEquals(answer, "EAGAIN");
});

Deno.test("msgqueue: mq_open() fails with EMFILE at the limit", () => {
  const answer = answerOf(`
    const { mq_open } = lazySymbols({
      mq_open: { parameters: ["buffer", "i32", "u32", "usize"], result: "i32" },
    });
    becomeOrdinary();
    const name = encodeCString("/procctl-" + crypto.randomUUID(), "name");
    const open = () => orErrno(mq_open(name, O_RDWR | O_CREAT, 0o600, 0n));
    answer(errnoName(-withLimits({ msgqueue: 0 }, open)));
  `);
  assertEquals(answer, "EMFILE");
});

Deno.test("nice and rtprio: more than the limits allow is EACCES and EPERM, for an ordinary user", () => {
  const answer = answerOf(`
    const raw = lazySymbols({
      setpriority: { parameters: ["i32", "i32", "i32"], result: "i32" },
      sched_setscheduler: { parameters: ["i32", "i32", "buffer"], result: "i32" },
    });
    setrlimit("nice", 0);
    setrlimit("rtprio", 0);
    becomeOrdinary();
    answer([
      orErrno(raw.setpriority(0 /* PRIO_PROCESS */, 0, -1)),
      orErrno(raw.sched_setscheduler(0, 1 /* SCHED_FIFO */, Int32Array.of(1))),
    ].map((result) => errnoName(-result)));
  `);
  assertEquals(answer, ["EACCES", "EPERM"]);
});
