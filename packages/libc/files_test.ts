import { assert, assertEquals, assertThrows } from "@std/assert";
import { run, runDeno, TemporaryFolder } from "@procctl/testing";
import {
  closeFile,
  openFile,
  readDirectory,
  readFile,
  writeFile,
} from "./files.ts";
import { O_CLOEXEC, O_CREAT, O_PATH, O_RDONLY, O_RDWR } from "./open_flags.ts";
import { SystemError } from "./system_error.ts";
import type { PathLike } from "./types.ts";

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function decode(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/** What a call that fails says of itself. */
function failureOf(fn: () => unknown): Partial<SystemError> {
  const { code, syscall, path, message } = assertThrows(fn, SystemError);
  return { code, syscall, path, message } as Partial<SystemError>;
}

Deno.test("readFile() reads a file byte for byte, whatever its size", () => {
  using folder = new TemporaryFolder();
  for (const size of [0, 1, 65535, 65536, 65537, 1 << 20]) {
    const content = Uint8Array.from({ length: size }, (_, i) => i * 31 + 7);
    assertEquals(readFile(folder.write("file", content)), content);
  }
});

Deno.test("readFile() reads files of /proc, whose size is said to be 0", () => {
  const status = decode(readFile("/proc/self/status"));
  assert(status.includes(`\nPid:\t${Deno.pid}\n`));
});

Deno.test("readFile() takes a path as text, bytes or a URL", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("a b", "content");
  const url = new URL(`file://${path}`);
  for (const form of [path, encode(path), url]) {
    assertEquals(decode(readFile(form)), "content");
  }
});

Deno.test("readFile() says which file is missing", () => {
  assertEquals(failureOf(() => readFile("/nonexistent/file")), {
    code: "ENOENT",
    syscall: "open",
    path: "/nonexistent/file",
    message:
      'Cannot open "/nonexistent/file": No such file or directory: ENOENT',
  });
});

Deno.test("readFile() refuses a directory with EISDIR", () => {
  assertEquals(failureOf(() => readFile("/proc")), {
    code: "EISDIR",
    syscall: "read",
    path: "/proc",
    message: 'Cannot read "/proc": Is a directory: EISDIR',
  });
});

Deno.test("readFile() says that a file may not be read", () => {
  using folder = new TemporaryFolder();
  folder.chmod(".", 0o755);
  const path = folder.write("secret", "", 0o000);
  // As another user, since root may read everything.
  const { stdout, stderr } = runDeno(
    `
    import { lazySymbols, readFile } from "@procctl/libc";
    import { becomeUser } from "@procctl/testing";

    const libc = lazySymbols({ geteuid: { parameters: [], result: "u32" } });
    if (libc.geteuid() === 0) becomeUser();
    try {
      readFile(Deno.args[0]);
    } catch ({ code, syscall }) {
      console.log(code, syscall);
    }
    `,
    { args: [path] },
  );
  assertEquals([stdout, stderr], ["EACCES open\n", ""]);
});

Deno.test("readFile() shows what is not UTF-8 in a path as U+FFFD", () => {
  const path = new Uint8Array([...encode("/nonexistent/"), 0xff]);
  assertEquals(failureOf(() => readFile(path)).path, "/nonexistent/\ufffd");
});

Deno.test("readFile(), writeFile(), openFile() and readDirectory() refuse a NUL", () => {
  const path = "/dev/null\0";
  for (
    const use of [
      () => readFile(path),
      () => writeFile(path, new Uint8Array()),
      () => openFile(path, O_RDONLY),
      () => readDirectory(path),
    ]
  ) {
    assertThrows(use, TypeError, "Cannot pass path to the kernel");
  }
});

Deno.test("writeFile() creates a file with the mode it is given", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("new");
  writeFile(path, encode("content"), 0o600);
  assertEquals(decode(readFile(path)), "content");
  assertEquals(run(["stat", "-c", "%a", path]).stdout, "600\n");
});

Deno.test("writeFile() replaces what the file held, and keeps its mode", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("file", "a longer text", 0o640);
  writeFile(path, encode("short"), 0o777);
  assertEquals(decode(readFile(path)), "short");
  assertEquals(run(["stat", "-c", "%a", path]).stdout, "640\n");
});

Deno.test("writeFile() writes a large array, and an empty one", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("file");
  const large = Uint8Array.from({ length: 3_000_001 }, (_, i) => i % 251);
  writeFile(path, large);
  assertEquals(readFile(path), large);
  writeFile(path, new Uint8Array());
  assertEquals(readFile(path).length, 0);
});

Deno.test("writeFile() writes what a view shows", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("file");
  writeFile(path, encode("0123456789").subarray(2, 5));
  assertEquals(decode(readFile(path)), "234");
});

