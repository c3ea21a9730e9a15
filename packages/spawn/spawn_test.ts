import { assertEquals } from "@std/assert";
import { js, root, testWith } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

Deno.test("spawn() takes its steps in the order in which they are documented", () => {
  const [order, gated] = answerOf(js`
    const options = {
      session: true, processGroup: 5, controllingTerminal: 0, foreground: 0,
      umask: 0, stdout: "piped", fds: { 5: "null" }, cwd: "/", closeFrom: 3,
      nice: 1, affinity: [0], limits: { core: 0 }, groups: [1], gid: 2, uid: 3,
      deathSignal: "SIGHUP", noNewPrivileges: true,
      signals: { default: ["SIGHUP"], ignore: ["SIGINT"], mask: ["SIGTERM"] },
      seccomp: new Uint8Array(8),
    };
    const order = [];
    // The steps are seen as they are added.
    const { add } = ChildProgram.prototype;
    ChildProgram.prototype.add = function (...steps) {
      order.push(...steps.map(({ name }) => name));
      return add.apply(this, steps);
    };
    prepare("true", options).program(new Map([[1, 7]]));
    const all = order.splice(0);
    prepare("true", { namespaces: ["user"], uid: 0 }).program(new Map());
    answer([all, order]);`);
  assertEquals(order, [
    "setsid",
    "setpgid",
    "controllingTerminal",
    "foreground",
    "umask",
    "fcntl",
    "fcntl",
    "dup",
    "open",
    "chdir",
    "closeFrom",
    "nice",
    "affinity",
    "setrlimit",
    "setgroups",
    "setgid",
    "setuid",
    "deathSignal",
    "noNewPrivileges",
    "signalDefault",
    "signalDefault",
    "signalIgnore",
    "signalMask",
    "seccomp",
    "execve",
  ]);
  assertEquals(gated, [
    "fcntl",
    "fcntl",
    "fcntl",
    "setuid",
    "signalDefault",
    "execve",
  ]);
});

Deno.test("spawn() hands on arguments, the name, and a changed environment", () => {
  const [found, line] = answerOf(js`
    const dumper = link("/proc/self/cwd") + "/dumper";
    writeFile(dumper, argvDumper(), 0o755);
    const { setenv } = lazySymbols({
      setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
    });
    setenv(cString("KEPT"), Uint8Array.of(0xff, 0x80, 0), 1);
    setenv(cString("GONE"), cString("1"), 1);
    const dumpOf = (options) => {
      const { argv, env, path } = parseDump(runSync(dumper, options).stdout);
      return { argv: argv.map((it) => it.toHex()), env: env.map((it) => it.toHex()), path: path.toHex() };
    };
    const hex = (text) => new TextEncoder().encode(text).toHex();
    const bytes = Uint8Array.of(0x80, 0xff, 0x0a);
    const changed = dumpOf({ env: { GONE: undefined, ADDED: bytes } }).env;
    const given = dumpOf({ args: ["", bytes, "é"], argv0: "-name", clearEnv: true, env: { A: "1" } });
    const line = inspectWith(
      (pid) => text("/proc/" + pid + "/cmdline"), { argv0: "other", args: ["x y"] },
    );
    answer([[
      [changed.includes(hex("KEPT=") + "ff80"), true],
      [changed.some((it) => it.startsWith(hex("GONE="))), false],
      [changed.at(-1), hex("ADDED=") + bytes.toHex()],
      [given, {
        argv: [hex("-name"), "", bytes.toHex(), hex("é")], env: [hex("A=1")], path: hex(dumper),
      }],
      [dumpOf({ clearEnv: true }).env, []],
      [dumpOf({}).env, environ().map((it) => it.toHex())],
    ], line]);`);
  for (const [actual, expected] of found) assertEquals(actual, expected);
  assertEquals(line, "other\0x y\0");
});

