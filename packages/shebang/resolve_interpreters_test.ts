import { assertEquals, assertThrows } from "@std/assert";
import { elfFile } from "@procctl/testing";
import { text } from "./_testing.ts";
import { memoryFiles } from "./_testing_files.ts";
import {
  resolveInterpreters,
  type ResolveInterpretersOptions,
} from "./resolve_interpreters.ts";

const ELF = text(elfFile());

/** The files of most tests: programs, and what is none. */
const CONTENTS: Record<string, string> = {
  "/i": ELF,
  "i": ELF,
  "./denied": "error EACCES",
  "./text": "echo hello\n",
  "./empty": "",
  "./s": "#!/i an arg \n",
};

/** What becomes of an execution, in a short form. */
function resolve(
  path: string,
  argv: readonly string[] = ["A0", "A1"],
  contents: Record<string, string> = {},
  options: ResolveInterpretersOptions = {},
) {
  const files = memoryFiles({ ...CONTENTS, ...contents });
  const resolution = resolveInterpreters(path, argv, files, options);
  switch (resolution.kind) {
    case "program":
      return resolution.argv.map(text);
    case "error":
      return `${resolution.code} at ${
        text(resolution.at)
      }, ${resolution.level}`;
    default:
      return `${resolution.kind} at ${
        text(resolution.at)
      }, ${resolution.level}`;
  }
}

/** Scripts c0, c1 ... of which each is the next one's script. */
function chain(length: number, end: string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length }, (_, index) => [
      `./c${index}`,
      `#!${index === length - 1 ? end : `./c${index + 1}`} x${index}\n`,
    ]),
  );
}

Deno.test("resolveInterpreters() finds a program by itself", () => {
  assertEquals(resolve("/i"), ["A0", "A1"]);
  assertEquals(resolve("/i", []), [""]);
});

Deno.test("resolveInterpreters() puts the interpreter before the script", () => {
  assertEquals(resolve("./s"), ["/i", "an arg", "./s", "A1"]);
  assertEquals(resolve("./s", []), ["/i", "an arg", "./s"]);
});

Deno.test("resolveInterpreters() returns all that it found on the way", () => {
  const files = memoryFiles({
    ...CONTENTS,
    "./t": "#!./s\r\n",
    "./s\r": "#!i",
  });
  const resolution = resolveInterpreters("./t", ["t"], files);
  if (resolution.kind !== "program") throw new Error(resolution.reason);
  const { path, elf, comm, chain } = resolution;
  assertEquals(text(path), "i");
  assertEquals(elf.kind, "elf");
  assertEquals(comm && text(comm), "t");
  assertEquals(
    chain.map(({ path, interpreter, args, diagnostics }) => [
      text(path),
      text(interpreter),
      args.length,
      diagnostics.map(({ kind }) => kind).join(),
    ]),
    [
      ["./t", "./s\r", 0, "relative-interpreter,carriage-return"],
      ["./s\r", "i", 0, "relative-interpreter"],
    ],
  );
});

Deno.test("resolveInterpreters() follows five scripts to a program", () => {
  assertEquals(resolve("./c0", ["A0", "A1"], chain(5, "i")), [
    "i",
    "x4",
    "./c4",
    "x3",
    "./c3",
    "x2",
    "./c2",
    "x1",
    "./c1",
    "x0",
    "./c0",
    "A1",
  ]);
});

Deno.test("resolveInterpreters() fails with ELOOP for a sixth script", () => {
  const argv = ["A0"];
  assertEquals(resolve("./c0", argv, chain(6, "i")), "ELOOP at i, 6");
  assertEquals(resolve("./c0", argv, chain(6, "./text")), "ELOOP at ./text, 6");
  assertEquals(resolve("./c0", argv, chain(7, "./gone")), "ELOOP at ./c6, 6");
});

Deno.test("resolveInterpreters() opens the interpreter of a sixth script before that", () => {
  const argv = ["A0"];
  assertEquals(
    resolve("./c0", argv, chain(6, "./gone")),
    "ENOENT at ./gone, 6",
  );
  assertEquals(
    resolve("./c0", argv, chain(6, "./denied")),
    "EACCES at ./denied, 6",
  );
});

