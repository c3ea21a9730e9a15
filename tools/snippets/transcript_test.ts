import { assertEquals, assertThrows } from "@std/assert";
import { agrees, parseTranscript } from "./transcript.ts";

Deno.test("parseTranscript() pairs commands with what they print", () => {
  assertEquals(
    parseTranscript("$ echo a\na\n$ true\n$ printf '\\nb\\n'\n\nb"),
    [
      { offset: 0, command: "echo a", output: "a\n" },
      { offset: 2, command: "true", output: "" },
      { offset: 3, command: "printf '\\nb\\n'", output: "\nb\n" },
    ],
  );
});

Deno.test("parseTranscript() joins the lines of a command", () => {
  assertEquals(parseTranscript("$ echo a \\\n    b\na b"), [
    { offset: 0, command: "echo a \\\n    b", output: "a b\n" },
  ]);
});

Deno.test("parseTranscript() takes a line with $ for output when told to", () => {
  assertEquals(parseTranscript("$ demo\n$ ./a\na", { oneCommand: true }), [
    { offset: 0, command: "demo", output: "$ ./a\na\n" },
  ]);
});

Deno.test("parseTranscript() throws when output comes first", () => {
  assertThrows(
    () => parseTranscript("a\n$ echo a"),
    SyntaxError,
    'A transcript must begin with "$ "',
  );
});

Deno.test("agrees() takes a transcript for exactly what is printed", () => {
  assertEquals(agrees("a\n(b)*\n", "a\n(b)*\n"), true);
  for (const printed of ["a\n", "a\nb\n", "a\n(b)*\nc\n", "x\na\n(b)*\n"]) {
    assertEquals(agrees("a\n(b)*\n", printed), false);
  }
  assertEquals([agrees("", ""), agrees("", "\n")], [true, false]);
});

Deno.test("agrees() takes a line of three dots for any lines, or none", () => {
  for (const printed of ["a\nb\n", "a\n1\nb\n", "a\n\n2 $ x\nb\n"]) {
    assertEquals(agrees("a\n...\nb\n", printed), true);
  }
  for (const printed of ["a\n", "b\n", "a\n1b\n", "a 1\nb\n", "a\nb\nc\n"]) {
    assertEquals(agrees("a\n...\nb\n", printed), false);
  }
  assertEquals(agrees("a...\n", "abc\n"), false);
});