Deno.test("spawn() says which step failed, and leaves nothing behind", () => {
  const { failures, before, after, left } = answerOf(`
    const before = descriptors("self");
    const bin = { env: { PATH: "/bin" }, searchPath: "child" };
    const failures = [
      ["true", { cwd: "/nope" }],
      ["/nope", {}],
      ["/nope", { cwd: "/nope" }],
      ["nope", { ...bin, stdout: "piped", fds: { 3: "piped" } }],
      ["true", { stdin: { path: "/nope", access: "read" }, stderr: "piped" }],
      ["true", { fds: { 7: 999 } }],
      ["true", { limits: { nofile: { soft: 10, hard: 9 } } }],
      ["true", { signals: { ignore: ["SIGKILL"] } }],
    ].map(([command, options]) => {
      const { name, syscall, path, message } = attempt(() => spawn(command, options));
      return { name, syscall, path, message };
    });
    const left = orErrno(c.waitid(0 /* P_ALL */, 0, null, 4 /* WEXITED */));
    answer({ failures, before, after: descriptors("self"), left });`);
  const failure = (syscall: string, message: string, path?: string) => ({
    name: "SystemError",
    syscall,
    message,
    ...path && { path },
  });
  const missing = "No such file or directory: ENOENT";
  const noFolder = failure(
    "chdir",
    `Cannot change to the directory "/nope": ${missing}`,
    "/nope",
  );
  assertEquals(failures, [
    noFolder,
    failure("execve", `Cannot execute "/nope": ${missing}`, "/nope"),
    noFolder,
    failure("execve", `Cannot execute "nope": ${missing}`, "nope"),
    failure("open", `Cannot open "/nope" as descriptor 0: ${missing}`, "/nope"),
    failure(
      "dup",
      "Cannot copy descriptor 999 to 7: Bad file descriptor: EBADF",
    ),
    failure(
      "setrlimit",
      'Cannot set the limit "nofile" to 10:9: Invalid argument: EINVAL',
    ),
    failure("signalIgnore", "Cannot ignore SIGKILL: Invalid argument: EINVAL"),
  ]);
  assertEquals(left, -10, "ECHILD");
  assertEquals(after, before);
});

Deno.test("spawn() sets limits in the child alone, and keeps the side that is not given", () => {
  const [child, expected, before, after] = answerOf(`
    const { getAllLimits, setrlimit: set } = await import("@procctl/rlimit");
    set("nofile", { soft: 500, hard: 600 });
    set("core", { soft: 10, hard: 20 });
    const before = getAllLimits();
    const limits = {
      nofile: { soft: 400 }, core: { hard: 15 }, cpu: 1000, fsize: "1MiB",
      nproc: { soft: 5000, hard: 6000 }, stack: { soft: "8MiB", hard: "16MiB" }, as: "1GiB",
    };
    const child = inspectWith((pid) => getAllLimits(pid), { limits });
    const expected = {
      ...before, nofile: { soft: 400, hard: 600 }, core: { soft: 10, hard: 15 },
      cpu: { soft: 1000, hard: 1000 }, fsize: { soft: 2 ** 20, hard: 2 ** 20 },
      nproc: { soft: 5000, hard: 6000 }, stack: { soft: 2 ** 23, hard: 2 ** 24 },
      as: { soft: 2 ** 30, hard: 2 ** 30 },
    };
    answer([child, expected, before, getAllLimits()]);`);
  assertEquals(child, expected);
  assertEquals(after, before);
});

Deno.test("spawn() sets a limit that what it opens before may exceed", () => {
  const found = answerOf(`
    answer(Object.keys(inspectWith(descriptors, {
      stdin: "null", fds: { 50: 2 }, limits: { nofile: 3 },
    })));`);
  assertEquals(found, ["0", "1", "2", "50"]);
});

Deno.test("spawn() sets nice value, processors, umask and directory in the child alone", () => {
  const [child, before, after] = answerOf(`
    const { getpriority } = lazySymbols({
      getpriority: { parameters: ["i32", "u32"], result: "i32" },
    });
    const look = (pid) => [
      getpriority(0, pid === "self" ? 0 : pid), field("/proc/" + pid + "/status", "Umask"),
      link("/proc/" + pid + "/cwd"), field("/proc/" + pid + "/status", "Cpus_allowed_list"),
    ];
    const before = look("self");
    const cpu = Number(/\\d+/.exec(before[3])[0]);
    const child = inspectWith(look, { nice: 19, umask: 0o77, cwd: "/usr", affinity: [cpu] });
    answer([[child, cpu], before, look("self")]);`);
  const [found, cpu] = child;
  assertEquals(found, [19, "0077", "/usr", `${cpu}`]);
  assertEquals(after, before);
});

