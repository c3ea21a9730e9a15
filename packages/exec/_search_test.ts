import { assert, assertEquals } from "@std/assert";
import { js, rounds, TemporaryFolder } from "@procctl/testing";
import { assertFailures, failures, FILTER, outputOf } from "./_testing.ts";
import { SEARCH, tellingScript } from "./_testing_search.ts";

const MODULE = import.meta.resolve("./_search.ts");

/** Defines bare(): a search as posix_spawnp(3) has it, without the shell. */
const BARE = js`
  import { searchAndExecute } from ${MODULE};
  function bare(file) {
    const options = { shellFallback: false };
    const bytes = new TextEncoder().encode(file);
    searchAndExecute(bytes, [bytes], undefined, options);
  }
`;

Deno.test("searchAndExecute() without the shell fails with ENOEXEC for a file of no format", () => {
  using folder = new TemporaryFolder();
  const unknown = folder.write("unknown", "echo no", 0o755);
  folder.mkdir("next");
  folder.write("next/unknown", tellingScript("next"), 0o755);
  const found = assertFailures({
    'bare("unknown")': "ENOEXEC",
    [js`bare(${unknown})`]: "ENOEXEC",
  }, {
    setup: BARE,
    env: { PATH: `${folder.path}:${folder.join("next")}` },
  });
  assertEquals(found.map(({ path }) => path), [unknown, unknown]);
});

Deno.test("execvp() searches on after six errors, and stops at every other", () => {
  const found = failures(
    Array.from({ length: 133 }, (_, index) => {
      return `(answer(EXECVE, ${index + 1}), execvp("prog", ["x"]))`;
    }),
    { setup: FILTER, env: { PATH: "/first:/second" } },
  );
  assertEquals(found.map(({ errno }) => errno), found.map((_, i) => i + 1));
  // A search that stops names the file at which it did.
  const wentOn = found.filter(({ path }) => path === "prog");
  assertEquals(
    wentOn.map(({ code }) => code),
    ["ENOENT", "EACCES", "ENODEV", "ENOTDIR", "ETIMEDOUT", "ESTALE"],
  );
  const stopped = found.filter(({ path }) => path === "/first/prog");
  assertEquals(stopped.length, found.length - wentOn.length);
});

// Random PATHs, asked of glibc too. So that thousands can be tried in one
// process, its programs fail at the very end of execve(2), each kind with an
// error of its own that ends the search: their ELF interpreter is no ELF file
// (ELIBBAD), or shorter than a header (EIO).

/** A program that the kernel refuses when it has opened its interpreter. */
function programFor(interpreter: string): Uint8Array {
  const path = new TextEncoder().encode(`${interpreter}\0`);
  const pathOffset = 64 + 56;
  const file = new Uint8Array(pathOffset + path.length);
  const view = new DataView(file.buffer);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setUint16(16, 2, true); // e_type: ET_EXEC
  view.setUint16(18, Deno.build.arch === "aarch64" ? 183 : 62, true);
  view.setUint32(20, 1, true); // e_version
  view.setBigUint64(32, 64n, true); // e_phoff
  view.setUint16(52, 64, true); // e_ehsize
  view.setUint16(54, 56, true); // e_phentsize
  view.setUint16(56, 1, true); // e_phnum
  view.setUint32(64, 3, true); // p_type: PT_INTERP
  view.setUint32(64 + 4, 4, true); // p_flags: PF_R
  view.setBigUint64(64 + 8, BigInt(pathOffset), true); // p_offset
  view.setBigUint64(64 + 32, BigInt(path.length), true); // p_filesz
  view.setBigUint64(64 + 40, BigInt(path.length), true); // p_memsz
  file.set(path, pathOffset);
  return file;
}

/** Makes a folder for each thing that `prog` can be; returns what PATH can have. */
function furnish(folder: TemporaryFolder): string[] {
  const notElf = folder.write("not-elf", "x".repeat(64), 0o755);
  const short = folder.write("short", "x", 0o755);
  const plain = folder.write("plain", "", 0o644);
  const programs = { library: programFor(notElf), io: programFor(short) };
  const files: Record<string, string | Uint8Array> = {
    ...programs,
    script: `#!${folder.join("library/prog")}\n`,
    unhosted: "#!/no/such/interpreter\n",
    closed: `#!${plain}\n`,
  };
  for (const [name, content] of Object.entries(files)) {
    folder.mkdir(name);
    folder.write(`${name}/prog`, content, 0o755);
  }
  for (const name of ["empty", "denied", "folder", "dangling", "loop"]) {
    folder.mkdir(name);
  }
  folder.write("denied/prog", "", 0o644);
  folder.mkdir("folder/prog");
  folder.symlink("missing", "dangling/prog");
  folder.symlink("prog", "loop/prog");
  return [
    ...Object.keys(files),
    ...["empty", "denied", "folder", "dangling", "loop", "plain", "none"],
  ];
}

/** Numbers from 0 to below a limit, the same in each run. */
function seededRandom(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    // The linear congruential generator of Numerical Recipes.
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * limit);
  };
}

