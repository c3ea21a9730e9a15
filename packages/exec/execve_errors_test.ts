import { assertEquals } from "@std/assert";
import {
  closeFile,
  lazySymbols,
  O_WRONLY,
  openFile,
  orErrno,
  readFile,
  terminate,
} from "@procctl/libc";
import {
  denoArgv,
  inMounts,
  js,
  mounts,
  type Need,
  root,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import {
  assertExecveFails,
  assertFailures,
  dumpOf,
  failures,
  outputOf,
  writeDumper,
} from "./_testing.ts";

const libc = lazySymbols({
  // int mknod(const char *pathname, mode_t mode, dev_t dev)
  mknod: { parameters: ["buffer", "u32", "u64"], result: "i32" },
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
});

const S_IFCHR = 0o020000;
const S_IFBLK = 0o060000;
const AF_UNIX = 1;
const SOCK_STREAM = 1;

/** Makes a device that anyone may execute, by its mode; -errno if it cannot. */
function makeDevice(path: string, type: number, major: number, minor: number) {
  const name = terminate(new TextEncoder().encode(path));
  const device = BigInt(major * 256 + minor);
  return orErrno(libc.mknod(name, type | 0o777, device));
}

/** The test makes devices, as root may not in every container. */
const devices: Need = () => {
  using folder = new TemporaryFolder();
  return makeDevice(folder.join("null"), S_IFCHR, 1, 3) === 0
    ? undefined
    : "needs to make devices";
};

/** Leaves a Unix socket's file behind. */
function makeSocket(path: string): void {
  const name = new TextEncoder().encode(path);
  const address = Uint8Array.of(AF_UNIX, 0, ...name, 0);
  const fd = libc.socket(AF_UNIX, SOCK_STREAM, 0);
  assertEquals(orErrno(libc.bind(fd, address, address.length)), 0);
  closeFile(fd);
}

Deno.test("execve() fails with ENOENT for a file that is missing", () => {
  using folder = new TemporaryFolder();
  folder.symlink("missing", "dangling");
  assertExecveFails({
    [folder.join("missing")]: "ENOENT",
    [folder.join("missing/file")]: "ENOENT",
    [folder.join("dangling")]: "ENOENT",
  });
  // posix_spawnp(3) would say so of an empty name without asking the kernel.
  assertFailures({ 'execve("", ["x"], {})': "ENOENT" });
});

Deno.test("execve() fails with ENAMETOOLONG for a name of 256 bytes or a path of 4096", () => {
  using folder = new TemporaryFolder();
  const pad = (size: number) => folder.path.padEnd(size, "/.");
  assertExecveFails({
    [folder.join("x".repeat(255))]: "ENOENT",
    [folder.join("x".repeat(256))]: "ENAMETOOLONG",
    [pad(4094) + "x"]: "ENOENT",
    [pad(4095) + "x"]: "ENAMETOOLONG",
  });
});

Deno.test("execve() fails with ENOTDIR for a path through a file", () => {
  using folder = new TemporaryFolder();
  const file = folder.write("file", "", 0o755);
  assertExecveFails({ [`${file}/x`]: "ENOTDIR", [`${file}/`]: "ENOTDIR" });
});

Deno.test("execve() fails with ELOOP for a symbolic link to itself", () => {
  using folder = new TemporaryFolder();
  const loop = folder.symlink("loop", "loop");
  assertExecveFails({ [loop]: "ELOOP", [`${loop}/x`]: "ELOOP" });
});

Deno.test("execve() fails with EACCES for a file without execute permission", () => {
  using folder = new TemporaryFolder();
  const files = [0o444, 0o644, 0o666].map((mode) =>
    folder.write(`mode-${mode}`, "#!/bin/sh\n", mode)
  );
  assertExecveFails(
    Object.fromEntries(files.map((file) => [file, "EACCES"])),
  );
});

Deno.test("execve() fails with EACCES for a directory, a FIFO, a socket and a device", () => {
  using folder = new TemporaryFolder();
  const socket = folder.join("socket");
  makeSocket(socket);
  folder.chmod("socket", 0o777);
  assertExecveFails({
    [folder.mkdir("folder")]: "EACCES",
    [folder.mkfifo("fifo", 0o777)]: "EACCES",
    [socket]: "EACCES",
    "/dev/null": "EACCES",
  });
});

testWith(
  "execve() fails with EACCES for devices that have execute permission",
  [devices],
  () => {
    using folder = new TemporaryFolder();
    const [character, block] = [folder.join("null"), folder.join("disk")];
    assertEquals(makeDevice(character, S_IFCHR, 1, 3), 0);
    assertEquals(makeDevice(block, S_IFBLK, 7, 0), 0);
    assertExecveFails({ [character]: "EACCES", [block]: "EACCES" });
  },
);

testWith(
  "execve() fails with EACCES for another user's file of mode 0700",
  [root],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    const theirs = folder.write("theirs", "no format", 0o700);
    const ours = folder.write("ours", "no format", 0o755);
    const shut = folder.mkdir("shut", 0o700);
    assertFailures({
      [js`execve(${theirs}, ["x"], {})`]: "EACCES",
      [js`execve(${`${shut}/missing`}, ["x"], {})`]: "EACCES",
      // What may be executed gets as far as the question of its format.
      [js`execve(${ours}, ["x"], {})`]: "ENOEXEC",
    }, {
      setup: `
        import { becomeUser } from "@procctl/testing";
        becomeUser();
      `,
    });
  },
);