Deno.test("writeFile() says that the device is full", () => {
  assertEquals(failureOf(() => writeFile("/dev/full", encode("a"))), {
    code: "ENOSPC",
    syscall: "write",
    path: "/dev/full",
    message: 'Cannot write "/dev/full": No space left on device: ENOSPC',
  });
});

Deno.test("writeFile() refuses data that is not bytes, and leaves the file as it was", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("file", "old");
  for (const data of ["new", undefined, new ArrayBuffer(3), [1, 2]]) {
    assertThrows(
      () => writeFile(path, data as unknown as Uint8Array<ArrayBuffer>),
      TypeError,
      "Cannot write a file: its data is not a Uint8Array",
    );
  }
  assertEquals(decode(readFile(path)), "old");
});

Deno.test("readDirectory() gives 5,000 names, each once, without the dots", () => {
  using folder = new TemporaryFolder();
  const names = Array.from(
    { length: 5000 },
    (_, index) => `${"x".repeat(index % 200)}${index}`,
  );
  for (const name of names) writeFile(folder.join(name), new Uint8Array());
  assertEquals(readDirectory(folder.path).map(decode).sort(), names.sort());
});

Deno.test("readDirectory() gives names byte for byte", () => {
  using folder = new TemporaryFolder();
  const names = [[0xff], [0x2e, 0x2e, 0x2e], [0x2e, 0x61], [0x0a], [
    0x80,
    0x20,
  ]];
  for (const name of names) {
    const path = new Uint8Array([...encode(`${folder.path}/`), ...name]);
    writeFile(path, new Uint8Array());
  }
  const found = readDirectory(folder.path).map((name) => name.toHex());
  const expected = names.map((name) => new Uint8Array(name).toHex());
  assertEquals(found.sort(), expected.sort());
});

Deno.test("readDirectory() gives nothing for an empty directory", () => {
  using folder = new TemporaryFolder();
  assertEquals(readDirectory(folder.path), []);
});

Deno.test("readDirectory() refuses what is not a directory", () => {
  assertEquals(failureOf(() => readDirectory("/dev/null")), {
    code: "ENOTDIR",
    syscall: "open",
    path: "/dev/null",
    message: 'Cannot open "/dev/null": Not a directory: ENOTDIR',
  });
});

Deno.test("openFile() opens every descriptor close-on-exec", () => {
  for (const flags of [O_RDONLY, O_RDWR, O_PATH]) {
    const fd = openFile("/dev/null", flags);
    const info = decode(readFile(`/proc/self/fdinfo/${fd}`));
    closeFile(fd);
    const [, octal] = /^flags:\s*([0-7]+)$/m.exec(info)!;
    assertEquals(parseInt(octal!, 8) & O_CLOEXEC, O_CLOEXEC);
  }
});

Deno.test("openFile() creates a file with the mode it is given", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("new");
  closeFile(openFile(path, O_RDWR | O_CREAT, 0o700));
  assertEquals(run(["stat", "-c", "%a", path]).stdout, "700\n");
});

Deno.test("openFile() refuses what is not a path", () => {
  for (const path of [undefined, 3, ["/dev/null"]]) {
    assertThrows(
      () => openFile(path as unknown as PathLike, O_RDONLY),
      TypeError,
      "Cannot pass path to the kernel",
    );
  }
});

Deno.test("closeFile() says that a descriptor is not open", () => {
  const error = assertThrows(() => closeFile(-1), SystemError);
  assertEquals(
    error.message,
    "Cannot close descriptor -1: Bad file descriptor: EBADF",
  );
  assertEquals([error.code, error.syscall], ["EBADF", "close"]);
});

Deno.test("readFile(), writeFile() and readDirectory() close what they opened, errors or not", () => {
  const { stdout, stderr } = runDeno(`
    import { readDirectory, readFile, writeFile } from "@procctl/libc";
    import { settleDeno } from "@procctl/testing";

    settleDeno();
    const count = () => readDirectory("/proc/self/fd").length;
    const uses = {
      ENOENT: () => readFile("/nonexistent"),
      EISDIR: () => readFile("/proc"),
      ENOSPC: () => writeFile("/dev/full", new Uint8Array(1)),
      ENOTDIR: () => readDirectory("/dev/null"),
      none: () => {
        readFile("/proc/self/comm");
        writeFile("/dev/null", new Uint8Array(1));
        readDirectory("/dev");
      },
    };
    const failures = {};
    const before = count();
    for (let round = 0; round < 1000; round++) {
      for (const [key, use] of Object.entries(uses)) {
        try {
          use();
          failures.none = (failures.none ?? 0) + 1;
        } catch ({ code }) {
          failures[code] = (failures[code] ?? 0) + 1;
        }
      }
    }
    console.log(JSON.stringify([failures, count() - before]));
  `);
  assertEquals(stderr, "");
  assertEquals(JSON.parse(stdout), [
    { ENOENT: 1000, EISDIR: 1000, ENOSPC: 1000, ENOTDIR: 1000, none: 1000 },
    0,
  ]);
});
