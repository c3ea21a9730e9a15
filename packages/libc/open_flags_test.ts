import { assertEquals, assertThrows } from "@std/assert";
import { file, runDeno, TemporaryFolder, testWith } from "@procctl/testing";
import { closeFile, openFile, readFile, writeFile } from "./files.ts";
import { lazySymbols } from "./library.ts";
import * as flags from "./open_flags.ts";
import { SystemError } from "./system_error.ts";

const libc = lazySymbols({
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

/** The later one includes the earlier one, and replaces what differs. */
const HEADERS = [
  "/usr/include/asm-generic/fcntl.h",
  `/usr/include/${Deno.build.arch}-linux-gnu/asm/fcntl.h`,
];

/** The error's name when a file cannot be opened so. */
function codeOf(path: string, openFlags: number): string {
  return assertThrows(() => openFile(path, openFlags), SystemError).code;
}

testWith(
  "the flags have the values in the kernel's headers",
  HEADERS.map(file),
  () => {
    const header = HEADERS.map((path) =>
      new TextDecoder().decode(readFile(path))
    ).join("\n");
    const values = Object.fromEntries(
      [...header.matchAll(/^#define\s+(O_\w+)\s+(0[0-7]+)/gm)]
        .filter(([, name]) => name! in flags)
        .map(([, name, octal]) => [name, parseInt(octal!, 8)]),
    );
    assertEquals(values, { ...flags });
  },
);

Deno.test("the flags that differ on aarch64 have its values there", () => {
  const { stdout } = runDeno(`
    Object.defineProperty(Deno, "build", {
      value: { ...Deno.build, arch: "aarch64" },
    });
    const { O_DIRECTORY, O_NOFOLLOW } = await import("@procctl/libc/open-flags");
    console.log(O_DIRECTORY.toString(8), O_NOFOLLOW.toString(8));
  `);
  assertEquals(stdout, "40000 100000\n");
});

Deno.test("O_RDONLY, O_WRONLY and O_RDWR say what may be done", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("file", "a");
  const buffer = new Uint8Array(1);
  const results = [flags.O_RDONLY, flags.O_WRONLY, flags.O_RDWR].map((mode) => {
    const fd = openFile(path, mode);
    const result = [libc.read(fd, buffer, 1n), libc.write(fd, buffer, 1n)];
    closeFile(fd);
    return result;
  });
  assertEquals(results, [[1, -1], [-1, 1], [1, 1]]);
});

Deno.test("O_CREAT creates, and O_EXCL refuses a file that exists", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("file");
  assertEquals(codeOf(path, flags.O_WRONLY), "ENOENT");
  const create = flags.O_WRONLY | flags.O_CREAT | flags.O_EXCL;
  closeFile(openFile(path, create));
  assertEquals(codeOf(path, create), "EEXIST");
});

Deno.test("O_TRUNC cuts a file, and O_APPEND writes at its end", () => {
  using folder = new TemporaryFolder();
  const path = folder.write("file", "old");
  const fd = openFile(path, flags.O_WRONLY | flags.O_APPEND);
  libc.write(fd, new TextEncoder().encode("+"), 1n);
  closeFile(fd);
  assertEquals(new TextDecoder().decode(readFile(path)), "old+");
  closeFile(openFile(path, flags.O_WRONLY | flags.O_TRUNC));
  assertEquals(readFile(path).length, 0);
});

Deno.test("O_NONBLOCK does not wait for a FIFO's reader", () => {
  using folder = new TemporaryFolder();
  const path = folder.mkfifo("fifo");
  assertEquals(codeOf(path, flags.O_WRONLY | flags.O_NONBLOCK), "ENXIO");
});

Deno.test("O_DIRECTORY refuses what is not a directory", () => {
  assertEquals(codeOf("/dev/null", flags.O_DIRECTORY), "ENOTDIR");
  closeFile(openFile("/dev", flags.O_DIRECTORY));
});

Deno.test("O_NOFOLLOW refuses a symbolic link", () => {
  using folder = new TemporaryFolder();
  const path = folder.symlink("/dev/null", "link");
  assertEquals(codeOf(path, flags.O_NOFOLLOW), "ELOOP");
  closeFile(openFile(path, flags.O_RDONLY));
});

Deno.test("O_PATH finds a file without opening it for reading", () => {
  using folder = new TemporaryFolder();
  const path = folder.join("file");
  writeFile(path, new Uint8Array([1]));
  const fd = openFile(path, flags.O_PATH);
  const result = libc.read(fd, new Uint8Array(1), 1n);
  closeFile(fd);
  assertEquals(result, -1);
});
