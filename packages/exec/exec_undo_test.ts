import { assertEquals, assertStringIncludes } from "@std/assert";
import { denoVersion, js, TemporaryFolder, testWith } from "@procctl/testing";
import { outputOf, runChild } from "./_testing.ts";

/** Defines state(): all of this process that a failed exec() must not change. */
const STATE = `
  const decode = (bytes) => new TextDecoder().decode(bytes);
  const libc = lazySymbols({
    umask: { parameters: ["u32"], result: "u32" },
    fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
    getcwd: { parameters: ["buffer", "usize"], result: "usize" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  function descriptors() {
    const links = {};
    for (const name of readDirectory("/proc/self/fd").map(decode)) {
      const flags = libc.fcntl(Number(name), 1, 0); // F_GETFD
      if (flags < 0) continue; // the one the folder was read by
      const info = decode(readFile("/proc/self/fdinfo/" + name));
      links[name] = [flags, /ino:.*/.exec(info)?.[0], /^flags.*/m.exec(info)[0]];
    }
    return links;
  }
  function state() {
    const cwd = new Uint8Array(4096);
    libc.getcwd(cwd, 4096n);
    const umask = libc.umask(0);
    libc.umask(umask);
    const status = decode(readFile("/proc/self/status"));
    return JSON.stringify({
      cwd: decode(cwd.subarray(0, cwd.indexOf(0))),
      umask,
      signals: status.match(/^Sig(Blk|Ign|Cgt).*/gm),
      limits: decode(readFile("/proc/self/limits")),
      environ: environ().map(decode),
      descriptors: descriptors(),
    });
  }
  function unchangedBy(call) {
    state(); // for what it opens and fills itself
    const before = state();
    let code = "none";
    try { call(); } catch (error) { code = error.code; }
    const after = state();
    console.log(code, after === before ? "unchanged" : before + "\\n" + after);
  }
`;

/** Every option, each changing something. */
const EVERYTHING = {
  env: { A: "1" },
  cwd: "/usr",
  umask: 0o77,
  stdin: "null",
  stdout: 2,
  stderr: 1,
  closeFrom: 3,
  limits: { core: { soft: 0 }, cpu: { soft: 3600 }, nofile: { soft: 256 } },
};

Deno.test("exec() leaves no trace when the program cannot be executed", () => {
  const source = js`unchangedBy(() => exec("/nonexistent", ${EVERYTHING}))`;
  assertEquals(outputOf(source, { setup: STATE }), "ENOENT unchanged\n");
});

Deno.test("exec() leaves no trace when a step before the exec fails", () => {
  const cases = [
    [{ ...EVERYTHING, cwd: "/nonexistent" }, "ENOENT"],
    [{ ...EVERYTHING, stderr: 987 }, "EBADF"],
    [
      { ...EVERYTHING, stderr: { path: "/nonexistent/x", access: "read" } },
      "ENOENT",
    ],
  ] as const;
  const source = js`for (const [options] of ${cases})
    unchangedBy(() => exec("/bin/true", options))`;
  const expected = cases.map(([, code]) => `${code} unchanged\n`).join("");
  assertEquals(outputOf(source, { setup: STATE }), expected);
});

Deno.test("exec() leaves no trace of streams that were closed or close on exec", () => {
  const source = js`
    libc.close(0);
    libc.fcntl(2, 2, 1); // F_SETFD, FD_CLOEXEC
    for (const options of [${EVERYTHING}, {}, { stdin: "null" }, { stdin: 1 }])
      unchangedBy(() => exec("/nonexistent", options));
  `;
  assertEquals(
    outputOf(source, { setup: STATE }),
    "ENOENT unchanged\n".repeat(4),
  );
});

