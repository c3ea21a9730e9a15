import { assert, assertThrows } from "@std/assert";
import { patience } from "@procctl/testing";
import { statOf } from "./_process_tree.ts";
import { Supervisor, SupervisorLost } from "./_supervisor.ts";
import { sendSignal } from "./_syscall.ts";
import { exec } from "./steps.ts";

const SIGKILL = 9;

Deno.test("a child at its gate ends with its supervisor", () => {
  using supervisor = new Supervisor([], new Set());
  const steps = [exec("/bin/true", ["true"], {})];
  let isGone = false;
  assertThrows(
    () =>
      supervisor.start(steps, 0, ({ pid }) => {
        const stateOf = () => statOf(pid)?.state ?? "X";
        const end = performance.now() + patience(20_000);
        const until = (condition: () => boolean) => {
          while (!condition() && performance.now() < end);
        };
        until(() => stateOf() === "S");
        sendSignal(supervisor.pidfd, SIGKILL);
        until(() => isGone = "ZX".includes(stateOf()));
        throw new Error("It is not let through");
      }),
    SupervisorLost,
  );
  assert(isGone);
});
