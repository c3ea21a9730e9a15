import { assertEquals, assertThrows } from "@std/assert";
import { closeFile, O_WRONLY, openFile, SystemError } from "@procctl/libc";
import {
  argvDumper,
  denoArgv,
  inMounts,
  js,
  kernel,
  mounts,
  type Need,
  root,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import { type Failure, failures, outputOf, writeDumper } from "./_testing.ts";
import { explain } from "./explain.ts";

/** An explanation in words, as it comes out of a child. */
interface Told {
  kind: string;
  code?: string;
  at?: string;
  level?: number;
  summary: string;
  fault?: { kind: string; path: string; mode?: number };
}

/** Defines told(): an explanation, with its bytes as text. */
const TOLD = `
  const text = (bytes) => bytes && new TextDecoder().decode(bytes);
  function told(path, options) {
    const { kind, code, at, level, summary, fault } = explain(path, options);
    return {
      kind, code, at: text(at), level, summary,
      fault: fault && { ...fault, path: text(fault.path) },
    };
  }
`;

/**
 * Asserts that explain() says so of each path, that execve() says the same
 * errno, and that its error carries the summary.
 *
 * @param expected The errno's name and the summary, by path.
 */
function assertExplained(
  expected: Record<string, [code: string, summary: string]>,
  { setup = "", argv = ["x"] }: { setup?: string; argv?: string[] } = {},
): Told[] {
  const paths = Object.keys(expected);
  const output = outputOf(
    js`console.log(JSON.stringify(${paths}.map((path) => told(path, {
      argv: ${argv}, env: {},
    }))))`,
    { setup: TOLD + setup },
  );
  const explanations: Told[] = JSON.parse(output);
  assertEquals(
    Object.fromEntries(explanations.map(({ code, summary }, index) => [
      paths[index],
      [code, summary],
    ])),
    expected,
  );
  const calls = paths.map((path) => js`execve(${path}, ${argv}, {})`);
  const found: Failure[] = failures(calls, { setup });
  found.forEach(({ code, message }, index) => {
    const [expectedCode, summary] = expected[paths[index]!]!;
    assertEquals(code, expectedCode);
    const reason = summary === "It does not exist"
      ? "No such file or directory"
      : summary;
    const action = `Cannot execute ${JSON.stringify(paths[index])}`;
    assertEquals(message, `${action}: ${reason}: ${code}`);
  });
  return explanations;
}

const faultsOf = (explanations: Told[]) =>
  explanations.map(({ fault }) => fault);

Deno.test("explain() names the part of a path that is missing", () => {
  using folder = new TemporaryFolder();
  const link = folder.symlink("nowhere", "dangling");
  const [missing, inside] = [folder.join("gone"), folder.join("gone/deep/x")];
  const explanations = assertExplained({
    [missing]: ["ENOENT", "It does not exist"],
    [inside]: ["ENOENT", `"${missing}" does not exist`],
    [link]: [
      "ENOENT",
      'It is a symbolic link to "nowhere", which does not exist',
    ],
    [`${link}/x`]: [
      "ENOENT",
      `"${link}" is a symbolic link to "nowhere", which does not exist`,
    ],
  });
  assertEquals(faultsOf(explanations), [
    { kind: "missing", path: missing },
    { kind: "missing", path: missing },
    { kind: "dangling-link", path: link },
    { kind: "dangling-link", path: link },
  ]);
});

Deno.test("explain() names a file that a path goes on behind", () => {
  using folder = new TemporaryFolder();
  const file = folder.write("file", "", 0o755);
  const link = folder.symlink("file/x", "link");
  const explanations = assertExplained({
    [`${file}/x/y`]: ["ENOTDIR", `"${file}" is not a directory`],
    [`${file}/`]: ["ENOTDIR", `"${file}" is not a directory`],
    [link]: ["ENOTDIR", 'It is a symbolic link to "file/x", behind a file'],
  });
  assertEquals(faultsOf(explanations).map((fault) => fault?.kind), [
    "not-a-directory",
    "not-a-directory",
    "not-a-directory",
  ]);
});

Deno.test("explain() names a symbolic link that leads to itself", () => {
  using folder = new TemporaryFolder();
  const loop = folder.symlink("loop", "loop");
  const explanations = assertExplained({
    [loop]: [
      "ELOOP",
      'It is a symbolic link to "loop", and these lead to no end',
    ],
    [`${loop}/x`]: [
      "ELOOP",
      `"${loop}" is a symbolic link to "loop", and these lead to no end`,
    ],
  });
  assertEquals(faultsOf(explanations)[0], { kind: "link-loop", path: loop });
});

Deno.test("explain() says what is too long", () => {
  using folder = new TemporaryFolder();
  const name = folder.join("n".repeat(256));
  const path = folder.path.padEnd(4096, "/");
  const explanations = assertExplained({
    [name]: ["ENAMETOOLONG", "It ends in a name of 256 bytes, more than 255"],
    [`${name}/x`]: [
      "ENAMETOOLONG",
      `"${name}" ends in a name of 256 bytes, more than 255`,
    ],
    [path]: ["ENAMETOOLONG", "The path has 4096 bytes, more than 4095"],
  });
  assertEquals(faultsOf(explanations)[1], { kind: "too-long", path: name });
});

Deno.test("explain() tells what is no regular file, and what has no execute permission", () => {
  using folder = new TemporaryFolder();
  const plain = folder.write("plain", "#!/bin/sh\n", 0o644);
  const directory = folder.mkdir("directory");
  const fifo = folder.mkfifo("fifo", 0o777);
  const explanations = assertExplained({
    [plain]: ["EACCES", "It has no execute permission"],
    [directory]: ["EACCES", "It is a directory"],
    [`${directory}/`]: ["EACCES", "It is a directory"],
    [fifo]: ["EACCES", "It is a FIFO"],
    "/dev/null": ["EACCES", "It is a character device"],
  });
  const [first, ...others] = faultsOf(explanations);
  assertEquals(first, { kind: "no-execute", path: plain, mode: 0o644 });
  assertEquals(others.map((fault) => fault?.kind), [
    "not-regular",
    "not-regular",
    "not-regular",
    "not-regular",
  ]);
});

testWith(
  "explain() tells which permission another user lacks",
  [root],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    const theirs = folder.write("theirs", "#!/bin/sh\n", 0o700);
    const shut = folder.mkdir("shut", 0o700);
    const link = folder.symlink("shut/x", "link");
    const script = folder.write("script", `#!${shut}/sh -e\n`, 0o755);
    const explanations = assertExplained({
      [theirs]: ["EACCES", "It has no execute permission for this user"],
      [`${shut}/x/y`]: [
        "EACCES",
        `"${shut}" is a directory that may not be searched`,
      ],
      [link]: [
        "EACCES",
        'It is a symbolic link to "shut/x", which may not be reached',
      ],
      [script]: [
        "EACCES",
        `The interpreter "${shut}/sh" of "${script}": "${shut}" is a directory that may not be searched`,
      ],
    }, {
      setup: `
        import { becomeUser } from "@procctl/testing";
        becomeUser();
      `,
    });
    assertEquals(faultsOf(explanations), [
      { kind: "no-execute", path: theirs, mode: 0o700 },
      { kind: "no-search", path: shut, mode: 0o700 },
      { kind: "no-search", path: link },
      { kind: "no-search", path: shut, mode: 0o700 },
    ]);
  },
);

