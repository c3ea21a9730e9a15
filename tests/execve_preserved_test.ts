// What execve(2) preserves: all that it does not list. Each test has a child that
// makes an attribute unlike the usual, then executes a program that tells of it.

import { assert, assertEquals, assertMatch } from "@std/assert";
import { root, testWith, tool } from "@procctl/testing";
import { type Observation, observe } from "./_observer.ts";

/** What a child does before its exec, and what the program must see then. */
interface Attribute {
  setup: string;
  check(seen: Observation): void;
}

/** The program must see what the child told, name by name. */
function asTold({ told, facts }: Observation): void {
  assert(Object.keys(told).length > 0);
  const seen = Object.keys(told).map((name) => [name, facts[name]]);
  assertEquals(Object.fromEntries(seen), told);
}

const ATTRIBUTES: Record<string, Attribute> = {
  "execve() preserves the pid and the parent": {
    setup: `
      tell("pid", Deno.pid);
      tell("ppid", Deno.ppid);`,
    check: asTold,
  },
  "execve() preserves the session and the process group": {
    setup: `
      must(c.setsid(), "make a session");
      tell("session", Deno.pid);
      tell("group", Deno.pid);`,
    check: asTold,
  },
  "execve() preserves the time left of each interval timer": {
    setup: `
      const timer = new Uint8Array(new BigInt64Array([0n, 0n, 5000n, 0n]).buffer);
      for (const which of [0, 1, 2]) must(c.setitimer(which, timer, null), "set a timer");`,
    check({ facts }) {
      for (const which of [0, 1, 2]) {
        assertMatch(facts[`itimer${which}`]!, /^(4[89]\d\d|5000)$/);
      }
    },
  },
  "execve() preserves the working directory and the root": {
    setup: `
      must(c.chdir(cString("/proc/sys")), "change the directory");
      tell("cwd", "/proc/sys");
      tell("root", "/");`,
    check: asTold,
  },
  "execve() preserves the umask": {
    setup: "c.umask(0o135);",
    check: ({ status }) => assertEquals(status("Umask"), "0135"),
  },
  "execve() preserves the signal mask": {
    setup: `
      // SIGUSR1, SIGTERM and a real-time signal; of this thread, which stays.
      const mask = (1n << 9n) | (1n << 14n) | (1n << 35n);
      const set = new Uint8Array(128);
      new DataView(set.buffer).setBigUint64(0, mask, true);
      must(c.pthread_sigmask(0 /* SIG_BLOCK */, set, null), "block signals");
      tell("mask", mask.toString(16).padStart(16, "0"));`,
    check: ({ told, status }) => assertEquals(status("SigBlk"), told.mask),
  },
  "execve() preserves pending signals": {
    setup: `
      const set = new Uint8Array(128);
      set[1] = 1 << 1; // SIGUSR1
      must(c.pthread_sigmask(0 /* SIG_BLOCK */, set, null), "block SIGUSR1");
      must(c.raise(10), "raise SIGUSR1");`,
    check: ({ status }) => assertEquals(BigInt(`0x${status("SigPnd")}`), 512n),
  },
  "execve() preserves the processor time used": {
    setup: `
      const end = performance.now() + 300;
      while (performance.now() < end);
      const [, user, system] = /^(?:\\S+ ){13}(\\d+) (\\d+)/.exec(
        text("/proc/self/stat").replace(/\\(.*\\)/, "x"));
      tell("ticks", Number(user) + Number(system));`,
    check({ told, facts }) {
      assert(Number(told.ticks) > 0);
      assert(Number(facts["cpu-ms"]) >= Number(told.ticks) * 10 - 10);
    },
  },
  "execve() preserves the nice value": {
    setup: `
      must(c.setpriority(0, 0, c.getpriority(0, 0) + 3), "set the nice value");
      tell("priority", c.getpriority(0, 0));`,
    check: asTold,
  },
  "execve() preserves the scheduling policy": {
    setup: `
      const priority = new Uint8Array(4);
      must(c.sched_setscheduler(0, 3 /* SCHED_BATCH */, priority), "set the policy");
      tell("policy", 3);`,
    check: asTold,
  },
  "execve() preserves the processors that it may run on": {
    setup: `
      const first = Number(/^\\d+/.exec(status("Cpus_allowed_list"))[0]);
      const set = new Uint8Array(128);
      set[first >> 3] = 1 << (first & 7);
      must(c.sched_setaffinity(0, 128n, set), "set the processors");
      tell("processors", first);`,
    check: ({ told, status }) =>
      assertEquals(status("Cpus_allowed_list"), told.processors),
  },
  "execve() preserves the resource limits": {
    setup: `
      const { hard } = getrlimit("nofile");
      setrlimit("nofile", { soft: 123, hard: Math.min(hard, 456) });
      setrlimit("core", { soft: 0 });
      setrlimit("fsize", { soft: 2 ** 40 });
      tell("limits", text("/proc/self/limits"));`,
    check: ({ told, proc }) => assertEquals(proc("limits"), told.limits),
  },
  "execve() leaves signals ignored that are, SIGCHLD too": {
    setup: `
      for (const signal of [10 /* SIGUSR1 */, 17 /* SIGCHLD */]) c.signal(signal, 1n);`,
    check({ status }) {
      const ignored = BigInt(`0x${status("SigIgn")}`);
      assertEquals(ignored >> 9n & 1n, 1n);
      assertEquals(ignored >> 16n & 1n, 1n);
      assertEquals(ignored >> 14n & 1n, 0n); // SIGTERM
    },
  },
  "execve() preserves that no new privileges can be had, and the filter": {
    setup: `
      must(c.prctl(38 /* PR_SET_NO_NEW_PRIVS */, 1n, 0n, 0n, 0n), "give up privileges");
      using arena = new Arena();
      // One instruction: BPF_RET, SECCOMP_RET_ALLOW.
      const filter = arena.bytes(Uint8Array.of(6, 0, 0, 0, 0, 0, 0xff, 0x7f));
      const program = arena.bytes(new Uint8Array(new BigUint64Array([1n, filter]).buffer));
      must(c.prctl(22 /* PR_SET_SECCOMP */, 2n, program, 0n, 0n), "set a filter");
      tell("no-new-privileges", 1);`,
    check(seen) {
      asTold(seen);
      assertEquals(seen.status("Seccomp"), "2");
    },
  },
  "execve() preserves the parent death signal": {
    setup: `
      must(c.prctl(1 /* PR_SET_PDEATHSIG */, 12n, 0n, 0n, 0n), "set a death signal");
      tell("death-signal", 12);`,
    check: asTold,
  },
  "execve() preserves timer slack, personality and that it is a subreaper": {
    setup: `
      must(c.prctl(29 /* PR_SET_TIMERSLACK */, 123456n, 0n, 0n, 0n), "set the slack");
      must(c.prctl(36 /* PR_SET_CHILD_SUBREAPER */, 1n, 0n, 0n, 0n), "be a subreaper");
      must(c.personality(0x0040000n /* ADDR_NO_RANDOMIZE */), "set the personality");
      tell("timer-slack", 123456);
      tell("subreaper", 1);
      tell("personality", "40000");`,
    check: asTold,
  },
  "execve() preserves how likely the process is to be killed for its memory": {
    setup:
      `writeFile("/proc/self/oom_score_adj", cString("321").subarray(0, -1));`,
    check: ({ proc }) => assertEquals(proc("oom_score_adj"), "321\n"),
  },
  "execve() preserves namespaces and cgroups": {
    setup: `
      for (const name of ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"]) {
        tell("ns/" + name, link("/proc/self/ns/" + name));
      }
      tell("cgroup", text("/proc/self/cgroup"));`,
    check({ told: { cgroup, ...told }, ...seen }) {
      asTold({ told, ...seen });
      assertEquals(seen.proc("cgroup"), cgroup);
    },
  },
  "execve() preserves the children": {
    setup: `
      import { spawn } from "@procctl/spawn";
      const { pid } = spawn("sleep", {
        args: ["30"], stdout: "null", stderr: "null", deathSignal: "SIGKILL",
      });
      tell("child", pid);`,
    check: ({ told, proc }) =>
      assertEquals(proc("../thread-self/children").trim(), told.child),
  },
  "execve() leaves descriptors open that are not to close": {
    setup: `
      const fd = must(c.fcntl(openFile("/dev/zero", 0), 0 /* F_DUPFD */, 40), "copy");
      tell("fd/" + fd, "/dev/zero");`,
    check: asTold,
  },
};

for (const [name, { setup, check }] of Object.entries(ATTRIBUTES)) {
  testWith(name, [tool("gcc")], () => check(observe(setup)));
}

testWith(
  "execve() preserves the real user and group, and the groups",
  [root, tool("gcc")],
  () => {
    const { status } = observe(`
      must(c.setgroups(2n, new Uint8Array(new Uint32Array([1234, 5678]).buffer)), "set groups");
      must(c.setresgid(4321, 4322, 4322), "set the group");
      must(c.setresuid(65534, 65533, 65533), "set the user");`);
    assertEquals(status("Uid").split("\t"), [
      "65534",
      "65533",
      "65533",
      "65533",
    ]);
    assertEquals(status("Gid").split("\t"), ["4321", "4322", "4322", "4322"]);
    assertEquals(status("Groups").trim(), "1234 5678");
  },
);
