import { assert, assertEquals } from "@std/assert";
import { js, rounds } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

/** Defines opened(): what a child has open that was started with options. */
const OPENED = js`
  const opened = (options) => inspectWith(descriptors, options);
  const saved = [0, 1, 2].map((fd) => c.fcntl(fd, 1030 /* F_DUPFD_CLOEXEC */, 300));
  const restore = () => saved.forEach((fd, target) => c.dup2(fd, target));
  const fill = () => ["a", "b", "c"].forEach((name, fd) => memory(name, fd, true));
  fill();
`;

Deno.test("spawn() gives streams and other descriptors what they are asked to be", () => {
  const found = answerOf(
    OPENED + `
      writeFile("file", new Uint8Array());
      memory("d", 407);
      const found = [
        opened({}),
        opened({ stdin: "null", stdout: 2, stderr: "piped" }),
        opened({ fds: { 3: 1, 10: { path: "file", access: "read" }, 200: 407 } }),
        opened({ fds: { 3: "piped", 9: "null", 407: "inherit", 408: "inherit" } }),
      ];
      restore();
      answer([link("/proc/self/cwd"), ...found]);`,
  );
  const [folder, plain, streams, others, kinds] = found;
  assertEquals(plain, { 0: "a", 1: "b", 2: "c" });
  assertEquals(streams, { 0: "/dev/null", 1: "c", 2: "pipe" });
  assertEquals(others, { ...plain, 3: "b", 10: `${folder}/file`, 200: "d" });
  assertEquals(kinds, { ...plain, 3: "socket", 9: "/dev/null", 407: "d" });
});

Deno.test("spawn() hands on no pipe in place of a descriptor that is closed", () => {
  const found = answerOf(
    OPENED + `
      closeFile(0);
      const found = [
        opened({ stdout: "piped" }),
        attempt(() => opened({ stdout: "piped", stderr: 0 })),
        opened({ fds: { 3: "piped" } }),
        opened({ stdin: "piped", fds: { 3: "piped" } }),
        exists("/proc/self/fd/0"),
      ];
      restore();
      answer(found);`,
  );
  assertEquals(found, [
    { 1: "pipe", 2: "c" },
    {
      name: "SystemError",
      message: "Cannot copy descriptor 0 to 2: Bad file descriptor: EBADF",
      code: "EBADF",
      errno: 9,
      syscall: "dup",
    },
    { 1: "b", 2: "c", 3: "socket" },
    { 0: "pipe", 1: "b", 2: "c", 3: "socket" },
    false,
  ]);
});

Deno.test("a child at a gate is handed no end of the gate in place of a closed descriptor", () => {
  const found = answerOf(
    OPENED + `
      closeFile(0);
      const program = new ChildProgram().add(inherit(0), exec(sleeper, ["x"], {}));
      const child = program.startAtGate();
      child.open();
      child.executed();
      const found = descriptors(asleep(child.pid));
      end(child);
      restore();
      answer(Object.keys(found));`,
  );
  assertEquals(found, ["1", "2"]);
});

Deno.test("what a program prints with its streams closed goes into no pipe and no gate", () => {
  const found = answerOf(
    OPENED + `
      for (const fd of [0, 1, 2]) closeFile(fd);
      // A byte would open the gate, and the child execute its program.
      const gated = new ChildProgram().add(exec(sleeper, ["x"], {})).startAtGate();
      const child = spawn("/bin/cat", { stdin: "piped", stdout: "piped" });
      const standard = [0, 1, 2].map((fd) => link("/proc/self/fd/" + fd));
      const isPreparing = gated.isPreparing();
      gated[Symbol.dispose]();
      child.kill("SIGKILL");
      await child.status;
      restore();
      answer([isPreparing, standard.filter((it) => /pipe/.test(it))]);`,
  );
  assertEquals(found, [true, []]);
});

Deno.test("spawn() with closeFrom closes what is not asked for by its number", () => {
  const found = answerOf(
    OPENED + `
      for (const fd of [403, 405, 409]) memory("m", fd, true);
      const found = [
        {}, { closeFrom: 3 }, { closeFrom: 404 },
        { closeFrom: 3, fds: { 405: "inherit", 7: 1 } },
        { closeFrom: 3, stdin: "piped", fds: { 8: "piped", 9: "null" } },
      ].map((options) => Object.keys(opened(options)).map(Number));
      restore();
      answer(found);`,
  );
  assertEquals(found, [
    [0, 1, 2, 403, 405, 409],
    [0, 1, 2],
    [0, 1, 2, 403],
    [0, 1, 2, 7, 405],
    [0, 1, 2, 8, 9],
  ]);
});

Deno.test("spawn() opens files under its umask, relative to the caller's directory", () => {
  const found = answerOf(
    OPENED + `
      const stdout = { path: "out", access: "write", create: true, mode: 0o666 };
      const found = opened({ umask: 0o27, cwd: "/", stdout });
      restore();
      const mode = outputOf("stat", { args: ["-c", "%a", "out"] }).trim();
      answer([link("/proc/self/cwd"), found[1], mode]);`,
  );
  assertEquals(found, [found[0], `${found[0]}/out`, "640"]);
});

