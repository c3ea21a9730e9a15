import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  denoArgv,
  run,
  runDeno,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { encodeCString } from "./encode.ts";
import { readFile } from "./files.ts";
import {
  arch,
  lazySymbols,
  orErrno,
  setLibcPath,
  wasInterrupted,
} from "./library.ts";

/** Where libc lies on this machine, as the kernel shows it. */
function libcPath(): string {
  const maps = new TextDecoder().decode(readFile("/proc/self/maps"));
  return /(\/.*\/libc\.so\.6)$/m.exec(maps)![1]!;
}

/** Uses something of every file of the package, and prints what worked. */
const USE_ALL = `
  const libc = await import("@procctl/libc");
  const table = libc.lazySymbols({
    getpid: { parameters: [], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
  });
  using arena = new libc.Arena();
  const string = arena.cString(libc.encodeBytes("text", "string"));
  const buffer = new Uint8Array(8);
  libc.writeMemory(libc.addressOf(buffer), libc.readCString(string));
  const entry = libc.environ().length > 0 && libc.getenv("PATH") !== undefined;
  const names = libc.readDirectory("/proc/self/fd");
  console.log(
    table.getpid() === Deno.pid,
    libc.errnoName(-libc.orErrno(table.close(-1))),
    new TextDecoder().decode(buffer.subarray(0, 4)),
    entry,
    names.length > 0,
    libc.programArguments().length,
  );
`;
const ALL_USED = "true EBADF text true true 1\n";

/** Prints the first error that a use of libc throws. */
const PRINT_ERROR = `
  import { getenv } from "@procctl/libc";

  try {
    getenv("PATH");
    console.log("no error");
  } catch (error) {
    console.log(error.name + ": " + error.message);
  }
`;

Deno.test("importing the package needs no permission, asks for none and opens nothing", () => {
  const { code, stdout, stderr } = runDeno(
    `
    import * as libc from "@procctl/libc";

    const { state } = await Deno.permissions.query({ name: "ffi" });
    const table = libc.lazySymbols({ f: { parameters: [], result: "void" } });
    libc.setLibcPath("/nonexistent/libc.so.6");
    console.log(state, Object.keys(table), libc.signalName(9), libc.errnoName(2));
    `,
    { flags: [] },
  );
  assertEquals(
    [code, stdout, stderr],
    [0, 'prompt [ "f" ] SIGKILL ENOENT\n', ""],
  );
});

Deno.test("the package works under --allow-ffi", () => {
  const { stdout, stderr } = runDeno(USE_ALL);
  assertEquals([stdout, stderr], [ALL_USED, ""]);
});

Deno.test("the package works under a grant of libc's path alone", () => {
  const { stdout, stderr } = runDeno(USE_ALL, {
    flags: [`--allow-ffi=${libcPath()}`],
  });
  assertEquals([stdout, stderr], [ALL_USED, ""]);
});

Deno.test("the package works under a grant of libc's folder alone", () => {
  const folder = libcPath().replace(/\/[^/]*$/, "");
  const { stdout, stderr } = runDeno(USE_ALL, {
    flags: [`--allow-ffi=${folder}`],
  });
  assertEquals([stdout, stderr], [ALL_USED, ""]);
});

Deno.test("the package works under a whole grant less one path", () => {
  const { stdout, stderr } = runDeno(USE_ALL, {
    flags: ["--allow-ffi", "--deny-ffi=/nonexistent"],
  });
  assertEquals([stdout, stderr], [ALL_USED, ""]);
});

Deno.test("using libc without the permission throws NotCapable, and names both flags", () => {
  for (const flags of [[], ["--deny-ffi"], ["--allow-ffi=/nonexistent"]]) {
    const { stdout, stderr } = runDeno(PRINT_ERROR, { flags });
    const hint = /run again with --allow-ffi or --allow-ffi=\/\S+\/libc\.so\.6/;
    assertStringIncludes(
      stdout,
      "NotCapable: Cannot open libc: ffi access is not granted",
    );
    assert(hint.test(stdout), stdout);
    assertEquals(stderr, "");
  }
});

