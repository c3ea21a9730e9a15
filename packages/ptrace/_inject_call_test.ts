import { assert, assertEquals, assertThrows } from "@std/assert";
import { lazySymbols, readDirectory } from "@procctl/libc";
import { noNewPrivileges, seccomp } from "@procctl/spawn/steps";
import { syscallNumber } from "@procctl/syscalls";
import { testWith } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { encode, ifEqual, load, NR, ret, SECCOMP_RET_ALLOW } from "./_bpf.ts";
import type { CallChanges } from "./_changes.ts";
import { extraCallNumber } from "./_extra_call.ts";
import { type CallOutcome, injectCall } from "./_inject_call.ts";
import { readStatus } from "./_proc_status.ts";
import { Tracee } from "./_testing.ts";
import { playChanged } from "./_testing_changes.ts";
import { scenario, tracees } from "./_testing_tracees.ts";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
  // int tgkill(pid_t tgid, pid_t tid, int sig)
  tgkill: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

const SIGKILL = 9;
const SIGSTOP = 19;
const SIGRTMIN = 34;

const KINDS = Deno.build.arch === "x86_64"
  ? ["native", "i386"] as const
  : ["native"] as const;

/** What a call returned. */
function resultOf(outcome: CallOutcome): bigint {
  if (outcome.kind === "returned") return outcome.result;
  throw new Error("The task did not come back");
}

/** Asserts that a task is stopped where it was. */
function assertSameStop(tid: number, info: ptrace.SyscallInfo): void {
  const now = new ptrace.SyscallInfo();
  // At an exit the kernel writes less than the whole.
  now.bytes.set(info.bytes);
  assertEquals(ptrace.getSyscallInfo(tid, now).bytes, info.bytes);
}

/** Recognises the calls that the scenario makes. */
const MARK = 0x5eed;
const isIt = ({ args }: CallChanges) => args[5] === BigInt(MARK);

for (const kind of KINDS) {
  const abi = kind === "native" ? Deno.build.arch : kind;
  const number = (name: string) => extraCallNumber(name, abi);
  // getpid has no arguments: whatever is in their registers must stay there.
  const call = [kind, 3, number("getpid"), 1, 2, 3, 4, 5, MARK];

  for (const place of ["enter", "exit"] as const) {
    testWith(
      `a call is made at the ${
        place === "enter" ? "entry" : place
      } of another, and all registers are as before (${kind})`,
      [tracees],
      () => {
        const untouched = playChanged("registers", call).stdout.split("\n");
        const results: bigint[] = [];
        const changed = playChanged("registers", call, {
          [place]: (changes: CallChanges, tid: number) => {
            if (!isIt(changes)) return;
            for (const name of ["getppid", "getpgid", "dup3"]) {
              const args = name === "dup3" ? [999n, 998n, 0n] : [0n];
              const extra = { nr: number(name), args };
              const before = ptrace.getregs(tid);
              results.push(resultOf(
                injectCall(tid, changes.info, extra, changes.args[0]),
              ));
              assertSameStop(tid, changes.info);
              assertEquals(ptrace.getregs(tid).words, before.words);
            }
          },
        }).stdout.split("\n");
        // The result is the process's number, which is another now.
        const rest = (line: string) => line.replace(/^\S+/, "");
        assertEquals(changed.map(rest), untouched.map(rest));
        assertEquals(new Set(changed.slice(0, 3)).size, 1);
        assert(Number(changed[0]!.split(" ")[0]) > 0);
        assertEquals(results.length, 9);
        assertEquals(results[0], BigInt(Deno.pid));
        assert(results[1]! > 0n);
        assertEquals(results[2], -9n);
      },
    );
  }

  testWith(
    `a call is made at a filter's stop, and all registers are as before (${kind})`,
    [tracees],
    () => {
      const untouched = playChanged("registers", call).stdout.split("\n");
      const results: bigint[] = [];
      let exits = 0;
      const inject = (name: string) => (changes: CallChanges, tid: number) => {
        if (!isIt(changes)) return;
        const extra = { nr: number(name), args: [] };
        results.push(resultOf(injectCall(tid, changes.info, extra)));
        assertSameStop(tid, changes.info);
      };
      const changed = playChanged("registers", call, {
        // One that is itself in the filter, and one that is not.
        filter: ["getpid", "gettid"],
        enter: inject("gettid"),
        exit: (changes, tid) => {
          if (isIt(changes)) exits++;
          inject("getppid")(changes, tid);
          inject("gettid")(changes, tid);
        },
      }).stdout.split("\n");
      const rest = (line: string) => line.replace(/^\S+/, "");
      assertEquals(changed.map(rest), untouched.map(rest));
      assertEquals(exits, 3);
      assertEquals(results.length, 9);
      const self = BigInt(changed[0]!.split(" ")[0]!);
      assertEquals(results.slice(0, 3), [self, BigInt(Deno.pid), self]);
    },
  );
}

