import { assert, assertEquals, assertThrows } from "@std/assert";
import { syscallNumber } from "@procctl/syscalls";
import { readFile } from "@procctl/libc";
import { kernel, type Need, TemporaryFolder, testWith } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { CallChanges } from "./_changes.ts";
import { Tracee } from "./_testing.ts";
import { type OnCalls, playChanged } from "./_testing_changes.ts";
import { scenario, tracees } from "./_testing_tracees.ts";
import {
  type WriteCall,
  writeCall,
  writeCallByRegisters,
} from "./_write_call.ts";

/** A call with six arguments, which does nothing with these. */
const MMAP = {
  native: { nr: syscallNumber("mmap")!, fd: -1n },
  i386: { nr: 192, fd: 0xffff_ffffn },
};
const INVALID = [1, 2, 3, 4, 5, 6];
/** What maps two pages. */
const VALID = [0x1000_0000n, 8192n, 3n, 0x22n];

const WAYS: [string, Need[], WriteCall][] = [
  ["the best way", [], writeCall],
  ["PTRACE_SET_SYSCALL_INFO", [kernel(6, 16)], ptrace.setSyscallInfo],
  ["registers", [], writeCallByRegisters],
];
const KINDS = Deno.build.arch === "x86_64"
  ? ["native", "i386"] as const
  : ["native"] as const;

/** Whether a stop is one of that call, at its entry or exit. */
function isIt({ args }: CallChanges): boolean {
  return args.every((arg, index) => arg === BigInt(INVALID[index]!));
}

/** The lines that a scenario writes of its registers after a call. */
function registersAfter(
  kind: "native" | "i386",
  rounds: number,
  [nr, ...args]: number[],
  on: OnCalls,
): string[] {
  const { stdout, end } = playChanged(
    "registers",
    [kind, rounds, nr!, ...args],
    on,
  );
  assertEquals(end.kind === "exited" && end.code, 0);
  return stdout.trimEnd().split("\n");
}

for (const [way, needs, write] of WAYS) {
  for (const kind of KINDS) {
    const { nr, fd } = MMAP[kind];
    const all = [tracees, ...needs];

    testWith(
      `all arguments of a call are changed by ${way}, and put back after it (${kind})`,
      all,
      () => {
        const untouched = registersAfter(kind, 1, [nr, ...INVALID], {});
        assert(untouched[0]!.startsWith("-"), untouched[0]);
        let result = 0n;
        const changed = registersAfter(kind, 1, [nr, ...INVALID], {
          write,
          enter: (changes) => {
            if (isIt(changes)) changes.args.set([...VALID, fd, 0n]);
          },
          exit: ({ args, info }) => {
            if (args[1] === VALID[1] && args[5] === 0n) result = info.rval;
          },
        });
        assert(result > 0n, `${result}`);
        assertEquals(
          changed[0]!.replace(/^\S+/, ""),
          untouched[0]!.replace(/^\S+/, ""),
        );
        assertEquals(changed[0]!.split(" ")[0], `${result}`);
      },
    );

    testWith(
      `a call is skipped, and returns what it is to, by ${way} (${kind})`,
      all,
      () => {
        const results = [0n, 4242n, 2n ** 31n - 1n];
        const stops: unknown[] = [];
        const lines = registersAfter(kind, 3, [nr, ...INVALID], {
          write,
          enter: (changes) => {
            if (isIt(changes)) changes.skip(results[stops.length]!);
          },
          exit: ({ args, result, info }) => {
            if (args[5] === 6n) stops.push([result, info.isError]);
          },
        });
        assertEquals(stops, results.map((result) => [result, false]));
        assertEquals(lines.map((line) => BigInt(line.split(" ")[0]!)), results);
      },
    );

    testWith(
      `a call is skipped, and fails, by ${way} (${kind})`,
      all,
      () => {
        const stops: unknown[] = [];
        const [line] = registersAfter(kind, 1, [nr, ...INVALID], {
          write,
          enter: (changes) => {
            if (isIt(changes)) changes.fail(28);
          },
          exit: ({ args, result, info }) => {
            if (args[5] === 6n) stops.push([result, info.isError]);
          },
        });
        assertEquals(stops, [[-28n, true]]);
        assertEquals(line!.split(" ")[0], "-28");
      },
    );

    testWith(
      `what a call returns is changed at its exit by ${way} (${kind})`,
      all,
      () => {
        const results = [7n, -1n];
        const lines = registersAfter(kind, 2, [nr, ...INVALID], {
          write,
          exit: (changes) => {
            if (!isIt(changes)) return;
            assert(changes.result < 0n && changes.info.isError);
            changes.result = results.shift()!;
          },
        });
        assertEquals(lines.map((line) => line.split(" ")[0]), ["7", "-1"]);
      },
    );
  }
}

for (const [way, needs, write] of WAYS) {
  testWith(
    `calls are changed and skipped at a filter's stop by ${way}`,
    [tracees, ...needs],
    () => {
      const { nr, fd } = MMAP.native;
      let stops = 0;
      const lines = registersAfter("native", 2, [nr, ...INVALID], {
        write,
        filter: ["mmap"],
        enter: (changes) => {
          if (!isIt(changes)) return;
          if (stops++ === 0) changes.args.set([...VALID, fd, 0n]);
          else changes.skip(4242);
        },
      });
      assertEquals(stops, 2);
      const [first, second] = lines.map((line) => line.split(" "));
      assert(Number(first![0]) > 0, lines[0]);
      assertEquals(second![0], "4242");
      assertEquals(first!.slice(1), second!.slice(1));
    },
  );
}