Deno.test("using libc throws NotSupported on another system or architecture", () => {
  for (
    const [build, message] of [
      [{ os: "darwin" }, "darwin: procctl works on Linux alone"],
      [{ arch: "riscv64" }, "riscv64: procctl works on x86_64 and aarch64"],
    ] as const
  ) {
    const { stdout } = runDeno(
      `
      const build = { ...Deno.build, ...${JSON.stringify(build)} };
      Object.defineProperty(Deno, "build", { value: build });
      const { arch, getenv } = await import("@procctl/libc");
      for (const use of [arch, () => getenv("PATH")]) {
        try {
          use();
        } catch (error) {
          console.log(error.name + ": " + error.message);
        }
      }
      `,
    );
    const line = `NotSupported: Cannot call libc on ${message}\n`;
    assertEquals(stdout, line + line);
  }
});

Deno.test("arch() gives the architecture of this process", () => {
  assertEquals(arch(), Deno.build.arch);
});

/** Answers the prompt of a program that runs in a pseudo-terminal. */
const ANSWER = `
import os, select, sys
answer, *argv = sys.argv[1:]
pid, terminal = os.forkpty()
if pid == 0:
    os.execv(argv[0], argv)
output = b""
while True:
    # Deno drops what was typed before it asks: answer when it is quiet.
    if not select.select([terminal], [], [], 0.3)[0]:
        if b"[y/n" in output:
            os.write(terminal, answer.encode() + b"\\n")
        continue
    try:
        chunk = os.read(terminal, 65536)
    except OSError:
        break
    if not chunk:
        break
    output += chunk
os.waitpid(pid, 0)
sys.stdout.buffer.write(output)
`;

for (
  const [answer, outcome] of [
    ["y", "no error"],
    ["n", "NotCapable: Cannot open libc: ffi access is not granted"],
  ] as const
) {
  testWith(
    `using libc asks for the permission at a terminal, and heeds the answer "${answer}"`,
    [tool("python3")],
    () => {
      using folder = new TemporaryFolder();
      const script = folder.write("program.mjs", PRINT_ERROR);
      const argv = denoArgv(script, []);
      const { stdout } = run(["python3", "-c", ANSWER, answer, ...argv]);
      assertStringIncludes(stdout, "ffi access");
      // One question, and one outcome after it.
      assertEquals(stdout.split("[y/n").length, 2);
      assertStringIncludes(stdout, outcome);
    },
  );
}

Deno.test("setLibcPath() refuses a path that is not absolute", () => {
  for (const path of ["libc.so.6", "./libc.so.6", "", 3, undefined]) {
    assertThrows(
      () => setLibcPath(path as string),
      TypeError,
      `Cannot set the path of libc to "${path}": it is not absolute`,
    );
  }
});

for (const kind of ["link", "copy"] as const) {
  Deno.test(`setLibcPath() makes a ${kind} of libc work that alone is granted`, () => {
    using folder = new TemporaryFolder();
    const path = kind === "link"
      ? folder.symlink(libcPath(), "an odd name.so")
      : folder.write("an odd name.so", readFile(libcPath()));
    const flags = [`--allow-ffi=${path}`];
    const set = `(await import("@procctl/libc")).setLibcPath(${
      JSON.stringify(path)
    });`;
    assertStringIncludes(runDeno(PRINT_ERROR, { flags }).stdout, "NotCapable");
    const { stdout, stderr } = runDeno(set + USE_ALL, { flags });
    assertEquals([stdout, stderr], [ALL_USED, ""]);
  });
}

