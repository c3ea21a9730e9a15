import { assert, assertEquals } from "@std/assert";
import { parseShebang } from "@procctl/shebang";
import { js, TemporaryFolder } from "@procctl/testing";
import {
  assertExecveFails,
  assertFailures,
  dumpOf,
  writeDumper,
} from "./_testing.ts";

Deno.test("execve() runs a script by its interpreter, with the rest of the line as one argument", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const script = folder.write("script", `#! ${dumper} one arg \n`, 0o755);
  assertEquals(
    dumpOf(js`execve(${script}, ["lost", "a", "b"], { A: "1" })`),
    { argv: [dumper, "one arg", script, "a", "b"], env: ["A=1"], path: script },
  );
});

Deno.test("execve() finds a relative interpreter from the working directory", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  folder.mkdir("below");
  const script = folder.write("below/script", "#!./dumper\n", 0o755);
  const call = js`execve(${script}, ["x"], {})`;
  assertEquals(
    dumpOf(call, { cwd: folder.path }).argv,
    ["./dumper", script],
  );
  assertFailures({ [call]: "ENOENT" }, { cwd: folder.join("below") });
});

Deno.test("execve() fails as the interpreter of a script does", () => {
  using folder = new TemporaryFolder();
  const write = (name: string, content: string, mode = 0o755) =>
    folder.write(name, content, mode);
  const plain = write("plain", "#!/bin/sh\n", 0o644);
  const unknown = write("unknown", "no format");
  folder.symlink("loop", "loop");
  assertExecveFails({
    [write("missing", "#!/no/such/interpreter\n")]: "ENOENT",
    [write("windows", "#!/bin/sh\r\n")]: "ENOENT",
    [write("folder", `#!${folder.path}\n`)]: "EACCES",
    [write("not-executable", `#!${plain}\n`)]: "EACCES",
    [write("no-format", `#!${unknown}\n`)]: "ENOEXEC",
    [write("endless", `#!${folder.join("loop")}\n`)]: "ELOOP",
    [write("itself", `#!${folder.join("itself")}\n`)]: "ELOOP",
    // The interpreter is the empty path: the working directory.
    [write("alone", "#!")]: "EACCES",
  });
});

Deno.test("execve() follows five scripts that interpret each other, and no sixth", () => {
  using folder = new TemporaryFolder();
  let interpreter = writeDumper(folder);
  const chain = [interpreter];
  for (let depth = 1; depth <= 6; depth++) {
    const name = `script-${depth}`;
    interpreter = folder.write(name, `#!${interpreter}\n`, 0o755);
    chain.push(interpreter);
  }
  const [fifth, sixth] = chain.slice(-2) as [string, string];
  assertEquals(dumpOf(js`execve(${fifth}, ["x", "a"], {})`).argv, [
    ...chain.slice(0, 6),
    "a",
  ]);
  assertExecveFails({ [sixth]: "ELOOP" });
});

// The lines of the kernel's own test of interpreter scripts, the selftest
// exec/binfmt_script, as files: it has 27, one of them twice. Sizes count the
// line with "#!" and without the newline.

const BUFFER_SIZE = 256;

interface Line {
  size: number;
  leading?: string;
  /** What follows the interpreter, up to the newline. */
  after?: string;
  newline?: string;
}

const AT_256 = { size: BUFFER_SIZE };
const AT_255 = { size: BUFFER_SIZE - 1 };
const BELOW = [BUFFER_SIZE - 2, BUFFER_SIZE / 2];

const INTERPRETED: Record<string, Line> = {
  "arguments far too long after a short path": {
    size: 439,
    leading: " ",
    after: ` -I${"lib/".repeat(80)}`,
  },
  "a path of 253 bytes": AT_255,
  "a path of 252 bytes": { size: BUFFER_SIZE - 2 },
  "a blank in the last byte of the buffer": { ...AT_256, after: " " },
  "an argument in the last byte of the buffer": { ...AT_256, after: " f" },
  "an argument in the last byte but one": { ...AT_255, after: " f" },
  "a file of 255 bytes": { ...AT_255, newline: "" },
  "a file of 128 bytes": { size: BUFFER_SIZE / 2, newline: "" },
  "a file of 254 bytes": { size: BUFFER_SIZE - 2, newline: "" },
  "255 bytes, the last a blank": { ...AT_255, after: " " },
  "255 bytes, the first a blank": { ...AT_255, leading: " " },
  "255 bytes between blanks": { ...AT_255, leading: " ", after: " " },
  ...Object.fromEntries(BELOW.flatMap((size) => [
    [`${size} bytes, the last a blank`, { size, after: " " }],
    [`${size} bytes, the first a blank`, { size, leading: " " }],
    [`${size} bytes between blanks`, { size, leading: " ", after: " " }],
  ])),
};

const REFUSED: Record<string, Line> = {
  "a path far too long": { size: BUFFER_SIZE + 80 },
  "a path that fills the buffer": AT_256,
  "a path that fills the buffer after a blank": { ...AT_256, leading: " " },
  "a path that leading blanks push over the end": {
    size: BUFFER_SIZE + 17,
    leading: " ".repeat(19),
  },
};

const WITHOUT_PATH: Record<string, string> = {
  "far too many blanks": "#!".padEnd(BUFFER_SIZE + 71) + "\n",
  "nothing but #!": "#!",
  "a short file of blanks": "#!".padEnd(BUFFER_SIZE - 1),
  "a newline before the blanks": "#!\n".padEnd(BUFFER_SIZE - 1) + "\n",
};

/** A line whose interpreter is as long as the rest leaves room for. */
function write({ size, leading = "", after = "", newline = "\n" }: Line) {
  return (folder: TemporaryFolder) => {
    const length = size - "#!".length - leading.length - after.length;
    const start = folder.join("");
    // Over 255 bytes no name can be, and none has to be: the line is refused.
    const interpreter = start.padEnd(length, "i");
    assert(length > start.length, `TMPDIR is too long for a line of ${size}`);
    if (length < BUFFER_SIZE - 2) {
      writeDumper(folder, interpreter.slice(start.length));
    }
    return `#!${leading}${interpreter}${after}${newline}`;
  };
}

/** What parseShebang() says of a line: what the dumper prints, or the error. */
function predict(line: string, script: string): string[] | string {
  const head = parseShebang(line);
  if (head.kind !== "script") return "ENOEXEC";
  if (head.interpreter.length === 0) return "EACCES";
  return [
    ...[head.interpreter, ...head.args].map((it) =>
      new TextDecoder().decode(it)
    ),
    script,
    "a",
  ];
}

for (const [name, line] of Object.entries(INTERPRETED)) {
  Deno.test(`execve() runs a script as parseShebang() predicts: ${name}`, () => {
    using folder = new TemporaryFolder();
    const content = write(line)(folder);
    const script = folder.write("script", content, 0o755);
    const { argv } = dumpOf(js`execve(${script}, ["x", "a"], {})`);
    assertEquals(argv, predict(content, script));
  });
}

Deno.test("execve() refuses the scripts that parseShebang() predicts it to refuse", () => {
  using folder = new TemporaryFolder();
  const contents = [
    ...Object.values(REFUSED).map((line) => write(line)(folder)),
    ...Object.values(WITHOUT_PATH),
  ];
  const predictions = contents.map((content, index) => {
    const script = folder.write(`script-${index}`, content, 0o755);
    return [script, predict(content, script)];
  });
  assertEquals(
    predictions.map(([, code]) => code),
    contents.map((content) => content === "#!" ? "EACCES" : "ENOEXEC"),
  );
  assertExecveFails(Object.fromEntries(predictions));
});