if (Deno.build.arch === "x86_64") {
  for (const [way, needs, write] of WAYS) {
    testWith(
      `arguments of 32 bits are told as such, and registers have all of theirs afterwards, by ${way}`,
      [tracees, ...needs],
      () => {
        const given = [-1, -2, -3, -4, -5, -6];
        const told: bigint[] = [];
        const [line] = registersAfter("i386", 1, [MMAP.i386.nr, ...given], {
          write,
          enter: ({ args }) => {
            if (args[0] !== 0xffff_ffffn || args[5] !== 0xffff_fffan) return;
            told.push(...args);
            args.set([0n, 4096n, 3n, 0x22n, 0xffff_ffffn]);
            args[5] = 0n;
          },
        });
        assertEquals(told, given.map((arg) => BigInt(2 ** 32 + arg)));
        assert(Number(line!.split(" ")[0]) > 0, line);
        assert(!/r[a-ds]|rbp/.test(line!), line);
      },
    );
  }
}

testWith(
  "changed arguments and another result at the exit are both there",
  [tracees],
  () => {
    const { nr, fd } = MMAP.native;
    const [line] = registersAfter("native", 1, [nr, ...INVALID], {
      enter: (changes) => {
        if (isIt(changes)) changes.args.set([...VALID, fd, 0n]);
      },
      exit: (changes) => {
        if (changes.args[0] === VALID[0]) changes.result = 5n;
      },
    });
    // On aarch64 no other register is changed by a call.
    assertEquals(line!.split(" ")[0], "5");
    assert(!/rdi|rsi|rdx|r10|r8|r9|x[1-5]=/.test(line!), line);
  },
);

testWith(
  "a child has its maker's own arguments, not those that the call was given",
  [tracees],
  () => {
    const SIGCHLD = 17;
    const CLONE_UNTRACED = 0x00800000;
    const args = [CLONE_UNTRACED | SIGCHLD, 0, 0, 0, 0, 0];
    const nr = syscallNumber("clone")!;
    using folder = new TemporaryFolder();
    const stdout = folder.write("out", "");
    using child = new Tracee(scenario("registers", "native", 1, nr, ...args), {
      options: ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_TRACEFORK,
      stdout,
    });
    const changes = new CallChanges();
    let status: ptrace.WaitStatus;
    while ((status = child.next(ptrace.syscall)).kind === "syscall-stop") {
      ptrace.getSyscallInfo(child.pid, changes.info);
      if (changes.info.kind === "entry") changes.entered();
      if (changes.info.nr === nr) changes.args[0] = BigInt(SIGCHLD);
      changes.apply(child.pid);
    }
    assertEquals(
      status.kind === "event" && status.event,
      ptrace.PTRACE_EVENT_FORK,
    );
    const made = ptrace.geteventmsg(child.pid);
    assertEquals(ptrace.waitFor(made).kind, "event");
    changes.putBackIn(made);
    ptrace.cont(made);
    assertEquals(ptrace.waitFor(made), { kind: "exited", pid: made, code: 0 });
    child.next(ptrace.syscall);
    ptrace.getSyscallInfo(child.pid, changes.info);
    changes.exited();
    changes.apply(child.pid);
    assertEquals(changes.needsExit, false);
    while (child.next().kind === "stopped");
    const lines = new TextDecoder().decode(readFile(stdout)).trim().split("\n");
    assertEquals(lines.map((line) => line.split(" ")[0]), ["0", `${made}`]);
    for (const line of lines) assert(!/rdi|x[1-5]=/.test(line), line);
  },
);

Deno.test("registers that a call itself has changed stay as they are", () => {
  using child = new Tracee(["/bin/sh", "-c", "trap : USR1; kill -USR1 $$"]);
  const changes = new CallChanges();
  const sigreturn = syscallNumber("rt_sigreturn");
  for (let stops = 0; stops < 2;) {
    const status = child.next(ptrace.syscall);
    if (status.kind === "stopped") {
      child.next(ptrace.syscall, status.signal);
    }
    ptrace.getSyscallInfo(child.pid, changes.info);
    if (changes.info.kind === "entry" && changes.info.nr === sigreturn) {
      changes.entered();
      changes.args.fill(12345n);
      changes.apply(child.pid);
      stops++;
    } else if (stops > 0) {
      const { words } = ptrace.getregs(child.pid);
      changes.exited();
      changes.apply(child.pid);
      assertEquals(ptrace.getregs(child.pid).words, words);
      stops++;
    }
  }
});

Deno.test("nothing is written of a call that nobody has changed", () => {
  using child = new Tracee(["/bin/true"]);
  const changes = new CallChanges(() => {
    throw new Error("It writes");
  });
  let stops = 0;
  while (child.next(ptrace.syscall).kind === "syscall-stop") {
    ptrace.getSyscallInfo(child.pid, changes.info);
    if (changes.info.kind === "entry") changes.entered();
    else changes.exited();
    changes.apply(child.pid);
    assertEquals(changes.needsExit, false);
    stops++;
  }
  assert(stops > 10);
});

Deno.test("a result that has no 64 bits is refused", () => {
  const changes = new CallChanges();
  assertThrows(
    () => changes.skip(2n ** 64n),
    RangeError,
    "Cannot use 18446744073709551616 as result: expected an integer of 64 bits",
  );
  assertThrows(() => changes.skip(0.5), RangeError, "0.5 as result");
});