interface Arrangement {
  path: string;
  cwd: string;
  file: "prog";
}

/** Random PATHs over what a folder is furnished with, and what else there is. */
function arrange(folder: TemporaryFolder, count: number): Arrangement[] {
  const names = furnish(folder);
  const random = seededRandom(count);
  const pick = (from: readonly string[]) => from[random(from.length)]!;
  return Array.from({ length: count }, () => {
    const kinds = ["absolute", "absolute", "absolute", "relative", "empty"];
    let elements = Array.from({ length: 1 + random(6) }, () => {
      const name = pick(names);
      const kind = pick(kinds);
      if (kind === "empty") return "";
      return kind === "relative" ? `../${name}` : folder.join(name);
    });
    let cwd = pick(["empty", "denied", "library", "io", "loop"]);
    if (random(8) === 0) {
      // Here glibc looks in the working directory (which it should not), and
      // after the last element it tells of an errno that was there before.
      elements = [folder.path.padEnd(5000, "/."), ...elements];
      cwd = "empty";
    }
    return { path: elements.join(":"), cwd: folder.join(cwd), file: "prog" };
  });
}

/** Asserts that the arrangements tried both programs and every error. */
function assertVaried(codes: readonly string[], expected: string[]): void {
  assertEquals([...new Set(codes)].sort(), expected.sort());
}

const EVERY = ["EACCES", "EIO", "ELIBBAD", "ELOOP", "ENOENT", "ENOTDIR"];

Deno.test("execvp() and execvpe() search random PATHs as glibc does", () => {
  using folder = new TemporaryFolder();
  const arrangements = arrange(folder, rounds(1000));
  const source = js`
    const arrangements = ${arrangements};
    const codes = (implementation, env) =>
      arrangements.map((it) => search(implementation, { ...it, env }));
    console.log(JSON.stringify([
      codes(procctl), codes(glibc), codes(procctl, []), codes(glibc, []),
    ]));
  `;
  const [ours, theirs, oursWithEnv, theirsWithEnv] = JSON.parse(
    outputOf(source, { setup: SEARCH }),
  );
  assertVaried(theirs, EVERY);
  const label = (codes: string[]) =>
    arrangements.map((arrangement, index) => [arrangement, codes[index]]);
  assertEquals(label(ours), label(theirs));
  assertEquals(oursWithEnv, theirsWithEnv);
  assertEquals(oursWithEnv, ours);
});

Deno.test("searchAndExecute() without the shell searches 300 random PATHs as posix_spawnp(3) does", () => {
  using folder = new TemporaryFolder();
  const arrangements = arrange(folder, 300);
  // Of no format, where before was a folder.
  folder.mkdir("unknown");
  folder.write("unknown/prog", "exit 1", 0o755);
  const withUnknown = arrangements.map(({ path, ...rest }) => ({
    ...rest,
    path: path.replaceAll(folder.join("folder"), folder.join("unknown")),
  }));
  const source = js`
    const { posix_spawnp } = lazySymbols({
      posix_spawnp: {
        parameters: ["buffer", "buffer", "usize", "usize", "usize", "usize"],
        result: "i32",
      },
    });
    using arena = new Arena();
    const prog = new TextEncoder().encode("prog");
    const [argv, env] = [arena.cStringVector([prog]), arena.cStringVector([])];
    const name = terminate(prog);
    const spawn = {
      execvp: () => check(-posix_spawnp(new Uint8Array(4), name, 0n, 0n, argv, env)),
    };
    const codes = (implementation) =>
      ${withUnknown}.map((it) => search(implementation, it));
    console.log(JSON.stringify([codes({ execvp: bare }), codes(spawn)]));
  `;
  const [ours, theirs] = JSON.parse(outputOf(source, { setup: SEARCH + BARE }));
  assertVaried(theirs, [...EVERY, "ENOEXEC"]);
  assertEquals(ours, theirs);
});

/** What becomes of each search: a code, or the line that what ran prints. */
function outcomes(implementation: string, searches: Arrangement[]): string[] {
  const lines: string[] = [];
  // A search that finds something replaces its child, so the next takes over.
  while (lines.length < searches.length) {
    const rest = js`${searches.slice(lines.length)}`;
    const output = outputOf(
      `for (const it of ${rest}) console.log(search(${implementation}, it));`,
      { setup: SEARCH },
    );
    lines.push(...output.trimEnd().split("\n"));
  }
  return lines;
}

Deno.test("execvp() runs what glibc runs with 20 random PATHs of scripts", () => {
  using folder = new TemporaryFolder();
  const arrangements = arrange(folder, 20);
  for (const name of ["library", "io", "script"]) {
    folder.write(`${name}/prog`, tellingScript(name), 0o755);
  }
  folder.write("unhosted/prog", 'echo no format: "$0" "$@"\n', 0o755);
  const ours = outcomes("procctl", arrangements);
  assertEquals(ours, outcomes("glibc", arrangements));
  for (const name of ["library", "io", "script", "no format"]) {
    assert(ours.some((line) => line.startsWith(`${name}: `)), `${ours}`);
  }
});
