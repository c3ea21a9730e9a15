// The 27 cases of the kernel's own test of interpreter scripts, the selftest
// exec/binfmt_script, written anew as predictions. A size counts the bytes of
// the line with "#!" and without the newline.

import { assertEquals } from "@std/assert";
import { type Outcome, outcome, pathOf } from "./_testing.ts";

const BUFFER_SIZE = 256;

interface Line {
  size: number;
  leading?: string;
  /** What follows the interpreter, up to the newline. */
  after?: string;
  newline?: string;
}

/** A line of `size` bytes, whose interpreter is as long as the rest leaves room for. */
function head({ size, leading = "", after = "", newline = "\n" }: Line) {
  return "#!" + leading + interpreter({ size, leading, after }) + after +
    newline + (newline && "echo the interpreter is a shell\n");
}

function interpreter({ size, leading = "", after = "" }: Line): string {
  return pathOf(size - "#!".length - leading.length - after.length);
}

function test(name: string, head: string, expected: Outcome) {
  Deno.test(`parseShebang() predicts the kernel's selftest: ${name}`, () => {
    assertEquals(outcome(head), expected);
  });
}

function fails(name: string, line: Line) {
  test(name, head(line), "invalid");
}

function starts(name: string, line: Line, ...args: string[]) {
  test(name, head(line), [interpreter(line), ...args]);
}

fails("a path far too long", { size: BUFFER_SIZE + 80 });
fails("a path that fills the buffer", { size: BUFFER_SIZE });
fails("a path that fills the buffer after a blank", {
  size: BUFFER_SIZE,
  leading: " ",
});
test("far too many blanks", "#!".padEnd(BUFFER_SIZE + 71) + "\n", "invalid");
fails("a path that leading blanks push over the end", {
  size: BUFFER_SIZE + 17,
  leading: " ".repeat(19),
});
// The kernel accepts this line: it is the open of the empty path that fails.
test("nothing but #!", "#!", [""]);
test("a short file of blanks", "#!".padEnd(BUFFER_SIZE - 1), "invalid");
test(
  "a newline before the blanks",
  "#!\n".padEnd(BUFFER_SIZE - 1) + "\n",
  "invalid",
);

const longArgument = "-I/lib/perl5/site_perl".padEnd(371, "x");
starts(
  "arguments far too long after a short path",
  { size: 439, leading: " ", after: " " + longArgument },
  longArgument.slice(0, 187),
);
starts("a path of 253 bytes", { size: BUFFER_SIZE - 1 });
starts("a path of 252 bytes", { size: BUFFER_SIZE - 2 });
starts("a blank in the last byte of the buffer", {
  size: BUFFER_SIZE,
  after: " ",
});
starts("an argument in the last byte of the buffer", {
  size: BUFFER_SIZE,
  after: " f",
});
starts(
  "an argument in the last byte but one",
  { size: BUFFER_SIZE - 1, after: " f" },
  "f",
);
starts("a file of 255 bytes", { size: BUFFER_SIZE - 1, newline: "" });
starts("a file of 128 bytes", { size: BUFFER_SIZE / 2, newline: "" });
starts("255 bytes, the last a blank", { size: BUFFER_SIZE - 1, after: " " });
starts("255 bytes, the first a blank", { size: BUFFER_SIZE - 1, leading: " " });
starts("255 bytes between blanks", {
  size: BUFFER_SIZE - 1,
  leading: " ",
  after: " ",
});
for (const size of [BUFFER_SIZE - 2, BUFFER_SIZE / 2]) {
  starts(`${size} bytes without a newline`, { size, newline: "" });
  starts(`${size} bytes, the last a blank`, { size, after: " " });
  starts(`${size} bytes, the first a blank`, { size, leading: " " });
  starts(`${size} bytes between blanks`, { size, leading: " ", after: " " });
}
