import { assertEquals, assertMatch } from "@std/assert";
import { readFile } from "@procctl/libc";
import { ROOT, run, TemporaryFolder } from "@procctl/testing";

Deno.test("procctl is run from a checkout by the README's alias, from anywhere", () => {
  using folder = new TemporaryFolder();
  // So that "deno" is this one, as the first line of main.ts calls it by name.
  folder.symlink(Deno.execPath(), "deno");
  const path = `${ROOT}/packages/cli/README.md`;
  const readme = new TextDecoder().decode(readFile(path));
  const [, alias] = readme.match(/`(alias procctl=.*?)`/s) ?? [];
  assertMatch(alias!, /main\.ts$/);
  const shown = run(["sh", "-s"], {
    cwd: ROOT,
    env: { PATH: `${folder.path}:/usr/bin:/bin` },
    stdin:
      `${alias}\ncd /\nprocctl limits --nofile=64 -- sh -c "ulimit -n; pwd"`,
  });
  assertEquals([shown.code, shown.stdout, shown.stderr], [0, "64\n/\n", ""]);
});
