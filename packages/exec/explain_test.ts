import { assertEquals, assertThrows } from "@std/assert";
import { argvDumper, js, TemporaryFolder } from "@procctl/testing";
import { failures, outputOf, writeDumper } from "./_testing.ts";
import { TOLD } from "./_testing_explain.ts";
import { explain } from "./explain.ts";

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
  for (const name of ["a", "b", "c"]) folder.mkdir(name);
  folder.write("a/broken", "#!/bin/gone\n", 0o755);
  folder.write("b/denied", "", 0o644);
  const PATH = ["a", "b", "c"].map((it) => folder.join(it)).join(":");
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
