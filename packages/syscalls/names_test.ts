import { assertEquals, assertThrows } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import {
  file,
  type Need,
  run,
  runDeno,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import type { SyscallArch } from "./arch.ts";
import { syscallName, syscallNames, syscallNumber } from "./names.ts";

const ARCHITECTURES = ["x86_64", "i386", "aarch64"] as const;

/** Where distributions keep the headers, those for other machines too. */
const HEADERS: Record<SyscallArch, string[]> = {
  "x86_64": [
    "/usr/include/x86_64-linux-gnu/asm/unistd_64.h",
    "/usr/include/asm/unistd_64.h",
  ],
  i386: [
    "/usr/include/x86_64-linux-gnu/asm/unistd_32.h",
    "/usr/include/asm/unistd_32.h",
  ],
  aarch64: [
    "/usr/include/aarch64-linux-gnu/asm/unistd_64.h",
    "/usr/include/asm-generic/unistd.h",
  ],
};

/** The header, or undefined if this machine has none. */
function headerOf(arch: SyscallArch): string | undefined {
  return HEADERS[arch].find((path) => file(path)() === undefined);
}

function header(arch: SyscallArch): Need {
  return () =>
    headerOf(arch) === undefined ? `needs ${HEADERS[arch].at(-1)}` : undefined;
}

/** Names and numbers that a header defines. */
function definitions(path: string): [name: string, number: number][] {
  const text = new TextDecoder().decode(readFile(path));
  const numbers = new Map<string, number>();
  // In the generic header __NR3264_x is the number of x or of x64, and a later
  // line says of which; the second half of that is for 32-bit machines.
  const wide = text.split("#if __BITS_PER_LONG == 64 && !defined(")[0]!;
  const tail = text.slice(wide.length).split("#else")[0]!;
  for (
    const [, name, value] of `${wide}${tail}`.matchAll(
      /^\s*#define (__NR(?:3264)?_\w+)\s+(\w+)/gm,
    )
  ) {
    const number = numbers.get(value!) ?? Number(value);
    if (Number.isInteger(number)) numbers.set(name!, number);
  }
  return [...numbers].filter(([name]) => name.startsWith("__NR_"))
    .map(([name, number]) => [name.slice("__NR_".length), number]);
}

/** What the generic header defines for other architectures, or for no call. */
const NOT_HERE =
  /_time64$|^clock_\w+64$|^timer(fd)?_\w+64$|^sync_file_range2$|^arch_specific|^syscalls$/;

for (const arch of ARCHITECTURES) {
  testWith(
    `syscallNumber() gives what the installed headers define, on ${arch}`,
    [header(arch)],
    () => {
      const last = syscallNumber(syscallNames(arch).at(-1)!, arch)!;
      const calls = definitions(headerOf(arch)!)
        .filter(([name, number]) =>
          // Headers may be newer than the tables.
          number <= last && !(arch === "aarch64" && NOT_HERE.test(name))
        );
      assertEquals(calls.length > 250, true, "Cannot read the header");
      assertEquals(
        calls.map(([name]) => [name, syscallNumber(name, arch)]),
        calls,
      );
      assertEquals(
        calls.map(([, number]) => syscallName(number, arch)),
        calls.map(([name]) => name),
      );
    },
  );

  Deno.test(`syscallName() and syscallNumber() are each other's inverse, on ${arch}`, () => {
    const names = syscallNames(arch);
    assertEquals(new Set(names).size, names.length);
    const numbers = names.map((name) => syscallNumber(name, arch)!);
    assertEquals(numbers, numbers.toSorted((a, b) => a - b));
    assertEquals(numbers.map((nr) => syscallName(nr, arch)), names);
    assertEquals(numbers.map((nr) => syscallName(BigInt(nr), arch)), names);
  });
}

testWith(
  "syscallName() names an unknown number as strace does",
  [tool("strace"), tool("perl")],
  () => {
    using folder = new TemporaryFolder();
    const log = folder.join("log");
    const numbers = [600, 1000, -5, -1];
    const script = numbers.map((nr) => `syscall(${nr});`).join("");
    const { code } = run(["strace", "-o", log, "perl", "-e", script]);
    assertEquals(code, 0);
    const text = new TextDecoder().decode(readFile(log));
    assertEquals(
      Array.from(text.matchAll(/^syscall_\w+/gm), ([name]) => name),
      numbers.map((nr) => syscallName(nr, "x86_64")),
    );
  },
);

Deno.test("syscallName() names whatever it is given, without a throw", () => {
  assertEquals(
    [-1, -1n, 2 ** 64, 1.5, NaN, Infinity, 337, 0x40000027].map((nr) =>
      syscallName(nr, "x86_64")
    ),
    [
      "syscall_0xffffffffffffffff",
      "syscall_0xffffffffffffffff",
      "syscall_0x10000000000000000",
      "syscall_1.5",
      "syscall_NaN",
      "syscall_Infinity",
      "syscall_0x151",
      "syscall_0x40000027",
    ],
  );
});

Deno.test("x32's own numbers have no names", () => {
  assertEquals(syscallName(512, "x86_64"), "syscall_0x200");
  assertEquals(syscallName(547, "x86_64"), "syscall_0x223");
});

Deno.test("syscallNumber() gives undefined for what the architecture lacks", () => {
  assertEquals(
    ["fork", "mmap2", "toString", "", "335"].map((name) =>
      ARCHITECTURES.map((arch) => syscallNumber(name, arch))
    ),
    [
      [57, 2, undefined],
      [undefined, 192, undefined],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
      [undefined, undefined, undefined],
    ],
  );
});

Deno.test("the architecture is Deno's own if none is named, x86_64 without Deno", () => {
  const source = `
    const { NATIVE_ARCH, syscallName, syscallNames, syscallNumber } =
      await import("@procctl/syscalls");
    console.log(
      NATIVE_ARCH,
      syscallName(64),
      syscallNumber("write"),
      syscallNames().length === syscallNames(NATIVE_ARCH).length,
    );
  `;
  const asArch = (arch: string) =>
    runDeno(`
      Object.defineProperty(Deno, "build", {
        value: { ...Deno.build, arch: "${arch}" },
      });
      ${source}
    `).stdout;
  assertEquals(asArch("x86_64"), "x86_64 semget 1 true\n");
  assertEquals(asArch("aarch64"), "aarch64 write 64 true\n");
  assertEquals(
    runDeno(`delete globalThis.Deno; ${source}`).stdout,
    "x86_64 semget 1 true\n",
  );
});

Deno.test("an architecture that is not known is refused", () => {
  const arch = "arm" as SyscallArch;
  for (
    const call of [
      () => syscallName(1, arch),
      () => syscallNumber("write", arch),
      () => syscallNames(arch),
      () => syscallNames("toString" as SyscallArch),
    ]
  ) {
    assertThrows(call, TypeError, "must be one of x86_64, i386, aarch64");
  }
});
