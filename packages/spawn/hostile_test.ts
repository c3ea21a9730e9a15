/**
 * Hostile programs: each ends in time, with the right verdict, and nothing of
 * it is left. They are run with a control group, where there is one, and without
 * at the same time.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { readDirectory, readFile, SystemError } from "@procctl/libc";
import {
  type Need,
  NOBODY,
  ordinaryUser,
  root,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { Cgroup } from "./_cgroup.ts";
import { statOf } from "./_process_tree.ts";
import { type HostileProgram, WALL } from "./_testing_hostile.ts";
import { FAMILIES } from "./_testing_hostile_families.ts";
import { HOGS, RECURSION } from "./_testing_hostile_hogs.ts";
import { SLEEPERS } from "./_testing_hostile_sleepers.ts";
import { TRICKS } from "./_testing_hostile_tricks.ts";
import { runLimited } from "./run_limited.ts";
import type { RunLimitedOptions } from "./run_limited_options.ts";

/** The test is about a control group that counts processes. */
const countingCgroup: Need = () => {
  using cgroup = Cgroup.make({ memory: undefined, processes: 1000 });
  return cgroup?.keeps.has("processes")
    ? undefined
    : "needs a control group that counts processes";
};

/** What a program has at the most from the end of its time to its own end. */
const LATEST = 10;

for (const program of [...SLEEPERS, ...HOGS, ...FAMILIES, ...TRICKS]) {
  const needs = program.language === "perl" ? [tool("perl")] : [];
  const name = `${program.name} ends in time, and is judged right`;
  testWith(name, needs, async () => {
    // Both come to their ends, whatever becomes of the other.
    const checks = [true, false].map((cgroup) => check(program, cgroup));
    const failed = (await Promise.allSettled(checks))
      .find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  });
}

async function check(program: HostileProgram, cgroup: boolean): Promise<void> {
  const { language, source, leaves = 0 } = program;
  const options = { wall: 60, ...program.options };
  const verdict = { ...program.verdict };
  using folder = new TemporaryFolder();
  folder.write("recursion", RECURSION, 0o755);
  const mark = `procctl-${crypto.randomUUID()}`;
  const flag = language === "sh" ? "-c" : "-e";
  const name = language === "sh" ? ["sh"] : [];
  const result = await runLimited(language, {
    ...options,
    args: [flag, source, ...name, ...options.args ?? []],
    env: { ...options.env, MARK: mark },
    cwd: folder.path,
    cgroup,
  });
  if (verdict.kind === "process-limit") {
    // The kernel kept it, and what failed then may have been something else.
    verdict.certain = !result.containment.kernel.includes("processes");
  }
  const stderr = new TextDecoder().decode(result.stderr.slice(0, 500));
  assertEquals(
    { cgroup, verdict: result.verdict, stderr },
    { cgroup, verdict, stderr },
  );
  assert(result.wallTime < Number(options.wall) + LATEST);
  const { leftBehind, escaped } = result.containment;
  assertEquals(escaped, []);
  assert(leftBehind >= leaves, `${leftBehind} processes were left behind`);
  assertEquals(processesWith(mark), []);
}

/** One that doubles, without end but that of its limits. */
const BOMB = "while (1) { fork; select(undef, undef, undef, 0.01) }";

testWith("a fork bomb that may have few processes is judged right", [
  countingCgroup,
  tool("perl"),
], async () => {
  const { verdict, containment } = await runLimited("perl", {
    args: ["-e", BOMB],
    processes: 30,
    wall: 1,
  });
  assertEquals(containment.kernel, ["processes"]);
  assertEquals([verdict, containment.escaped], [WALL, []]);
});

testWith(
  "a fork bomb of another user is ended",
  [root, tool("perl")],
  async () => {
    // One that nobody else is, so that no other processes count.
    await checkBomb({ uid: 1_000_000 + Deno.pid, gid: NOBODY }, 30);
  },
);

testWith(
  "a fork bomb of an ordinary user is ended",
  [ordinaryUser],
  async () => {
    await checkBomb({}, ownThreads() + 30);
  },
);

async function checkBomb(
  options: RunLimitedOptions,
  nproc: number,
): Promise<void> {
  const mark = `procctl-${crypto.randomUUID()}`;
  const { verdict, containment } = await runLimited("perl", {
    ...options,
    args: ["-e", BOMB],
    env: { MARK: mark },
    limits: { nproc },
    cgroup: false,
    wall: 1,
  });
  assertEquals(verdict, WALL);
  assert(containment.leftBehind > 5, `${containment.leftBehind}`);
  assertEquals(containment.escaped, []);
  assertEquals(processesWith(mark), []);
}

/** How many threads this user has. */
function ownThreads(): number {
  const statuses = allProcesses().map((pid) => readText(`/proc/${pid}/status`));
  const field = (status: string, name: string) =>
    new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1];
  const user = field(readText("/proc/self/status"), "Uid");
  return statuses.filter((status) => field(status, "Uid") === user)
    .reduce((sum, status) => sum + Number(field(status, "Threads")), 0);
}

/** The processes that have a text in their environment. */
function processesWith(text: string): number[] {
  return allProcesses().filter((pid) =>
    readText(`/proc/${pid}/environ`).includes(text) &&
    statOf(pid)?.state !== "Z"
  );
}

function allProcesses(): number[] {
  return readDirectory("/proc")
    .map((name) => Number(new TextDecoder().decode(name)))
    .filter(Number.isInteger);
}

/** What a file holds; nothing where it is gone, or another user's. */
function readText(path: string): string {
  try {
    return new TextDecoder().decode(readFile(path));
  } catch (error) {
    if (error instanceof SystemError) return "";
    throw error;
  }
}
