import { assertEquals, assertThrows } from "@std/assert";
import { bytes, text } from "./_testing.ts";
import { interpreterArgv } from "./interpreter_argv.ts";

Deno.test("interpreterArgv() puts the interpreter and its argument before the script", () => {
  const line = { interpreter: "/i", args: ["-a -b"] };
  const argv = interpreterArgv(line, "./s", ["lost", "A1", ""]);
  assertEquals(argv.map(text), ["/i", "-a -b", "./s", "A1", ""]);
});

Deno.test("interpreterArgv() adds nothing for a line without an argument", () => {
  const argv = interpreterArgv({ interpreter: "/i" }, "s", ["s", "A1"]);
  assertEquals(argv.map(text), ["/i", "s", "A1"]);
});

Deno.test("interpreterArgv() puts the script in the place of no arguments", () => {
  assertEquals(interpreterArgv({ interpreter: "/i" }, "s", []).map(text), [
    "/i",
    "s",
  ]);
});

Deno.test("interpreterArgv() keeps bytes that are not UTF-8", () => {
  const path = bytes("/\xff");
  const argv = interpreterArgv({ interpreter: path, args: [path] }, path, [
    "",
    path,
  ]);
  assertEquals(argv.map(text), ["/\xff", "/\xff", "/\xff", "/\xff"]);
});

Deno.test("interpreterArgv() throws for what no program can be given", () => {
  assertThrows(
    () => interpreterArgv({ interpreter: "a\0" }, "s", []),
    TypeError,
    "Cannot rewrite the arguments: interpreter contains a NUL byte at index 1",
  );
  assertThrows(
    () => interpreterArgv({ interpreter: "" }, "s", ["", 5 as never]),
    TypeError,
    "argv[1] is not valid, expected a string or a Uint8Array, received number",
  );
  assertThrows(
    () => interpreterArgv({ interpreter: "" }, "s", "x" as never),
    TypeError,
    "argv is not valid, expected an array, received string",
  );
});
