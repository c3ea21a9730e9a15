import { assertEquals, assertMatch } from "@std/assert";
import { js, kernel, TemporaryFolder, testWith } from "@procctl/testing";
import { FILTER, outputOf, runChild } from "./_testing.ts";

/** Defines what a child needs to see its limits, and to lack capabilities. */
const SETUP = `
  import { getAllLimits, setrlimit } from "@procctl/rlimit";
  import { becomeUser } from "@procctl/testing";
  const { getuid } = lazySymbols({ getuid: { parameters: [], result: "u32" } });
  const becomeOrdinary = () => { if (getuid() === 0) becomeUser(); };
  const limits = () => new TextDecoder().decode(readFile("/proc/self/limits"));
  function attempt(call) {
    try {
      call();
    } catch (error) {
      return error.message + " (" + error.syscall + ")";
    }
  }
`;

const PATH = { PATH: "/usr/bin:/bin" };

/** The soft and the hard limit by the name that /proc gives it. */
function limitOf(limits: string, name: string): string[] {
  const line = limits.split("\n").find((it) => it.startsWith(name))!;
  return line.slice(name.length).trim().split(/ +/).slice(0, 2);
}

Deno.test("exec() sets both limits to a bare value, in the units of the resource", () => {
  const source = js`exec("sh", {
    args: ["-c", "for o in n s c; do ulimit -S$o; ulimit -H$o; done"],
    limits: { nofile: 1024, stack: "64MiB", core: 0 },
  })`;
  const lines = outputOf(source, { env: PATH }).trim().split("\n");
  assertEquals(lines, ["1024", "1024", "65536", "65536", "0", "0"]);
});

Deno.test("exec() keeps the side of a limit that is not given, and every other limit", () => {
  const { stdout } = runChild(
    js`
      setrlimit("nofile", { soft: 300, hard: 400 });
      setrlimit("fsize", { hard: 2n ** 63n + 1n, soft: 2n ** 40n });
      setrlimit("data", { hard: 2n ** 63n + 1n, soft: 2n ** 62n });
      Deno.stdout.writeSync(readFile("/proc/self/limits"));
      console.log("--");
      exec("cat", {
        args: ["/proc/self/limits"],
        limits: { fsize: { soft: "1TiB" }, data: { hard: 2n ** 63n } },
      });
    `,
    { setup: SETUP, env: PATH },
  );
  const [before, after] = stdout.split("--\n") as [string, string];
  assertEquals(limitOf(after, "Max file size"), [
    `${2 ** 40}`,
    `${2n ** 63n + 1n}`,
  ]);
  assertEquals(limitOf(after, "Max data size"), [
    `${2n ** 62n}`,
    `${2n ** 63n}`,
  ]);
  const others = (text: string) =>
    text.split("\n").filter((it) => !/^Max (file|data) size/.test(it));
  assertEquals(others(after), others(before));
});

Deno.test("exec() runs a program under limits that Deno itself could not start with", () => {
  const source = js`exec("sh", {
    args: ["-c", "ulimit -v; ulimit -d; ulimit -s; ulimit -n"],
    limits: { as: "64MiB", data: "16MiB", stack: "256KiB", nofile: 10, nproc: 1 },
  })`;
  const lines = outputOf(source, { env: PATH }).trim().split("\n");
  assertEquals(lines, ["65536", "16384", "256", "10"]);
});

Deno.test("exec() sets the stack's limit before the arguments are counted", () => {
  const run = (stack: string) =>
    runChild(
      js`exec("sh", {
        args: ["-c", 'echo "$#"', "sh", ...Array(48).fill("x".repeat(100_000))],
        limits: { stack: { soft: ${stack} } },
      })`,
      { env: PATH },
    );
  assertEquals(run("24MiB").stdout, "48\n");
  assertMatch(run("8MiB").stderr, /the largest string is .*: E2BIG/);
});

testWith(
  "exec() changes no limit, not even a hard one, if the file may not be executed",
  [kernel(6, 14)],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    const plain = folder.write("plain", "", 0o644);
    const output = outputOf(
      js`
        becomeOrdinary();
        const before = limits();
        for (const file of ["/missing", "missing", ${plain}, "/usr"]) {
          console.log(attempt(() => exec(file, { limits: { nofile: 50, core: 0 } })));
        }
        console.log(limits() === before);
      `,
      { setup: SETUP, env: PATH },
    );
    assertEquals(output.split("\n"), [
      'Cannot execute "/missing": No such file or directory: ENOENT (execve)',
      'Cannot execute "missing": No such file or directory: ENOENT (execve)',
      `Cannot execute "${plain}": It has no execute permission: EACCES (execve)`,
      'Cannot execute "/usr": It is a directory: EACCES (execve)',
      "true",
      "",
    ]);
  },
);

