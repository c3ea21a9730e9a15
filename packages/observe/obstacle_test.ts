import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readFile } from "@procctl/libc";
import {
  denoArgv,
  inMounts,
  mounts,
  type Need,
  root,
  run,
  TemporaryFolder,
  testWith,
} from "@procctl/testing";
import { perfEvents } from "./_testing.ts";
import { findObstacle } from "./obstacle.ts";

function paranoidLevel(): number {
  const path = "/proc/sys/kernel/perf_event_paranoid";
  return Number(new TextDecoder().decode(readFile(path)));
}

/** The test is about what an ordinary user may not do. */
const paranoid: Need = () =>
  paranoidLevel() > -1
    ? undefined
    : "needs kernel.perf_event_paranoid above -1";

const needs = [root, mounts, perfEvents, paranoid];

/** Puts something else in the place of what tells of tracepoints. */
const HIDE = "mount -t tmpfs -o mode=755 none /sys/kernel";

/** The same with what is needed of it, to be read by everybody. */
const SHOW = `
  mkdir /tmp/events && mount -t tmpfs none /tmp/events &&
  { test -d /sys/kernel/tracing/events ||
    mount -t tracefs none /sys/kernel/tracing; } &&
  cd /sys/kernel/tracing &&
  cp -r --parents events/raw_syscalls/sys_e*/format \
    events/sched/sched_process_exec/format /tmp/events &&
  cd / && mount -t tmpfs -o mode=755 none /sys/kernel &&
  cp -r /tmp/events /sys/kernel/tracing &&
  chmod -R a+rX /sys/kernel/tracing && umount /tmp/events && rmdir /tmp/events`;

/** Runs a program as nobody, with or without a capability, after a mount. */
function runAsNobody(mount: string, source: string, capability = -1): string {
  using folder = new TemporaryFolder();
  const script = folder.write(
    "program.mjs",
    `
    import { lazySymbols } from "@procctl/libc";
    import { findObstacle, observe } from "@procctl/observe";
    import { becomeUser } from "@procctl/testing";
    const libc = lazySymbols({
      prctl: { parameters: ["i32", "u64"], result: "i32" },
      capset: { parameters: ["buffer", "buffer"], result: "i32" },
    });
    const PR_SET_KEEPCAPS = 8;
    const capability = ${capability};
    if (capability >= 0) libc.prctl(PR_SET_KEEPCAPS, 1n);
    becomeUser();
    if (capability >= 0) {
      // Version 3; effective, permitted and inheritable ones, in two halves.
      const sets = new Uint32Array(6);
      sets.fill(1 << (capability % 32), 3, 5);
      libc.capset(new Uint32Array([0x20080522, 0]), sets);
    }
    const attempt = (action) => {
      try { return action(); } catch (error) { return error.message; }
    };
    ${source}`,
  );
  const argv = inMounts(mount, denoArgv(script));
  const { stdout, stderr } = run(argv);
  return stdout.trim() || stderr;
}

const TELL =
  "console.log(findObstacle()?.message, attempt(() => observe('true')) === findObstacle()?.message);";

testWith(
  "findObstacle() finds none where observing works",
  [perfEvents],
  () => {
    assertEquals(findObstacle(), undefined);
  },
);

testWith("findObstacle() knows that tracefs is not mounted", needs, () => {
  assertEquals(
    runAsNobody(HIDE, TELL),
    "Cannot learn the numbers of the kernel's tracepoints: tracefs is not mounted at /sys/kernel/tracing, and user 65534 cannot mount it: EPERM true",
  );
});

testWith("findObstacle() knows that tracefs may not be read", needs, () => {
  assertEquals(
    runAsNobody(`${HIDE} && mkdir -m 700 /sys/kernel/tracing`, TELL),
    `Cannot learn the numbers of the kernel's tracepoints: user 65534 may not read "/sys/kernel/tracing/events/raw_syscalls/sys_enter/format": EACCES true`,
  );
});

testWith(
  "findObstacle() knows what forbids perf events, and its value",
  needs,
  () => {
    const level = paranoidLevel();
    assertMatch(
      runAsNobody(SHOW, "console.log(findObstacle()?.message);"),
      new RegExp(
        `^Cannot .*: this process is of user 65534, without CAP_PERFMON, and kernel.perf_event_paranoid is ${level}; it must be root, or have CAP_PERFMON, or that must be -1: E(ACCES|PERM)$`,
      ),
    );
  },
);

const CAP_PERFMON = 38;

testWith(
  "observe() makes do with the memory that CAP_PERFMON alone may lock",
  needs,
  () => {
    const source = `
    using observation = observe("true");
    let count = 0;
    for (const batch of observation) count += batch.length;
    console.log(count > 10, observation.ringSize < 2 ** 24, observation.ringSize > 4096);
    console.log(attempt(() => observe("true", { ringSize: 2 ** 25 })));`;
    const [sizes, message] = runAsNobody(SHOW, source, CAP_PERFMON).split("\n");
    const level = paranoidLevel();
    if (level > 2 && sizes !== "true true true") {
      // One of Debian's levels.
      assertStringIncludes(
        sizes!,
        `Cannot make a ring: this process is of user 65534, and kernel.perf_event_paranoid is ${level}, at which this kernel asks for CAP_SYS_ADMIN; it must be root, or that must be 2: EACCES`,
      );
      return;
    }
    assertEquals(sizes, "true true true");
    assertMatch(
      message!,
      /^Cannot map a ring of 33554432 bytes: that much memory may not be locked: kernel.perf_event_mlock_kb is \d+, and this process is without CAP_IPC_LOCK: EPERM$/,
    );
  },
);
