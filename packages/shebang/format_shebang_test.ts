import { assertEquals, assertThrows } from "@std/assert";
import { seededRandom } from "@procctl/testing";
import { bytes, pathOf, text } from "./_testing.ts";
import { formatShebang } from "./format_shebang.ts";
import { parseShebang } from "./parse_shebang.ts";
import type { Profile } from "./profile.ts";

/** The line with one character a byte, or why there is none. */
function format(
  interpreter: string,
  argument?: string,
  profile: Profile = "linux-5.8",
): string {
  const arg = argument === undefined ? undefined : bytes(argument);
  const line = formatShebang(bytes(interpreter), arg, { profile });
  return line.kind === "line" ? text(line.bytes) : line.reason;
}

Deno.test("formatShebang() writes an interpreter and its argument", () => {
  assertEquals(format("/bin/sh"), "#!/bin/sh\n");
  assertEquals(format("/bin/sh", "-e"), "#!/bin/sh -e\n");
  assertEquals(format("/i", "a  b\t#c"), "#!/i a  b\t#c\n");
  assertEquals(format("/\xff", "\xfe"), "#!/\xff \xfe\n");
});

Deno.test("formatShebang() returns the line as text and what is to be said of it", () => {
  assertEquals(formatShebang("/ä", "é"), {
    kind: "line",
    bytes: new TextEncoder().encode("#!/ä é\n"),
    text: "#!/ä é\n",
    diagnostics: [],
  });
  const line = formatShebang("sh");
  assertEquals(
    line.kind === "line" && line.diagnostics.map(({ kind }) => kind),
    ["relative-interpreter"],
  );
});

Deno.test("formatShebang() guards what would be trimmed by a NUL", () => {
  assertEquals(format("/i", ""), "#!/i \0\n");
  assertEquals(format("/i", "a \t"), "#!/i a \t\0\n");
  assertEquals(format(""), "#!\0\n");
});

Deno.test("formatShebang() says why there is no line", () => {
  const expected: [reason: string, interpreter: string, argument?: string][] = [
    ["The interpreter has a NUL byte in it", "/a\0"],
    [
      "The interpreter has a newline in it, at which the line would end",
      "/a\n",
    ],
    ["The interpreter has a blank in it, at which it would end", "/a b"],
    ["The interpreter has a blank in it, at which it would end", "/a\t"],
    ["The argument has a NUL byte in it", "/i", "\0"],
    [
      "The argument has a newline in it, at which the line would end",
      "/",
      "\n",
    ],
    ["The argument begins with a blank, which would be skipped", "/i", " a"],
    [
      "The interpreter does not end within the 256 bytes that the kernel reads",
      pathOf(254),
    ],
    ["The line is longer than what is passed on of it", "/i", "a".repeat(251)],
    ["The line is longer than what is passed on of it", pathOf(252), "f"],
  ];
  for (const [reason, interpreter, argument] of expected) {
    assertEquals(format(interpreter, argument), reason);
  }
});

Deno.test("formatShebang() fills the buffer to its last usable byte", () => {
  assertEquals(format(pathOf(253)), `#!${pathOf(253)}\n`);
  assertEquals(format(pathOf(251), "f"), `#!${pathOf(251)} f\n`);
  const argument = "a".repeat(250);
  assertEquals(format("/i", argument), `#!/i ${argument}\n`);
});

Deno.test("formatShebang() writes for the profile that will read the line", () => {
  const short = "The line is longer than what is passed on of it";
  assertEquals(format(pathOf(125), undefined, "linux-2.6.28").length, 128);
  assertEquals(format(pathOf(126), undefined, "linux-2.6.28"), short);
  assertEquals(
    format("/i", "", "linux-5.1"),
    "An empty argument is not passed on",
  );
  assertEquals(
    format("", undefined, "linux-5.1"),
    "The line names no interpreter",
  );
  for (const profile of ["first-word", "split-words"] as const) {
    assertEquals(
      format("/i", "a b", profile),
      "The argument is divided at a blank in it, or the line is too long",
    );
    assertEquals(format("/i", "a", profile), "#!/i a\n");
  }
});

Deno.test("formatShebang() writes a line for each line that can be read", () => {
  const random = seededRandom(0x666f726d);
  const pick = (list: string) => list[Math.floor(random() * list.length)] ?? "";
  let scripts = 0;
  for (let i = 0; i < 20_000; i++) {
    let head = "#!";
    for (let left = random() * 14; left > 0; left--) head += pick("/ab \t\0\n");
    head = head.padEnd(random() < 0.2 ? 240 + random() * 20 : 0, pick("/a"));
    const line = parseShebang(bytes(head + pick("\n\0 a")));
    if (line.kind !== "script") continue;
    scripts++;
    const written = formatShebang(line.interpreter, line.args[0]);
    if (written.kind === "impossible") {
      assertEquals(written.reason, "", JSON.stringify(head));
    } else {
      const again = parseShebang(written.bytes);
      assertEquals(again.kind === "script" && [again.interpreter, again.args], [
        line.interpreter,
        line.args,
      ]);
    }
  }
  assertEquals(scripts > 5_000, true);
});

Deno.test("formatShebang() throws for what is neither text nor bytes", () => {
  assertThrows(
    () => formatShebang(5 as never),
    TypeError,
    "Cannot format a shebang line: interpreter is not valid, expected a string or a Uint8Array, received number",
  );
  assertThrows(
    () => formatShebang("/i", null as never),
    TypeError,
    "argument is not valid, expected a string or a Uint8Array, received null",
  );
  assertThrows(
    () => formatShebang("/i", undefined, { profile: "x" as never }),
    TypeError,
    'Cannot format a shebang line: unknown profile "x"',
  );
});