testWith(
  "explain() does not claim to know a script that may be executed but not read",
  [root],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    const secret = folder.write("secret", "#!/bin/sh\n", 0o711);
    const output = outputOf(
      js`
        import { becomeUser } from "@procctl/testing";
        becomeUser();
        console.log(JSON.stringify(told(${secret})));
      `,
      { setup: TOLD },
    );
    const { kind, at, summary }: Told = JSON.parse(output);
    assertEquals([kind, at], ["unknown", secret]);
    assertEquals(
      summary,
      "It may be executed but not be read, so its format is not known",
    );
  },
);

testWith(
  "explain() knows a file system that is mounted noexec",
  [mounts],
  () => {
    using folder = new TemporaryFolder();
    const mounted = folder.mkdir("mounted");
    const dumper = writeDumper(folder);
    const script = folder.write("script", `#!${mounted}/dumper\n`, 0o755);
    const program = folder.write(
      "program.mjs",
      js`
        import { execve, explain } from "@procctl/exec";
        for (const path of [${mounted} + "/dumper", ${script}]) {
          const { code, summary } = explain(path);
          try {
            execve(path, ["x"], {});
          } catch (error) {
            console.log(error.code === code, summary);
          }
        }
      `,
    );
    const mount = `mount -t tmpfs -o noexec none ${mounted} && ` +
      `cp ${dumper} ${mounted}`;
    const { stdout, stderr } = run(inMounts(mount, denoArgv(program)));
    const noexec = "is on a file system that is mounted noexec";
    assertEquals({ stdout, stderr }, {
      stdout: `true It ${noexec}\n` +
        `true The interpreter "${mounted}/dumper" of "${script}" ${noexec}\n`,
      stderr: "",
    });
  },
);