testWith(
  "a call can map memory, and arguments that were changed before it stay changed",
  [tracees],
  () => {
    const nr = extraCallNumber("mmap", Deno.build.arch);
    const args = [0n, 8192n, 3n, 0x22n, 2n ** 64n - 1n, 0n];
    let address = 0n;
    const { stdout } = playChanged(
      "registers",
      ["native", 1, syscallNumber("getpgid")!, 2 ** 31 - 1, 2, 3, 4, 5, MARK],
      {
        enter: (changes, tid) => {
          if (!isIt(changes)) return;
          changes.args[0] = 0n;
          address = resultOf(injectCall(tid, changes.info, { nr, args }));
          using memory = new ptrace.ProcessMemory(tid);
          assertEquals(memory.read(address, 8192), new Uint8Array(8192));
        },
      },
    );
    assert(address > 0n && address % 4096n === 0n);
    // There is no such process, but this one.
    assert(Number(stdout.split(" ")[0]) > 0, stdout);
  },
);

/** Lets a tracee go on to the entry, or exit, of a call. */
function atCall(
  child: Tracee,
  nr: number,
  place: "entry" | "exit" = "entry",
): ptrace.SyscallInfo {
  const info = new ptrace.SyscallInfo();
  do {
    child.next(ptrace.syscall);
    ptrace.getSyscallInfo(child.pid, info);
  } while (info.kind !== "entry" || info.nr !== nr);
  if (place === "exit") {
    child.next(ptrace.syscall);
    ptrace.getSyscallInfo(child.pid, info);
  }
  return info;
}

const GETPPID = syscallNumber("getppid")!;
const NANOSLEEP = syscallNumber("nanosleep")!;

/** What a sleep of a hundredth of a second is given, below the stack. */
function sleepArguments(tid: number): bigint[] {
  const address = ptrace.getregs(tid).stackPointer - 4096n;
  ptrace.processVmWrite(
    tid,
    address,
    new Uint8Array(BigInt64Array.of(0n, 10_000_000n).buffer),
  );
  return [address, 0n];
}

for (const place of ["entry", "exit"] as const) {
  Deno.test(`signals wait until a call is over, at an ${place}`, () => {
    using child = new Tracee(["/bin/sh", "-c", "exit"]);
    const { pid } = child;
    const info = atCall(child, syscallNumber("getpid")!, place);
    ptrace.setsigmask(pid, 1n << 4n);
    libc.kill(pid, SIGRTMIN);
    libc.kill(pid, SIGRTMIN);
    const args = sleepArguments(pid);
    const start = performance.now();
    assertEquals(resultOf(injectCall(pid, info, { nr: NANOSLEEP, args })), 0n);
    assert(performance.now() - start >= 9);
    assertEquals(ptrace.getsigmask(pid), 1n << 4n);
    if (place === "entry") child.next(ptrace.syscall);
    const stops = [child.next(ptrace.syscall), child.next(ptrace.syscall)];
    const stopped = { kind: "stopped", pid, signal: SIGRTMIN } as const;
    assertEquals(stops, [stopped, stopped]);
    assertEquals(ptrace.getsiginfo(pid).pid, Deno.pid);
  });

  Deno.test(`SIGSTOP comes after a call, at an ${place}`, () => {
    using child = new Tracee(["/bin/sh", "-c", "exit"]);
    const { pid } = child;
    const info = atCall(child, syscallNumber("getpid")!, place);
    const extra = { nr: GETPPID, args: [] };
    libc.kill(pid, SIGSTOP);
    for (let round = 0; round < 2; round++) {
      assertEquals(
        resultOf(injectCall(pid, info, extra)),
        BigInt(Deno.pid),
      );
      assertSameStop(pid, info);
    }
    if (place === "entry") child.next(ptrace.syscall);
    const stopped = { kind: "stopped", pid, signal: SIGSTOP } as const;
    assertEquals(child.next(ptrace.syscall), stopped);
    assertEquals(child.next(ptrace.syscall).kind, "syscall-stop");
  });

  testWith(
    `a stop of the whole process comes after a call, at an ${place}`,
    [tracees],
    () => {
      using child = new Tracee(scenario("second-thread"));
      const { pid } = child;
      const info = atCall(child, GETPPID, place);
      const threads = readDirectory(`/proc/${pid}/task`)
        .map((name) => Number(new TextDecoder().decode(name)));
      const other = threads.find((tid) => tid !== pid)!;
      libc.tgkill(pid, other, SIGSTOP);
      while (readStatus(other)!.state !== "T");
      const extra = { nr: syscallNumber("getpgid")!, args: [0n] };
      const due = [1, 2].map(() => {
        const outcome = injectCall(pid, info, extra);
        assert(resultOf(outcome) > 0n);
        assertSameStop(pid, info);
        return outcome.kind === "returned" && outcome.isStopDue;
      });
      // Once it has been said, it is said no more.
      assertEquals(due, [true, false]);
      if (place === "entry") {
        ptrace.interrupt(pid);
        assertEquals(child.next(ptrace.syscall).kind, "syscall-stop");
      }
      ptrace.interrupt(pid);
      const { PTRACE_EVENT_STOP: event } = ptrace;
      assertEquals(
        child.next(ptrace.syscall),
        { kind: "event", pid, event, signal: SIGSTOP },
      );
    },
  );
}

