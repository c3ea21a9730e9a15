import { assertEquals, assertThrows } from "@std/assert";
import { testWith } from "@procctl/testing";
import { callsOfStrace, strace, straceLines } from "./_testing.ts";
import { type SyscallClass, syscallsInClass } from "./classes.ts";
import { syscallNames } from "./names.ts";

const CLASSES: readonly SyscallClass[] = [
  "file",
  "process",
  "network",
  "signal",
  "ipc",
  "desc",
  "memory",
  "clock",
  "creds",
  "pure",
  "stat",
  "lstat",
  "fstat",
  "statfs",
  "fstatfs",
];

testWith(
  "syscallsInClass() gives the calls that strace has in it",
  [strace],
  () => {
    const known = callsOfStrace();
    for (const name of CLASSES) {
      // The calls of the class fail otherwise than all fail.
      const lines = straceLines(
        known.map((name) => ({ name })),
        ["-e", `inject=%${name}:error=EOWNERDEAD`],
      );
      const inClass = known.filter((_, index) =>
        lines[index]!.includes("EOWNERDEAD")
      );
      const expected = syscallsInClass(name, "x86_64")
        .filter((call) => known.includes(call));
      assertEquals(inClass.toSorted(), expected.toSorted(), `%${name}`);
    }
  },
);

Deno.test("syscallsInClass() gives only what the architecture has", () => {
  for (const arch of ["x86_64", "i386", "aarch64"] as const) {
    const names = new Set(syscallNames(arch));
    for (const name of CLASSES) {
      assertEquals(
        new Set(syscallsInClass(name, arch)).difference(names).size,
        0,
      );
    }
  }
  assertEquals(syscallsInClass("stat", "aarch64"), []);
  assertEquals(syscallsInClass("stat", "i386"), ["oldstat", "stat", "stat64"]);
});

Deno.test("syscallsInClass() refuses a class that is not known", () => {
  for (const name of ["%file", "toString"]) {
    assertThrows(
      () => syscallsInClass(name as SyscallClass),
      TypeError,
      `named "${name}": it must be one of file, process,`,
    );
  }
});
