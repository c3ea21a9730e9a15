import { assertEquals, assertThrows } from "@std/assert";
import { pageSize } from "@procctl/libc";
import { js, rounds } from "@procctl/testing";
import { ChildProgram } from "./child_program.ts";
import { chdir, exec, traceme, umask } from "./steps.ts";
import { answerOf } from "./_testing_child.ts";

const TRUE = exec("/bin/true", ["true"], {});

Deno.test("ChildProgram refuses steps after the exec, and to start without one", () => {
  assertThrows(
    () => new ChildProgram().add(TRUE, umask(0)),
    TypeError,
    'Cannot add "umask" after the exec',
  );
  assertThrows(
    () => new ChildProgram().add(TRUE).add(TRUE),
    TypeError,
    'Cannot add "execve" after the exec',
  );
  for (
    const program of [new ChildProgram(), new ChildProgram().add(umask(0))]
  ) {
    for (const start of ["start", "startAtGate", "run"] as const) {
      assertThrows(
        () => program[start](),
        TypeError,
        "Cannot start a child: its last step is not an exec",
      );
    }
  }
});

Deno.test("ChildProgram refuses to trace a child that its parent waits for", () => {
  const program = new ChildProgram().add(traceme(), chdir("/"), TRUE);
  for (const start of ["start", "run"] as const) {
    assertThrows(
      () => program[start](),
      TypeError,
      'Cannot start a child with "traceme": its parent would wait for a child that waits for it, use startAtGate()',
    );
  }
});

Deno.test("ChildProgram refuses flags that make no namespaces", () => {
  for (const flags of [1, 0x100, 0x20000 | 0x4000, -1, NaN, 2 ** 32, 0.5]) {
    assertThrows(
      () => new ChildProgram().inNamespaces(flags),
      TypeError,
      `Cannot make namespaces of ${flags}: expected CLONE_NEW* flags`,
    );
  }
});

Deno.test("ChildProgram can be started any number of times", () => {
  const found = answerOf(`
    const program = new ChildProgram()
      .add(dupAll({ 1: 2, 2: 1 }), umask(0o70), exec("/bin/sh", ["sh", "-c", "exit 7"], {}));
    answer([program.run().code, program.run().code, program.run().code]);`);
  assertEquals(found, [7, 7, 7]);
});

Deno.test("ChildProgram gives the child its own descriptor, which closes on exec", () => {
  const [flags, target, other] = answerOf(`
    const child = new ChildProgram().add(exec(sleeper, ["x"], {})).start();
    const flags = c.fcntl(child.pidfd, 1 /* F_GETFD */, 0);
    const target = field("/proc/self/fdinfo/" + child.pidfd, "Pid");
    const seen = inspect((pid) => Object.values(descriptors(pid)).join());
    answer([flags, Number(target) === child.pid, seen.includes("pidfd")]);
    end(child);`);
  assertEquals([flags, target, other], [1, true, false]);
});

Deno.test("exec() hands on the arguments and the environment, byte for byte", () => {
  const found = answerOf(js`
    const dumper = link("/proc/self/cwd") + "/dumper";
    writeFile(dumper, argvDumper(), 0o755);
    function dumpOf(argv, env) {
      const fd = memory("dump");
      new ChildProgram().add(dup(fd, 1), exec(dumper, argv, env)).run();
      const { argv: args, env: entries, path } = parseDump(readFile("/proc/self/fd/" + fd));
      closeFile(fd);
      return [args.map((it) => it.toHex()), entries.map((it) => it.toHex()), path.toHex()];
    }
    const bytes = Uint8Array.from({ length: 255 }, (_, i) => i + 1);
    const hex = (text) => new TextEncoder().encode(text).toHex();
    lazySymbols({ setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32" } })
      .setenv(cString("INHERITED"), terminate(bytes), 1);
    answer([
      [dumpOf([bytes, "", "a b"], { A: bytes, B: "" }), [
        [bytes.toHex(), "", hex("a b")],
        [hex("A=") + bytes.toHex(), hex("B=")],
        hex(dumper),
      ]],
      [dumpOf(["x"], {})[1], []],
      [dumpOf(["x"], ["B", "A=1", "A=2", "=", ""])[1], ["B", "A=1", "A=2", "=", ""].map(hex)],
      [dumpOf(["x"])[1].includes(hex("INHERITED=") + bytes.toHex()), true],
      [dumpOf(["x"])[1], environ().map((it) => it.toHex())],
    ]);
  `);
  for (const [actual, expected] of found) assertEquals(actual, expected);
});

