import { assertRejects, assertThrows } from "@std/assert";
import { run } from "./run.ts";
import { runLimited } from "./run_limited.ts";
import { runSync } from "./run_sync.ts";
import { spawn } from "./spawn.ts";

Deno.test("spawn() and its kin refuse an option of another name: no child runs as another user than was meant", async () => {
  const options = { user: 65534 } as object;
  const message = 'Cannot use the option "user": there is none of that name';
  assertThrows(() => spawn("true", options), TypeError, message);
  assertThrows(() => runSync("true", options), TypeError, message);
  await assertRejects(() => run("true", options), TypeError, message);
  await assertRejects(() => runLimited("true", options), TypeError, message);
});

Deno.test("spawn() refuses other names in what it is told of signals and files", () => {
  const refused = (options: object, name: string) =>
    assertThrows(
      () => spawn("true", options),
      TypeError,
      `Cannot use the option "${name}": there is none of that name`,
    );
  refused({ signals: { blocked: ["SIGINT"] } }, "blocked");
  const file = { path: "/nonexistent", access: "write", creat: true };
  refused({ stdout: file }, "creat");
  refused({ fds: { 5: file } }, "creat");
});
