import { assertEquals } from "@std/assert";
import { pollOne } from "./_poll.ts";
import { childrenOf } from "./_process_tree.ts";
import { Sampler } from "./_sampler.ts";
import { signalGroup } from "./_signal_group.ts";
import { spawn } from "./spawn.ts";

const LIMITS = {
  cpuTime: undefined,
  memory: undefined,
  processes: undefined,
  nofile: false,
};

Deno.test("what was below a process is remembered when that was killed", async () => {
  const root = spawn("sh", {
    args: ["-c", "sleep 60 & echo; wait"],
    session: true,
    stdout: "piped",
  });
  await root.stdout.getReader().read();
  const sampler = new Sampler(root.pid, undefined, LIMITS);
  const below = childrenOf(root.pid);
  sampler.look();
  assertEquals([...sampler.seen.keys()], below);
  root.kill("SIGKILL");
  pollOne(root.pidfd, -1);
  assertEquals(sampler.look().processes, 0);
  assertEquals([...sampler.seen.keys()], below);
  signalGroup(root.pid, 9);
  assertEquals((await root.status).signal, "SIGKILL");
});