testWith(
  "explain() knows a file that is open for writing, a script's interpreter too",
  [kernel(6, 14)],
  () => {
    using folder = new TemporaryFolder();
    const dumper = writeDumper(folder);
    const script = folder.write("script", `#!${dumper}\n`, 0o755);
    const fd = openFile(dumper, O_WRONLY);
    try {
      const explanations = assertExplained({
        [dumper]: ["ETXTBSY", "It is open for writing"],
        [script]: [
          "ETXTBSY",
          `The interpreter "${dumper}" of "${script}" is open for writing`,
        ],
      });
      assertEquals(explanations[1]?.level, 1);
    } finally {
      closeFile(fd);
    }
    assertEquals(explain(script).kind, "program");
  },
);

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

Deno.test("explain() says what runs in the place of a script, and how it is called", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const script = folder.write("script", `#!${dumper} -x y\n`, 0o755);
  const explanation = explain(script, { argv: ["s", "a"], env: { A: "1" } });
  if (explanation.kind !== "program") throw new Error(explanation.summary);
  const text = (bytes: Uint8Array | undefined) =>
    new TextDecoder().decode(bytes);
  assertEquals(explanation.argv.map(text), [dumper, "-x y", script, "a"]);
  assertEquals(text(explanation.path), dumper);
  assertEquals(text(explanation.comm), "script");
  assertEquals(explanation.elf.machineName, Deno.build.arch);
  assertEquals(explanation.chain.length, 1);
  assertEquals(explanation.space.fits, true);
  assertEquals(
    explanation.summary,
    `"${dumper}" runs in the place of "${script}"`,
  );
});

Deno.test("explain() sees through env", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const env = { PATH: `${folder.path}/none:${folder.path}` };
  const script = folder.write("script", "#!/usr/bin/env -S dumper -x\n", 0o755);
  assertEquals(
    explain(script, { env }).summary,
    `"/usr/bin/env" runs in the place of "${script}", and it executes "${dumper}"`,
  );
  const loop = folder.write("loop", "#!/usr/bin/env\n", 0o755);
  const again = explain(loop, { env });
  const first = again.kind === "program" ? again.env : undefined;
  const second = first?.kind === "execute" ? first.resolution : undefined;
  assertEquals(second?.kind === "program" && second.env?.kind, "loop");
  const gone = folder.write("gone", "#!/usr/bin/env gone-command\n", 0o755);
  assertEquals(
    explain(gone, { env }).summary,
    `"/usr/bin/env" runs in the place of "${gone}", and fails with status 127: It cannot execute "gone-command": PATH leads to no such program`,
  );
});

Deno.test("explain() tells which files in PATH are passed over, and why", () => {
  using folder = new TemporaryFolder();
  for (const name of ["a", "b", "c"]) folder.mkdir(name);
  folder.write("a/tool", "#!/bin/gone\n", 0o755);
  folder.write("b/tool", "", 0o644);
  folder.write("c/tool", argvDumper(), 0o755);
  const PATH = ["none", "a", "b", "c"].map((it) => folder.join(it)).join(":");
  const source = js`
    const { kind, executed, passedOver } = explain("tool", { search: true });
    console.log(kind, text(executed));
    for (const it of passedOver) console.log(it.code, it.reason);
  `;
  assertEquals(outputOf(source, { setup: TOLD, env: { PATH } }).split("\n"), [
    `program ${folder.path}/c/tool`,
    `ENOENT "${folder.path}/none" does not exist`,
    `ENOENT The interpreter "/bin/gone" of "${folder.path}/a/tool" does not exist`,
    "EACCES It has no execute permission",
    "",
  ]);
});