Deno.test("setLibcPath() refuses another path once libc is open, and takes the same", () => {
  const path = libcPath();
  const { stdout, stderr } = runDeno(
    `
    import { getenv, setLibcPath } from "@procctl/libc";

    const path = ${JSON.stringify(path)};
    setLibcPath("/nonexistent/libc.so.6");
    setLibcPath(path);
    getenv("PATH");
    setLibcPath(path);
    try {
      setLibcPath("/nonexistent/libc.so.6");
    } catch (error) {
      console.log(error.name + ": " + error.message);
    }
    console.log(getenv("PATH") !== undefined);
    `,
  );
  assertEquals(
    [stdout, stderr],
    [
      `TypeError: Cannot set the path of libc to "/nonexistent/libc.so.6": it is already open as "${path}"\ntrue\n`,
      "",
    ],
  );
});

Deno.test("using libc throws an error that says where it was looked for, and why that failed", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("libc.so.6", "no library");
  const { stdout, stderr } = runDeno(
    `
    import { getenv, setLibcPath } from "@procctl/libc";

    setLibcPath(${JSON.stringify(path)});
    try {
      getenv("PATH");
    } catch (error) {
      console.log(error.message);
      console.log(error.cause.message);
    }
    `,
  );
  const [message, cause] = stdout.split("\n");
  assertEquals(message, `Cannot open libc as "${path}"`);
  assertStringIncludes(cause!, path);
  assertEquals(stderr, "");
});

Deno.test("lazySymbols() opens each function by itself, so that a missing one spares the others", () => {
  const libc = lazySymbols({
    procctl_missing: { parameters: [], result: "void" },
    alias: { name: "procctl_absent", parameters: [], result: "void" },
    getpid: { parameters: [], result: "i32" },
  });
  for (
    const [use, name] of [
      [() => libc.procctl_missing(), "procctl_missing"],
      [() => libc.alias(), "procctl_absent"],
    ] as const
  ) {
    const error = assertThrows(
      use,
      Error,
      `Cannot find "${name}" in libc: procctl needs glibc 2.34 or later`,
    );
    assertInstanceOf(error.cause, Error);
  }
  assertEquals(libc.getpid(), Deno.pid);
});

Deno.test("lazySymbols() opens a function once", () => {
  const libc = lazySymbols({ getpid: { parameters: [], result: "i32" } });
  const { getpid } = libc;
  assertStrictEquals(libc.getpid, getpid);
  assertEquals(getpid(), Deno.pid);
});

Deno.test("lazySymbols() gives one function of C several typings", () => {
  const libc = lazySymbols({
    narrow: { name: "labs", parameters: ["i32"], result: "i32" },
    wide: { name: "labs", parameters: ["i64"], result: "i64" },
  });
  assertEquals(libc.wide(-(2n ** 40n)), 2n ** 40n);
  assertEquals(libc.narrow(7), 7);
});

Deno.test("lazySymbols() opens nonblocking functions too", async () => {
  const libc = lazySymbols({
    getpid: { parameters: [], result: "i32", nonblocking: true },
  });
  assertEquals(await libc.getpid(), Deno.pid);
});

Deno.test("orErrno() gives the errno of the very first call of a process", () => {
  const { stdout, stderr } = runDeno(`
    import { lazySymbols, orErrno } from "@procctl/libc/library";

    const libc = lazySymbols({ close: { parameters: ["i32"], result: "i32" } });
    console.log(orErrno(libc.close(-1)));
  `);
  assertEquals([stdout, stderr], ["-9\n", ""]);
});

Deno.test("orErrno() gives results other than -1 as they are", () => {
  for (const value of [0, 1, -2, -4095, 2 ** 31 - 1, 2 ** 32 - 1]) {
    assertEquals(orErrno(value), value);
  }
  for (const value of [0n, 1n, -2n, 2n ** 63n, 2n ** 64n - 2n]) {
    assertEquals(orErrno(value), value);
  }
});

