import { assertEquals } from "@std/assert";
import { bytes, type Outcome, outcome, pathOf } from "./_testing.ts";
import { parseShebang } from "./parse_shebang.ts";
import type { Profile } from "./profile.ts";

const PROFILES: readonly Profile[] = [
  "linux-5.8",
  "linux-5.1",
  "linux-2.6.28",
  "first-word",
  "split-words",
];

/** What each profile makes of a line, in the order of PROFILES. */
const CASES: [sentence: string, head: string, expected: Outcome[]][] = [
  [
    "an argument of several words",
    "#!/i -a -b  c \n",
    [
      ["/i", "-a -b  c"],
      ["/i", "-a -b  c"],
      ["/i", "-a -b  c"],
      ["/i", "-a"],
      ["/i", "-a", "-b", "c"],
    ],
  ],
  ["an interpreter alone", "#!/i\n", PROFILES.map(() => ["/i"])],
  ["another file", "\x7fELF", PROFILES.map(() => "none")],
  ["a line of blanks", "#! \t\n", PROFILES.map(() => "invalid")],
  [
    "a blank before the end of the file",
    "#!/i ",
    [["/i", ""], ["/i"], ["/i"], ["/i", ""], ["/i", ""]],
  ],
  [
    "a NUL after a blank",
    "#!/i \0a\n",
    [["/i", ""], ["/i"], ["/i"], ["/i", ""], ["/i", ""]],
  ],
  [
    "blanks after the argument, before the end of the file",
    "#!/i a  ",
    [["/i", "a  "], ["/i", "a  "], ["/i", "a  "], ["/i", "a"], ["/i", "a"]],
  ],
  [
    "nothing but #!",
    "#!",
    [[""], "invalid", "invalid", [""], [""]],
  ],
  [
    "an interpreter that a NUL makes empty",
    "#! \0/i\n",
    [[""], "invalid", "invalid", [""], [""]],
  ],
  [
    "a path of 125 bytes",
    `#!${pathOf(125)}\n`,
    PROFILES.map(() => [pathOf(125)]),
  ],
  [
    "a path of 253 bytes",
    `#!${pathOf(253)}\n`,
    [
      [pathOf(253)],
      [pathOf(253)],
      [pathOf(125)],
      [pathOf(253)],
      [pathOf(253)],
    ],
  ],
  [
    "a path of 254 bytes",
    `#!${pathOf(254)}\n`,
    ["invalid", "invalid", [pathOf(125)], "invalid", "invalid"],
  ],
  [
    "an argument that begins at the last byte of a small buffer",
    `#!${pathOf(124)} f\n`,
    PROFILES.map((profile) =>
      profile === "linux-2.6.28" ? [pathOf(124)] : [pathOf(124), "f"]
    ),
  ],
  [
    "blanks up to the last byte of a small buffer",
    `#!${" ".repeat(125)}/i\n`,
    [["/i"], ["/i"], "invalid", ["/i"], ["/i"]],
  ],
];

for (const [sentence, head, expected] of CASES) {
  Deno.test(`parseShebang() reads ${sentence} as each profile does`, () => {
    PROFILES.forEach((profile, index) => {
      assertEquals(outcome(head, profile), expected[index], profile);
    });
  });
}

function kinds(head: string, profile: Profile): string[] {
  const line = parseShebang(bytes(head), { profile });
  return line.kind === "script" ? line.diagnostics.map(({ kind }) => kind) : [];
}

Deno.test("parseShebang() reports a path that an old kernel cuts and executes", () => {
  assertEquals(kinds(`#!${pathOf(126)}\n`, "linux-2.6.28"), [
    "interpreter-cut",
  ]);
  assertEquals(kinds(`#!${pathOf(125)}\n`, "linux-2.6.28"), []);
  assertEquals(kinds(`#!${pathOf(124)} f\n`, "linux-2.6.28"), [
    "argument-lost",
  ]);
});

Deno.test("parseShebang() reports an argument that an old kernel cuts", () => {
  assertEquals(kinds("#!/i ".padEnd(128, "a"), "linux-2.6.28"), [
    "argument-cut",
  ]);
  assertEquals(kinds("#!/i ".padEnd(127, "a"), "linux-2.6.28"), []);
});
