import { assertEquals, assertThrows } from "@std/assert";
import { bytes, text } from "./_testing.ts";
import type { Environment } from "./environment.ts";
import { splitEnvString } from "./split_env_string.ts";

const ENV = { B: "b c", E: "", A_1: "x" };

/** The words, or "error at" where it is. */
function split(string: string, env: Environment = ENV): string[] | string {
  const result = splitEnvString(bytes(string), env);
  return result.kind === "words"
    ? result.words.map(text)
    : `error at ${result.index}`;
}

const CASES: [sentence: string, string: string, expected: string[] | string][] =
  [
    ["divides at blanks", ` a  b `, ["a", "b"]],
    ["divides at each white space", "a\tb\nc\vd\fe\rf", [..."abcdef"]],
    ["drops a carriage return at the end", "node --version\r", [
      "node",
      "--version",
    ]],
    ["makes nothing of nothing", "", []],
    ["makes nothing of blanks", " \t ", []],
    ["knows both quotes", `a "b c" 'd e'`, ["a", "b c", "d e"]],
    ["makes an argument of empty quotes", `A "" B ''`, ["A", "", "B", ""]],
    ["joins what no blank divides", `A""B'C'"D"`, ["ABCD"]],
    ["keeps the other quote inside a quote", `"'" '"'`, ["'", '"']],
    ["keeps white space inside quotes", `"a \t\n" 'b '`, ["a \t\n", "b "]],
    ["begins a comment at #", "echo FOO #BAR 'x", ["echo", "FOO"]],
    ["begins a comment at the start", "# a", []],
    ["keeps # inside an argument", "FOO#BAR", ["FOO#BAR"]],
    ["keeps # in quotes and after them", `"#a" ""#b`, ["#a", "#b"]],
    ["keeps # after a backslash", `FOO \\#BAR`, ["FOO", "#BAR"]],
    ["knows an escaped blank as a divider", `A\\_B`, ["A", "B"]],
    ["begins a comment after an escaped blank", `A\\_#B`, ["A"]],
    ["makes no argument of escaped blanks", ` \\_ \\_ a \\_`, ["a"]],
    ["knows an escaped blank in double quotes", `"A\\_B"`, ["A B"]],
    ["knows no escaped blank in single quotes", `'A\\_B'`, [`A\\_B`]],
    ["knows the escapes of control characters", `\\f\\n\\r\\t\\v "\\t"`, [
      "\f\n\r\t\v",
      "\t",
    ]],
    ["knows the escapes of special characters", `\\"\\#\\$\\'\\\\`, [
      `"#$'\\`,
    ]],
    ["knows two escapes in single quotes", `'\\\\ \\' \\n \\" $'`, [
      `\\ ' \\n \\" $`,
    ]],
    ["ends at \\c", `A\\cB C`, ["A"]],
    ["ends at \\c before an error", `A \\c "`, ["A"]],
    ["puts in a variable", "x${A_1}y", ["xxy"]],
    ["does not divide a variable's value", "${B}", ["b c"]],
    ["makes an argument of an empty variable", "${E}", [""]],
    ["makes nothing of a variable that is not set", "${U} a ${U}", ["a"]],
    ["joins around a variable that is not set", "x${U}y", ["xy"]],
    ["keeps # after an empty variable", "${E}#a", ["#a"]],
    ["begins a comment after a variable that is not set", "${U}#a", []],
    ["puts in a variable in double quotes", `"<\${B}>"`, ["<b c>"]],
    ["puts in no variable in single quotes", "'${B}'", ["${B}"]],
    ["passes on bytes that are not UTF-8", "\xff \xfe", ["\xff", "\xfe"]],
    ["keeps other characters", "a=~*?[]{}()|&;<>!%b", ["a=~*?[]{}()|&;<>!%b"]],
    ["refuses \\c in double quotes", `"\\c"`, "error at 1"],
    ["refuses a backslash at the end", `A\\`, "error at 1"],
    ["refuses another escape", `A\\q`, "error at 1"],
    ["refuses an escaped blank that is a space", `A\\ B`, "error at 1"],
    ["refuses a double quote that is open", `a "b`, "error at 2"],
    ["refuses a single quote that is open", `a 'b"`, "error at 2"],
    ["refuses an escaped end of a quote", `"A\\"`, "error at 0"],
    ["refuses a variable without braces", "a $B", "error at 2"],
    ["refuses a variable whose brace is open", "${B", "error at 0"],
    ["refuses a variable with another character", "${B%B}", "error at 0"],
    ["refuses a variable that begins with a digit", "${9B}", "error at 0"],
    ["refuses a variable without a name", "${}", "error at 0"],
    ["refuses a lone $", "$", "error at 0"],
    ["refuses $ in double quotes", `"$"`, "error at 1"],
  ];

for (const [sentence, string, expected] of CASES) {
  Deno.test(`splitEnvString() ${sentence}`, () => {
    assertEquals(split(string), expected);
  });
}

Deno.test("splitEnvString() says what is wrong", () => {
  const expected: [string: string, reason: string][] = [
    [`"\\c"`, '"\\c" stands in double quotes'],
    ["A\\", "The string ends in a backslash"],
    ["A\\q", '"\\q" stands for nothing'],
    ["'a", "The quote ' is not closed"],
    ["$B", '"$" is not followed by the name of a variable in braces'],
  ];
  for (const [string, reason] of expected) {
    const result = splitEnvString(string);
    assertEquals(result.kind === "error" && result.reason, reason);
  }
});

Deno.test("splitEnvString() takes an environment of entries, of which the first counts", () => {
  assertEquals(split("${A}${B}", ["A=1", "A=2", "B", "B=3"]), ["13"]);
});

Deno.test("splitEnvString() puts in the bytes of a value", () => {
  const env = { A: Uint8Array.of(0xff, 0x20) };
  assertEquals(split("${A}", env), ["\xff "]);
});

Deno.test("splitEnvString() puts in a value of many bytes", () => {
  const value = "a".repeat(130_000);
  assertEquals(split("${A}", { A: value }), [value]);
});

Deno.test("splitEnvString() throws for what no program can be given", () => {
  assertThrows(
    () => splitEnvString("a\0"),
    TypeError,
    "Cannot split a string for env: text contains a NUL byte at index 1",
  );
  assertThrows(
    () => splitEnvString("", ["A=1", "B\0"]),
    TypeError,
    "env[1] contains a NUL byte",
  );
  assertThrows(
    () => splitEnvString("", { "A=B": "" }),
    TypeError,
    '"A=B" is no key of env',
  );
  assertThrows(
    () => splitEnvString("", { "": "" }),
    TypeError,
    '"" is no key of env',
  );
  assertThrows(
    () => splitEnvString("", { A: "\ud800" }),
    TypeError,
    'env["A"] has a lone surrogate',
  );
  assertThrows(
    () => splitEnvString("", new Map() as unknown as Environment),
    TypeError,
    "env is not valid, expected a record of values by key or an array of entries, received Map",
  );
});
