import { assert, assertEquals } from "@std/assert";
import { readDirectory, readFile } from "@procctl/libc";
import { type Need, run, TemporaryFolder, testWith } from "@procctl/testing";
import { Cgroup } from "./_cgroup.ts";
import { runLimited } from "./run_limited.ts";
import { spawnLimited } from "./spawn_limited.ts";

const NO_LIMITS = { memory: undefined, processes: undefined };
const LIMITS = { memory: 1_000_000_000, processes: 1000 };

/** The test makes a control group. */
const cgroups: Need = () => {
  using cgroup = Cgroup.make(NO_LIMITS);
  return cgroup === undefined ? "needs to make control groups" : undefined;
};

/** The test makes one that counts what there is. */
const controllers: Need = () => {
  using cgroup = Cgroup.make(LIMITS);
  return cgroup?.keeps.size === 2
    ? undefined
    : "needs control groups with controllers";
};

const text = (path: string) => new TextDecoder().decode(readFile(path));
const names = (path: string) =>
  readDirectory(path).map((name) => new TextDecoder().decode(name));

Deno.test("a control group is given its limits, and tells what became of them", () => {
  using folder = new TemporaryFolder();
  // A plain folder, which holds what is written to it.
  const cgroup = Cgroup.make(LIMITS, [folder.join("missing"), folder.path])!;
  assertEquals(cgroup.keeps, new Set(["memory", "processes"] as const));
  const [name] = names(folder.path);
  const file = (file: string) => `${folder.path}/${name}/${file}`;
  assertEquals(text(file("memory.max")), "1000000000");
  assertEquals(text(file("memory.swap.max")), "0");
  assertEquals(text(file("memory.oom.group")), "1");
  assertEquals(text(file("pids.max")), "1000");
  assert(cgroup.add(42));
  assertEquals(cgroup.processes(), [42]);
  cgroup.kill();
  assertEquals(text(file("cgroup.kill")), "1");
  assertEquals([cgroup.memory(), cgroup.peakMemory()], [undefined, undefined]);
  assertEquals(cgroup.outOfMemoryKills(), 0);
  const write = (name_: string, content: string) =>
    folder.write(`${name}/${name_}`, content);
  write("memory.events", "low 0\nmax 9\noom 2\noom_kill 3\noom_group_kill 1\n");
  write("pids.events", "max 7\n");
  write("memory.peak", "4096\n");
  assertEquals(cgroup.outOfMemoryKills(), 3);
  assertEquals(cgroup.refusedProcesses(), 7);
  assertEquals(cgroup.peakMemory(), 4096);
});

Deno.test("a control group has a name of its own, whatever was left by others", () => {
  using folder = new TemporaryFolder();
  using _ = Cgroup.make(NO_LIMITS, [folder.path]);
  const [first] = names(folder.path);
  const [, start, number] = /^(.*-)(\d+)$/.exec(first!)!;
  const following = [1, 2].map((more) => `${start}${Number(number) + more}`);
  folder.mkdir(following[0]!);
  using made = Cgroup.make(NO_LIMITS, [folder.path]);
  assert(made !== undefined);
  assertEquals(names(folder.path).sort(), [first!, ...following].sort());
});

Deno.test("there is no control group where none can be made", () => {
  using folder = new TemporaryFolder();
  assertEquals(Cgroup.make(LIMITS, []), undefined);
  assertEquals(Cgroup.make(LIMITS, [folder.join("missing")]), undefined);
});

testWith(
  "a command is in its control group, which is removed",
  [cgroups],
  async () => {
    const child = spawnLimited("sleep", { args: ["60"] });
    const [, path] = /^0::(.*)$/m.exec(text(`/proc/${child.pid}/cgroup`))!;
    const group = path!.split("/").at(-1)!;
    assertEquals(group.startsWith(`procctl-${Deno.pid}-`), true);
    await child[Symbol.asyncDispose]();
    assertEquals((await child.report).containment.by, "cgroup");
    const found = run(["find", "/sys/fs/cgroup", "-name", group]).stdout;
    assertEquals(found, "");
  },
);

testWith("a control group keeps the limits of memory and processes", [
  controllers,
], async () => {
  const grow = "my @all; push @all, 'x' x 1048576 while 1";
  const hog = await runLimited("perl", {
    args: ["-e", `if (!fork) { ${grow} } wait; sleep 5`],
    memory: "64MiB",
    wall: 60,
  });
  assertEquals(hog.verdict, {
    kind: "memory-limit",
    limit: "memory",
    certain: true,
  });
  assert(hog.peakMemory <= 64 * 2 ** 20);
  const forker = await runLimited("perl", {
    args: [
      "-e",
      "for (1 .. 30) { defined(my $p = fork) or exit 9; $p or sleep 60, exit }",
    ],
    processes: 20,
    wall: 60,
  });
  assertEquals(forker.verdict, {
    kind: "process-limit",
    limit: "processes",
    certain: false,
  });
  assertEquals(forker.containment.kernel, ["processes"]);
  assertEquals(forker.containment.leftBehind, 19);
});
