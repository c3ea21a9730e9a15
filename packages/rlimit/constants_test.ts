import { assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import { file, testWith } from "@procctl/testing";
import * as constants from "./constants.ts";
import { RESOURCES } from "./resources.ts";

const HEADER = "/usr/include/asm-generic/resource.h";

testWith(
  "the RLIMIT_* numbers are those in the kernel's header",
  [file(HEADER)],
  () => {
    const header = new TextDecoder().decode(readFile(HEADER));
    const values = Object.fromEntries(
      Array.from(
        header.matchAll(/#\s*define\s+(RLIMIT_\w+)\s+(\d+)/g),
        ([, name, value]) => [name, Number(value)],
      ),
    );
    const { RLIM_INFINITY: _, ...numbers } = constants;
    assertEquals(values, { ...numbers });
  },
);

Deno.test("RESOURCES has the number of every RLIMIT_* constant", () => {
  const numbers = Object.entries(RESOURCES).map(([name, { number }]) => [
    `RLIMIT_${name.toUpperCase()}`,
    number,
  ]);
  const { RLIM_INFINITY: _, ...expected } = constants;
  assertEquals(Object.fromEntries(numbers), { ...expected });
});
