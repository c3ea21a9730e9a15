import { assertEquals } from "@std/assert";
import {
  elfFile,
  Spawner,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { text } from "./_testing.ts";
import { memoryFiles } from "./_testing_files.ts";
import type { EnvOutcome } from "./resolution.ts";
import { resolveInterpreters } from "./resolve_interpreters.ts";

const ELF = text(elfFile());
const ENV = ["PATH=/one:/two", "A=a b"];
const CONTENTS: Record<string, string> = {
  "/usr/bin/env": ELF,
  "/two/node": ELF,
  "/one/denied": "error EACCES",
  "/two/denied": ELF,
  "/one/broken": "#!/gone\n",
  "/one/text": "echo hello\n",
  "/bin/sh": ELF,
  "/bin/default": ELF,
  "folder": "directory",
  "folder/./here": ELF,
};

/** What env does that the line of a script names, in a short form. */
function follow(line: string, contents: Record<string, string> = {}) {
  const files = memoryFiles({ ...CONTENTS, ...contents, "./s": `#!${line}\n` });
  const resolution = resolveInterpreters("./s", ["s", "x"], files, {
    env: ENV,
  });
  if (resolution.kind !== "program") return resolution.kind;
  return resolution.env === undefined ? "no env" : describe(resolution.env);
}

function describe(outcome: EnvOutcome): unknown {
  switch (outcome.kind) {
    case "execute": {
      const { path, argv } = outcome;
      return [path, ...argv].map(text);
    }
    case "fail":
      return `${outcome.status}: ${outcome.reason}`;
    case "loop":
      return "loop";
    default:
      return `${outcome.kind}: ${outcome.reason}`;
  }
}

Deno.test("resolveInterpreters() sees through env to the program in PATH", () => {
  assertEquals(follow("/usr/bin/env node"), ["/two/node", "node", "./s", "x"]);
  assertEquals(follow("/usr/bin/env -S node --test 'a b'"), [
    "/two/node",
    "node",
    "--test",
    "a b",
    "./s",
    "x",
  ]);
});

Deno.test("resolveInterpreters() follows env only with the environment, and only env", () => {
  const files = memoryFiles({ ...CONTENTS, "./s": "#!/usr/bin/env node\n" });
  const resolution = resolveInterpreters("./s", [], files);
  assertEquals(resolution.kind === "program" && "env" in resolution, false);
  assertEquals(follow("/two/node"), "no env");
});

Deno.test("resolveInterpreters() tells the environment and directory that env passes on", () => {
  const line = "/usr/bin/env -S -u A -C folder B=${A} A=2 ./here";
  const files = memoryFiles({ ...CONTENTS, "./s": `#!${line}\n` });
  const resolution = resolveInterpreters("./s", ["s"], files, { env: ENV });
  const outcome = resolution.kind === "program" ? resolution.env : undefined;
  if (outcome?.kind !== "execute") throw new Error("env executes nothing");
  assertEquals(outcome.env.map(text), ["PATH=/one:/two", "B=a b", "A=2"]);
  assertEquals(outcome.directory && text(outcome.directory), "folder");
  assertEquals(outcome.resolution.kind, "program");
});

Deno.test("resolveInterpreters() searches the PATH that env sets", () => {
  assertEquals(
    follow("/usr/bin/env -S PATH=/three node"),
    "127: " +
      'It cannot execute "node": PATH leads to no such program',
  );
  assertEquals(follow("/usr/bin/env -S -i default"), [
    "/bin/default",
    "default",
    "./s",
    "x",
  ]);
});

Deno.test("resolveInterpreters() tells which files in PATH were passed over", () => {
  const files = memoryFiles({ ...CONTENTS, "/two/broken": ELF });
  const passed = (name: string) => {
    const resolution = resolveInterpreters(
      "/usr/bin/env",
      ["env", name],
      files,
      {
        env: ENV,
      },
    );
    const outcome = resolution.kind === "program" ? resolution.env : undefined;
    return outcome && "passedOver" in outcome
      ? outcome.passedOver.map(({ path, code, reason }) =>
        `${text(path)}: ${code}: ${reason}`
      )
      : undefined;
  };
  assertEquals(passed("node"), ["/one/node: ENOENT: It does not exist"]);
  assertEquals(passed("denied"), [
    "/one/denied: EACCES: It may not be executed, or a directory on its path not be searched",
  ]);
  assertEquals(passed("broken"), [
    '/one/broken: ENOENT: "/gone": It does not exist',
  ]);
});

Deno.test("resolveInterpreters() fails as env does for a program that is denied", () => {
  assertEquals(
    follow("/usr/bin/env denied", { "/two/denied": "error ENOENT" }),
    '126: It cannot execute "denied": It may not be executed where PATH leads to it',
  );
  assertEquals(
    follow("/usr/bin/env ./gone"),
    '127: It cannot execute "./gone": It does not exist',
  );
  assertEquals(
    follow("/usr/bin/env -S ''"),
    '127: It cannot execute "": Its name is empty',
  );
  assertEquals(
    follow("/usr/bin/env -S ${A}"),
    '127: It cannot execute "a b": PATH leads to no such program',
  );
});

Deno.test("resolveInterpreters() stops the search at an error that is not about the place", () => {
  assertEquals(
    follow("/usr/bin/env node", { "/one/node": "error ETXTBSY" }),
    '126: It cannot execute "/one/node": It is open for writing',
  );
});

Deno.test("resolveInterpreters() gives the shell what env finds to have no format", () => {
  const files = memoryFiles(CONTENTS);
  const argv = ["env", "text", "x"];
  const resolution = resolveInterpreters("/usr/bin/env", argv, files, {
    env: ENV,
  });
  const outcome = resolution.kind === "program" ? resolution.env : undefined;
  if (outcome?.kind !== "execute") throw new Error("env executes nothing");
  assertEquals(outcome.shell, true);
  const { resolution: shell } = outcome;
  assertEquals(shell.kind === "program" && shell.argv.map(text), [
    "/bin/sh",
    "/one/text",
    "x",
  ]);
});

Deno.test("resolveInterpreters() knows the lines that make env execute the script again", () => {
  for (const line of ["", " -i", " -S", " -S A=1", " -S -u X", " A=1 node"]) {
    const files = memoryFiles({
      ...CONTENTS,
      "./s": `#!/usr/bin/env${line}\n`,
    });
    let resolution = resolveInterpreters("./s", ["s"], files, { env: ENV });
    let outcome: EnvOutcome | undefined;
    for (let round = 0; resolution.kind === "program" && round < 4; round++) {
      outcome = resolution.env;
      if (outcome?.kind !== "execute") break;
      resolution = outcome.resolution;
    }
    assertEquals(outcome, {
      kind: "loop",
      path: new TextEncoder().encode("./s"),
    });
  }
});

Deno.test("resolveInterpreters() gives up on an environment that grows without end", () => {
  const files = memoryFiles({
    ...CONTENTS,
    "./s": "#!/usr/bin/env -S A=${A}a\n",
  });
  let resolution = resolveInterpreters("./s", ["s"], files, { env: ENV });
  for (;;) {
    const outcome = resolution.kind === "program" ? resolution.env : undefined;
    if (outcome?.kind === "execute") resolution = outcome.resolution;
    else {
      assertEquals(outcome, {
        kind: "unknown",
        reason: "It leads from one env to another 32 times",
      });
      return;
    }
  }
});

Deno.test("resolveInterpreters() fails as env does for a line that it cannot read", () => {
  const expected: Record<string, string> = {
    "-S $A":
      'It cannot split " $A": "$" is not followed by the name of a variable in braces',
    "-x": "It has no option -x",
    "-i node": "It takes a blank for an option: options in a #! line need -S",
    "--nonsense": "It has no option --nonsense",
    "--debug=x": "Its option --debug takes no argument",
    "-S -0 node": "It takes no command together with -0",
    "-S -u '' node": 'It cannot unset ""',
    "-S -u A=B node": 'It cannot unset "A=B"',
    "-S -C gone node": 'It cannot change to "gone": ENOENT',
  };
  for (const [argument, reason] of Object.entries(expected)) {
    assertEquals(follow(`/usr/bin/env ${argument}`), `125: ${reason}`);
  }
});

Deno.test("resolveInterpreters() knows when env prints and executes nothing", () => {
  const expected: Record<string, string> = {
    "--help": "print: It prints its help",
    "--version": "print: It prints its version",
  };
  for (const [argument, outcome] of Object.entries(expected)) {
    assertEquals(follow(`/usr/bin/env ${argument}`), outcome);
  }
  const files = memoryFiles(CONTENTS);
  const resolution = resolveInterpreters("/usr/bin/env", ["env", "-i"], files, {
    env: [],
  });
  assertEquals(resolution.kind === "program" && resolution.env, {
    kind: "print",
    reason: "It is given no command: it prints variables",
  });
});

Deno.test("resolveInterpreters() says what it does not know of env", () => {
  const expected: Record<string, string> = {
    "-S -a name node": "Only some versions have the option -a",
    "-S --argv0=name node": "Only some versions have the option --argv0",
    "--ign": "It may take --ign for the beginning of another option",
    "--default-signal=PIPE":
      'Whether --default-signal accepts "PIPE" is not known here',
  };
  for (const [argument, reason] of Object.entries(expected)) {
    assertEquals(follow(`/usr/bin/env ${argument}`), `unknown: ${reason}`);
  }
  const files = memoryFiles({
    ...CONTENTS,
    "./s": "#!/usr/bin/env -Cfolder\n",
  });
  const { open } = files;
  const resolution = resolveInterpreters("./s", [], { open }, { env: [] });
  assertEquals(resolution.kind === "program" && resolution.env, {
    kind: "unknown",
    reason: 'Whether it can change to "folder" is not known',
  });
});

Deno.test("resolveInterpreters() passes over options of env that change no program", () => {
  const options = "-v --debug --default-signal --list-signal-handling --";
  assertEquals(follow(`/usr/bin/env -S ${options} node`), [
    "/two/node",
    "node",
    "./s",
    "x",
  ]);
});

testWith(
  "a script whose line names env alone executes itself without end",
  [tool("env")],
  () => {
    using folder = new TemporaryFolder();
    using spawner = new Spawner();
    for (const argument of ["", " -S", " A=1"]) {
      const line = `#!/usr/bin/env${argument}\n`;
      const script = folder.write("script", line, 0o755);
      const spawned = spawner.spawn(script, [script], {}, { timeout: 100 });
      assertEquals(spawned.kind === "spawned" && spawned.signal, "SIGKILL");
    }
  },
);
