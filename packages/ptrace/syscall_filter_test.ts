import { assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { ChildProgram } from "@procctl/spawn/child-program";
import { exec, setuid } from "@procctl/spawn/steps";
import { syscallName, syscallNames, syscallNumber } from "@procctl/syscalls";
import { file, root, run, testWith } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { runBpf } from "./_testing_bpf.ts";
import { Tracee } from "./_testing.ts";
import { scenario, tracees } from "./_testing_tracees.ts";
import { x32Name, x32Number } from "./_x32.ts";
import {
  FILTER_DATA_FOLLOW,
  FILTER_DATA_NAMED,
  syscallFilter,
  syscallFilterStep,
} from "./syscall_filter.ts";

const ALLOW = 0x7fff0000;
const TRACE = 0x7ff00000;
const X32 = 0x40000000;

/** Numbers at which a filter could go wrong. */
const NUMBERS = [
  ...Array.from({ length: 600 }, (_, nr) => nr),
  ...Array.from({ length: 600 }, (_, nr) => X32 + nr),
  ...[1000, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 2, 2 ** 32 - 1],
];

/** The name by which a number counts. */
const NAMES: Record<string, [number, (nr: number) => string][]> = {
  "x86_64": [
    [
      ptrace.AUDIT_ARCH_X86_64,
      (nr) =>
        nr >= X32 && nr < 2 ** 31 ? x32Name(nr) : syscallName(nr, "x86_64"),
    ],
    [ptrace.AUDIT_ARCH_I386, (nr) => syscallName(nr, "i386")],
  ],
  "aarch64": [
    [ptrace.AUDIT_ARCH_AARCH64, (nr) => syscallName(nr, "aarch64")],
  ],
};

/** Compares what a filter says of all numbers with a set of names. */
function assertTraces(
  machine: "x86_64" | "aarch64",
  names: readonly string[],
): void {
  const filter = syscallFilter(names, { arch: machine });
  const set = new Set(names);
  const wrong: string[] = [];
  for (const [auditArch, nameOf] of NAMES[machine]!) {
    for (const nr of NUMBERS) {
      const name = nameOf(nr);
      const expected = set.has(name) ? TRACE : ALLOW;
      const got = runBpf(filter, { nr, arch: auditArch });
      // A few of x86_64's own have the number of an x32 call with another name.
      if (got !== expected && !isOldNumber(nr, name)) wrong.push(name);
    }
  }
  assertEquals(wrong, [], `of ${names.length} names on ${machine}`);
}

/** x32 has its own `ioctl`, and x86_64's with bit 30 set is no call at all. */
function isOldNumber(nr: number, name: string): boolean {
  return nr >= X32 && nr < X32 + 512 && x32Number(name) !== nr;
}

/** All names of a machine. */
function allNames(machine: "x86_64" | "aarch64"): string[] {
  return machine === "aarch64"
    ? syscallNames(machine)
    : [...new Set([...syscallNames(machine), ...syscallNames("i386")])];
}

for (const machine of ["x86_64", "aarch64"] as const) {
  Deno.test(`syscallFilter() traces the named calls alone, by all rules of ${machine}`, () => {
    const all = allNames(machine);
    assertTraces(machine, []);
    assertTraces(machine, ["openat"]);
    assertTraces(machine, all);
    assertTraces(machine, all.filter((_, index) => index % 2 === 0));
    for (let round = 0; round < 30; round++) {
      const share = Math.random();
      assertTraces(machine, all.filter(() => Math.random() < share));
    }
  });
}

Deno.test("syscallFilter() traces calls by rules that it does not know", () => {
  const filter = syscallFilter([], { arch: "aarch64" });
  for (const arch of [ptrace.AUDIT_ARCH_ARM, ptrace.AUDIT_ARCH_X86_64, 0]) {
    assertEquals(runBpf(filter, { nr: 1, arch }), TRACE | FILTER_DATA_NAMED);
  }
});

Deno.test("syscallFilter() adds the calls whose tasks could escape, if tasks are followed", () => {
  const arch = ptrace.AUDIT_ARCH_X86_64;
  const nr = syscallNumber("clone", "x86_64")!;
  const action = (names: string[], follow: boolean) =>
    runBpf(syscallFilter(names, { follow, arch: "x86_64" }), { nr, arch });
  assertEquals(action([], false), ALLOW);
  assertEquals(action([], true), TRACE | FILTER_DATA_FOLLOW);
  assertEquals(action(["clone"], true), TRACE | FILTER_DATA_NAMED);
});

Deno.test("syscallFilter() refuses names that are none of a call of the machine", () => {
  assertThrows(
    () => syscallFilter(["openat", "oepnat"], { arch: "x86_64" }),
    TypeError,
    'Cannot filter "oepnat": x86_64 has no such system call',
  );
  assertThrows(
    () => syscallFilter(["open"], { arch: "aarch64" }),
    TypeError,
    'Cannot filter "open": aarch64 has no such system call',
  );
  // Of i386 alone.
  assertEquals(
    syscallFilter(["socketcall"], { arch: "x86_64" }).length > 0,
    true,
  );
});

if (Deno.build.arch === "x86_64") {
  testWith(
    "the numbers of x32 are those of its header",
    [file("/usr/include/x86_64-linux-gnu/asm/unistd_x32.h")],
    () => {
      const { stdout } = run([
        "sed",
        "-n",
        "s/^#define __NR_\\(.*\\) (__X32_SYSCALL_BIT + \\(.*\\))/\\1 \\2/p",
        "/usr/include/x86_64-linux-gnu/asm/unistd_x32.h",
      ]);
      const lines = stdout.trim().split("\n").map((line) => line.split(" "));
      assertEquals(lines.length > 300, true);
      for (const [name, number] of lines) {
        assertEquals(x32Number(name!), X32 + Number(number), name);
        assertEquals(x32Name(X32 + Number(number)), name);
      }
    },
  );
}

/** The numbers of the calls at which a filter stops a program. */
function stopsOf(names: readonly string[], calls: (string | number)[]) {
  using child = new Tracee(scenario("calls", ...calls), {
    options: ptrace.PTRACE_O_TRACESECCOMP | ptrace.PTRACE_O_TRACESYSGOOD,
    steps: [syscallFilterStep(syscallFilter(names))],
  });
  const stops: [number, number][] = [];
  let status = child.next();
  while (status.kind === "event") {
    assertEquals(status.event, ptrace.PTRACE_EVENT_SECCOMP);
    const info = ptrace.getSyscallInfo(child.pid);
    stops.push([info.arch, info.nr]);
    status = child.next();
  }
  assertEquals(status, { kind: "exited", pid: child.pid, code: 0 });
  return stops;
}

testWith(
  "the kernel stops a program at the named calls alone",
  [tracees],
  () => {
    const number = (name: string) => syscallNumber(name)!;
    const [getppid, getuid, gettid] = ["getppid", "getuid", "gettid"]
      .map(number) as [number, number, number];
    const native = Deno.build.arch === "x86_64"
      ? ptrace.AUDIT_ARCH_X86_64
      : ptrace.AUDIT_ARCH_AARCH64;
    const stops = stopsOf(
      ["getppid", "gettid"],
      [getppid, getuid, gettid, 1000, -1, getppid],
    );
    assertEquals(
      stops,
      [[native, getppid], [native, gettid], [native, getppid]],
    );
    assertEquals(stopsOf([], [getppid, getuid, 1000]), []);
    if (Deno.build.arch !== "x86_64") return;
    assertEquals(
      stopsOf(["getppid"], ["i386:64", "i386:110", X32 + 110, X32 + 39]),
      [[ptrace.AUDIT_ARCH_I386, 64], [native, X32 + 110]],
    );
  },
);

Deno.test("the kernel takes a filter of any set of calls", () => {
  const all = allNames(Deno.build.arch);
  // What comes in turns makes the longest program.
  for (const kept of [all, all.filter((_, index) => index % 2 === 0)]) {
    const filter = syscallFilter(
      kept.filter((name) => !/^(exit|write|execve)/.test(name)),
    );
    using child = new Tracee(["/bin/true"], {
      options: ptrace.PTRACE_O_TRACESECCOMP,
      steps: [syscallFilterStep(filter)],
    });
    assertEquals(child.next().kind, "event");
  }
});

/** What a child says of its new privileges, and of its filters. */
function statusWith(...steps: Parameters<ChildProgram["add"]>): string[] {
  const options = ptrace.PTRACE_O_TRACESECCOMP | ptrace.PTRACE_O_EXITKILL;
  const program = new ChildProgram().add(
    ...steps,
    syscallFilterStep(syscallFilter([])),
    exec("/bin/true", ["true"]),
  );
  const pid = ptrace.startTraced(program, options);
  const { stdout } = run(["cat", `/proc/${pid}/status`]);
  ptrace.kill(pid);
  ptrace.waitFor(pid);
  return ["NoNewPrivs", "Seccomp"].map((name) =>
    new RegExp(`^${name}:\\s*(.*)`, "m").exec(stdout)![1]!
  );
}

Deno.test("syscallFilterStep() puts a filter in, with any user's rights", () => {
  assertEquals(statusWith()[1], "2");
});

testWith(
  "syscallFilterStep() gives up new privileges only in a child without rights",
  [root],
  () => {
    assertEquals(statusWith(), ["0", "2"]);
    assertEquals(statusWith(setuid(65534)), ["1", "2"]);
  },
);

Deno.test("syscallFilterStep() fails for what is no filter", () => {
  const nonsense = new Uint8Array(8).fill(0xff);
  assertThrows(
    () =>
      new ChildProgram().add(
        syscallFilterStep(nonsense),
        exec("/bin/true", ["true"]),
      ).run(),
    SystemError,
    "Cannot put in a filter of system calls: Invalid argument: EINVAL",
  );
});