/** Files that may be executed, and that the kernel then does not execute. */
function writeBroken(folder: TemporaryFolder): string[] {
  folder.chmod(".", 0o755);
  return [
    folder.write("empty", "", 0o755),
    folder.write("script", "#!/missing/interpreter\n", 0o755),
  ];
}

Deno.test("exec() puts soft limits back exactly if the kernel does not execute the file", () => {
  using folder = new TemporaryFolder();
  const change = {
    nofile: { soft: 50 },
    // Of these Deno's other threads may need more at any time.
    as: { soft: "64TiB" },
    data: { soft: "1TiB" },
    stack: { soft: "64KiB" },
    fsize: { soft: 0 },
    cpu: { soft: "1h" },
  };
  const output = outputOf(
    js`
      becomeOrdinary();
      setrlimit("data", { soft: 2n ** 62n + 1n, hard: 2n ** 63n + 1n });
      const before = limits();
      for (const file of ${writeBroken(folder)}) {
        for (let i = 0; i < 100; i++) {
          const message = attempt(() => exec(file, { limits: ${change} }));
          if (i === 0) console.log(message);
        }
      }
      console.log(limits() === before);
    `,
    { setup: SETUP },
  );
  assertEquals(output.split("\n"), [
    `Cannot execute "${folder.path}/empty": The file is empty: ENOEXEC (execve)`,
    `Cannot execute "${folder.path}/script": The interpreter "/missing/interpreter" of "${folder.path}/script": "/missing" does not exist: ENOENT (execve)`,
    "true",
    "",
  ]);
});

Deno.test("exec() names the hard limits that stay lowered for an ordinary user", () => {
  using folder = new TemporaryFolder();
  const [empty] = writeBroken(folder);
  const output = outputOf(
    js`
      setrlimit("nofile", { soft: 300, hard: 400 });
      setrlimit("sigpending", { soft: 10, hard: 20 });
      setrlimit("msgqueue", { soft: 10, hard: 20 });
      becomeOrdinary();
      console.log(attempt(() => exec(${empty}, { limits: {
        nofile: 200,
        sigpending: { hard: 15 },
        msgqueue: { soft: 5 },
      } })));
      const { nofile, sigpending, msgqueue } = getAllLimits();
      console.log(JSON.stringify([nofile, sigpending, msgqueue]));
    `,
    { setup: SETUP },
  );
  const [message, limits] = output.split("\n");
  assertEquals(
    message,
    `Cannot execute "${empty}": The file is empty: ` +
      'limits that stay lowered: "sigpending", "nofile": ENOEXEC (execve)',
  );
  assertEquals(JSON.parse(limits!), [
    { soft: 200, hard: 200 },
    { soft: 10, hard: 15 },
    { soft: 10, hard: 20 },
  ]);
});

Deno.test("exec() puts hard limits back too where CAP_SYS_RESOURCE allows it", () => {
  using folder = new TemporaryFolder();
  const [empty] = writeBroken(folder);
  const output = outputOf(
    js`
      setrlimit("nofile", { soft: 300, hard: 400 });
      const message = attempt(() => exec(${empty}, { limits: { nofile: 200 } }));
      const { soft, hard } = getAllLimits().nofile;
      // Whether it does, the kernel says.
      const may = attempt(() => setrlimit("nofile", { hard: 401 })) === undefined;
      console.log(JSON.stringify({ may, message, limit: [soft, hard] }));
    `,
    { setup: SETUP },
  );
  const { may, message, limit } = JSON.parse(output);
  assertEquals(message.includes("stay lowered"), !may);
  assertEquals(limit, may ? [300, 400] : [200, 200]);
});

Deno.test("exec() says which limit the kernel refuses, and changes none", () => {
  const output = outputOf(
    js`
      setrlimit("nofile", { soft: 50, hard: 100 });
      becomeOrdinary();
      const before = limits();
      for (const change of [
        { cpu: { soft: 60 }, nofile: { soft: 101 } },
        { as: { soft: "1GiB" }, cpu: { soft: 60 }, nofile: { hard: 101 } },
        { nofile: { soft: 20, hard: 10 } },
      ]) console.log(attempt(() => exec("true", { limits: change })));
      console.log(limits() === before);
    `,
    { setup: SETUP, env: PATH },
  );
  assertEquals(output.split("\n"), [
    'Cannot set the limit "nofile" to 101:100: the soft limit is above the hard limit: EINVAL (prlimit64)',
    'Cannot set the limit "nofile" to 50:101: raising the hard limit, which is 100, needs CAP_SYS_RESOURCE, and this process does not have it: EPERM (prlimit64)',
    'Cannot set the limit "nofile" to 20:10: the soft limit is above the hard limit: EINVAL (prlimit64)',
    "true",
    "",
  ]);
});

