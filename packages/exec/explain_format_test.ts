// What explain() says of a file's format, by making each situation and asking
// the kernel.

import { assertEquals } from "@std/assert";
import { SystemError } from "@procctl/libc";
import {
  argvDumper,
  denoArgv,
  js,
  type Need,
  root,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import { writeDumper } from "./_testing.ts";
import { assertExplained } from "./_testing_explain.ts";
import { explain } from "./explain.ts";

/** Runs a command where formats can be registered that nobody else sees. */
function inFormats(script: string, argv: readonly string[]): string[] {
  const folder = "/proc/sys/fs/binfmt_misc";
  const mount = `mount -t binfmt_misc none ${folder} && cd ${folder} && `;
  const shell = ["sh", "-c", `${mount}${script} && exec "$@"`, "sh"];
  return ["unshare", "--user", "--map-root-user", "--mount", ...shell, ...argv];
}

/**
 * The test registers a file format for itself, as Linux 6.7 allows. Not every
 * ordinary user may make a namespace for that.
 */
const formats: Need = () => {
  const reason = root();
  if (reason !== undefined) return reason;
  try {
    if (run(inFormats("true", ["true"])).code === 0) return undefined;
  } catch (error) {
    // No unshare(1) here.
    if (!(error instanceof SystemError)) throw error;
  }
  return "needs to register formats";
};

testWith(
  "explain() does not claim to know what becomes of a registered format",
  [formats],
  () => {
    using folder = new TemporaryFolder();
    const file = folder.write("file.procctl", "#!/bin/sh\n", 0o755);
    const program = folder.write(
      "program.mjs",
      js`
        import { explain } from "@procctl/exec";
        for (const path of [${file}, "/bin/sh"]) {
          const { kind, summary } = explain(path);
          console.log(kind, summary);
        }
      `,
    );
    const register = `echo :procctl:E::procctl::/bin/true: >register`;
    const argv = inFormats(register, denoArgv(program));
    const { stdout, stderr } = run(argv);
    assertEquals({ stdout, stderr }, {
      stdout: 'unknown Its format was registered as "procctl" with ' +
        'binfmt_misc, for "/bin/true"\nprogram "/bin/sh" runs\n',
      stderr: "",
    });
  },
);

Deno.test("explain() says what is wrong with a file's format", () => {
  using folder = new TemporaryFolder();
  const write = (name: string, content: string | Uint8Array) =>
    folder.write(name, content, 0o755);
  const dumper = writeDumper(folder);
  const other = Deno.build.arch === "x86_64" ? "aarch64" : "x86_64";
  const foreign = argvDumper(other);
  assertExplained({
    [write("empty", "")]: ["ENOEXEC", "The file is empty"],
    [write("text", "echo hello\n")]: [
      "ENOEXEC",
      "The file begins neither with #! nor as an ELF file",
    ],
    [write("line", "#! \n")]: ["ENOEXEC", "The line names no interpreter"],
    [write("foreign", foreign)]: [
      "ENOEXEC",
      `The program is for ${other}, not for ${Deno.build.arch}`,
    ],
    [write("cut", argvDumper().subarray(0, 100))]: [
      "ENOEXEC",
      "The ELF file ends before its program headers do",
    ],
  });
  assertEquals(explain(dumper).kind, "program");
});

Deno.test("explain() names the interpreter that is missing, and its script", () => {
  using folder = new TemporaryFolder();
  const [inner, outer] = [folder.join("inner"), folder.join("outer")];
  const windows = folder.write("windows", "#!/bin/sh\r\n", 0o755);
  folder.write("inner", "#!/bin/gone -x\n", 0o755);
  folder.write("outer", `#!${inner}\n`, 0o755);
  const relative = folder.write("relative", "#!no-such-interpreter\n", 0o755);
  const explanations = assertExplained({
    [inner]: [
      "ENOENT",
      `The interpreter "/bin/gone" of "${inner}" does not exist`,
    ],
    [outer]: [
      "ENOENT",
      `The interpreter "/bin/gone" of "${inner}" does not exist`,
    ],
    [windows]: [
      "ENOENT",
      `The interpreter "/bin/sh\\r" of "${windows}" does not exist, as its line has a Windows line ending`,
    ],
    [relative]: [
      "ENOENT",
      `The interpreter "no-such-interpreter" of "${relative}" does not exist`,
    ],
  });
  assertEquals(explanations.map(({ level }) => level), [1, 2, 1, 1]);
});

Deno.test("explain() says when too many scripts lead to a program", () => {
  using folder = new TemporaryFolder();
  for (let i = 0; i < 6; i++) {
    const next = i === 5 ? "/bin/true" : folder.join(`c${i + 1}`);
    folder.write(`c${i}`, `#!${next}\n`, 0o755);
  }
  const self = folder.write("self", `#!${folder.join("self")}\n`, 0o755);
  const number6 = "is the interpreter of script number 6 in a row, and at " +
    "most 5 may be";
  assertExplained({
    [folder.join("c0")]: [
      "ELOOP",
      `The interpreter "/bin/true" of "${folder.join("c5")}" ${number6}`,
    ],
    [self]: ["ELOOP", `The interpreter "${self}" of "${self}" ${number6}`],
  });
  assertEquals(explain(folder.join("c1")).kind, "program");
});

/** The argv dumper with a loader, whose path takes the place of its code. */
function withLoader(loader: string): Uint8Array {
  const dumper = argvDumper();
  const name = new TextEncoder().encode(`${loader}\0`);
  const [headers, header] = [64, 56];
  const file = new Uint8Array(headers + 2 * header + name.length);
  file.set(dumper.subarray(0, headers));
  const view = new DataView(file.buffer);
  view.setUint16(56, 2, true); // e_phnum
  view.setUint32(headers, 3, true); // p_type: PT_INTERP
  view.setBigUint64(headers + 8, BigInt(headers + 2 * header), true); // p_offset
  view.setBigUint64(headers + 32, BigInt(name.length), true); // p_filesz
  file.set(dumper.subarray(headers, headers + header), headers + header);
  file.set(name, headers + 2 * header);
  return file;
}

Deno.test("explain() opens the loader of a program", () => {
  using folder = new TemporaryFolder();
  const loader = folder.join("loader");
  const program = folder.write("program", withLoader(loader), 0o755);
  const script = folder.write("script", `#!${program}\n`, 0o755);
  const subject = `The loader "${loader}" of "${program}"`;
  const missing: [string, string] = ["ENOENT", `${subject} does not exist`];
  assertExplained({ [program]: missing, [script]: missing });
  const contents: [
    content: string,
    mode: number,
    code: string,
    text: string,
  ][] = [
    ["", 0o644, "EACCES", " has no execute permission"],
    [
      "short",
      0o755,
      "EIO",
      ": The loader of the program ends within its ELF header",
    ],
    [
      "x".repeat(100),
      0o755,
      "ELIBBAD",
      ": The loader of the program is not an ELF file",
    ],
  ];
  for (const [content, mode, code, text] of contents) {
    folder.write("loader", content, mode);
    assertExplained({ [program]: [code, subject + text] });
  }
  folder.write("loader", argvDumper(), 0o755);
  assertEquals(explain(program).kind, "program");
});

Deno.test("explain() names the largest string when arguments are too much", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const argv = ["x", "y".repeat(131_072)];
  assertExplained({
    [dumper]: [
      "E2BIG",
      "One string is longer than 32 pages: the largest string is argument 1 with 131073 bytes",
    ],
  }, { argv });
  const explanation = explain(dumper, { argv, env: {} });
  assertEquals(explanation.space.fits, false);
  assertEquals(explanation.space.largest, {
    kind: "argument",
    index: 1,
    bytes: 131_073,
  });
});
