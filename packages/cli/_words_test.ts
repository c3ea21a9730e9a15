import { assertEquals, assertThrows } from "@std/assert";
import { run, testWith, tool } from "@procctl/testing";
import { readWords } from "./_words.ts";
import type { Option } from "./command.ts";

const OPTIONS: readonly Option[] = [
  { name: "flag", short: "f", description: "" },
  { name: "go", short: "g", description: "" },
  { name: "pid", short: "p", value: "PID", description: "" },
  {
    name: "nofile",
    short: "n",
    value: "LIMIT",
    optional: true,
    description: "",
  },
];

/** Command lines that getopt_long(3) takes. */
const GOOD: readonly string[][] = [
  [],
  ["--flag"],
  ["-f"],
  ["-fg"],
  ["-fgp1"],
  ["-fgp", "1"],
  ["-p1"],
  ["-p", "-1"],
  ["-p", "--"],
  ["-p="],
  ["-p=1"],
  ["--pid", "1"],
  ["--pid=1"],
  ["--pid="],
  ["--pid", ""],
  ["--pid", "--flag"],
  ["--pid=a=b"],
  ["-n"],
  ["-n64"],
  ["-n64:128"],
  ["-n", "64"],
  ["-fn64:"],
  ["-nf"],
  ["--nofile"],
  ["--nofile", "64"],
  ["--nofile=64:"],
  ["--nofile=-1"],
  ["a", "--flag"],
  ["--flag", "a", "--go"],
  ["--", "--flag"],
  ["--flag", "--", "a", "--", "b"],
  ["-"],
  ["-f", "-", "-g"],
  [""],
  ["-f", "", "-g"],
  ["--flag", "--flag", "-p1", "-p2"],
  ["-p", "a b\n'\"c"],
];

testWith(
  "a command line of procctl is read as getopt_long(3) reads it",
  [tool("getopt")],
  () => {
    for (const args of GOOD) {
      const { code, stdout } = run([
        ...["getopt", "--options=+fgp:n::"],
        ...["--longoptions=flag,go,pid:,nofile::", "--", ...args],
      ], { env: { PATH: "/usr/bin:/bin" } });
      assertEquals(code, 0, args.join(" "));
      const { options, operands } = readWords(args, OPTIONS);
      assertEquals(unquote(stdout), [
        ...options.flatMap(asOfGetopt),
        "--",
        ...operands,
      ], args.join(" "));
    }
  },
);

/** An option as getopt(1) writes it: an optional value is always there. */
function asOfGetopt(word: string): string[] {
  const [, name, value] = /^--(\w+)(?:=(.*))?$/s.exec(word)!;
  const known = OPTIONS.find((it) => it.name === name)!;
  return known.value === undefined ? [`--${name}`] : [`--${name}`, value ?? ""];
}

/** The words that getopt(1) quoted for a shell, its letters as names. */
function unquote(line: string): string[] {
  const { stdout } = run(["sh", "-c", `printf '%s\\0' ${line}`]);
  const words = stdout.split("\0").slice(0, -1);
  const end = words.indexOf("--");
  return words.map((word, index) => {
    const letter = index < end ? /^-(\w)$/.exec(word)?.[1] : undefined;
    const option = OPTIONS.find(({ short }) => short === letter);
    return option === undefined ? word : `--${option.name}`;
  });
}

Deno.test("an = after a letter is no part of a value that may be left out, as of prlimit(1)", () => {
  assertEquals(readWords(["-n=64"], OPTIONS).options, ["--nofile=64"]);
  assertEquals(readWords(["-p=64"], OPTIONS).options, ["--pid==64"]);
});

Deno.test("a command line of procctl that is wrong is refused by the option's name", () => {
  const cases: [args: string[], message: string][] = [
    [["--none"], 'There is no option "--none"'],
    [["--none=1"], 'There is no option "--none"'],
    [["--fla"], 'There is no option "--fla"'],
    [["-fx"], 'There is no option "-x"'],
    [["--flag=1"], 'The option "--flag" takes no value'],
    [["--pid"], 'The option "--pid" needs a value: PID'],
    [["-fp"], 'The option "-p" needs a value: PID'],
    [["--nofile="], 'The option "--nofile" has an empty value'],
    [["-n="], 'The option "-n" has an empty value'],
  ];
  for (const [args, message] of cases) {
    assertThrows(() => readWords(args, OPTIONS), Error, message);
  }
});