Deno.test("exec() fails a thousand times without a leak", () => {
  const source = js`
    const fail = () => {
      try { exec("/nonexistent", ${EVERYTHING}); } catch { /* it fails */ }
    };
    const mappings = () => decode(readFile("/proc/self/maps")).split("\\n").length;
    for (let i = 0; i < 100; i++) fail();
    const before = [Object.keys(descriptors()).length, mappings()];
    for (let i = 0; i < 1000; i++) fail();
    const after = [Object.keys(descriptors()).length, mappings()];
    // V8 maps and unmaps some for itself; a leak would be a thousand.
    console.log(after[0] - before[0], Math.abs(after[1] - before[1]) < 100);
  `;
  assertEquals(outputOf(source, { setup: STATE }), "0 true\n");
});

/** Makes the standard input a terminal that is in raw mode. */
const RAW_TERMINAL = `
  const pty = lazySymbols({
    posix_openpt: { parameters: ["i32"], result: "i32" },
    grantpt: { parameters: ["i32"], result: "i32" },
    unlockpt: { parameters: ["i32"], result: "i32" },
    ptsname: { parameters: ["i32"], result: "usize" },
    dup2: { parameters: ["i32", "i32"], result: "i32" },
    tcgetattr: { parameters: ["i32", "buffer"], result: "i32" },
    tcsetattr: { parameters: ["i32", "i32", "buffer"], result: "i32" },
  });
  const master = pty.posix_openpt(O_RDWR | O_NOCTTY);
  pty.grantpt(master);
  pty.unlockpt(master);
  const slave = openFile(readCString(pty.ptsname(master)), O_RDWR | O_NOCTTY);
  pty.dup2(slave, 0);
  // The new program needs the other end for as long as it has the terminal.
  pty.dup2(master, 9);
  function modes() {
    const termios = new Uint8Array(60);
    pty.tcgetattr(0, termios);
    return termios.toHex();
  }
`;

/** An older Deno sets the modes of what descriptor 0 was at its start. */
const setsRawModeOfDescriptor = denoVersion(2, 7, 12);

testWith(
  "exec() takes the terminal out of raw mode",
  [setsRawModeOfDescriptor],
  () => {
    const source = js`
    Deno.stdin.setRaw(true);
    exec("/bin/stty", { args: ["-a"] });
  `;
    const { stdout, stderr } = runChild(source, { setup: RAW_TERMINAL });
    assertEquals(stderr, "");
    for (const mode of ["icanon", "isig", "echo", "icrnl", "opost"]) {
      assertStringIncludes(stdout.replaceAll("\n", " "), ` ${mode} `);
    }
  },
);

Deno.test("exec() leaves a terminal alone that Deno did not make raw", () => {
  const source = js`
    const set = new Deno.Command("stty", { args: ["-echo"], stdin: "inherit" });
    set.outputSync();
    exec("stty", { args: ["-a"] });
  `;
  const { stdout } = runChild(source, {
    setup: RAW_TERMINAL,
    flags: ["--allow-ffi", "--allow-run"],
    env: { PATH: "/usr/bin:/bin" },
  });
  assertStringIncludes(stdout.replaceAll("\n", " "), " -echo ");
});

testWith("exec() puts the terminal back into raw mode when it fails", [
  setsRawModeOfDescriptor,
], () => {
  const source = js`
    const cooked = modes();
    Deno.stdin.setRaw(true);
    // A mode of the program's own, beyond what Deno sets.
    const own = Uint8Array.fromHex(modes());
    own[17] = 0x01; // c_cc[VINTR]
    pty.tcsetattr(0, 0, own);
    const raw = modes();
    try { exec("/nonexistent"); } catch { /* it fails */ }
    console.log(cooked !== raw, modes() === raw);
    Deno.stdin.setRaw(false);
    console.log(modes() === cooked);
  `;
  const output = outputOf(source, { setup: RAW_TERMINAL });
  assertEquals(output, "true true\ntrue\n");
});

Deno.test("exec() works under a grant of the path of libc alone", () => {
  using folder = new TemporaryFolder();
  const libc = ["/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/lib64"]
    .map((folder) => `${folder}/libc.so.6`).join();
  const source = js`exec("/bin/pwd", {
    ...${{ ...EVERYTHING, stdout: "inherit", cwd: folder.path }},
  })`;
  const flags = [`--allow-ffi=${libc}`];
  assertEquals(outputOf(source, { flags }), `${folder.path}\n`);
});
