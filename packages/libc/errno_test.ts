import { assertEquals, assertThrows } from "@std/assert";
import { file, testWith } from "@procctl/testing";
import { errnoMessage, errnoName, errnoNumber } from "./errno.ts";
import { readFile } from "./files.ts";
import { lazySymbols } from "./library.ts";
import { readCString } from "./memory.ts";

const libc = lazySymbols({
  // const char *strerrorname_np(int errnum)
  strerrorname_np: { parameters: ["i32"], result: "usize" },
  // char *strerror(int errnum)
  strerror: { parameters: ["i32"], result: "usize" },
});

const LAST = 133;
const NUMBERS = Array.from({ length: LAST }, (_, index) => index + 1);
/** Numbers that the kernel once used, or left free. */
const NAMELESS = [41, 58];

const HEADERS = [
  "/usr/include/asm-generic/errno-base.h",
  "/usr/include/asm-generic/errno.h",
];

function textAt(address: bigint): string {
  return new TextDecoder().decode(readCString(address));
}

Deno.test("errnoName() gives the name that glibc gives, for every number", () => {
  for (const errno of NUMBERS) {
    const name = libc.strerrorname_np(errno);
    assertEquals(name === 0n, NAMELESS.includes(errno));
    assertEquals(errnoName(errno), name === 0n ? `E${errno}` : textAt(name));
  }
});

Deno.test("errnoMessage() gives the message that glibc gives, for every number", () => {
  for (const errno of NUMBERS) {
    assertEquals(errnoMessage(errno), textAt(libc.strerror(errno)));
  }
});

testWith(
  "errnoName() gives the name in the kernel's headers, for every number",
  HEADERS.map(file),
  () => {
    const header = HEADERS.map((path) =>
      new TextDecoder().decode(readFile(path))
    ).join("");
    const definitions = [...header.matchAll(/^#define\s+(E\w+)\s+(\d+)/gm)]
      .map(([, name, number]) => [Number(number), name] as const);
    assertEquals(
      new Map(definitions),
      new Map(
        NUMBERS.filter((errno) => !NAMELESS.includes(errno))
          .map((errno) => [errno, errnoName(errno)]),
      ),
    );
  },
);

Deno.test("errnoName() gives the kernel's name where there are two", () => {
  assertEquals(
    [errnoName(11), errnoName(35), errnoName(95)],
    ["EAGAIN", "EDEADLK", "EOPNOTSUPP"],
  );
});

Deno.test("errnoName() and errnoMessage() name an unknown number by itself", () => {
  for (const errno of [0, 41, LAST + 1, 512, 4095]) {
    assertEquals(errnoName(errno), `E${errno}`);
    assertEquals(errnoMessage(errno), `Unknown error ${errno}`);
  }
});

Deno.test("errnoNumber() gives the number of each name, and of second names", () => {
  for (const errno of NUMBERS) {
    if (!NAMELESS.includes(errno)) {
      assertEquals(errnoNumber(errnoName(errno)), errno);
    }
  }
  assertEquals(errnoNumber("EWOULDBLOCK"), errnoNumber("EAGAIN"));
  assertEquals(errnoNumber("ENOTSUP"), errnoNumber("EOPNOTSUPP"));
});

Deno.test("errnoNumber() throws for what is no error's name", () => {
  assertThrows(
    () => errnoNumber("enoent"),
    TypeError,
    'Cannot find the error "enoent": there is none of that name',
  );
});
