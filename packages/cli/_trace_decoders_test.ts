import { assertEquals } from "@std/assert";
import { decodeLine, layOut, longs } from "./_testing_trace.ts";

// That all this is strace's text is shown beside strace; here is what cannot be
// provoked at will, or would depend on the machine.

const PATH = 0x1000;
const AREA = 0x2000;

Deno.test("a path is shown whole, whatever the limit of strings", () => {
  const path = `/${"long".repeat(300)}`;
  assertEquals(
    decodeLine({ name: "rmdir", args: [PATH], memory: { [PATH]: path } }),
    `rmdir("${path}") = 0`,
  );
});

Deno.test("a path is shown as an address if its memory ends before it does", () => {
  const memory = { [PATH]: new TextEncoder().encode("/unterminated") };
  assertEquals(
    decodeLine({ name: "rmdir", args: [PATH], memory, result: -14 }),
    "rmdir(0x1000) = -1 EFAULT (Bad address)",
  );
});

Deno.test("a buffer is shown as far as the user wants", () => {
  const memory = { [AREA]: "0123456789" };
  const call = { name: "write", args: [1, AREA, 10], memory, result: 10 };
  assertEquals(decodeLine(call), 'write(1, "0123456789", 10) = 10');
  assertEquals(
    decodeLine({ ...call, detail: { limit: 4 } }),
    'write(1, "0123"..., 10) = 10',
  );
});

Deno.test("what a call fills is shown only if it succeeds", () => {
  const after = { [AREA]: "data" };
  const call = { name: "read", args: [3, AREA, 100], after };
  assertEquals(
    decodeLine({ ...call, result: 4 }),
    'read(3, "data", 100) = 4',
  );
  assertEquals(
    decodeLine({ ...call, result: -9 }),
    "read(3, 0x2000, 100) = -1 EBADF (Bad file descriptor)",
  );
});

Deno.test("arguments have their names if they are wanted", () => {
  const memory = { [PATH]: "/a" };
  assertEquals(
    decodeLine({
      name: "openat",
      args: [0xffff_ff9c, PATH, 0o101, 0o644],
      memory,
      names: true,
      result: 3,
    }),
    'openat(dfd=AT_FDCWD, filename="/a", flags=O_WRONLY|O_CREAT, mode=0644) = 3',
  );
});

Deno.test("the mode of an open is shown only if a file may be created", () => {
  const memory = { [PATH]: "/a" };
  const args = [0xffff_ff9c, PATH, 0, 0o644];
  assertEquals(
    decodeLine({ name: "openat", args, memory, result: -2 }),
    'openat(AT_FDCWD, "/a", O_RDONLY) = -1 ENOENT (No such file or directory)',
  );
});

Deno.test("an unknown call shows its registers", () => {
  assertEquals(
    decodeLine({
      name: "syscall_0x3e8",
      args: [1, 2n ** 64n - 1n],
      result: -38,
    }),
    "syscall_0x3e8(0x1, 0xffffffffffffffff, 0, 0, 0, 0) = -1 ENOSYS (Function not implemented)",
  );
});

Deno.test("an unknown errno is shown as a number", () => {
  assertEquals(
    decodeLine({ name: "getpid", result: -1000 }),
    "getpid() = -1 (errno 1000)",
  );
});

Deno.test("a call to be restarted says how", () => {
  assertEquals(
    decodeLine({ name: "pause", result: -512 }),
    "pause() = ? ERESTARTSYS (To be restarted if SA_RESTART is set)",
  );
});

Deno.test("structures of 32-bit programs are read as these have them", () => {
  const memory = {
    [AREA]: layOut([1, "u32"], [2, "u32"]),
    [PATH]: layOut([0x3000, "u32"], [3, "u32"]),
    0x3000: "abc",
  };
  assertEquals(
    decodeLine({ name: "nanosleep", arch: "i386", args: [AREA], memory }),
    "nanosleep({tv_sec=1, tv_nsec=2}, NULL) = 0",
  );
  assertEquals(
    decodeLine({
      name: "writev",
      arch: "i386",
      args: [1, PATH, 1],
      memory,
      result: 3,
    }),
    'writev(1, [{iov_base="abc", iov_len=3}], 1) = 3',
  );
  assertEquals(
    decodeLine({
      name: "mmap2",
      arch: "i386",
      args: [0, 4096, 1, 2, 3, 0x26],
      result: 0xf7f84000,
    }),
    "mmap2(NULL, 4096, PROT_READ, MAP_PRIVATE, 3, 0x26000) = 0xf7f84000",
  );
});

Deno.test("a list is cut where the user wants, and ends where memory does", () => {
  const memory = {
    [AREA]: longs(0x3000, 1, 0x3000, 1, 0x3000, 1),
    0x3000: "a",
  };
  const call = { name: "writev", memory, result: 3 };
  const item = '{iov_base="a", iov_len=1}';
  assertEquals(
    decodeLine({ ...call, args: [1, AREA, 3], detail: { limit: 2 } }),
    `writev(1, [${item}, ${item}, ...], 3) = 3`,
  );
  assertEquals(
    decodeLine({ ...call, args: [1, AREA, 4] }),
    `writev(1, [${item}, ${item}, ${item}, ... /* 0x2030 */], 4) = 3`,
  );
});

Deno.test("what a call replaces is shown before and after", () => {
  const address = new Uint8Array([1, 0, 47, 97, 0]);
  assertEquals(
    decodeLine({
      name: "getsockname",
      args: [3, PATH, AREA],
      memory: { [AREA]: layOut([110, "u32"]) },
      after: { [AREA]: layOut([5, "u32"]), [PATH]: address },
    }),
    'getsockname(3, {sa_family=AF_UNIX, sun_path="/a"}, [110 => 5]) = 0',
  );
});

Deno.test("clone3() shows what the kernel wrote where it was told to", () => {
  const CLONE_PARENT_SETTID = 0x10_0000;
  const memory = {
    [AREA]: longs(CLONE_PARENT_SETTID, 0, 0, 0x3000, 17, 0, 0, 0, 0, 0, 0),
  };
  const after = { 0x3000: layOut([42, "u32"]) };
  assertEquals(
    decodeLine({ name: "clone3", args: [AREA, 88], memory, after, result: 42 }),
    "clone3({flags=CLONE_PARENT_SETTID, parent_tid=0x3000, exit_signal=SIGCHLD, " +
      "stack=NULL, stack_size=0} => {parent_tid=[42]}, 88) = 42",
  );
});

Deno.test("sets of nearly all signals are shown by those they lack", () => {
  const set = (value: bigint) => ({
    name: "rt_sigprocmask",
    args: [0, AREA, 0, 8],
    memory: { [AREA]: longs(value) },
  });
  assertEquals(
    decodeLine(set(0n)),
    "rt_sigprocmask(SIG_BLOCK, [], NULL, 8) = 0",
  );
  assertEquals(
    decodeLine(set(2n ** 64n - 1n - 2n)),
    "rt_sigprocmask(SIG_BLOCK, ~[INT], NULL, 8) = 0",
  );
});

Deno.test("no address makes a decoder fail", () => {
  const args = Array<bigint>(6).fill(0xffff_ffff_ffff_fff8n);
  for (
    const name of ["openat", "execve", "sendmsg", "poll", "clone3", "select"]
  ) {
    const line = decodeLine({ name, args, result: -14 });
    assertEquals(line.startsWith(`${name}(`), true, line);
  }
});