Deno.test("exec() with limits searches on after files that cannot be executed", () => {
  using folder = new TemporaryFolder();
  folder.mkdir("plain");
  folder.write("plain/tool", "", 0o644);
  folder.mkdir("broken");
  folder.write("broken/tool", "#!/missing/interpreter\n", 0o755);
  folder.mkdir("good");
  folder.write("good/tool", "#!/bin/sh\nulimit -n; ulimit -Hn\n", 0o755);
  const path = ["missing", "plain", "broken", "good"].map((it) =>
    folder.join(it)
  );
  const output = outputOf(
    js`exec("tool", { limits: { nofile: { soft: 20, hard: 30 } } })`,
    { env: { PATH: path.join(":") } },
  );
  assertEquals(output, "20\n30\n");
});

Deno.test("exec() with limits gives a file without a format to the shell if asked to", () => {
  using folder = new TemporaryFolder();
  const file = folder.write("plain", "ulimit -n; ulimit -Hn\n", 0o755);
  const source =
    js`exec(${file}, { shellFallback: true, limits: { nofile: 30 } })`;
  assertEquals(outputOf(source), "30\n30\n");
});

Deno.test("exec() sets limits also where the kernel has no AT_EXECVE_CHECK", () => {
  const EINVAL = 22;
  const ENOSYS = 38;
  for (const errno of [EINVAL, ENOSYS]) {
    const source = js`
      answer(EXECVEAT, ${errno});
      exec("sh", { args: ["-c", "ulimit -n"], limits: { nofile: 30 } });
    `;
    assertEquals(outputOf(source, { setup: FILTER, env: PATH }), "30\n");
  }
});

/** Writes a byte until that is refused, and counts how often it was and was not. */
const WRITER = `
  import { encodeCString, lazySymbols } from "@procctl/libc";
  const { memfd_create, pwrite } = lazySymbols({
    pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "i64" },
    memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  });
  const fd = memfd_create(encodeCString("x", "name"), 1 /* MFD_CLOEXEC */);
  const byte = new Uint8Array(1);
  self.onmessage = ({ data: counts }) => {
    while (counts[0] === 0) {
      Atomics.add(counts, pwrite(fd, byte, 1n, 0n) === 1n ? 1 : 0, 1);
    }
  };
`;

Deno.test("exec() is not ended by what another thread writes beyond the limit", () => {
  using folder = new TemporaryFolder();
  const [empty] = writeBroken(folder);
  const writer = folder.write("writer.mjs", WRITER);
  const output = outputOf(
    js`
      /** Whether SIGXFSZ is ignored, and whether it is caught. */
      const state = () => {
        const status = new TextDecoder().decode(readFile("/proc/self/status"));
        return status.match(/^Sig(Ign|Cgt).*/gm)
          .map((line) => BigInt("0x" + line.slice(8)) >> 24n & 1n).join();
      };
      const before = state();
      const counts = new Int32Array(new SharedArrayBuffer(8));
      const worker = new Worker(${`file://${writer}`}, { type: "module" });
      worker.postMessage(counts);
      while (counts[1] === 0) await new Promise((done) => setTimeout(done, 1));
      // The kernel copies these while the limit holds: time for the other
      // thread to run in, also where there is one processor for both.
      const args = Array(10).fill("x".repeat(100_000));
      while (counts[0] === 0) {
        attempt(() => exec(${empty}, { args, limits: { fsize: { soft: 0 } } }));
      }
      worker.terminate();
      console.log(state() === before);
    `,
    { setup: SETUP, flags: ["--allow-ffi", "--allow-read"], env: {} },
  );
  assertEquals(output, "true\n");
});

Deno.test("exec() with a limit of files hands SIGXFSZ on as it was", () => {
  const SIGXFSZ_BIT = 1n << 24n;
  const ignored = (setup: string) => {
    const status = outputOf(
      js`exec("cat", { args: ["/proc/self/status"], limits: { fsize: "1GiB" } })`,
      { setup, env: PATH },
    );
    const [, bits] = /^SigIgn:\s*(\w+)/m.exec(status)!;
    return (BigInt(`0x${bits}`) & SIGXFSZ_BIT) !== 0n;
  };
  const ignore = `
    const { signal } = lazySymbols({
      signal: { parameters: ["i32", "usize"], result: "usize" },
    });
    signal(25 /* SIGXFSZ */, 1n /* SIG_IGN */);
  `;
  assertEquals([ignored(""), ignored(ignore)], [false, true]);
});
