import { assertEquals, assertThrows } from "@std/assert";
import type { SyscallArch } from "./arch.ts";
import { argumentTable, formatArgument } from "./arguments.ts";
import { syscallSignature } from "./signatures.ts";

function written(
  name: string,
  args: readonly (number | bigint)[],
  arch: SyscallArch = "x86_64",
): string {
  const signature = syscallSignature(name, arch)!;
  return signature.parameters
    .map((_, index) => formatArgument(signature, index, args, arch))
    .join(", ");
}

Deno.test("formatArgument() looks at as much of a register as the kernel does", () => {
  const high = 0xdead_beef_0000_0000n;
  assertEquals(written("close", [high + 3n]), "3");
  assertEquals(written("close", [0xffff_ffffn]), "-1");
  assertEquals(written("kill", [high + 0xffff_ffffn, 9]), "-1, SIGKILL");
  assertEquals(written("chmod", [0, high + 0o755n]), "NULL, 0755");
  assertEquals(
    written("getrlimit", [7, high]),
    `RLIMIT_NOFILE, 0x${high.toString(16)}`,
  );
  assertEquals(
    written("mprotect", [4096, 1n << 40n, 0]),
    `0x1000, ${1n << 40n}, PROT_NONE`,
  );
  assertEquals(written("setreuid", [0xffff_ffff, high + 7n]), "-1, 7");
});

Deno.test("formatArgument() has 32 bits in every register of i386", () => {
  assertEquals(written("brk", [0xffff_ffff_ffff_f000n], "i386"), "0xfffff000");
  assertEquals(
    written("read", [0xffff_ffffn, 0, 0x1_0000_0001n], "i386"),
    "-1, NULL, 1",
  );
  assertEquals(written("setreuid", [0xffff, 0x1_0007], "i386"), "-1, 7");
  assertEquals(written("setreuid32", [0xffff, -1], "i386"), "65535, -1");
});

Deno.test("formatArgument() lets one parameter decide on another", () => {
  assertEquals(
    written("fcntl", [1, 4, 0o4000]),
    "1, F_SETFL, O_RDONLY|O_NONBLOCK",
  );
  assertEquals(written("fcntl", [1, 2, 1]), "1, F_SETFD, FD_CLOEXEC");
  assertEquals(written("fcntl", [1, 0, 10]), "1, F_DUPFD, 10");
  assertEquals(written("fcntl", [1, 999, 10]), "1, 0x3e7 /* F_??? */, 0xa");
  assertEquals(
    written("socket", [2, 1, 6]),
    "AF_INET, SOCK_STREAM, IPPROTO_TCP",
  );
  assertEquals(
    written("socket", [16, 3, 15]),
    "AF_NETLINK, SOCK_RAW, NETLINK_KOBJECT_UEVENT",
  );
  assertEquals(written("socket", [1, 1, 0]), "AF_UNIX, SOCK_STREAM, 0");
});

Deno.test("argumentTable() gives the table, by other arguments where these decide", () => {
  const setsockopt = syscallSignature("setsockopt", "x86_64")!;
  const tables = [0n, 1n, 6n, 0xffff_ffff_0000_0001n, 99n].map((level) =>
    argumentTable(setsockopt, 2, [3n, level, 1n, 0n, 4n])
  );
  assertEquals(tables, [
    "ip_options",
    "socket_options",
    "tcp_options",
    "socket_options",
    undefined,
  ]);
  assertEquals(argumentTable(setsockopt, 0, []), "descriptors");
  assertEquals(argumentTable(setsockopt, 3, []), undefined);
  assertEquals(argumentTable(setsockopt, 5, []), undefined);
});

Deno.test("formatArgument() refuses a parameter that the call has not", () => {
  assertThrows(
    () => formatArgument(syscallSignature("close", "x86_64")!, 1, [1, 2]),
    RangeError,
    "Cannot write argument 1 of close: it has 1",
  );
});
