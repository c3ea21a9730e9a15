import { assertEquals } from "@std/assert";
import { denoArgv, ROOT, run, TemporaryFolder } from "@procctl/testing";

const MYECHO = `${ROOT}/apps/myecho/main.ts`;

Deno.test("myecho prints its name and its arguments, one a line", () => {
  const { code, stdout } = run([...denoArgv(MYECHO), "hello", "", "a b"]);
  assertEquals(code, 0);
  assertEquals(
    stdout,
    `argv[0]: ${MYECHO}\nargv[1]: hello\nargv[2]: \nargv[3]: a b\n`,
  );
});

Deno.test("myecho prints bytes that are not UTF-8 unchanged", () => {
  const bytes = Uint8Array.of(0x80, 0xff, 0x0a, 0xc3);
  const { stdoutBytes } = run([...denoArgv(MYECHO), bytes]);
  const tail = stdoutBytes.slice(-bytes.length - 1);
  assertEquals(tail, Uint8Array.of(...bytes, 0x0a));
});

Deno.test("myecho started by its #! line prints the path it was started by", () => {
  using folder = new TemporaryFolder();
  folder.symlink(Deno.execPath(), "deno");
  const path = `${folder.path}:/usr/bin:/bin`;
  // In its checkout, so that Deno finds the configuration.
  const { stdout, stderr } = run(
    ["/usr/bin/env", `PATH=${path}`, "./main.ts", "x"],
    { cwd: `${ROOT}/apps/myecho` },
  );
  assertEquals(stderr, "");
  assertEquals(stdout, "argv[0]: ./main.ts\nargv[1]: x\n");
});
