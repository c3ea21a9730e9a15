import { assertEquals } from "@std/assert";
import { file, run, TemporaryFolder, testWith, tool } from "@procctl/testing";
import { CONSTANTS } from "./_generated/constants.ts";
import type { SyscallArch } from "./arch.ts";
import { constantsOf, type ConstantTable } from "./constants.ts";

const TRIPLET = `${Deno.build.arch}-linux-gnu`;

/** The kernel's own headers: libc's define some of these otherwise. */
const KERNEL = `linux/types linux/fcntl linux/stat linux/fs linux/mman
  linux/sched linux/wait linux/futex linux/prctl linux/eventpoll linux/poll
  linux/mount linux/resource linux/time linux/signal linux/ipc linux/shm
  linux/sem linux/msg linux/ptrace linux/seccomp linux/bpf linux/keyctl
  linux/eventfd linux/timerfd linux/signalfd linux/inotify linux/fanotify
  linux/memfd linux/random linux/falloc linux/close_range linux/openat2
  linux/pidfd linux/membarrier linux/mempolicy linux/reboot linux/capability
  linux/io_uring linux/landlock linux/userfaultfd linux/module linux/kexec
  linux/xattr linux/perf_event linux/ioprio linux/sockios linux/net linux/in
  linux/in6 linux/tcp linux/udp linux/netlink linux/if_packet linux/if_tun
  linux/loop linux/nsfs linux/fadvise linux/fiemap linux/kcmp linux/rseq
  linux/personality asm/ioctls asm/socket asm/prctl asm/termbits asm/siginfo`;

/** libc's headers, for what the kernel keeps to itself. */
const LIBC = `unistd sys/socket sys/mount sys/swap sys/ptrace sys/personality
  signal fcntl netinet/in netinet/tcp`;

/** All constants of an architecture. */
function allConstants(arch: SyscallArch): Map<string, number> {
  const tables = CONSTANTS.split("\n").map((line) => line.split(" ")[0]!);
  const constants = tables.flatMap((
    table,
  ) => [...constantsOf(table as ConstantTable, arch)]);
  return new Map(constants.filter(([name]) => /^\w+$/.test(name)));
}

/** What a compiler says of constants. */
interface Verdict {
  /** Those that have another value. */
  wrong: string[];
  /** Those that no header defines. */
  missing: string[];
}

function compile(
  constants: ReadonlyMap<string, number>,
  headers: string,
  flags: readonly string[],
): Verdict {
  using folder = new TemporaryFolder();
  const gcc = (...more: string[]) =>
    run(["gcc", "-D_GNU_SOURCE", ...flags, ...more, path], {
      env: { PATH: "/usr/bin:/bin", LC_ALL: "C" },
    });
  const includes = headers.split(/\s+/).map((name) =>
    `#if __has_include(<${name}.h>)\n#include <${name}.h>\n#endif\n`
  );
  const size = "typedef __SIZE_TYPE__ size_t;\n";
  const path = folder.write("constants.c", [...includes, size].join(""));
  // The compiler takes long to say of each that it is missing.
  const words = new Set(gcc("-E", "-dD").stdout.match(/\w+/g));
  const known = [...constants].filter(([name]) => words.has(name));
  // Signed and unsigned constants of 32 bits are the same to the kernel.
  const checks = known.map(([name, value]) =>
    `_Static_assert((long long)(${name}) == ${value}LL || ` +
    `(unsigned)(${name}) == ${value}LL, "${name} is wrong");\n`
  );
  folder.write("constants.c", [...includes, size, ...checks].join(""));
  const { code, stderr } = gcc("-fsyntax-only");
  const wrong = Array.from(
    stderr.matchAll(/static assertion failed: "(\w+) is wrong"/g),
    ([, name]) => name!,
  );
  assertEquals(code === 0, wrong.length === 0, stderr);
  const missing = [...constants.keys()].filter((name) => !words.has(name));
  return { wrong, missing };
}

function checkConstants(arch: SyscallArch, flags: readonly string[]): void {
  const all = allConstants(arch);
  using folder = new TemporaryFolder();
  // <linux/shm.h> includes libc's.
  folder.write("unistd.h", "");
  const folders = [folder.path, `/usr/include/${TRIPLET}`, "/usr/include"];
  const isystem = folders.flatMap((folder) => ["-isystem", folder]);
  const kernel = compile(all, KERNEL, [...flags, "-nostdinc", ...isystem]);
  assertEquals(kernel.wrong, []);
  const rest = kernel.missing.map((name) => [name, all.get(name)!] as const);
  const libc = arch === Deno.build.arch
    ? compile(new Map(rest), LIBC, [])
    : { wrong: [], missing: kernel.missing };
  assertEquals(libc.wrong, []);
  // The headers may be older than the tables.
  const share = libc.missing.length / all.size;
  assertEquals(share < 0.25, true, `${share} are missing: ${libc.missing}`);
}

const needs = [tool("gcc"), file("/usr/include/linux/fcntl.h")];

testWith(
  "constantsOf() gives the values in the installed headers",
  needs,
  () => checkConstants(Deno.build.arch, []),
);

testWith(
  "constantsOf() gives the values in the installed headers, on i386",
  [
    ...needs,
    () => Deno.build.arch === "x86_64" ? undefined : "needs x86_64",
  ],
  () => checkConstants("i386", ["-m32"]),
);