Deno.test("orErrno() gives the negated errno of results of every width", () => {
  const parameters = ["i32", "i64", "i32"] as const;
  const libc = lazySymbols({
    i32: { name: "lseek", parameters, result: "i32" },
    i64: { name: "lseek", parameters, result: "i64" },
    u64: { name: "lseek", parameters, result: "u64" },
    isize: { name: "lseek", parameters, result: "isize" },
    usize: { name: "lseek", parameters, result: "usize" },
  });
  const EBADF = 9;
  assertEquals(orErrno(libc.i32(-1, 0n, 0)), -EBADF);
  for (const lseek of [libc.i64, libc.u64, libc.isize, libc.usize]) {
    assertEquals(orErrno(lseek(-1, 0n, 0)), BigInt(-EBADF));
  }
});

Deno.test("orErrno() gives each call's own errno, over 100,000 calls that allocate between", () => {
  const libc = lazySymbols({
    close: { parameters: ["i32"], result: "i32" },
    access: { parameters: ["buffer", "i32"], result: "i32" },
    kill: { parameters: ["i32", "i32"], result: "i32" },
    lseek: { parameters: ["i32", "i64", "i32"], result: "i64" },
    munmap: { parameters: ["usize", "usize"], result: "i32" },
  });
  const missing = encodeCString("/nonexistent", "path");
  const below = encodeCString("/dev/null/x", "path");
  const looped = encodeCString("x".repeat(300), "path");
  const calls = [
    [9, () => orErrno(libc.close(-1))], // EBADF
    [2, () => orErrno(libc.access(missing, 0))], // ENOENT
    [20, () => orErrno(libc.access(below, 0))], // ENOTDIR
    [36, () => orErrno(libc.access(looped, 0))], // ENAMETOOLONG
    [22, () => orErrno(libc.kill(Deno.pid, 999))], // EINVAL
    [9, () => Number(orErrno(libc.lseek(-1, 0n, 0)))], // EBADF
    [22, () => orErrno(libc.munmap(1n, 0n))], // EINVAL
  ] as const;
  let garbage: unknown[] = [];
  let wrong = 0;
  for (let i = 0; i < 100_000; i++) {
    const [errno, call] = calls[i % calls.length]!;
    garbage.push(new Array(50).fill(i), `${i}`.repeat(10));
    if (call() !== -errno) wrong++;
    if (garbage.length > 10_000) garbage = [];
  }
  assertEquals(wrong, 0);
});

Deno.test("orErrno() gives each Worker its own errno", () => {
  const { stdout, stderr } = runDeno(
    `
    import { lazySymbols, orErrno } from "@procctl/libc/library";

    /** Counts the calls whose errno was not their own. */
    function countWrong(descriptor, expected) {
      const libc = lazySymbols({
        lseek: { parameters: ["i32", "i64", "i32"], result: "i32" },
      });
      let wrong = 0;
      for (let i = 0; i < 200_000; i++) {
        if (orErrno(libc.lseek(descriptor, 0n, 99)) !== -expected) wrong++;
      }
      return wrong;
    }

    if (typeof WorkerGlobalScope === "undefined") {
      const counts = [[-1, 9], [0, 22], [-1, 9]].map((task) =>
        new Promise((resolve) => {
          const worker = new Worker(import.meta.url, { type: "module" });
          worker.onmessage = ({ data }) => {
            if (data === "ready") return worker.postMessage(task);
            resolve(data);
            worker.terminate();
          };
        })
      );
      console.log(await Promise.all(counts));
    } else {
      self.onmessage = ({ data }) => self.postMessage(countWrong(...data));
      self.postMessage("ready");
    }
    `,
    { flags: ["--allow-ffi", "--allow-read"] },
  );
  assertEquals([stdout, stderr], ["[ 0, 0, 0 ]\n", ""]);
});

Deno.test("wasInterrupted() takes EINTR and EAGAIN for what a signal has done", () => {
  const results = [-4, -11, -10, 0, 4];
  assertEquals(results.map(wasInterrupted), [true, true, false, false, false]);
});