Deno.test("spawn() refuses a FIFO as a file, also one behind a link, and does not wait", () => {
  const [failures, leaked] = answerOf(
    OPENED + `
      restore();
      const { mkfifo, symlink } = lazySymbols({
        mkfifo: { parameters: ["buffer", "u32"], result: "i32" },
        symlink: { parameters: ["buffer", "buffer"], result: "i32" },
      });
      mkfifo(cString("fifo"), 0o600);
      symlink(cString("fifo"), cString("link"));
      const before = Object.keys(descriptors("self")).length;
      const failures = [
        { stdin: { path: "fifo", access: "read" } },
        { stdin: "piped", stderr: { path: "link", access: "write" } },
        { fds: { 5: { path: "./fifo", access: "readwrite" } } },
      ].map((options) => attempt(() => opened(options)));
      answer([failures, Object.keys(descriptors("self")).length - before]);`,
  );
  const refusal = (path: string, name: string) =>
    `Cannot open "${path}" as ${name}: it is a FIFO, which to open is to wait for its other end; open it beforehand and give the descriptor`;
  assertEquals(
    failures.map(({ name, message }: Error) => ({ name, message })),
    [
      { name: "TypeError", message: refusal("fifo", "stdin") },
      { name: "TypeError", message: refusal("link", "stderr") },
      { name: "TypeError", message: refusal("./fifo", "fds[5]") },
    ],
  );
  assertEquals(leaked, 0);
});

Deno.test("spawn() takes a FIFO that was opened beforehand", () => {
  const found = answerOf(
    OPENED + `
      restore();
      const { mkfifo } = lazySymbols({
        mkfifo: { parameters: ["buffer", "u32"], result: "i32" },
      });
      mkfifo(cString("fifo"), 0o600);
      const fd = openFile("fifo", O_RDWR);
      writeThrough(fd, "hello\\n");
      answer(outputOf("head", { args: ["-n", "1"], stdin: fd }));
      function writeThrough(fd, text) {
        outputOf("printf", { args: [text], fds: { 3: fd }, stdout: fd });
      }`,
  );
  assertEquals(found, "hello\n");
});

// Random descriptors of a child against a model of what they are to be.
const MODEL = js`
  const SOURCES = [0, 1, 2, ...Array.from({ length: 8 }, (_, i) => 400 + i)];
  const TARGETS = [3, 4, 10, 17, 200, ...SOURCES.filter((fd) => fd > 2)];
  function random(seed) {
    let state = seed;
    return (limit) => {
      // The linear congruential generator of Numerical Recipes.
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor(state / 2 ** 32 * limit);
    };
  }
  /** Opens and closes descriptors here: what is open, and whether it stays so. */
  function arrange(below) {
    const present = new Map();
    // Those below 3 are never free: for libc opens files of its own at any time,
    // and takes the lowest number.
    const others = SOURCES.filter((fd) => fd > 2);
    for (const fd of others) {
      if (exists("/proc/self/fd/" + fd)) closeFile(fd);
    }
    for (const fd of SOURCES) {
      if (fd > 2 && below(4) === 0) continue;
      const inheritable = below(2) === 0;
      memory("m" + fd, fd, inheritable);
      present.set(fd, { name: "m" + fd, inheritable });
    }
    return present;
  }
  function randomOptions(below) {
    const pick = (list) => list[below(list.length)];
    const value = (target) => {
      // The low numbers are Deno's own here.
      const isOurs = SOURCES.includes(target);
      switch (below(isOurs ? 9 : 7)) {
        case 0: return "null";
        case 1: return "piped";
        case 2: return { path: pick(["/dev/zero", "/dev/full"]), access: "read" };
        case 7: return "inherit";
        case 8: return target;
        default: return pick(SOURCES);
      }
    };
    const options = { fds: {} };
    for (const [fd, name] of ["stdin", "stdout", "stderr"].entries()) {
      if (below(3)) options[name] = value(fd);
    }
    for (const fd of TARGETS) if (below(4) === 0) options.fds[fd] = value(fd);
    if (below(4) === 0) options.closeFrom = pick([3, 5, 402, 1000]);
    return options;
  }
  /** What a child is to have open; "EBADF" if it cannot be made. */
  function model(present, { stdin, stdout, stderr, fds, closeFrom = Infinity }) {
    const asked = new Map([stdin, stdout, stderr].entries());
    for (const [key, value] of Object.entries(fds)) asked.set(Number(key), value);
    const child = {};
    for (const [fd, { name, inheritable }] of present) {
      if (inheritable && fd < closeFrom) child[fd] = name;
    }
    for (const [target, value = "inherit"] of asked) {
      const source = value === "inherit" ? target : value;
      if (typeof source === "number") {
        const name = present.get(source)?.name;
        if (name !== undefined) child[target] = name;
        else if (value !== "inherit") return "EBADF";
      } else if (value === "null") child[target] = "/dev/null";
      else if (value === "piped") child[target] = target > 2 ? "socket" : "pipe";
      else child[target] = value.path;
    }
    return child;
  }
`;

