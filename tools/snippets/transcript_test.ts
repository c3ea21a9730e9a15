import { assertEquals, assertThrows } from "@std/assert";
import { parseTranscript } from "./transcript.ts";

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