Deno.test("exec() that fails says on which file, by the kernel's error, and why", () => {
  const failures = answerOf(`
    writeFile("plain", new Uint8Array());
    writeFile("unknown", new TextEncoder().encode("echo"), 0o755);
    writeFile("orphan", new TextEncoder().encode("#!/no/interpreter"), 0o755);
    const big = ["x", ...Array(40).fill("y".repeat(131071))];
    answer([
      ["/nope"], ["/"], ["plain"], ["plain/x"], ["unknown"], ["orphan"], [""],
      ["x".repeat(256)], ["/bin/true", ["x", "y".repeat(32 * pageSize())]],
      ["/bin/true", big],
    ].map(([path, argv = ["x"]]) => attempt(() =>
      new ChildProgram().add(exec(path, argv, {})).run()
    )));`);
  const failure = (
    path: string,
    reason: string,
    code: string,
    errno: number,
  ) => ({
    name: "SystemError",
    message: `Cannot execute "${path}": ${reason}: ${code}`,
    code,
    errno,
    syscall: "execve",
    path,
  });
  const missing = ["No such file or directory", "ENOENT", 2] as const;
  assertEquals(failures, [
    failure("/nope", ...missing),
    failure("/", "It is a directory", "EACCES", 13),
    failure("plain", "It has no execute permission", "EACCES", 13),
    failure("plain/x", '"plain" is not a directory', "ENOTDIR", 20),
    failure(
      "unknown",
      "The file begins neither with #! nor as an ELF file",
      "ENOEXEC",
      8,
    ),
    failure(
      "orphan",
      'The interpreter "/no/interpreter" of "orphan": "/no" does not exist',
      "ENOENT",
      2,
    ),
    failure("", "The path is empty", "ENOENT", 2),
    failure(
      "x".repeat(256),
      "It ends in a name of 256 bytes, more than 255",
      "ENAMETOOLONG",
      36,
    ),
    failure(
      "/bin/true",
      `One string is longer than 32 pages: the largest string is argument 1 with ${
        32 * pageSize() + 1
      } bytes`,
      "E2BIG",
      7,
    ),
    failure(
      "/bin/true",
      "Arguments and environment take 5243220 bytes of 2097152: the largest string is argument 1 with 131072 bytes",
      "E2BIG",
      7,
    ),
  ]);
});

Deno.test("exec() that fails after a step that may show the child other files says no more", () => {
  const messages = answerOf(`
    writeFile("orphan", new TextEncoder().encode("#!/no/interpreter"), 0o755);
    answer([umask(0o22), chdir(".")].map((step) => attempt(() =>
      new ChildProgram().add(step, exec("orphan", ["x"], {})).run()
    ).message));`);
  assertEquals(messages, [
    'Cannot execute "orphan": The interpreter "/no/interpreter" of "orphan": "/no" does not exist: ENOENT',
    'Cannot execute "orphan": No such file or directory: ENOENT',
  ]);
});

Deno.test("a program that dies in its exec is reported by the signal", () => {
  const signals = answerOf(`
    const RLIMIT_STACK = 3, RLIMIT_CORE = 4, RLIMIT_AS = 9;
    const lower = (resource, size) => setrlimit(resource, { soft: size, hard: size });
    const ended = (limit) => new ChildProgram()
      .add(lower(RLIMIT_CORE, 0n), limit, exec("/bin/true", ["true"], {})).run();
    answer([
      ended(lower(RLIMIT_AS, 65536n)),
      // With larger pages the first one of the stack is enough for it.
      ...pageSize() === 4096 ? [ended(lower(RLIMIT_STACK, 4096n))] : [],
    ].map(({ signal, success }) => ({ signal, success })));`);
  for (const { signal, success } of signals) {
    assertEquals([["SIGSEGV", "SIGKILL"].includes(signal), success], [
      true,
      false,
    ]);
  }
});

