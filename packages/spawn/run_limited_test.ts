import { assertEquals, assertRejects } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { runLimited } from "./run_limited.ts";

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("runLimited() gives what a command wrote, and how it ended", async () => {
  const result = await runLimited("sh", {
    args: ["-c", "cat; echo no >&2; exit 3"],
    input: "hello",
  });
  assertEquals(result.verdict, { kind: "exited", code: 3 });
  assertEquals([text(result.stdout), text(result.stderr)], ["hello", "no\n"]);
  assertEquals([result.success, result.code, result.signal], [false, 3, null]);
});

Deno.test("runLimited() fails as spawn() does, and leaves nothing", async () => {
  const error = await assertRejects(
    () => runLimited("/nonexistent", { cwd: "/" }),
    SystemError,
    'Cannot execute "/nonexistent": No such file or directory: ENOENT',
  );
  assertEquals(error.syscall, "execve");
});