Deno.test("a failed search tells what it found on its way", () => {
  using folder = new TemporaryFolder();
  for (const name of ["a", "b"]) folder.mkdir(name);
  folder.write("a/broken", "#!/bin/gone\n", 0o755);
  folder.write("b/denied", "", 0o644);
  const PATH = ["a", "b"].map((it) => folder.join(it)).join(":");
  const calls = ["broken", "denied", "missing"].map((name) =>
    js`execvp(${name}, ["x"])`
  );
  assertEquals(failures(calls, { env: { PATH } }).map((it) => it.message), [
    `Cannot execute "broken": "${folder.path}/a/broken": The interpreter "/bin/gone" of "${folder.path}/a/broken" does not exist: ENOENT`,
    `Cannot execute "denied": "${folder.path}/b/denied": It has no execute permission: EACCES`,
    'Cannot execute "missing": No such file or directory: ENOENT',
  ]);
});

Deno.test("explain() searches only when it is told to, and for what execvp() does", () => {
  const found = explain("true", { search: true });
  assertEquals([found.kind, found.passedOver.length >= 0], ["program", true]);
  assertEquals(explain("no-such-command-here").summary, "It does not exist");
  for (const search of [true, false]) {
    const empty = explain("", { search });
    assertEquals([empty.kind, empty.summary], ["error", "The path is empty"]);
  }
});

Deno.test("execveat() and fexecve() say why, by the descriptor too", () => {
  using folder = new TemporaryFolder();
  folder.write("script", "#!/bin/gone\n", 0o755);
  const messages = failures([
    `execveat(openFile(${
      JSON.stringify(folder.path)
    }, O_PATH), "script", ["x"], {})`,
    `execveat(directory, "script", ["x"], {})`,
    `fexecve(openFile(${
      JSON.stringify(folder.join("script"))
    }, O_PATH), ["x"], {})`,
    `execveat(directory, "", ["x"], {})`,
    `execveat(-1, "x", ["x"], {})`,
  ], {
    setup: js`
      const { fcntl } = lazySymbols({
        fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
      });
      const directory = openFile(${folder.path}, O_PATH);
      fcntl(directory, 2 /* F_SETFD */, 0);
    `,
  }).map(({ message }) => message.replaceAll(/(fd\/|descriptor )\d+/g, "$1N"));
  const closes = "It is a script whose descriptor closes on exec, so no " +
    "interpreter could open it: ENOENT";
  assertEquals(messages, [
    `Cannot execute "script" at descriptor N: ${closes}`,
    'Cannot execute "script" at descriptor N: The interpreter "/bin/gone" of "/dev/fd/N/script" does not exist: ENOENT',
    `Cannot execute descriptor N: ${closes}`,
    'Cannot execute "" at descriptor N: No such file or directory: ENOENT',
    'Cannot execute "x" at descriptor -1: Bad file descriptor: EBADF',
  ]);
});

Deno.test("an error is the same where it cannot be explained", () => {
  const [failure] = failures(
    [js`execve("/missing/x", ["x"], {})`],
    // No file can be opened any more.
    {
      setup: `
        import { setrlimit } from "@procctl/rlimit";
        try { execve("/missing/x", ["x"], {}); } catch { /* opens all */ }
        setrlimit("nofile", { soft: 0 });
      `,
    },
  );
  assertEquals(failure?.code, "ENOENT");
});

Deno.test("explain() throws for what cannot be handed to C", () => {
  assertThrows(() => explain("a\0b"), TypeError, "path");
  assertThrows(() => explain("a", { argv: [] }), TypeError, "argv");
  assertThrows(() => explain("a", { env: ["\0"] }), TypeError, "env[0]");
});
