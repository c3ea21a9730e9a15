import { Buffer } from "node:buffer";
import { assertEquals, assertThrows } from "@std/assert";
import { bytes, type Outcome, outcome, pathOf } from "./_testing.ts";
import { parseShebang, type ShebangLine } from "./parse_shebang.ts";
import type { Profile } from "./profile.ts";

const blanks = (count: number) => " ".repeat(count);

/** Each sentence is the end of a test's name, "parseShebang() ...". */
const CASES: [sentence: string, head: string, expected: Outcome][] = [
  ["reads an interpreter alone", "#!/i\n", ["/i"]],
  ["reads a line that the end of the file ends", "#!/i", ["/i"]],
  ["skips a space before the interpreter", "#! /bin/sh\n", ["/bin/sh"]],
  [
    "skips tabs and blanks on both sides of the interpreter",
    "#!\t/bin/sh  \t\n",
    ["/bin/sh"],
  ],
  [
    "passes everything after the interpreter as one argument",
    "#!/i -a -b  c \n",
    ["/i", "-a -b  c"],
  ],
  [
    "keeps a tab inside the argument and trims one after it",
    "#!/i a\tb\t\n",
    ["/i", "a\tb"],
  ],
  [
    "skips any number of blanks before the argument",
    "#!/i \t  a\n",
    ["/i", "a"],
  ],
  ["ignores the lines after the first", "#!/i a\nb c\n", ["/i", "a"]],
  ["knows no comments", "#!/i # c\n", ["/i", "# c"]],
  ["knows no quotes", '#!"/bin/sh" "a b"\n', ['"/bin/sh"', '"a b"']],
  ["knows no escapes", "#!/a\\ b\n", ["/a\\", "b"]],
  ["expands neither a tilde nor a variable", "#!~/i $HOME\n", ["~/i", "$HOME"]],
  ["leaves a relative interpreter as it is", "#!sh\n", ["sh"]],
  ["keeps a carriage return after the interpreter", "#!/i\r\n", ["/i\r"]],
  ["keeps a carriage return after the argument", "#!/i -a\r\n", ["/i", "-a\r"]],
  [
    "takes neither vertical tab nor form feed nor no-break space for a blank",
    "#!/i\v\f\xa0-a\n",
    ["/i\v\f\xa0-a"],
  ],
  ["passes on bytes that are not UTF-8", "#!/\xff \xfe\n", ["/\xff", "\xfe"]],
  [
    "passes one empty argument when a blank ends the file",
    "#!/i ",
    ["/i", ""],
  ],
  [
    "keeps the blanks after the argument when they end a short file",
    "#!/i a  ",
    ["/i", "a  "],
  ],
  [
    "trims blanks without a newline when they fill the buffer",
    "#!/i".padEnd(255),
    ["/i"],
  ],
  [
    "trims blanks after the argument without a newline when they fill the buffer",
    "#!/i a".padEnd(300),
    ["/i", "a"],
  ],
  [
    "trims nothing in a file one byte too short for that",
    "#!/i".padEnd(254),
    ["/i", ""],
  ],
  ["ends the interpreter at a NUL", "#!/i\0 a\n", ["/i"]],
  [
    "passes an empty argument for a NUL after the blank",
    "#!/i \0a\n",
    ["/i", ""],
  ],
  ["ends the argument at a NUL", "#!/i a\0b c\n", ["/i", "a"]],
  ["finds a newline behind a NUL", "#!/i a\0" + blanks(9) + "\n", ["/i", "a"]],
  ["reads an empty interpreter in a file of two bytes", "#!", [""]],
  ["reads an empty interpreter in a file that ends in a blank", "#! ", [""]],
  ["reads an empty interpreter before a NUL", "#!\0/bin/sh\n", [""]],
  ["reads an empty interpreter between a blank and a NUL", "#! \0", [""]],
  ["refuses a line without an interpreter", "#!\n", "invalid"],
  ["refuses a line of blanks", "#! \t\n", "invalid"],
  ["does not look for the interpreter on the next line", "#!\n/i\n", "invalid"],
  ["refuses a file of 255 bytes of blanks", "#!" + blanks(253), "invalid"],
  ["refuses a buffer of blanks", "#!" + blanks(254), "invalid"],
  ["refuses blanks that go on after the buffer", "#!" + blanks(900), "invalid"],
  [
    "refuses an interpreter that leading blanks push over the end",
    "#!" + blanks(19) + pathOf(252) + "\n",
    "invalid",
  ],
  [
    "loses an argument of which only the dropped byte is read",
    "#!" + pathOf(252) + " f\n",
    [pathOf(252)],
  ],
  [
    "passes an argument whose newline is the last byte read",
    "#!" + pathOf(251) + " f\n",
    [pathOf(251), "f"],
  ],
  [
    "does not see a newline after the first 256 bytes",
    "#!/i " + "a".repeat(251) + "\n",
    ["/i", "a".repeat(250)],
  ],
  [
    "trims the blanks that are left before a cut",
    "#!/i " + "a".repeat(240) + blanks(20) + "b\n",
    ["/i", "a".repeat(240)],
  ],
  ["takes an empty file for no script", "", "none"],
  ["takes a lone hash for no script", "#", "none"],
  ["takes another byte before ! for no script", "x!/i\n", "none"],
  ["takes an ELF file for no script", "\x7fELF\x02\x01\x01", "none"],
  ["takes text without #! for no script", "echo hello\n", "none"],
  ["does not skip a byte order mark", "\xef\xbb\xbf#!/i\n", "none"],
  ["does not skip a space before #!", " #!/i\n", "none"],
  ["does not skip a newline before #!", "\n#!/i\n", "none"],
  ["does not take # ! for #!", "# !/i\n", "none"],
];

