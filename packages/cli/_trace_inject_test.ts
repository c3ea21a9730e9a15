import { assertEquals, assertThrows } from "@std/assert";
import type { SyscallEnterEvent } from "@procctl/ptrace";
import { type Injection, readInjection } from "./_trace_inject.ts";
import { UsageError } from "./_usage_error.ts";

/** The calls of a task, by their numbers, that an injection does something to. */
function injected(injection: Injection, calls: number, tid = 1): number[] {
  const found: number[] = [];
  for (let i = 1; i <= calls; i++) {
    const fail = () => found.push(i);
    injection.enter({ tid, fail } as unknown as SyscallEnterEvent);
  }
  return found;
}

Deno.test("an injection is for the calls that when= says", () => {
  for (
    const [when, expected] of [
      ["", [1, 2, 3, 4, 5, 6, 7]],
      [":when=3", [3]],
      [":when=3+", [3, 4, 5, 6, 7]],
      [":when=2..4", [2, 3, 4]],
      [":when=5..", [5, 6, 7]],
      [":when=2+3", [2, 5]],
      [":when=1..5+2", [1, 3, 5]],
    ] as const
  ) {
    const injection = readInjection(`read:error=EIO${when}`);
    assertEquals(injected(injection, 7), [...expected], when);
  }
});

Deno.test("an injection counts the calls of each task by themselves", () => {
  const injection = readInjection("read:error=EIO:when=2");
  assertEquals(injected(injection, 3, 1), [2]);
  assertEquals(injected(injection, 3, 2), [2]);
});

Deno.test("an injection does what it says", () => {
  const done: unknown[] = [];
  const event = {
    tid: 1,
    fail: (errno: string) => done.push(["fail", errno]),
    skip: (result: bigint) => done.push(["skip", result]),
    call: (name: string) => (done.push(["call", name]), 42n),
  } as unknown as SyscallEnterEvent;
  for (const action of ["error=2", "retval=0x10", "syscall=getpid"]) {
    assertEquals(readInjection(`read:${action}`).enter(event), " (INJECTED)");
  }
  assertEquals(done, [
    ["fail", "ENOENT"],
    ["skip", 16n],
    ["call", "getpid"],
    ["skip", 42n],
  ]);
});

Deno.test("readInjection() says what is wrong", () => {
  for (
    const [text, message] of [
      ["read", "There is nothing to do in the injection"],
      ["read:when=1", "There is nothing to do in the injection"],
      ["read:what", 'Cannot read "what" in the injection'],
      ["read:what=1", 'Cannot read "what=1" in the injection'],
      ["read:error=ENOTHING", 'There is no error "ENOTHING"'],
      ["read:error=EIO:retval=1", "has more than one of"],
      ["read:retval=-1", 'Cannot return "-1"'],
      ["read:syscall=write", 'Cannot make "write" in place'],
      ["read:delay_enter=1h", 'Cannot wait for "1h"'],
      ["read:error=EIO:when=0", 'Cannot read "when=0"'],
      ["nothing:error=EIO", 'There is no system call "nothing"'],
    ] as const
  ) {
    assertThrows(() => readInjection(text), UsageError, message);
  }
});