Deno.test("a task that is killed during a call leaves, and its end is told once", () => {
  const child = new Tracee(["/bin/sh", "-c", "exit"]);
  const { pid } = child;
  const info = atCall(child, syscallNumber("getpid")!);
  const extra = { nr: NANOSLEEP, args: sleepArguments(pid) };
  libc.kill(pid, SIGKILL);
  assertEquals(injectCall(pid, info, extra), { kind: "left" });
  assertEquals(ptrace.waitFor(pid), {
    ...{ kind: "signaled", pid, signal: SIGKILL, coreDumped: false },
  });
  assertThrows(() => ptrace.waitFor(pid), ptrace.SystemError, "ECHILD");
});

Deno.test("a call that the program's own filter traps is ENOSYS at an entry, and no signal", () => {
  const SECCOMP_RET_TRAP = 0x00030000;
  const filter = encode([
    load(NR),
    ...ifEqual(GETPPID, [ret(SECCOMP_RET_TRAP)], [ret(SECCOMP_RET_ALLOW)]),
  ]);
  using child = new Tracee(["/bin/sh", "-c", "exit 3"], {
    steps: [noNewPrivileges(), seccomp(filter)],
  });
  const info = atCall(child, syscallNumber("getpid")!);
  const extra = { nr: GETPPID, args: [] };
  assertEquals(resultOf(injectCall(child.pid, info, extra)), -38n);
  assertSameStop(child.pid, info);
  child.next(ptrace.syscall);
  const { rval } = ptrace.getSyscallInfo(child.pid);
  assertEquals(rval, BigInt(child.pid));
});

testWith(
  "a process that kills itself in a call is not waited for before its threads",
  [tracees],
  () => {
    using child = new Tracee(scenario("second-thread"), {
      options: ptrace.PTRACE_O_TRACESYSGOOD | ptrace.PTRACE_O_TRACECLONE,
    });
    const { pid } = child;
    const info = new ptrace.SyscallInfo();
    let other = 0;
    do {
      const status = child.next(ptrace.syscall);
      if (status.kind === "event") {
        other = ptrace.geteventmsg(pid);
        ptrace.waitFor(other);
        ptrace.cont(other);
      }
      ptrace.getSyscallInfo(pid, info);
    } while (info.kind !== "entry" || info.nr !== GETPPID);
    const nr = syscallNumber("kill")!;
    const args = [BigInt(pid), BigInt(SIGKILL)];
    assertEquals(injectCall(pid, info, { nr, args }), { kind: "left" });
    // Its own end is told only now.
    for (const tid of [other, pid]) {
      assertEquals(ptrace.waitFor(tid), {
        ...{ kind: "signaled", pid: tid, signal: SIGKILL, coreDumped: false },
      });
    }
  },
);

testWith(
  "a call at the exit of an interrupted one does not keep it from being restarted",
  [tracees],
  () => {
    using child = new Tracee(scenario("restart"));
    const { pid } = child;
    const read = syscallNumber("read")!;
    const info = new ptrace.SyscallInfo();
    const seen: unknown[] = [];
    let status = child.next(ptrace.syscall);
    let reading = false;
    let first = 0n;
    while (status.kind !== "exited") {
      if (status.kind === "stopped") {
        status = child.next(ptrace.syscall, status.signal);
        continue;
      }
      ptrace.getSyscallInfo(pid, info);
      if (info.kind === "entry") {
        reading = info.nr === read;
        first = info.args[0]!;
      } else if (reading && info.rval === -512n) {
        seen.push("ERESTARTSYS");
        const extra = { nr: syscallNumber("getpgid")!, args: [0n] };
        seen.push(resultOf(injectCall(pid, info, extra, first)) > 0n);
      } else if (reading && seen.length === 2) {
        seen.push(info.rval);
      }
      status = child.next(ptrace.syscall);
    }
    assertEquals(seen, ["ERESTARTSYS", true, 5n]);
    assertEquals(status.code, 0);
  },
);

Deno.test("extraCallNumber() refuses calls that do not come back", () => {
  assertThrows(
    () => extraCallNumber("fork", "x86_64"),
    TypeError,
    'Cannot call "fork" in a task: the new task would go on in the middle of it',
  );
  assertThrows(
    () => extraCallNumber("open", "aarch64"),
    TypeError,
    'Cannot call "open" in a task: aarch64 has no such system call',
  );
  assertEquals(extraCallNumber("ioctl", "x32"), 0x40000000 + 514);
});
