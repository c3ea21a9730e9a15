import { assertEquals } from "@std/assert";
import { type Import, importFaults } from "./imports.ts";

function faults(file: string, specifier: string, target?: string): string[] {
  const it: Import = { file, line: 1, specifier };
  if (target !== undefined) it.target = target;
  return importFaults([it]);
}

Deno.test("importFaults() lets packages import what is below", () => {
  const file = "packages/exec/exec.ts";
  assertEquals(faults(file, "@procctl/libc/errno"), []);
  assertEquals(faults(file, "@procctl/shebang"), []);
  assertEquals(faults("packages/ptrace/mod.ts", "@procctl/rlimit"), []);
  assertEquals(faults("packages/cli/main.ts", "@procctl/shebang"), []);
});

Deno.test("importFaults() refuses an arrow that points up or aside", () => {
  assertEquals(faults("packages/libc/a.ts", "@procctl/exec"), [
    'packages/libc/a.ts:1: imports "@procctl/exec", which is not below libc',
  ]);
  assertEquals(faults("packages/rlimit/a.ts", "@procctl/shebang/parse"), [
    'packages/rlimit/a.ts:1: imports "@procctl/shebang/parse", which is not below rlimit',
  ]);
});

Deno.test("importFaults() lets apps import any package", () => {
  assertEquals(faults("apps/censor/main.ts", "@procctl/ptrace"), []);
});

Deno.test("importFaults() refuses what is not of the house", () => {
  assertEquals(faults("packages/libc/a.ts", "@std/path"), [
    'packages/libc/a.ts:1: imports "@std/path": packages import their siblings only',
  ]);
  assertEquals(faults("packages/libc/a.ts", "node:fs").length, 1);
  assertEquals(faults("packages/libc/a_test.ts", "@std/assert"), []);
  assertEquals(faults("packages/cli/a.ts", "@std/cli/parse-args"), []);
  assertEquals(faults("packages/cli/a.ts", "@std/cli"), []);
});

Deno.test("importFaults() refuses a path into another package", () => {
  assertEquals(
    faults("packages/exec/a.ts", "../libc/errno.ts", "packages/libc/errno.ts"),
    [
      'packages/exec/a.ts:1: imports "../libc/errno.ts" of packages/libc by its path, not by its name',
    ],
  );
  assertEquals(
    faults("tests/a_test.ts", "../apps/myecho/main.ts", "apps/myecho/main.ts")
      .length,
    1,
  );
  assertEquals(faults("tools/a.ts", "./b.ts", "tools/b.ts"), []);
});

Deno.test("importFaults() keeps what is private in its folder", () => {
  const target = "packages/libc/_generated/errno.ts";
  assertEquals(
    faults("packages/libc/errno.ts", "./_generated/errno.ts", target),
    [],
  );
  assertEquals(
    faults("packages/libc/_generated/all.ts", "./errno.ts", target),
    [],
  );
  assertEquals(
    faults("packages/libc/a/b.ts", "../_generated/errno.ts", target),
    [
      'packages/libc/a/b.ts:1: imports "../_generated/errno.ts", which is private to packages/libc',
    ],
  );
});

Deno.test("importFaults() keeps @procctl/testing to tests", () => {
  assertEquals(faults("packages/libc/a_test.ts", "@procctl/testing"), []);
  assertEquals(faults("packages/exec/_testing_a.ts", "@procctl/testing"), []);
  assertEquals(faults("bench/main.ts", "@procctl/testing"), []);
  assertEquals(faults("apps/censor/main.ts", "@procctl/testing"), [
    'apps/censor/main.ts:1: imports "@procctl/testing", which is for tests only',
  ]);
});
