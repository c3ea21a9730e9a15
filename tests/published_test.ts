// The packages as a user gets them: published to a registry, and imported from
// another folder.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { readDirectory, readFile } from "@procctl/libc";
import { patience, ROOT, run, TemporaryFolder } from "@procctl/testing";
import { expectationOf, judge } from "../tools/snippets/expectation.ts";
import { snippetsOfMarkdown } from "../tools/snippets/extract.ts";
import { missingNeeds } from "../tools/snippets/needs.ts";
import { publish, type Published } from "./_published.ts";

let folder: TemporaryFolder;
let published: Published;

Deno.test.beforeAll(async () => {
  folder = new TemporaryFolder();
  published = await publish(folder);
});

Deno.test.afterAll(() => folder[Symbol.dispose]());

const decoder = new TextDecoder();

/** A user's project, which imports the packages by their bare names. */
function project(name: string, source: string): string {
  const path = folder.mkdir(name);
  const imports = Object.fromEntries(
    published.packages.map((it) => [
      `@procctl/${it.name}`,
      `jsr:@procctl/${it.name}@^0.1.0`,
    ]),
  );
  folder.write(`${name}/deno.json`, JSON.stringify({ imports, lock: false }));
  folder.write(`${name}/main.ts`, source);
  return path;
}

function deno(cwd: string, ...args: string[]) {
  const { env } = published;
  return run([Deno.execPath(), ...args], {
    cwd,
    env,
    timeout: patience(120_000),
  });
}

Deno.test("what is published is each package, with its entry points and README, and no test", () => {
  const names = readDirectory(`${ROOT}/packages`)
    .map((it) => decoder.decode(it)).sort();
  assertEquals(published.packages.map(({ name }) => name).sort(), names);
  for (const { name, files, exports } of published.packages) {
    const entries = Object.values(exports).map((it) => it.slice(1));
    const needed = [...entries, "/README.md", "/deno.json"];
    const missing = needed.filter((it) => !files.includes(it));
    assertEquals(missing, [], name);
    assertEquals(
      files.filter((it) => /_test\.ts|_testing/.test(it)),
      [],
      name,
    );
  }
});

Deno.test("what is published is imported from anywhere, all of it, without a permission", () => {
  const entries = published.packages.flatMap(({ name, exports }) =>
    Object.keys(exports).map((key) => `@procctl/${name}${key.slice(1)}`)
  );
  const source = entries.map((it) => `import "${it}";`).join("\n");
  const cwd = project("importer", source);
  const { code, stdout, stderr } = deno(
    cwd,
    "run",
    "--quiet",
    "--no-prompt",
    "main.ts",
  );
  assertEquals({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
});

Deno.test("what the READMEs show works with what is published", () => {
  const left = ["no-run", ...missingNeeds().keys()];
  const files = ["README.md"].concat(
    published.packages.map(({ name }) => `packages/${name}/README.md`),
  );
  const snippets = files.flatMap((file) =>
    snippetsOfMarkdown(file, decoder.decode(readFile(`${ROOT}/${file}`)))
  ).filter(({ language, flags }) =>
    language === "ts" && !flags.some((flag) => left.includes(flag))
  );
  assert(snippets.length > 10, `${snippets.length}`);
  const faults = snippets.map(({ file, line, code }, index) => {
    const expectation = expectationOf(code);
    const cwd = project(`snippet${index}`, code);
    const ended = deno(
      cwd,
      "run",
      "--quiet",
      "--no-prompt",
      "--allow-ffi",
      "main.ts",
    );
    const fault = judge(expectation, ended.stdout, ended.code);
    return fault && `${file}:${line}: ${fault}\n${ended.stderr}`;
  });
  assertEquals(faults.filter((fault) => fault !== undefined), []);
});

Deno.test("procctl is installed from what is published, and runs", () => {
  const root = folder.mkdir("installed");
  const { code, stderr } = deno(
    folder.path,
    ...["install", "--global", "--quiet", "--allow-ffi", "--root", root],
    ...["--name", "procctl", "jsr:@procctl/cli@^0.1.0"],
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  folder.mkdir("path");
  folder.symlink(Deno.execPath(), "path/deno");
  const env = { ...published.env, PATH: `${folder.path}/path:/usr/bin:/bin` };
  const shown = run([`${root}/bin/procctl`, "limits"], { cwd: "/", env });
  assertEquals([shown.code, shown.stderr], [0, ""]);
  assertMatch(shown.stdout, /^RESOURCE .*\n(.+\n){16}$/);
});