for (const [sentence, head, expected] of CASES) {
  Deno.test(`parseShebang() ${sentence}`, () => {
    assertEquals(outcome(head), expected);
  });
}

for (const after of ["\n", "", " ", "\t\n", " f\n", "\0", "\0\n"]) {
  Deno.test(`parseShebang() takes an interpreter of at most 253 bytes before ${JSON.stringify(after)}`, () => {
    for (let length = 240; length <= 253; length++) {
      const line = outcome("#!" + pathOf(length) + after);
      assertEquals(line[0], pathOf(length));
    }
    for (let length = 254; length <= 270; length++) {
      assertEquals(outcome("#!" + pathOf(length) + after), "invalid");
    }
  });
}

for (const after of ["\n", ""]) {
  Deno.test(`parseShebang() cuts a line of more than 255 bytes before ${JSON.stringify(after)}`, () => {
    for (const length of [253, 254, 255, 256, 257, 300]) {
      const head = "#!/i ".padEnd(length, "a") + after;
      assertEquals(outcome(head), ["/i", head.slice(5, Math.min(length, 255))]);
    }
  });
}

function reason(line: ShebangLine): string | undefined {
  return line.kind === "invalid" ? line.reason : undefined;
}

Deno.test("parseShebang() says why a line is invalid", () => {
  for (const head of ["#! \n", "#!" + blanks(253)]) {
    assertEquals(reason(parseShebang(head)), "The line names no interpreter");
  }
  assertEquals(
    reason(parseShebang("#!" + blanks(254))),
    "The line is blank in the 256 bytes that the kernel reads",
  );
  assertEquals(
    reason(parseShebang("#!" + pathOf(254) + "\n")),
    "The interpreter does not end within the 256 bytes that the kernel reads",
  );
});

Deno.test("parseShebang() takes a string as UTF-8", () => {
  const head = "#!/ä/€ 😀\n";
  assertEquals(
    parseShebang(head),
    parseShebang(new TextEncoder().encode(head)),
  );
});

Deno.test("parseShebang() cuts a string between bytes, not between characters", () => {
  const line = parseShebang("#!/i ".padEnd(254, "a") + "€\n");
  assertEquals(line.kind === "script" && line.args[0]?.at(-1), 0xe2);
});

Deno.test("parseShebang() ignores everything after the first 256 bytes", () => {
  const head = bytes("#!/i ".padEnd(256, "a"));
  const longer = new Uint8Array(100_000).fill(0x0a);
  longer.set(head);
  assertEquals(parseShebang(longer), parseShebang(head));
});

Deno.test("parseShebang() reads a view at its own offset and length", () => {
  const file = bytes("xx#!/i a\nyy");
  assertEquals(parseShebang(file.subarray(2, 8)), parseShebang("#!/i a"));
});

Deno.test("parseShebang() neither changes nor keeps what it is given", () => {
  const head = bytes("#!/i a \n");
  const line = parseShebang(head);
  assertEquals(head, bytes("#!/i a \n"));
  head.fill(0);
  assertEquals(line, parseShebang("#!/i a \n"));
  if (line.kind !== "script") throw new Error("The line is a script's");
  line.interpreter.fill(0);
  assertEquals(line.args, [bytes("a")]);
});

Deno.test("parseShebang() copies out of a Buffer of Node too", () => {
  const head = Buffer.from("#!/i a\n".padEnd(300));
  const line = parseShebang(head);
  head.fill(0);
  assertEquals(line, parseShebang("#!/i a\n"));
});

Deno.test("parseShebang() takes its profile from the options", () => {
  const line = parseShebang("#!/i a\n");
  assertEquals(parseShebang("#!/i a\n", {}), line);
  assertEquals(parseShebang("#!/i a\n", { profile: "linux-5.8" }), line);
});

Deno.test("parseShebang() throws for an unknown profile", () => {
  assertThrows(
    () => parseShebang("#!/i\n", { profile: "linux-7" as Profile }),
    TypeError,
    'Cannot parse a shebang line: unknown profile "linux-7", expected one of "linux-5.8", ',
  );
});

Deno.test("parseShebang() throws for what is neither text nor bytes", () => {
  const cases: [value: unknown, name: string][] = [
    [undefined, "undefined"],
    [null, "null"],
    [5, "number"],
    [["#!"], "Array"],
    [new ArrayBuffer(2), "ArrayBuffer"],
    [new Uint16Array(2), "Uint16Array"],
  ];
  for (const [value, name] of cases) {
    assertThrows(
      () => parseShebang(value as string),
      TypeError,
      `Cannot parse a shebang line: expected a string or a Uint8Array, received ${name}`,
    );
  }
});

Deno.test("parseShebang() throws for a lone surrogate and says where it is", () => {
  for (const head of ["#!/i\ud83d\n", "#!/i\ude00\n", "#!/i\ude00\ud83d\n"]) {
    assertThrows(
      () => parseShebang(head),
      TypeError,
      `Cannot parse a shebang line: the string has a lone surrogate, ${
        JSON.stringify(head[4])
      }, at index 4`,
    );
  }
});