Deno.test("resolveInterpreters() fails with ENOEXEC after five scripts", () => {
  assertEquals(
    resolve("./c0", [], chain(5, "./text")),
    "ENOEXEC at ./text, 5",
  );
});

Deno.test("resolveInterpreters() fails with ELOOP for its own interpreter, as the kernel's selftest of recursion", () => {
  assertEquals(resolve("/x", [], { "/x": "#!/x\n" }), "ELOOP at /x, 6");
});

Deno.test("resolveInterpreters() keeps paths as they are written", () => {
  const contents = { "/x/.././w//s": "#!.//i\n", ".//i": ELF };
  assertEquals(resolve("/x/.././w//s", ["", "a"], contents), [
    ".//i",
    "/x/.././w//s",
    "a",
  ]);
});

Deno.test("resolveInterpreters() fails for what cannot be opened or executed", () => {
  assertEquals(resolve("./gone"), "ENOENT at ./gone, 0");
  assertEquals(resolve("./denied"), "EACCES at ./denied, 0");
  assertEquals(resolve("./text"), "ENOEXEC at ./text, 0");
  assertEquals(resolve("./empty"), "ENOEXEC at ./empty, 0");
  assertEquals(resolve(""), "ENOENT at , 0");
  assertEquals(
    resolve("./x", [], { "./x": "#!./text\n" }),
    "ENOEXEC at ./text, 1",
  );
  assertEquals(resolve("./x", [], { "./x": "#! \n" }), "ENOEXEC at ./x, 0");
  assertEquals(
    resolve("./x", [], { "./x": "#!", "": "error EACCES" }),
    "EACCES at , 1",
  );
});

Deno.test("resolveInterpreters() fails with ENAMETOOLONG for a path of 4096 bytes", () => {
  const path = "/".repeat(4095);
  assertEquals(resolve(path, [], { [path]: ELF }), [""]);
  assertEquals(resolve(`${path}/`), `ENAMETOOLONG at ${path}/, 0`);
});

Deno.test("resolveInterpreters() says why", () => {
  const files = memoryFiles({
    ...CONTENTS,
    "./why": "error EACCES",
    "./odd": "error EPERM",
    ...chain(6, "i"),
  });
  const why = { kind: "error", code: "EACCES", reason: "Because" } as const;
  const expected: Record<string, string> = {
    "./gone": "It does not exist",
    "./why": "Because",
    "./odd": "Opening it fails with EPERM",
    "./empty": "The file is empty",
    "./text": "The file begins neither with #! nor as an ELF file",
    "": "The path is empty",
    "./c0":
      "It is the interpreter of script number 6 in a row, and at most 5 may be",
  };
  for (const [path, reason] of Object.entries(expected)) {
    const resolution = resolveInterpreters(path, [], {
      open: (path) => text(path) === "./why" ? why : files.open(path),
    });
    assertEquals(resolution.kind === "error" && resolution.reason, reason);
  }
});

Deno.test("resolveInterpreters() calls a script by the descriptor that it is executed by", () => {
  const contents = { "": "#!/i x\n", "s": "#!/i\n" };
  const descriptor = { fd: 31, closeOnExec: false };
  const options = { descriptor };
  assertEquals(resolve("", ["A0"], contents, options), [
    "/i",
    "x",
    "/dev/fd/31",
  ]);
  assertEquals(resolve("s", ["A0"], contents, options), ["/i", "/dev/fd/31/s"]);
  assertEquals(
    resolve("gone", [], {}, options),
    "ENOENT at /dev/fd/31/gone, 0",
  );
});

Deno.test("resolveInterpreters() opens the first file alone by its descriptor", () => {
  const opened: unknown[] = [];
  const files = memoryFiles({ ...CONTENTS, "s": "#!/i\n" });
  resolveInterpreters("s", [], {
    open(path, descriptor) {
      opened.push([text(path), descriptor]);
      return files.open(path);
    },
  }, { descriptor: { fd: 7, closeOnExec: false } });
  assertEquals(opened, [["s", 7], ["/i", undefined]]);
});

