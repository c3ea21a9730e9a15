// Where a program is looked for: shown beside what glibc finds, by its
// posix_spawnp(3), and by the execvp(3) that env(1) calls.

import { assert, assertEquals } from "@std/assert";
import { js, patience, rounds } from "@procctl/testing";
import { answerOf } from "./_testing_child.ts";

/** Furnishes folders with all that `prog` can be, and sets PATH. */
const FOLDERS = js`
  const here = link("/proc/self/cwd");
  const { mkdir, setenv, unsetenv, symlink } = lazySymbols({
    mkdir: { parameters: ["buffer", "u32"], result: "i32" },
    setenv: { parameters: ["buffer", "buffer", "i32"], result: "i32" },
    unsetenv: { parameters: ["buffer"], result: "i32" },
    symlink: { parameters: ["buffer", "buffer"], result: "i32" },
  });
  const setPath = (path) => path === undefined
    ? unsetenv(cString("PATH")) : setenv(cString("PATH"), cString(path), 1);
  const encode = (text) => new TextEncoder().encode(text);
  writeFile("dumper", argvDumper(), 0o755);
  const files = {
    elf: [argvDumper(), 0o755],
    script: [encode("#!" + here + "/dumper an argument\\n"), 0o755],
    unknown: [encode('printf "%s\\\\0" sh "$0" "$@"'), 0o755],
    orphan: [encode("#!/no/such/interpreter\\n"), 0o755],
    closed: [encode("#!" + here + "/plain\\n"), 0o755],
    denied: [encode(""), 0o644],
  };
  writeFile("plain", new Uint8Array(), 0o644);
  for (const name of [...Object.keys(files), "empty", "folder", "dangling", "loop"]) {
    mkdir(cString(name), 0o755);
  }
  for (const [name, [content, mode]] of Object.entries(files)) {
    writeFile(name + "/prog", content, mode);
  }
  mkdir(cString("folder/prog"), 0o755);
  symlink(cString("missing"), cString("dangling/prog"));
  symlink(cString("prog"), cString("loop/prog"));
  const NAMES = [...Object.keys(files), "empty", "folder", "dangling", "loop", "plain", "none"];

  /** What a program was handed, or why there was none. */
  function outcome(run) {
    try {
      const { stdout, stdoutBytes = stdout, stderr, code } = run();
      // env(1) says in words why it could not execute it.
      if (code === 126 || code === 127) return /([^:]*)\\n$/.exec(stderr)[1].trim();
      return stdoutBytes.toHex();
    } catch (error) {
      if (!(error instanceof SystemError)) throw error;
      return errnoMessage(error.errno);
    }
  }
  function random(seed) {
    let state = seed;
    return (limit) => {
      // The linear congruential generator of Numerical Recipes.
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return Math.floor(state / 2 ** 32 * limit);
    };
  }
  function arrange(below) {
    const pick = (list) => list[below(list.length)];
    const kinds = ["absolute", "absolute", "absolute", "relative", "empty"];
    const elements = Array.from({ length: 1 + below(6) }, () => {
      const kind = pick(kinds);
      if (kind === "empty") return "";
      return (kind === "relative" ? "../" : here + "/") + pick(NAMES);
    });
    return { path: elements.join(":"), cwd: here + "/" + pick(["elf", "empty", "denied", "loop"]) };
  }
`;

/** Asserts that both kinds of outcome were tried, each in several ways. */
function assertVaried(
  outcomes: readonly string[],
  ran: number,
  failed: number,
): void {
  const kinds = new Set(outcomes);
  const messages = [...kinds].filter((it) => / /.test(it));
  assert(kinds.size - messages.length >= ran, `${[...kinds]}`);
  assert(messages.length >= failed, `${messages}`);
}

Deno.test("spawn() chooses of random PATHs what posix_spawnp(3) chooses", () => {
  const seed = Date.now() % 2 ** 31;
  const cases = answerOf(
    FOLDERS + js`
      const below = random(${seed});
      answer(Array.from({ length: ${rounds(300)} }, () => {
        const { path, cwd } = arrange(below);
        setPath(path);
        const args = ["x"];
        const ours = outcome(() => runSync("prog", { args, cwd }));
        const theirs = outcome(() => testingModule.run(["prog", ...args], { cwd }));
        return { path, cwd, ours, theirs };
      }));`,
    { timeout: patience(60_000) },
  );
  for (const { ours, theirs, ...rest } of cases) {
    assertEquals(ours, theirs, `seed ${seed}: ${JSON.stringify(rest)}`);
  }
  assertVaried(cases.map(({ theirs }: { theirs: string }) => theirs), 4, 3);
});

