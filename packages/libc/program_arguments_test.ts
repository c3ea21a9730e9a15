import { assertEquals } from "@std/assert";
import {
  denoArgv,
  denoVersion,
  ROOT,
  run,
  runDeno,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import type { StringOrBytes } from "./types.ts";

/** An older Deno does not start if an argument is not UTF-8. */
const startsWithAnyBytes = denoVersion(2, 9, 6);

/** An older Deno leaves the arguments alone. */
const titleOverwritesArguments = denoVersion(2, 7, 7);

/** Prints each argument as hexadecimal digits. */
const PRINT_HEX = `
  import { programArguments } from "@procctl/libc";

  console.log(JSON.stringify(programArguments().map((bytes) => bytes.toHex())));
`;

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}

function hex(value: StringOrBytes): string {
  return (typeof value === "string" ? encode(value) : value).toHex();
}

/** The arguments that a program started with some of them sees, in hex. */
function seenBy(args: StringOrBytes[], { script = "program.mjs" } = {}) {
  using folder = new TemporaryFolder();
  const path = folder.write(script, PRINT_HEX);
  const { stdout, stderr } = run([...denoArgv(path), ...args]);
  assertEquals(stderr, "");
  const [name, ...rest] = JSON.parse(stdout);
  assertEquals(name, hex(path));
  return rest;
}

Deno.test("programArguments() gives the program's name as it was given to Deno", () => {
  assertEquals(seenBy([]), []);
});

Deno.test("programArguments() gives a name with blanks and letters beyond ASCII", () => {
  assertEquals(seenBy(["a"], { script: "a b é.mjs" }), [hex("a")]);
});

testWith("programArguments() gives arguments byte for byte", [
  startsWithAnyBytes,
], () => {
  const args = [
    new Uint8Array([0xff, 0xfe]),
    "é",
    encode("\ufeffmarked"),
    new Uint8Array([0x61, 0xe0, 0x80, 0xf0, 0x9f, 0x62]),
    "\n",
  ];
  assertEquals(seenBy(args), args.map(hex));
});

Deno.test("programArguments() gives empty arguments, wherever they stand", () => {
  for (const args of [[""], ["", "a"], ["a", "", "", "b", ""], ["", ""]]) {
    assertEquals(seenBy(args), args.map(hex));
  }
});

Deno.test("programArguments() gives what looks like options of Deno's", () => {
  const args = ["--allow-all", "--", "-", "--help", "run"];
  assertEquals(seenBy(args), args.map(hex));
});

Deno.test("programArguments() gives thousands of arguments", () => {
  const args = Array.from({ length: 5000 }, (_, i) => "x".repeat(i % 40));
  assertEquals(seenBy(args), args.map(hex));
});

testWith(
  "programArguments() gives the path that the kernel wrote for a script",
  [startsWithAnyBytes],
  () => {
    using folder = new TemporaryFolder();
    // Links, as the kernel cuts a long line and env -S splits at blanks.
    const deno = folder.symlink(Deno.execPath(), "deno");
    const repository = folder.symlink(ROOT, "repository");
    const options = `--quiet --config=${repository}/deno.json --allow-ffi`;
    const path = folder.write(
      "script",
      `#!/usr/bin/env -S ${deno} run ${options}\n${PRINT_HEX}`,
      0o755,
    );
    for (
      const [name, cwd] of [[path, "/"], ["./script", folder.path]] as const
    ) {
      const { stdout, stderr } = run([name, "a", new Uint8Array([0xff]), ""], {
        cwd,
      });
      assertEquals(stderr, "");
      assertEquals(JSON.parse(stdout), [hex(name), hex("a"), "ff", ""]);
    }
  },
);

testWith("programArguments() throws when the arguments were overwritten", [
  titleOverwritesArguments,
], () => {
  for (
    const [title, args] of [
      ["title", []],
      ["title", ["a", "", "b"]],
      ["a title that is longer than the arguments were".repeat(10), ["a"]],
    ] as const
  ) {
    const { stdout, stderr } = runDeno(
      `
      import process from "node:process";
      import { programArguments } from "@procctl/libc";

      process.title = ${JSON.stringify(title)};
      try {
        console.log(programArguments());
      } catch (error) {
        console.log(error.message);
      }
      `,
      { args },
    );
    assertEquals([stdout, stderr], [
      "Cannot read the arguments of this program: they were overwritten, as setting process.title does\n",
      "",
    ]);
  }
});