Deno.test("resolveInterpreters() fails with ENOENT for a script whose descriptor closes on exec", () => {
  const options = { descriptor: { fd: 3, closeOnExec: true } };
  const contents = { "": "#!/gone\n", "bad": "#!\n", "/s": "#!/i\n" };
  assertEquals(resolve("", [], contents, options), "ENOENT at /dev/fd/3, 0");
  assertEquals(
    resolve("bad", [], contents, options),
    "ENOEXEC at /dev/fd/3/bad, 0",
  );
  assertEquals(resolve("i", [], contents, options), [""]);
  // An absolute path does not go through the descriptor.
  assertEquals(resolve("/s", [], contents, options), ["/i", "/s"]);
});

Deno.test("resolveInterpreters() gives the first 15 bytes of the script's name as comm", () => {
  const comm = (path: string, options?: ResolveInterpretersOptions) => {
    const files = memoryFiles({ [path]: "#!/i\n", "/i": ELF });
    const resolution = resolveInterpreters(path, [], files, options);
    return resolution.kind === "program" && resolution.comm &&
      text(resolution.comm);
  };
  assertEquals(comm("/bin/a-script-of-27-bytes-here"), "a-script-of-27-");
  assertEquals(comm("ln"), "ln");
  const descriptor = { fd: 3, closeOnExec: false };
  assertEquals(comm("a/b", { descriptor }), "b");
  assertEquals(comm("", { descriptor }), undefined);
});

Deno.test("resolveInterpreters() opens the loader of a program", () => {
  const program = text(elfFile({ loaders: ["/ld\0"] }));
  const tooShort = ELF.slice(0, 63);
  const expected: [loader: string | undefined, outcome: string | string[]][] = [
    [ELF, ["a"]],
    [program, ["a"]],
    [undefined, "ENOENT at /ld, 1"],
    ["error EACCES", "EACCES at /ld, 1"],
    [tooShort, "EIO at /ld, 1"],
    ["text ".repeat(20), "ELIBBAD at /ld, 1"],
    ["#!/i\n".padEnd(100), "ELIBBAD at /ld, 1"],
    [ELF.slice(0, 64), "ELIBBAD at /ld, 1"],
    [ELF.slice(0, 18) + "\x03" + ELF.slice(19), "ELIBBAD at /ld, 1"],
    [ELF.slice(0, 16) + "\x01" + ELF.slice(17), "killed at /ld, 1"],
  ];
  for (const [loader, outcome] of expected) {
    const contents = { "/p": program, ...(loader && { "/ld": loader }) };
    assertEquals(resolve("/p", ["a"], contents), outcome);
  }
});

Deno.test("resolveInterpreters() counts the loader as one more level", () => {
  const contents = {
    "./x": "#!/p\n",
    "/p": text(elfFile({ loaders: ["l\0"] })),
  };
  assertEquals(resolve("./x", [], contents), "ENOENT at l, 2");
});

Deno.test("resolveInterpreters() knows a program for another machine", () => {
  const other = Deno.build.arch === "x86_64" ? "aarch64" : "x86_64";
  assertEquals(resolve("/i", [], {}, { arch: Deno.build.arch }), [""]);
  assertEquals(resolve("/i", [], {}, { arch: other }), "ENOEXEC at /i, 0");
  assertEquals(resolve("/i", [], {}), [""]);
});

Deno.test("resolveInterpreters() does not claim to know whether a kernel runs programs of 32 bits", () => {
  const file = new Uint8Array(52 + 32);
  file.set([0x7f, 0x45, 0x4c, 0x46, 1, 1, 1]);
  const view = new DataView(file.buffer);
  view.setUint16(16, 2, true);
  view.setUint32(28, 52, true);
  view.setUint16(42, 32, true);
  view.setUint16(44, 1, true);
  for (
    const [machine, arch] of [[3, "x86_64"], [62, "x86_64"], [
      40,
      "aarch64",
    ]] as const
  ) {
    view.setUint16(18, machine, true);
    const contents = { "/p": text(file) };
    assertEquals(resolve("/p", [], contents, { arch }), "unknown at /p, 0");
  }
});