Deno.test("spawn() makes sessions and groups, or joins one", () => {
  const [plain, session, group, joined, self] = answerOf(`
    const look = (pid) => ({ pid, ...stat(pid) });
    answer([
      inspectWith(look, {}), inspectWith(look, { session: true }),
      inspectWith(look, { processGroup: 0 }),
      inspectWith((first) => [first, inspectWith(look, { processGroup: first })], { processGroup: 0 }),
      stat("self"),
    ]);`);
  assertEquals([plain.session, plain.group], [self.session, self.group]);
  assertEquals([session.session, session.group], [session.pid, session.pid]);
  assertEquals([group.session, group.group], [self.session, group.pid]);
  assertEquals(joined[1].group, joined[0]);
});

/** Who a process is: its users, groups and supplementary groups. */
const IDENTITY = `
  const identity = (pid) => ["Uid", "Gid", "Groups"].map((name) =>
    field("/proc/" + pid + "/status", name).split(/\\s+/).filter((it) => it).map(Number)
  );
`;
const all = (id: number) => [id, id, id, id];

testWith(
  "spawn() with a user drops the groups, unless it is told which to keep",
  [root],
  () => {
    const found = answerOf(
      IDENTITY + `
      lazySymbols({ setgroups: { parameters: ["usize", "buffer"], result: "i32" } })
        .setgroups(2n, new Uint32Array([7, 8]));
      answer([
        {}, { session: true }, { uid: 65534 }, { uid: 65534, gid: 65533 }, { gid: 65533 },
        { uid: 65534, groups: "keep" }, { uid: 65534, groups: [5, 6] }, { groups: [] },
      ].map((options) => inspectWith(identity, options)));`,
    );
    assertEquals(found, [
      [all(0), all(0), [7, 8]],
      [all(0), all(0), [7, 8]],
      [all(65534), all(0), []],
      [all(65534), all(65533), []],
      [all(0), all(65533), [7, 8]],
      [all(65534), all(0), [7, 8]],
      [all(65534), all(0), [5, 6]],
      [all(0), all(0), []],
    ]);
  },
);

testWith(
  "spawn() with a user and a death signal arms it, and leaves the parent open",
  [root],
  () => {
    const [signal, dumpable] = answerOf(`
    const fd = memory("told");
    const options = { uid: 65534, gid: 65534, deathSignal: "SIGTERM", stdout: fd };
    const child = startWith(options, teller);
    c.waitpid(child.pid, null, 0);
    answer([told(fd), c.prctl(3 /* PR_GET_DUMPABLE */, 0n, 0n, 0n, 0n)]);`);
    assertEquals([signal, dumpable], [15, 1]);
  },
);

Deno.test("spawn() as an ordinary user says which change of user it may not make", () => {
  const found = answerOf(`
    becomeOrdinary();
    answer([{ uid: 0 }, { uid: 0, groups: "keep" }, { gid: 0 }, { groups: [1] }, { nice: -1 }]
      .map((options) => {
        const { syscall, code } = attempt(() => inspectWith(() => 0, options));
        return [syscall, code];
      }));`);
  assertEquals(found, [
    ["setgroups", "EPERM"],
    ["setuid", "EPERM"],
    ["setgid", "EPERM"],
    ["setgroups", "EPERM"],
    ["nice", "EACCES"],
  ]);
});

