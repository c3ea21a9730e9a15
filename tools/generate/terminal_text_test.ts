import { assertEquals, assertThrows } from "@std/assert";
import { readTerminalText } from "./terminal_text.ts";

const PLAIN = { colour: undefined, bold: false, dim: false };

Deno.test("readTerminalText() tells colours and weights, also over lines", () => {
  assertEquals(readTerminalText("a\x1b[1mb\x1b[22;31mc\nd\x1b[0me\n"), [
    [
      { ...PLAIN, text: "a" },
      { ...PLAIN, text: "b", bold: true },
      { ...PLAIN, text: "c", colour: 31 },
    ],
    [{ ...PLAIN, text: "d", colour: 31 }, { ...PLAIN, text: "e" }],
  ]);
});

Deno.test("readTerminalText() keeps empty lines", () => {
  assertEquals(readTerminalText("\n\n"), [[], []]);
});

Deno.test("readTerminalText() refuses what moves the cursor, and unknown styles", () => {
  assertThrows(() => readTerminalText("\x1b[2Ka"), SyntaxError, "control");
  assertThrows(() => readTerminalText("a\rb"), SyntaxError, "control");
  assertThrows(() => readTerminalText("\x1b[48m"), SyntaxError, "48");
});