Deno.test("resolveInterpreters() does not claim to know what its files do not", () => {
  const unknown = { kind: "unknown", reason: "It cannot be read" } as const;
  const files = memoryFiles({
    "./x": "#!/secret\n",
    "/p": text(elfFile({ loaders: ["/secret\0"] })),
  });
  for (
    const [path, level] of [["/secret", 0], ["./x", 1], ["/p", 1]] as const
  ) {
    const resolution = resolveInterpreters(path, [], {
      open: (path) => text(path) === "/secret" ? unknown : files.open(path),
    });
    assertEquals(
      resolution.kind === "unknown" &&
        [text(resolution.at), resolution.level, resolution.reason],
      ["/secret", level, "It cannot be read"],
    );
  }
});

Deno.test("resolveInterpreters() fails with E2BIG once the file is open, and before its interpreter is", () => {
  const space = { stackLimit: 512 * 1024 };
  const options = { space, env: [] };
  const contents = { "./x": "#!./gone\n" };
  const big = (bytes: number) => ["x".repeat(65_000), "y".repeat(bytes)];
  assertEquals(
    resolve("./gone", big(90_000), {}, options),
    "ENOENT at ./gone, 0",
  );
  assertEquals(
    resolve("./text", big(90_000), {}, options),
    "E2BIG at ./text, 0",
  );
  // The first argument goes for "./gone" and "./x".
  assertEquals(
    resolve("./x", ["", ...big(66_020)], contents, options),
    "ENOENT at ./gone, 1",
  );
  assertEquals(
    resolve("./x", ["", ...big(66_034)], contents, options),
    "E2BIG at ./x, 0",
  );
  assertEquals(resolve("./text", big(90_000)), "ENOEXEC at ./text, 0");
});

Deno.test("resolveInterpreters() names the largest string with E2BIG", () => {
  const files = memoryFiles(CONTENTS);
  const reasonOf = (
    argv: string[],
    env: Record<string, string>,
    stackLimit: number,
  ) => {
    const space = { stackLimit };
    const resolution = resolveInterpreters("/i", argv, files, { env, space });
    return resolution.kind === "error" && resolution.reason;
  };
  assertEquals(
    reasonOf(["a"], { A: "1", B: "b".repeat(131_072) }, Infinity),
    "One string is longer than 32 pages: the largest string is variable 1 of the environment with 131075 bytes",
  );
  assertEquals(
    reasonOf(["a", "b".repeat(70_000), "c".repeat(70_000)], {}, 0),
    "Arguments and environment take 140031 bytes of 131072: the largest string is argument 1 with 70001 bytes",
  );
  assertEquals(
    reasonOf(["a".repeat(5000)], {}, 0),
    "Arguments and environment take more than the stack may have: the largest string is argument 0 with 5001 bytes",
  );
});

Deno.test("resolveInterpreters() throws for what no program can be given", () => {
  const files = memoryFiles({});
  assertThrows(
    () => resolveInterpreters("a\0", [], files),
    TypeError,
    "Cannot resolve interpreters: path contains a NUL byte at index 1",
  );
  assertThrows(
    () => resolveInterpreters("a", ["\0"], files),
    TypeError,
    "argv[0] contains a NUL byte",
  );
  assertThrows(
    () => resolveInterpreters("a", [], files, { env: ["\0"] }),
    TypeError,
    "env[0] contains a NUL byte",
  );
  assertThrows(
    () => resolveInterpreters("a", [], files, { space: { pageSize: 1 } }),
    RangeError,
    "Cannot resolve interpreters: pageSize is 1",
  );
  assertThrows(
    () => resolveInterpreters("a", [], files, { arch: "mips" as never }),
    TypeError,
    'Cannot resolve interpreters: unknown arch "mips", expected "x86_64" or "aarch64"',
  );
});