Deno.test("hundreds of children that fail leave no process, descriptor or memory behind", () => {
  const { left, descriptors, arenas } = answerOf(
    `
    const programs = [
      new ChildProgram().add(exec("/nope", ["x"], {})),
      new ChildProgram().add(chdir("/nope"), exec("/bin/true", ["x"], {})),
    ];
    const count = () => Object.keys(descriptors("self")).length;
    const fail = (n) => attempt(() => programs[n % 2].start()).name === "SystemError" || never();
    const atGate = (n) => {
      using child = programs[n % 2].startAtGate();
      child.open();
      return attempt(() => child.executed()).name === "SystemError" || never();
    };
    for (let n = 0; n < 20; n++) fail(n), atGate(n);
    const before = count();
    for (let n = 0; n < ${rounds(300)}; n++) fail(n);
    for (let n = 0; n < ${rounds(100)}; n++) atGate(n);
    const left = orErrno(c.waitid(0 /* P_ALL */, 0, null, 4 /* WEXITED */));
    answer({ left, descriptors: [before, count()], arenas: live.size });
    function never() { throw new Error("It did not fail"); }`,
  );
  assertEquals(left, -10, "ECHILD");
  assertEquals(descriptors[1], descriptors[0]);
  assertEquals(arenas, 0);
});

Deno.test("children are made where SIGCHLD is ignored", () => {
  const [failure, status, gated, alive] = answerOf(`
    c.signal(17 /* SIGCHLD */, 1n /* SIG_IGN */);
    const program = new ChildProgram().add(exec("/bin/true", ["x"], {}));
    const bad = new ChildProgram().add(chdir("/nope"), exec("/bin/true", ["x"], {}));
    const failure = attempt(() => bad.start());
    const status = attempt(() => program.run());
    const gated = attempt(() => {
      using child = bad.startAtGate();
      child.open();
      child.executed();
    });
    { using _never = program.startAtGate(); }
    answer([failure.syscall, status.code, gated.syscall, inspect((pid) => stat(pid).state)]);`);
  assertEquals([failure, gated, alive], ["chdir", "chdir", "S"]);
  // Since Linux 6.15 a pidfd tells what the kernel keeps for no parent.
  assertEquals([0, "ECHILD"].includes(status), true, status);
});

Deno.test("children are made by several Workers at a time", () => {
  const found = answerOf(
    `
      const worker = \`
        import { ChildProgram } from "@procctl/spawn/child-program";
        import { exec, umask } from "@procctl/spawn/steps";
        const script = "test $(umask) = 0077 && exit 7";
        const program = new ChildProgram()
          .add(umask(0o77), exec("/bin/sh", ["sh", "-c", script]));
        const codes = Array.from({ length: 20 }, () => program.run().code);
        postMessage(codes);
      \`;
      writeFile("worker.mjs", new TextEncoder().encode(worker));
      const url = "file://" + link("/proc/self/cwd") + "/worker.mjs";
      const workers = [1, 2, 3].map(() => new Worker(url, { type: "module" }));
      answer(await Promise.all(workers.map((it) =>
        new Promise((resolve) => it.onmessage = ({ data }) => resolve(data))
      )));
      workers.forEach((it) => it.terminate());`,
    { flags: ["--allow-ffi", "--allow-read"] },
  );
  assertEquals(found.flat(), Array(60).fill(7));
});

Deno.test("a plain child has its parent's users, umask, root, directory and limits", () => {
  const [child, parent] = answerOf(`
    const { getAllLimits } = await import("@procctl/rlimit");
    const look = (pid) => [
      ...["Uid", "Gid", "Groups", "Umask", "NoNewPrivs", "Seccomp", "CapBnd", "Cpus_allowed"]
        .map((name) => field("/proc/" + pid + "/status", name)),
      link("/proc/" + pid + "/root"), link("/proc/" + pid + "/cwd"), getAllLimits(pid),
      text("/proc/" + pid + "/oom_score_adj"), stat(pid).session, stat(pid).group,
      ...["ipc", "mnt", "net", "pid", "user", "uts"].map((it) => link("/proc/" + pid + "/ns/" + it)),
    ];
    answer([inspect((pid) => look(pid)), look(Deno.pid)]);`);
  assertEquals(child, parent);
});

Deno.test("ChildProgram says so when there can be no more processes", () => {
  const failure = answerOf(`
    becomeOrdinary();
    const { prlimit64: prlimit } = lazySymbols({
      prlimit64: { parameters: ["i32", "i32", "buffer", "buffer"], result: "i32" },
    });
    const NPROC = 6; // RLIMIT_NPROC
    const before = new BigUint64Array(2);
    prlimit(0, NPROC, null, before);
    prlimit(0, NPROC, new BigUint64Array([0n, before[1]]), null);
    const outcome = attempt(() => inspect(() => "made"));
    // Deno itself may need a thread at any time, and ends where it gets none.
    prlimit(0, NPROC, before, null);
    answer(outcome);`);
  assertEquals(
    failure.message,
    "Cannot make a child process: Resource temporarily unavailable: EAGAIN",
  );
  assertEquals(failure.syscall, "clone");
});
