import { assertEquals } from "@std/assert";
import {
  denoArgv,
  js,
  parseTextDump,
  run,
  TemporaryFolder,
} from "@procctl/testing";
import {
  childEnv,
  dumpOf,
  outputOf,
  rawDumpOf,
  runChild,
  writeDumper,
} from "./_testing.ts";

Deno.test("execve() hands on the arguments and exactly the environment given", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  assertEquals(
    dumpOf(js`execve(${dumper}, ["x", "canary"], { V: "test" })`),
    { argv: ["x", "canary"], env: ["V=test"], path: dumper },
  );
});

Deno.test("execve() takes an empty environment, and empty strings", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { argv, env } = dumpOf(js`execve(${dumper}, ["", "", "a"], {})`);
  assertEquals({ argv, env }, { argv: ["", "", "a"], env: [] });
  assertEquals(dumpOf(js`execve(${dumper}, ["x"], { A: "" })`).env, ["A="]);
});

Deno.test("execve() takes raw entries as the environment, doubles and all", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const entries = ["A=1", "A=2", "no equals sign", "=", ""];
  const { env } = dumpOf(js`execve(${dumper}, ["x"], ${entries})`);
  assertEquals(env, entries);
});

Deno.test("execve() passes bytes on unchanged, in path, arguments and environment", () => {
  using folder = new TemporaryFolder();
  const every = Uint8Array.from({ length: 255 }, (_, index) => index + 1);
  // The folder's helper takes names as text, so the bytes come from a shell.
  const dumper = writeDumper(folder);
  const source = js`
    const [folder, every] = [${folder.path}, ${every}];
    const encode = (text) => new TextEncoder().encode(text);
    const path = Uint8Array.of(...encode(folder), 0x2f, 0xff, 0xfe);
    const libc = lazySymbols({
      rename: { parameters: ["buffer", "buffer"], result: "i32" },
    });
    libc.rename(encodeCString(${dumper}, "from"), encodeCString(path, "to"));
    execve(path, ["x", every], { BYTES: every });
  `;
  const { argv, env, path } = rawDumpOf(source);
  assertEquals(argv[1], every);
  assertEquals(env, [
    Uint8Array.of(...new TextEncoder().encode("BYTES="), ...every),
  ]);
  assertEquals(path.subarray(-3), Uint8Array.of(0x2f, 0xff, 0xfe));
});

Deno.test("execve() passes text on as UTF-8", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder, "äöü 日本 😀");
  assertEquals(
    dumpOf(js`execve(${dumper}, ["é", "😀"], { "ключ": "値" })`),
    { argv: ["é", "😀"], env: ["ключ=値"], path: dumper },
  );
});

Deno.test("execve() takes a file: URL as the path", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder, "a b%");
  const url = `file://${folder.path}/a%20b%25`;
  const { path } = dumpOf(js`execve(new URL(${url}), ["x"], {})`);
  assertEquals(path, dumper);
});

Deno.test("execve() finds a relative path from the working directory", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  const { path } = dumpOf(js`execve("dumper", ["x"], {})`, {
    cwd: folder.path,
  });
  assertEquals(path, "dumper");
});

Deno.test("execve() follows a symbolic link", () => {
  using folder = new TemporaryFolder();
  writeDumper(folder);
  const link = folder.symlink("dumper", "link");
  assertEquals(dumpOf(js`execve(${link}, ["x"], {})`).path, link);
});

Deno.test("execve() hands on long argument lists whole", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const { argv, env } = dumpOf(js`
    const numbers = Array.from({ length: 20_000 }, (_, index) => String(index));
    execve(${dumper}, numbers, numbers.map((number) => "N=" + number));
  `);
  const numbers = Array.from({ length: 20_000 }, (_, index) => String(index));
  assertEquals(argv, numbers);
  assertEquals(env, numbers.map((number) => `N=${number}`));
});

Deno.test("execve() keeps the process, and runs nothing that comes after it", () => {
  const source = `
    addEventListener("unload", () => console.log("unload"));
    console.log(Deno.pid);
    try {
      execve("/bin/sh", ["sh", "-c", "echo $$"], {});
    } finally {
      console.log("after");
    }
  `;
  const [before, after, ...rest] = outputOf(source).split("\n");
  assertEquals(before, after);
  assertEquals(rest, [""]);
});

Deno.test("execve() runs one file in eight processes at once", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const gate = folder.mkfifo("gate");
  const program = folder.write(
    "program.mjs",
    js`
      import { execve } from "@procctl/exec";
      import { openFile, writeFile } from "@procctl/libc";
      writeFile(${folder.path} + "/ready-" + Deno.pid, new Uint8Array());
      // Opens when the shell has opened it for writing, in all eight at once.
      openFile(${gate}, 0);
      execve(${dumper}, ["x"], {});
    `,
  );
  const script = `
    pids=
    for i in 1 2 3 4 5 6 7 8; do "$@" > out-$i & pids="$pids $!"; done
    until [ "$(echo ready-* | wc -w)" = 8 ]; do sleep 0.01; done
    exec 3<> gate # and leaves it open: a child may come to it late
    for pid in $pids; do wait $pid || exit 1; done
    cat out-*
  `;
  const { code, stderr, stdoutBytes } = run(
    ["/bin/sh", "-c", script, "sh", ...denoArgv(program)],
    { cwd: folder.path, env: { PATH: "/bin:/usr/bin", ...childEnv() } },
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  const size = stdoutBytes.length / 8;
  for (let start = 0; start < stdoutBytes.length; start += size) {
    assertEquals(
      parseTextDump(stdoutBytes.slice(start, start + size)),
      { argv: ["x"], env: [], path: dumper },
    );
  }
});

Deno.test("execve() runs under a grant of the path of libc alone", () => {
  using folder = new TemporaryFolder();
  const dumper = writeDumper(folder);
  const candidates = [
    "/lib/x86_64-linux-gnu/libc.so.6",
    "/lib/aarch64-linux-gnu/libc.so.6",
    "/lib64/libc.so.6",
    "/usr/lib/libc.so.6",
  ];
  const { argv } = dumpOf(js`execve(${dumper}, ["x"], {})`, {
    flags: [`--allow-ffi=${candidates.join()}`, "--no-prompt"],
  });
  assertEquals(argv, ["x"]);
});

Deno.test("execve() without any grant is refused, and says which is missing", () => {
  const { code, stderr } = runChild(`execve("/bin/true", ["true"], {})`, {
    flags: ["--no-prompt"],
  });
  assertEquals(code, 1);
  assertEquals(/NotCapable: .*--allow-ffi/.test(stderr), true, stderr);
});
