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
