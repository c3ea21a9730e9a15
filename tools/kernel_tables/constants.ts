/**
 * Asking a C compiler for the values of constants.
 *
 * @module
 */

import { capture } from "../process.ts";

/** The headers that define them; not every architecture has all. */
const HEADERS = `linux/types linux/fcntl linux/stat linux/fs linux/mman
  linux/sched linux/wait linux/futex linux/prctl linux/eventpoll linux/poll
  linux/mount linux/resource linux/time linux/signal linux/ipc linux/shm
  linux/sem linux/msg linux/ptrace linux/seccomp linux/bpf linux/keyctl
  linux/eventfd linux/timerfd linux/signalfd linux/inotify linux/fanotify
  linux/memfd linux/random linux/falloc linux/close_range linux/openat2
  linux/pidfd linux/membarrier linux/mempolicy linux/reboot linux/capability
  linux/io_uring linux/landlock linux/userfaultfd linux/module linux/kexec
  linux/xattr linux/perf_event linux/ioprio linux/sockios linux/net linux/in
  linux/in6 linux/tcp linux/udp linux/netlink linux/if_packet linux/if_tun
  linux/loop linux/lsm linux/nsfs linux/fadvise linux/fiemap linux/errno asm/ioctls
  asm/socket asm/prctl asm/termbits asm/siginfo`.split(/\s+/);

/** How the headers of an architecture are compiled. */
export interface Target {
  /** The folder that the headers were installed to. */
  include: string;
  /** The flags of gcc. Any 64-bit target will do for another. */
  flags: readonly string[];
}

/**
 * Installs the headers of a kernel, as distributions do.
 *
 * @param kernel The folder of its source.
 * @param output A folder to build in.
 * @param arch The architecture, as the kernel calls it: `"arm64"`.
 * @returns The folder of the headers.
 */
export async function installHeaders(
  kernel: string,
  output: string,
  arch: string,
): Promise<string> {
  const { success, stderr } = await capture("make", [
    "-s",
    `-C${kernel}`,
    `O=${output}`,
    `ARCH=${arch}`,
    "headers",
  ]);
  if (!success) throw new Error(`Cannot install the headers: ${stderr}`);
  return `${output}/usr/include`;
}

/**
 * Asks for the names of all macros without parameters.
 *
 * @param target Whose headers.
 * @returns The names.
 */
export async function macroNames(target: Target): Promise<string[]> {
  const { success, stdout, stderr } = await compile(target, "-E", "-dM", "");
  if (!success) throw new Error(`Cannot read the headers: ${stderr}`);
  return Array.from(
    stdout.matchAll(/^#define (\w+) ./gm),
    ([, name]) => name!,
  );
}

/**
 * Asks for the values of constants, enumerators too.
 *
 * @param names The names.
 * @param target Whose headers.
 * @returns The values; what the headers do not define is not there.
 */
export async function constantValues(
  names: readonly string[],
  target: Target,
): Promise<Map<string, number>> {
  const lines = names.map((name) =>
    `const long long value_of_${name} = (long long) (${name});\n`
  );
  const first = await compile(target, "-S", "-O0", lines.join(""));
  if (first.success) return valuesIn(first.stdout);
  const undefinedNames = new Set(
    Array.from(
      first.stderr.matchAll(/error: \W?(\w+)\W? undeclared/g),
      ([, name]) => name!,
    ),
  );
  const known = names.filter((name) => !undefinedNames.has(name));
  if (known.length === names.length) throw new Error(first.stderr);
  return await constantValues(known, target);
}

/** Reads the variables in an assembler's text: a .quad, or two .long. */
function valuesIn(assembly: string): Map<string, number> {
  const values = new Map<string, number>();
  for (
    const [, name, data] of assembly.matchAll(
      /^value_of_(\w+):\n((?:\t\.(?:quad|long|zero)\t.*\n)+)/gm,
    )
  ) {
    const words = Array.from(
      data!.matchAll(/\.(quad|long|zero)\t(-?\d+)/g),
      ([, kind, value]) => kind === "zero" ? 0n : BigInt(value!),
    );
    const [low = 0n, high] = words;
    const value = high === undefined
      ? low
      : (high << 32n) | BigInt.asUintN(32, low);
    values.set(name!, Number(BigInt.asIntN(64, value)));
  }
  return values;
}

async function compile(
  { include, flags }: Target,
  mode: string,
  option: string,
  source: string,
) {
  const file = await Deno.makeTempFile({ suffix: ".c" });
  const includes = HEADERS.map((name) =>
    `#if __has_include(<${name}.h>)\n#include <${name}.h>\n#endif\n`
  );
  try {
    // Some ioctls have the size of what libc's headers define.
    const size = "typedef __SIZE_TYPE__ size_t;\n";
    await Deno.writeTextFile(file, [...includes, size, source].join(""));
    return await capture("gcc", [
      ...flags,
      "-nostdinc",
      "-isystem",
      include,
      mode,
      option,
      "-o-",
      file,
    ], { env: { LC_ALL: "C" } });
  } finally {
    await Deno.remove(file);
  }
}