Deno.test("spawn() gives up new privileges, and puts in a filter last of all", () => {
  const [found, failure] = answerOf(`
    // A filter that returns SECCOMP_RET_ALLOW, always.
    const filter = Uint8Array.of(6, 0, 0, 0, 0, 0, 0xff, 0x7f);
    const flags = (pid) => ["NoNewPrivs", "Seccomp"].map((it) => field("/proc/" + pid + "/status", it));
    const found = [
      inspectWith(flags, { noNewPrivileges: true, seccomp: filter }),
      inspectWith(flags, { noNewPrivileges: true }), flags("self"),
    ];
    becomeOrdinary();
    answer([found, attempt(() => inspectWith(flags, { seccomp: filter }))]);`);
  assertEquals(found, [["1", "2"], ["1", "0"], ["0", "0"]]);
  assertEquals([failure.syscall, failure.code], ["seccomp", "EACCES"]);
});

Deno.test("spawn() gives a file of no known format to the shell only if asked to", () => {
  const [failure, output, failed] = answerOf(`
    writeFile("script", new TextEncoder().encode('echo "$0" "$@"'), 0o755);
    writeFile("plain", new TextEncoder().encode("x"), 0o644);
    answer([
      attempt(() => spawn("./script")),
      outputOf("./script", { args: ["a b", "c"], argv0: "lost", shellFallback: true }),
      attempt(() => spawn("./plain", { shellFallback: true })),
    ]);`);
  assertEquals([failure.code, failure.path], ["ENOEXEC", "./script"]);
  assertEquals(output, "./script a b c\n");
  assertEquals([failed.code, failed.path], ["EACCES", "./plain"]);
});

Deno.test("a descriptor that Deno or procctl opened is not a child's", () => {
  const found = answerOf(
    `
    writeFile("file", new Uint8Array());
    const file = Deno.openSync("file");
    const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
    const fd = openFile("file", O_RDONLY);
    answer(Object.keys(inspectWith(descriptors, {})));
    file.close();
    listener.close();
    closeFile(fd);`,
    {
      flags: ["--allow-ffi", "--allow-read", "--allow-net"],
    },
  );
  assertEquals(found, ["0", "1", "2"]);
});

Deno.test("spawn() waits a little for a program that a child still has open for writing", () => {
  const [output, failure] = answerOf(js`
    // As if the file had been written and closed here, while another thread was
    // making a child: until that executes, it has a copy of the descriptor.
    function busy(...steps) {
      const fd = openFile("script", O_WRONLY | O_CREAT, 0o755);
      const child = new ChildProgram().add(...steps, exec("/bin/true", ["true"], {})).startAtGate();
      closeFile(fd);
      return child;
    }
    writeFile("script", new TextEncoder().encode("#!/bin/sh\\necho ran"), 0o755);
    const milliseconds = 3n * 1_000_000n;
    const time = new Uint8Array(new BigInt64Array([0n, milliseconds]).buffer);
    // All that takes long for the first time has been done.
    outputOf("./script");
    using brief = busy(syscall("nanosleep", time, 0));
    brief.open();
    const output = outputOf("./script");
    brief.executed();
    c.waitpid(brief.pid, null, 0);
    using _longer = busy();
    const { syscall: step, code } = attempt(() => spawn("./script"));
    answer([output, [step, code]]);`);
  assertEquals([output, failure], ["ran\n", ["execve", "ETXTBSY"]]);
});

Deno.test("spawn() needs no more than the path of libc", () => {
  const found = answerOf(`
    const libc = /\\S+\\/libc\\.so\\.6$/m.exec(text("/proc/self/maps"))[0];
    const { stdout, stderr, code } = runDeno(\`
      import { runSync, spawn } from "@procctl/spawn";
      const options = { umask: 0o77, limits: { core: 0 }, cwd: "/", stdin: "null" };
      const { stdout } = runSync("sh", { args: ["-c", "umask; pwd"], ...options });
      console.log(new TextDecoder().decode(stdout).trim());
      console.log((await spawn("true", options).status).code);
      try { spawn("/nope") } catch (error) { console.log(error.code) }
    \`, { flags: ["--no-prompt", "--allow-ffi=" + libc] });
    answer([stdout, stderr, code]);`);
  assertEquals(found, ["0077\n/\n0\nENOENT\n", "", 0]);
});
