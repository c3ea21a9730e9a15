import { assert, assertEquals, assertThrows } from "@std/assert";
import { readFile } from "@procctl/libc";
import {
  run,
  runDeno,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { assertKind, count, perfEvents, see } from "./_testing.ts";
import { observe } from "./observe.ts";
import type { ObserveOptions } from "./options.ts";
import { Summary } from "./summary.ts";

testWith(
  "observe() sees a program from its exec to its end",
  [perfEvents],
  async () => {
    const { events, lost, pid } = await see("/bin/true");
    assertEquals(lost, 0);
    const [exec, exit] = events;
    assertKind(exec, "exec");
    assertEquals([exec.path, exec.formerTid], ["/bin/true", pid]);
    assertKind(exit, "exit");
    assertEquals([exit.name, exit.duration], ["execve", undefined]);
    const last = events.at(-2);
    assertKind(last, "enter");
    assertEquals([last.name, last.args[0]], ["exit_group", 0n]);
    assertEquals(events.at(-1)!.kind, "end");
    assert(events.every((event) => event.pid === pid && event.tid === pid));
    const times = events.map(({ time }) => time);
    assertEquals(times, times.toSorted((a, b) => a - b));
  },
);

testWith("observe() tells arguments and results", [perfEvents], async () => {
  const { events } = await see("sh", { args: ["-c", "umask 0123; exit 3"] });
  const index = events.findIndex((event) =>
    event.kind === "enter" && event.name === "umask" && event.args[0] === 0o123n
  );
  const [enter, exit] = events.slice(index);
  assertKind(enter, "enter");
  assertKind(exit, "exit");
  assertEquals(enter.args.length, 6);
  assertEquals([exit.name, exit.nr, exit.abi], [
    enter.name,
    enter.nr,
    enter.abi,
  ]);
  assertEquals(exit.duration, exit.time - enter.time);
  const end = events.find((it) =>
    it.kind === "enter" && it.name === "exit_group"
  );
  assertKind(end, "enter");
  assertEquals(end.args[0], 3n);
});

/** What strace -f -c counted: each call, how many times, how many failed. */
function straceCounts(
  argv: readonly string[],
): Record<string, readonly [number, number]> {
  using folder = new TemporaryFolder();
  const file = folder.join("counts");
  const flags = ["-f", "-c", "-U", "calls,errors,name", "-o", file];
  // What a program does can depend on what its streams are.
  const script = 'exec "$@" </dev/null >/dev/null 2>/dev/null';
  run(["sh", "-c", script, "sh", "strace", ...flags, ...argv]);
  const text = new TextDecoder().decode(readFile(file));
  const counts: Record<string, readonly [number, number]> = {};
  for (const line of text.split("\n")) {
    const [, calls, errors, name] = /^ *(\d+) +(\d+)? *(\w+)$/.exec(line) ?? [];
    if (name === undefined || name === "total") continue;
    counts[name] = [Number(calls), Number(errors ?? 0)];
  }
  return counts;
}

/** What these do depends on no chance: not on times, sizes of pipes, or pids. */
const COMMANDS: readonly (readonly string[])[] = [
  ["true"],
  ["cat", "/proc/version"],
  ["dd", "if=/dev/zero", "of=/dev/null", "bs=1", "count=1000"],
  ["head", "-c", "300000", "/dev/zero"],
  ["ls", "-la", "/"],
  ["env", "-i", "A=1", "env"],
  ["sh", "-c", "true; (true); exit 2"],
  ["sh", "-c", "for i in 1 2 3 4 5; do /bin/true; done"],
  ["nice", "sh", "-c", "exec test -d /"],
  ["stat", "/nonexistent", "/"],
];

for (const argv of COMMANDS) {
  const command = argv.join(" ");
  const needs = [perfEvents, tool("strace")];
  testWith(
    `observe() counts what strace -f -c does: ${command}`,
    needs,
    async () => {
      using observation = observe(argv[0]!, {
        args: argv.slice(1),
        stdin: "null",
        stdout: "null",
        stderr: "null",
      });
      const counts = (await count(observation))
        .filter(({ calls }) => calls > 0)
        .map(({ name, calls, errors }) => [name, [calls, errors]] as const);
      assertEquals(observation.lost, 0);
      assertEquals(Object.fromEntries(counts), straceCounts(argv));
    },
  );
}

function dd(count: number, options: ObserveOptions = {}) {
  const args = ["if=/dev/zero", "of=/dev/null", "bs=1", `count=${count}`];
  return observe("dd", { args, stderr: "null", ...options });
}

/** How many reads dd makes that do not copy: of its libraries, and such. */
async function otherReads(): Promise<number> {
  const calls = await count(dd(0));
  return calls.find(({ name }) => name === "read")!.calls;
}

testWith("observe() loses none of four million events at the default size", [
  perfEvents,
], async () => {
  // On a machine with much else to do the observer may come too late once.
  for (let tries = 1;; tries++) {
    using observation = dd(1_000_000);
    const calls = await count(observation);
    if (observation.lost > 0 && tries < 3) continue;
    assertEquals(observation.lost, 0);
    const read = calls.find(({ name }) => name === "read")!;
    const copied = read.calls - await otherReads();
    assertEquals([copied, read.errors], [1_000_000, 0]);
    assert(read.shortest > 0 && read.longest >= read.shortest);
    assert(read.time >= read.shortest * read.calls);
    return;
  }
});

testWith(
  "a loop that stops its thread sees the same",
  [perfEvents],
  async () => {
    const summary = new Summary();
    using observation = dd(20_000);
    for (const batch of observation) summary.add(batch);
    const read = summary.calls().find(({ name }) => name === "read")!;
    assertEquals(read.calls - await otherReads(), 20_000);
    assertEquals((await observation.child!.status).code, 0);
  },
);

testWith("what a small ring loses is counted", [perfEvents], async () => {
  const whole = await total(dd(20_000));
  assertEquals(whole.lost, 0);
  const cut = await total(dd(20_000, { ringSize: 4096 }));
  assert(cut.lost > 0);
  assertEquals(cut.seen + cut.lost, whole.seen);
  // What is lost last is followed by no event that tells it.
  assert(cut.told <= cut.lost);
});

testWith(
  "what was lost is told by the next event that finds room",
  [perfEvents],
  async () => {
    // Each processor has its ring.
    const status = new TextDecoder().decode(readFile("/proc/self/status"));
    const [, cpu] = /^Cpus_allowed_list:\s*(\d+)/m.exec(status)!;
    const script =
      'dd if=/dev/zero of=/dev/null bs=1 count=20000; sleep "$1"; :';
    // A pause in which the ring is read, however late its reader comes.
    for (const seconds of ["0.2", "2", "20"]) {
      const { told, lost } = await total(observe("sh", {
        args: ["-c", script, "sh", seconds],
        stderr: "null",
        affinity: [Number(cpu)],
        ringSize: 4096,
      }));
      assert(told <= lost);
      if (told > 0) return;
    }
    throw new Error("nothing was told");
  },
);

/** How many events there were, and how many there were not. */
async function total(observation: ReturnType<typeof observe>) {
  using _ = observation;
  let [seen, told] = [0, 0];
  for await (const { length, details } of observation) {
    seen += length;
    for (const detail of details.values()) {
      if (detail.kind !== "lost") continue;
      seen--;
      told += detail.count;
    }
  }
  return { seen, told, lost: observation.lost };
}

testWith(
  "a ring that fills is replaced by a larger one",
  [perfEvents],
  async () => {
    const whole = await total(dd(100_000));
    const options = { ringSize: 65536, maxRingSize: 2 ** 24 };
    const observation = dd(100_000, options);
    assertEquals(observation.ringSize, options.ringSize);
    const seen = await total(observation);
    assert(observation.ringSize > options.ringSize);
    assert(observation.ringSize <= options.maxRingSize);
    // Whatever is not seen is counted, also where one takes over from another.
    assertEquals(seen.seen + seen.lost, whole.seen + whole.lost);
  },
);

testWith(
  "a child that waits is observed no later than it acts",
  [perfEvents],
  async () => {
    using observation = observe("cat", {
      stdin: "piped",
      stdout: "null",
      latency: 10,
    });
    const batches = observation[Symbol.asyncIterator]();
    let seen = "";
    while (!seen.endsWith("read")) {
      const { value } = await batches.next();
      for (const event of value!) {
        seen = event.kind === "enter" ? event.name : "";
      }
    }
    await observation.child!.stdin.close();
    let isEnded = false;
    for await (const batch of batches) {
      for (const event of batch) isEnded ||= event.kind === "end";
    }
    assert(isEnded);
  },
);

testWith(
  "stop() ends an observation, and not what is observed",
  [perfEvents],
  async () => {
    using observation = observe("sh", {
      args: ["-c", "while :; do umask 0; done"],
    });
    let count = 0;
    for await (const batch of observation) {
      count += batch.length;
      observation.stop();
    }
    assert(count > 0);
    assert(observation.child!.kill("SIGKILL"));
    assertEquals((await observation.child!.status).signal, "SIGKILL");
  },
);

testWith("observe() leaves no descriptor behind, also where it fails", [
  perfEvents,
], () => {
  const { stdout } = runDeno(`
    import { readDirectory } from "@procctl/libc";
    import { observe } from "@procctl/observe";
    import { settleDeno } from "@procctl/testing";

    const see = async (...args) => {
      using observation = observe(...args);
      for await (const _batch of observation);
      await observation.child.status;
    };
    const attempts = [
      () => see("true"),
      () => see("/nonexistent"),
      () => see("true", { stdout: 12345 }),
      () => see("true", { cwd: "/nonexistent", stdin: "piped" }),
    ];
    const syscallsThatFail = () =>
      Promise.all(attempts.map((see) => see().catch(({ syscall }) => syscall)));
    const count = () => readDirectory("/proc/self/fd").length;
    settleDeno();
    await syscallsThatFail();
    const before = count();
    console.log((await syscallsThatFail()).join(), count() - before);
  `);
  assertEquals(stdout, ",execve,dup,chdir 0\n");
});

testWith("an observation is iterated over once", [perfEvents], async () => {
  using observation = observe("true");
  await count(observation);
  assertThrows(
    () => [...observation],
    TypeError,
    "Cannot iterate over an observation again",
  );
});

Deno.test("observe() refuses sizes that no ring can have", () => {
  assertThrows(
    () => observe("true", { ringSize: 5000 }),
    RangeError,
    "Cannot observe with a ringSize of 5000: expected a power of two from 4096 to 1073741824",
  );
  assertThrows(() => observe("true", { ringSize: 2048 }), RangeError);
  assertThrows(() => observe("true", { maxRingSize: 2 ** 31 }), RangeError);
  assertThrows(
    () => observe("true", { ringSize: 8192, maxRingSize: 4096 }),
    RangeError,
    "Cannot observe with rings of 8192 bytes: maxRingSize is 4096",
  );
  assertThrows(
    () => observe("true", { latency: 0 }),
    RangeError,
    "latency of 0",
  );
});
