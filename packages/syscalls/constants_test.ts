import { assertEquals, assertThrows } from "@std/assert";
import type { SyscallArch } from "./arch.ts";
import {
  constantsOf,
  type ConstantTable,
  formatConstant,
} from "./constants.ts";

function written(
  cases: readonly (readonly [number | bigint, ConstantTable, string])[],
): void {
  assertEquals(
    cases.map(([value, table]) => formatConstant(value, table, "x86_64")),
    cases.map(([, , text]) => text),
  );
}

Deno.test("formatConstant() writes flags by name, and what is left as a number", () => {
  written([
    [3, "protection", "PROT_READ|PROT_WRITE"],
    [0, "protection", "PROT_NONE"],
    [0x41, "protection", "PROT_READ|0x40"],
    [0x40, "protection", "0x40 /* PROT_??? */"],
    [0, "eventfd_flags", "0"],
    [0x80, "descriptor_flags", "0x80"],
  ]);
});

Deno.test("formatConstant() takes a flag of several bits before its parts", () => {
  written([
    [0o4010000, "open_flags", "O_RDONLY|O_SYNC"],
    [0o10000, "open_flags", "O_RDONLY|O_DSYNC"],
    [0o20200000, "open_flags", "O_RDONLY|O_TMPFILE"],
  ]);
});

Deno.test("formatConstant() writes one of those under a mask", () => {
  written([
    [0o2000102, "open_flags", "O_RDWR|O_CREAT|O_CLOEXEC"],
    [3, "open_flags", "O_ACCMODE"],
    [0x22, "map_flags", "MAP_PRIVATE|MAP_ANONYMOUS"],
    [0x29, "map_flags", "0x9 /* MAP_??? */|MAP_ANONYMOUS"],
    [0x80801, "socket_types", "SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK"],
    [
      0x180 + 9,
      "futex_operations",
      "FUTEX_WAIT_BITSET_PRIVATE|FUTEX_CLOCK_REALTIME",
    ],
    [0x4100 | 17, "clone_flags", "CLONE_VM|CLONE_VFORK|SIGCHLD"],
    [0x100 | 100, "clone_flags", "CLONE_VM|100"],
    [0xc0ed_0001, "mount_flags", "MS_MGC_VAL|MS_RDONLY"],
    [0x10_0001, "mount_flags", "MS_RDONLY|MS_SHARED"],
  ]);
});

Deno.test("formatConstant() writes one of several, negative ones too", () => {
  written([
    [4, "madvise_advice", "MADV_DONTNEED"],
    [999, "madvise_advice", "0x3e7 /* MADV_??? */"],
    [-100, "at_fd", "AT_FDCWD"],
    [0xffff_ff9c, "at_fd", "AT_FDCWD"],
    [0xffff_ffff_ffff_ff9cn, "at_fd", "AT_FDCWD"],
    [-2, "at_fd", "-2"],
    [0xfee1_dead, "reboot_magic", "LINUX_REBOOT_MAGIC1"],
    [-18751827, "reboot_magic", "LINUX_REBOOT_MAGIC1"],
    [1, "ipc_keys", "0x1"],
  ]);
});

Deno.test("formatConstant() names signals, real-time ones counted from 32", () => {
  written([
    [9, "signals", "SIGKILL"],
    [32, "signals", "SIGRTMIN"],
    [34, "signals", "SIGRT_2"],
    [64, "signals", "SIGRT_32"],
    [65, "signals", "65"],
    [0, "signals", "0"],
  ]);
});

Deno.test("formatConstant() writes modes in octal", () => {
  written([
    [0o644, "permissions", "0644"],
    [0, "permissions", "000"],
    [7, "permissions", "007"],
    [0o4755, "permissions", "04755"],
    [0o100755, "file_modes", "S_IFREG|0755"],
    [0o041777, "file_modes", "S_IFDIR|S_ISVTX|0777"],
    [0o1600, "ipc_get_flags", "IPC_CREAT|0600"],
  ]);
});

Deno.test("formatConstant() takes an unknown ioctl apart", () => {
  written([
    [0x5401, "ioctl_commands", "TCGETS"],
    [
      0xffff_fffe,
      "ioctl_commands",
      "_IOC(_IOC_READ|_IOC_WRITE, 0xff, 0xfe, 0x3fff)",
    ],
    [0x8004_5499, "ioctl_commands", "_IOC(_IOC_READ, 0x54, 0x99, 0x4)"],
    [0x4000_0000, "ioctl_commands", "_IOC(_IOC_WRITE, 0, 0, 0)"],
    [0x99, "ioctl_commands", "_IOC(_IOC_NONE, 0, 0x99, 0)"],
  ]);
});

Deno.test("formatConstant() writes addresses and words in hexadecimal", () => {
  written([
    [0, "addresses", "NULL"],
    [0x7fff_ffff_f000n, "addresses", "0x7ffffffff000"],
    [-1n, "addresses", "0xffffffff"],
    [0, "words", "0"],
    [0xffff_ffff_ffff_ffffn, "words", "0xffffffffffffffff"],
  ]);
});

Deno.test("formatConstant() knows where aarch64 has other values", () => {
  const flags = [0o40000, 0o200000, 0o400000];
  const on = (arch: SyscallArch) =>
    flags.map((value) => formatConstant(value, "open_flags", arch));
  assertEquals(on("x86_64"), [
    "O_RDONLY|O_DIRECT",
    "O_RDONLY|O_DIRECTORY",
    "O_RDONLY|O_NOFOLLOW",
  ]);
  assertEquals(on("aarch64"), [
    "O_RDONLY|O_DIRECTORY",
    "O_RDONLY|O_DIRECT",
    "O_RDONLY|O_LARGEFILE",
  ]);
  assertEquals(formatConstant(0x10, "protection", "aarch64"), "PROT_BTI");
  assertEquals(constantsOf("protection", "x86_64").has("PROT_BTI"), false);
});

Deno.test("constantsOf() gives unsigned flags, and what a table takes from another", () => {
  assertEquals(constantsOf("mount_flags").get("MS_NOUSER"), 0x8000_0000);
  assertEquals(constantsOf("socket_options_read").get("SO_TYPE"), 3);
  assertEquals(constantsOf("at_fd").get("AT_FDCWD"), -100);
  assertEquals(constantsOf("clone3_flags").get("CLONE_INTO_CGROUP"), 2 ** 33);
});

Deno.test("formatConstant() and constantsOf() refuse what is not known", () => {
  const table = "toString" as ConstantTable;
  assertThrows(() => constantsOf(table), TypeError, 'named "toString"');
  assertThrows(() => formatConstant(0, table), TypeError, 'named "toString"');
  assertThrows(
    () => formatConstant(0, "signals", "arm" as SyscallArch),
    TypeError,
    'arch "arm"',
  );
  assertThrows(() => formatConstant(1.5, "signals"), RangeError);
});

Deno.test("a flag after some that differ on an architecture has its own value there", () => {
  const flags = new Map(constantsOf("open_flags", "aarch64"));
  assertEquals(
    ["O_DIRECT", "O_NOFOLLOW", "O_NOATIME", "O_CLOEXEC"].map((name) =>
      flags.get(name)
    ),
    [0o200000, 0o100000, 0o1000000, 0o2000000],
  );
});