testWith(
  "execve() fails with EACCES on a file system that is mounted noexec",
  [mounts],
  () => {
    using folder = new TemporaryFolder();
    const mounted = folder.mkdir("mounted");
    const dumper = writeDumper(folder);
    const program = folder.write(
      "program.mjs",
      js`
        import { execve } from "@procctl/exec";
        try {
          execve(${mounted} + "/dumper", ["x"], {});
        } catch (error) {
          console.log(error.code);
        }
      `,
    );
    const mount = `mount -t tmpfs -o noexec none ${mounted} && ` +
      `cp ${dumper} ${mounted}`;
    const { stdout, stderr } = run(inMounts(mount, denoArgv(program)));
    assertEquals({ stdout, stderr }, { stdout: "EACCES\n", stderr: "" });
  },
);

Deno.test("execve() fails with ENOEXEC for a file of no format, and calls no shell", () => {
  using folder = new TemporaryFolder();
  const contents = ["", "echo hello\n", "\x7fELF", "#!\n", "#!   \n", "# !sh"];
  assertExecveFails(Object.fromEntries(contents.map((content, index) => [
    folder.write(`file-${index}`, content, 0o755),
    "ENOEXEC",
  ])));
});

/** Linux 6.11 let files be executed that are open for writing, until 6.12.2. */
const deniesWriting: Need = () => {
  const release = new TextDecoder().decode(
    readFile("/proc/sys/kernel/osrelease"),
  );
  const [major = 0, minor = 0, patch = 0] = release.split(/\D/).map(Number);
  const allows = major === 6 &&
    (minor === 11 ? patch <= 10 : minor === 12 && patch <= 1);
  return allows ? "needs another kernel than 6.11.0 to 6.12.1" : undefined;
};

testWith(
  "execve() fails with ETXTBSY for a file that is open for writing",
  [deniesWriting],
  () => {
    using folder = new TemporaryFolder();
    const dumper = writeDumper(folder);
    const fd = openFile(dumper, O_WRONLY);
    try {
      assertExecveFails({ [dumper]: "ETXTBSY" });
    } finally {
      closeFile(fd);
    }
    assertEquals(dumpOf(js`execve(${dumper}, ["x"], {})`).argv, ["x"]);
  },
);

Deno.test("the kernel fails with EFAULT for pointers that execve() never passes", () => {
  const setup = js`
    const libc = lazySymbols({
      execve: { parameters: ["usize", "usize", "usize"], result: "i32" },
    });
    const arena = new Arena();
    const bytes = (text) => new TextEncoder().encode(text);
    const path = arena.cString(bytes("/bin/true"));
    const argv = arena.cStringVector([bytes("true")]);
    function call(...pointers) {
      const errno = -orErrno(libc.execve(...pointers));
      throw new SystemError("Cannot execute", { errno, syscall: "execve" });
    }
  `;
  assertFailures({
    "call(0n, argv, argv)": "EFAULT",
    "call(1n, argv, argv)": "EFAULT",
    "call(path, 1n, argv)": "EFAULT",
    "call(path, argv, 1n)": "EFAULT",
  }, { setup });
});

Deno.test("execve() throws an error that says what failed, and the program goes on", () => {
  const [failure] = failures([js`execve("/no such file", ["x"], {})`]);
  assertEquals(failure, {
    call: js`execve("/no such file", ["x"], {})`,
    type: "SystemError",
    message:
      'Cannot execute "/no such file": No such file or directory: ENOENT',
    code: "ENOENT",
    errno: 2,
    syscall: "execve",
    path: "/no such file",
  });
  const output = outputOf(`
    for (let i = 0; i < 3; i++) {
      try {
        execve("/missing", ["x"], {});
      } catch { /* tried again */ }
    }
    execve("/bin/echo", ["echo", "found"], {});
  `);
  assertEquals(output, "found\n");
});
