import { assertEquals, assertThrows } from "@std/assert";
import { lazySymbols, SystemError } from "@procctl/libc";
import { testWith, tool } from "@procctl/testing";
import { only, play } from "./_testing_tracer.ts";
import type { SyscallEnterEvent, SyscallExitEvent } from "./mod.ts";

const libc = lazySymbols({
  // int kill(pid_t pid, int sig)
  kill: { parameters: ["i32", "i32"], result: "i32" },
});

const gcc = [tool("gcc")];
const SIGKILL = 9;

/** What can be done to a task that has just been killed. */
const ENTER: Record<string, (event: SyscallEnterEvent) => void> = {
  "args": (event) => event.args.fill(0n),
  "writeBytes()": (event) =>
    event.writeBytes(event.stackPointer, new Uint8Array(8)),
  "setString()": (event) => event.setString(0, "/"),
  "skip()": (event) => event.skip(1),
  "fail()": (event) => event.fail("EIO"),
  "readBytes()": (event) => void event.readBytes(event.stackPointer, 8),
  "readCString()": (event) => void event.readCString(event.stackPointer),
};
const EXIT: Record<string, (event: SyscallExitEvent) => void> = {
  "result": (event) => void (event.result = 1n),
  "writeBytes()": (event) =>
    event.writeBytes(event.stackPointer, new Uint8Array(8)),
};

for (
  const [kind, actions] of [["syscall-enter", ENTER], [
    "syscall-exit",
    EXIT,
  ]] as const
) {
  for (const [name, action] of Object.entries(actions)) {
    testWith(
      `${name} at the ${kind} of a process that was killed is no error`,
      gcc,
      () => {
        let isDone = false;
        const { events } = play("sleepers 3 50", {}, (event) => {
          if (event.kind !== kind || isDone || !/sleep/.test(event.name)) {
            return;
          }
          isDone = true;
          libc.kill(event.pid, SIGKILL);
          action(event as never);
        });
        assertEquals(isDone, true);
        for (const { signal } of only(events, "exit")) {
          assertEquals(signal, "SIGKILL");
        }
      },
    );
  }

  testWith(
    `call() at the ${kind} of a process that it kills fails, and the trace goes on`,
    gcc,
    () => {
      let isDone = false;
      const { events } = play("sleepers 3 50", {}, (event) => {
        if (event.kind !== kind || isDone || !/sleep/.test(event.name)) return;
        isDone = true;
        const { pid } = event;
        const error = assertThrows(
          () => event.call("kill", pid, SIGKILL),
          SystemError,
        );
        assertEquals(error.code, "ESRCH");
        assertThrows(() => event.call("getppid"), TypeError, "has gone on");
      });
      for (const { signal } of only(events, "exit")) {
        assertEquals(signal, "SIGKILL");
      }
    },
  );
}