Deno.test("spawn() with the shell chooses of 100 random PATHs what execvp(3) chooses", () => {
  const seed = Date.now() % 2 ** 31;
  const cases = answerOf(
    FOLDERS + js`
      const below = random(${seed});
      answer(Array.from({ length: 100 }, () => {
        const { path, cwd } = arrange(below);
        const env = { PATH: path, LC_ALL: "C" };
        const options = { args: ["a", "b"], cwd, env, clearEnv: true };
        const ours = outcome(() => runSync("prog", {
          ...options, searchPath: "child", shellFallback: true,
        }));
        const theirs = outcome(() => testingModule.run(
          ["/usr/bin/env", "prog", ...options.args], { cwd, env },
        ));
        return { path, cwd, ours, theirs };
      }));`,
    { timeout: patience(60_000) },
  );
  for (const { ours, theirs, ...rest } of cases) {
    assertEquals(ours, theirs, `seed ${seed}: ${JSON.stringify(rest)}`);
  }
  assertVaried(cases.map(({ theirs }: { theirs: string }) => theirs), 4, 2);
});

Deno.test("spawn() looks in the caller's PATH, or in the child's", () => {
  const found = answerOf(
    FOLDERS + `
      const pathOf = (options) => outcome(() => {
        const { stdout } = runSync("prog", options);
        return { stdout: parseDump(stdout).path, code: 0 };
      });
      setPath(here + "/elf");
      const env = { PATH: here + "/script" };
      const bytes = (text) => encode(text).toHex();
      answer([[
        pathOf({}), pathOf({ env }), pathOf({ env, searchPath: "parent" }),
        pathOf({ env, searchPath: "child" }), pathOf({ searchPath: "child" }),
        pathOf({ env, clearEnv: true, searchPath: "child" }),
        // Without a PATH of its own it is /bin:/usr/bin, not the caller's.
        pathOf({ env: { PATH: undefined }, searchPath: "child" }),
        pathOf({ clearEnv: true, searchPath: "child" }),
        outcome(() => runSync("true", { clearEnv: true, searchPath: "child" })),
      ], ["elf", "script"].map((it) => bytes(here + "/" + it + "/prog"))]);`,
  );
  const [paths, [elf, script]] = found;
  const missing = "No such file or directory";
  assertEquals(paths, [
    elf,
    elf,
    elf,
    script,
    elf,
    script,
    missing,
    missing,
    "",
  ]);
});

Deno.test("spawn() finds the command, and relative folders of PATH, in the child's directory", () => {
  const found = answerOf(
    FOLDERS + `
      const ran = (options, command = "prog") => {
        const { path } = parseDump(runSync(command, options).stdout);
        return new TextDecoder().decode(path);
      };
      setPath("elf:/nonexistent");
      mkdir(cString("deep"), 0o755);
      const inDeep = { cwd: here + "/deep" };
      answer([
        ran({}), attempt(() => ran(inDeep)).code,
        ran({ cwd: here + "/elf" }, "./prog"), ran({ ...inDeep }, "../elf/prog"),
        (setPath("../elf"), ran(inDeep)),
        (setPath(":/nonexistent"), ran({ cwd: here + "/elf" })),
        (setPath(undefined), attempt(() => ran({ cwd: here + "/elf" })).code),
      ]);`,
  );
  assertEquals(found, [
    "elf/prog",
    "ENOENT",
    "./prog",
    "../elf/prog",
    "../elf/prog",
    "prog",
    "ENOENT",
  ]);
});

Deno.test("a search that stops names the file, one that finds nothing the command", () => {
  const found = answerOf(
    FOLDERS + `
      const failure = (path, command = "prog") => {
        setPath(path);
        const { code, path: name, syscall, message } = attempt(() => runSync(command));
        const text = message.replace(here, "");
        return [code, name.replace(here, ""), syscall, text.slice(0, text.indexOf(": "))];
      };
      answer([
        failure("loop"), failure(here + "/loop:/x"), failure(here + "/unknown:" + here + "/elf"),
        failure("denied:none"), failure("none:plain"), failure("x".repeat(5000)),
        failure("/bin", ""), failure("/bin", "x".repeat(256)),
      ]);`,
  );
  // What comes after that, explain() is tested for.
  const failure = (code: string, path: string) => [
    code,
    path,
    "execve",
    `Cannot execute "${path}"`,
  ];
  assertEquals(found, [
    failure("ELOOP", "loop/prog"),
    failure("ELOOP", "/loop/prog"),
    failure("ENOEXEC", "/unknown/prog"),
    failure("EACCES", "prog"),
    failure("ENOTDIR", "prog"),
    failure("ENOENT", "prog"),
    failure("ENOENT", ""),
    failure("ENAMETOOLONG", "x".repeat(256)),
  ]);
});
