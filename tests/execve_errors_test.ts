// The ERRORS of execve(2) that the tests of @procctl/exec do not make already:
// those of loaders and of directories on the way, and what running out of
// descriptors does not do.

import { assertEquals } from "@std/assert";
import {
  elfFile,
  js,
  root,
  run,
  runDeno,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import { denoEnv } from "./_observer.ts";

/** What execve() fails with for each file, or what the program printed. */
function codesOf(
  paths: readonly string[],
  setup = "",
): Record<string, string> {
  const { code, stdout, stderr } = runDeno(
    js`
    import * as execModule from "@procctl/exec";
    import * as libcModule from "@procctl/libc";
    import { becomeUser } from "@procctl/testing";
    Object.assign(globalThis, execModule, libcModule);
    ` + setup + js`
    const codes = {};
    for (const path of ${paths}) {
      try {
        execve(path, ["x"], {});
      } catch (error) {
        codes[path] = error.code;
      }
    }
    console.log(JSON.stringify(codes));`,
    { env: denoEnv() },
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return JSON.parse(stdout);
}

/** A program whose loader is this file. */
function program(folder: TemporaryFolder, name: string, loader: string) {
  return folder.write(name, elfFile({ loaders: [`${loader}\0`] }), 0o755);
}

Deno.test("execve() fails as the loader of a program does", () => {
  using folder = new TemporaryFolder();
  folder.symlink("loop", "loop");
  const file = (name: string, content: string, mode = 0o755) =>
    folder.write(name, content, mode);
  const expected = {
    [program(folder, "missing", "/no/such/loader")]: "ENOENT",
    [program(folder, "closed", file("plain", "", 0o644))]: "EACCES",
    [program(folder, "behind", `${file("file", "")}/x`)]: "ENOTDIR",
    [program(folder, "looping", folder.join("loop"))]: "ELOOP",
    // The manual page has EISDIR here.
    [program(folder, "directory", folder.mkdir("folder"))]: "EACCES",
    [program(folder, "short", file("one-byte", "x"))]: "EIO",
    [program(folder, "text", file("no-format", "x".repeat(64)))]: "ELIBBAD",
  };
  assertEquals(codesOf(Object.keys(expected)), expected);
});

Deno.test("execve() takes the first of two loaders", () => {
  using folder = new TemporaryFolder();
  // The manual page has EINVAL for more than one.
  const loader = folder.write("loader", elfFile({ base: 0x800000 }), 0o755);
  const two = (name: string, ...loaders: string[]) =>
    folder.write(
      name,
      elfFile({ loaders: loaders.map((it) => `${it}\0`) }),
      0o755,
    );
  const good = two("good", loader, "/no/such/loader");
  assertEquals(run([good], { env: {} }).code, 0);
  const bad = two("bad", "/no/such/loader", loader);
  assertEquals(codesOf([bad]), { [bad]: "ENOENT" });
});

testWith(
  "execve() fails with EACCES where a directory on the way may not be searched",
  [root],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod(".", 0o755);
    folder.mkdir("shut");
    const shut = folder.write("shut/true", "#!/bin/true\n", 0o755);
    const script = folder.write("script", `#!${shut}\n`, 0o755);
    const loaded = program(folder, "loaded", shut);
    folder.chmod("shut", 0o700);
    const paths = [shut, script, loaded];
    assertEquals(
      codesOf(paths, "becomeUser();"),
      Object.fromEntries(paths.map((path) => [path, "EACCES"])),
    );
  },
);

Deno.test("execve() fails with ELOOP for too many symbolic links on the way", () => {
  using folder = new TemporaryFolder();
  folder.write("0", "#!/bin/true\n", 0o755);
  const links = Array.from(
    { length: 41 },
    (_, index) => folder.symlink(`${index}`, `${index + 1}`),
  );
  // The kernel follows 40, and no more.
  assertEquals(run([links[39]!]).code, 0);
  const script = folder.write("script", `#!${links[40]}\n`, 0o755);
  const paths = [links[40]!, script];
  assertEquals(
    codesOf(paths),
    Object.fromEntries(paths.map((path) => [path, "ELOOP"])),
  );
});

Deno.test("execve() needs no descriptor: it works where none is left", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", "#!/bin/echo\n", 0o755);
  const { stdout } = runDeno(
    js`
    import { execve } from "@procctl/exec";
    import { lazySymbols } from "@procctl/libc";
    import { setrlimit } from "@procctl/rlimit";
    const { dup } = lazySymbols({ dup: { parameters: ["i32"], result: "i32" } });
    try { execve("/no such file", ["x"], {}); } catch { /* to open all symbols */ }
    setrlimit("nofile", { soft: 64 });
    while (dup(0) >= 0);
    try {
      execve(${script}, ["x"], {});
    } catch (error) {
      console.log(error.message);
    }`,
    { env: denoEnv() },
  );
  assertEquals(stdout, `${script}\n`);
});
