import { assertEquals } from "@std/assert";
import { parseFormat } from "./_binfmt_misc.ts";

const bytes = (text: string) => new TextEncoder().encode(text);

function matches(text: string, path: string, head: string | Uint8Array) {
  const content = typeof head === "string" ? bytes(head) : head;
  return parseFormat("name", text)?.matches(bytes(path), content);
}

Deno.test("a registered format matches the end of a name", () => {
  const text = "enabled\ninterpreter /usr/bin/x\nflags: \nextension .jar\n";
  assertEquals(matches(text, "/opt/a.jar", ""), true);
  assertEquals(matches(text, "/opt/a.b.jar", ""), true);
  assertEquals(matches(text, "/opt/jar", ""), false);
  assertEquals(matches(text, "jar", ""), false);
  assertEquals(matches(text, "/opt/a.jar2", ""), false);
});

Deno.test("a registered format matches bytes at a place, under a mask", () => {
  const text = "enabled\ninterpreter /x\nflags: OC\noffset 1\n" +
    "magic 4142\nmask ffdf\n";
  assertEquals(matches(text, "x", "-AB"), true);
  assertEquals(matches(text, "x", "-Ab"), true);
  assertEquals(matches(text, "x", "-aB"), false);
  assertEquals(matches(text, "x", "AB"), false);
  const plain = "enabled\ninterpreter /x\nflags: \noffset 0\nmagic 4d5a00\n";
  assertEquals(matches(plain, "x", "MZ\0"), true);
  // The kernel sees zeros after the end of a file.
  assertEquals(matches(plain, "x", "MZ"), true);
  assertEquals(matches(plain, "x", "M"), false);
});

Deno.test("a registered format that is disabled is none", () => {
  assertEquals(parseFormat("name", "disabled\ninterpreter /x\n"), undefined);
  assertEquals(parseFormat("name", ""), undefined);
});
