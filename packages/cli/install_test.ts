import { assertEquals, assertStringIncludes } from "@std/assert";
import { readFile } from "@procctl/libc";
import { ROOT, run, TemporaryFolder } from "@procctl/testing";

Deno.test("procctl is installed from a checkout, with the one permission that it needs", () => {
  using folder = new TemporaryFolder();
  // So that "deno" is this one, as the installed command calls it by its name.
  const bin = folder.mkdir("path");
  folder.symlink(Deno.execPath(), "path/deno");
  const env = ["env", `PATH=${bin}:/usr/bin:/bin`];
  const { code, stderr } = run([
    ...[...env, "deno", "install", "--global", "--quiet", "--allow-ffi"],
    ...["--root", folder.path, "--name", "procctl"],
    ...["--config", "deno.json", "packages/cli/main.ts"],
  ], { cwd: ROOT });
  assertEquals(code, 0, stderr);
  const command = folder.join("bin/procctl");
  const script = new TextDecoder().decode(readFile(command));
  assertStringIncludes(script, "deno run --allow-ffi --quiet --config ");

  // From anywhere, as the configuration is copied to where it is installed.
  const shown = run([
    ...[...env, command, "limits", "--nofile=64", "--"],
    ...["sh", "-c", "ulimit -n; pwd"],
  ], { cwd: "/" });
  assertEquals([shown.code, shown.stdout, shown.stderr], [0, "64\n/\n", ""]);
});