Deno.test("spawn() makes random sets of descriptors as a model of it says", () => {
  const seed = Date.now() % 2 ** 31;
  const cases = answerOf(
    OPENED + MODEL + js`
      const below = random(${seed});
      const cases = [];
      for (let n = 0; n < ${rounds(500)}; n++) {
        const present = arrange(below);
        const options = randomOptions(below);
        const found = attempt(() => opened(options));
        cases.push({
          present: [...present], options, found: found.code ?? found,
          expected: model(present, options),
        });
      }
      restore();
      answer(cases);`,
  );
  for (const { found, expected, ...rest } of cases) {
    assertEquals(found, expected, `seed ${seed}: ${JSON.stringify(rest)}`);
  }
  const failed = cases.filter(({ found }: { found: unknown }) =>
    found === "EBADF"
  );
  const part = failed.length / cases.length;
  assert(part > 0.1 && part < 0.9, `${failed.length} failed`);
});

Deno.test("spawn() needs one free number for itself, and opens onto descriptors in use", () => {
  const [found, leaked, failure] = answerOf(
    OPENED + `
      restore();
      const used = [];
      const useAll = () => {
        for (;;) {
          const fd = attempt(() => openFile("/dev/null", O_RDONLY));
          if (typeof fd !== "number") return;
          used.push(fd);
        }
      };
      const { prlimit64: prlimit } = lazySymbols({
        prlimit64: { parameters: ["i32", "i32", "buffer", "usize"], result: "i32" },
      });
      prlimit(0, 7 /* RLIMIT_NOFILE */, new BigUint64Array([600n, 600n]), 0n);
      // Once, so that all that is opened for good is open.
      opened({ stdin: "null" });
      useAll();
      const failure = attempt(() => opened({ stdin: "null" }));
      closeFile(used.pop());
      // The child's descriptors can be read when this program has some again.
      const options = { stdin: "null", stdout: 2, stderr: { path: "/dev/zero", access: "read" } };
      const child = startWith(options);
      const leaked = attempt(() => openFile("/dev/null", O_RDONLY));
      for (const fd of used) closeFile(fd);
      const found = descriptors(asleep(child.pid));
      end(child);
      answer([[found[0], found[2], Object.keys(found).length], leaked.code, failure]);`,
  );
  assertEquals(found, ["/dev/null", "/dev/zero", 3]);
  // The one free number is the child's pidfd; nothing else was taken.
  assertEquals(leaked, "EMFILE");
  assertEquals(
    failure.message,
    "Cannot make a child process: Too many open files: EMFILE",
  );
});

Deno.test("a child is not started where a pipe to it would block", () => {
  const answer = answerOf(String.raw`
    const { syscallNumber } = await import("@procctl/syscalls");
    using arena = new Arena();
    const instructions = [
      [0x20, 0, 0, 0], // load the number of the system call
      [0x15, 0, 3, syscallNumber("fcntl")], // if it is another, allow
      [0x20, 0, 0, 24], // load its second argument
      [0x15, 0, 1, 4 /* F_SETFL */], // if it is another, allow
      [0x06, 0, 0, 0x00050001], // fail with EPERM
      [0x06, 0, 0, 0x7fff0000], // allow
    ];
    const filter = arena.bytes(new Uint8Array(instructions.flatMap(
      ([code, yes, no, k]) => [...new Uint8Array(new Uint16Array([code]).buffer),
        yes, no, ...new Uint8Array(new Uint32Array([k]).buffer)],
    )));
    const program = new BigUint64Array([BigInt(instructions.length), filter]);
    const { code } = await run("true"); // what is opened once is open
    const before = descriptors("self");
    c.prctl(38 /* PR_SET_NO_NEW_PRIVS */, 1n, 0n, 0n, 0n);
    c.prctl(
      22 /* PR_SET_SECCOMP */, 2n /* SECCOMP_MODE_FILTER */,
      arena.bytes(new Uint8Array(program.buffer)), 0n, 0n,
    );
    const why = (error) => error.message;
    const failures = [
      attempt(() => spawn("true", { fds: { 3: "piped" } })).message,
      attempt(() => runSync("true")).message,
      await run("true").catch(why),
      await runLimited("true").catch(why),
    ];
    const hasChildren = c.waitid(0, 0, null, 0x41000005) === 0;
    const left = Object.keys(descriptors("self")).length - Object.keys(before).length;
    answer([code, failures, hasChildren, left]);
  `);
  const failure =
    "Cannot make a pipe that does not wait: Operation not permitted: EPERM";
  assertEquals(answer, [0, [failure, failure, failure, failure], false, 0]);
});
