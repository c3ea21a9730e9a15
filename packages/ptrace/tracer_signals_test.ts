import { assert, assertEquals, assertThrows } from "@std/assert";
import { readFile } from "@procctl/libc";
import { TemporaryFolder, testWith, tool } from "@procctl/testing";
import type { TracerEvent } from "./mod.ts";
import { inShort, only, play } from "./_testing_tracer.ts";

const gcc = [tool("gcc")];

/**
 * The signals and stops of the first process, in order. When SIGCHLD comes is
 * open.
 */
function signalsOf(events: TracerEvent[], pid: number): string[] {
  return events.filter(({ kind, tid }) =>
    tid === pid && (kind === "signal" || kind === "group-stop")
  ).map(inShort).filter((text) => text !== "signal SIGCHLD");
}

testWith(
  "signals are told, be they handled, ignored or without effect",
  gcc,
  () => {
    const { events, tracer } = play("handlers");
    assertEquals(signalsOf(events, tracer.pid), [
      "signal SIGUSR1",
      "signal SIGUSR2",
      "signal SIGURG",
    ]);
    for (const { info } of only(events, "signal")) {
      assertEquals(info.pid, tracer.pid);
    }
    // The handler has run, and returned.
    assertEquals(tracer.status?.code, 1);
    const names = only(events, "syscall-enter").map(({ name }) => name);
    assert(names.includes("rt_sigreturn"));
  },
);

testWith("a signal that is suppressed does not arrive", gcc, () => {
  const { tracer } = play("handlers", {}, (event) => {
    if (event.kind === "signal") event.suppress();
  });
  assertEquals(tracer.status?.code, 0);
});

testWith("a signal that is replaced arrives as the other", gcc, () => {
  const { tracer } = play("terminated", {}, (event) => {
    if (event.kind !== "signal" || event.signal !== "SIGTERM") return;
    event.replace("SIGUSR1");
    // @ts-expect-error: there is none
    assertThrows(() => event.replace("SIGNONE"), TypeError);
  });
  assertEquals(tracer.status?.code, 11);
});

testWith("SIGTRAP of a program's own is a signal as any", gcc, () => {
  const { events, tracer } = play("traps");
  const traps = only(events, "signal");
  assertEquals(traps.map(({ signal }) => signal), ["SIGTRAP", "SIGTRAP"]);
  const SI_TKILL = -6;
  const byInstruction = Deno.build.arch === "x86_64" ? 0x80 : 1;
  assertEquals(traps.map(({ info }) => info.code), [SI_TKILL, byInstruction]);
  assertEquals(only(events, "exec").length, 1);
  assertEquals(tracer.status?.code, 4);
});

testWith("a real-time signal is told with its value", gcc, () => {
  const { events, tracer } = play("queue");
  const [signal] = only(events, "signal");
  assertEquals([signal?.signal, signal?.info.value], ["SIGRTMIN+3", 42]);
  assertEquals(tracer.status?.code, 42);
});

testWith("signals that libc keeps for itself pass through", gcc, () => {
  for (
    const [scenario, signal] of [["cancel", "SIG32"], [
      "setuid-threads",
      "SIG33",
    ]] as const
  ) {
    const { events, tracer } = play(scenario);
    const signals = only(events, "signal").map((it) => it.signal as string);
    assert(signals.includes(signal), `${signals}`);
    assertEquals(tracer.status?.code, 0);
  }
});

testWith("a process that SIGSTOP stops does nothing until SIGCONT", gcc, () => {
  const { events, tracer } = play("stop-self");
  assertEquals(signalsOf(events, tracer.pid).slice(0, 3), [
    "signal SIGSTOP",
    "group-stop SIGSTOP",
    "signal SIGCONT",
  ]);
  const own = events.filter(({ tid }) => tid === tracer.pid);
  const stop = own.findIndex(({ kind }) => kind === "group-stop");
  const next = inShort(own[stop + 1]!);
  assert(/^signal (SIGCONT|SIGCHLD)$/.test(next), next);
  assertEquals(tracer.status?.code, 5);
});

testWith(
  "the parent of a process that is stopped sees what it would untraced",
  gcc,
  () => {
    using folder = new TemporaryFolder();
    const path = folder.write("out", "");
    play("watch-stop", { stdout: { path, access: "write" } });
    assertEquals(new TextDecoder().decode(readFile(path)), "137f ffff 900\n");
  },
);

testWith("SIGTSTP stops a process unless it handles that", gcc, () => {
  const handled = play("terminal-stop handled");
  assertEquals(signalsOf(handled.events, handled.tracer.pid), [
    "signal SIGTSTP",
  ]);
  const stopped = play("terminal-stop default");
  assertEquals(signalsOf(stopped.events, stopped.tracer.pid).slice(0, 3), [
    "signal SIGTSTP",
    "group-stop SIGTSTP",
    "signal SIGCONT",
  ]);
  assertEquals([handled, stopped].map(({ tracer }) => tracer.status?.code), [
    0,
    0,
  ]);
});

testWith(
  "a call that a signal interrupts and that starts again is told so",
  gcc,
  () => {
    const { events, tracer } = play("restart");
    const from = events.findIndex((event) =>
      event.kind === "syscall-exit" && event.restart !== undefined
    );
    const exit = events[from]!;
    assert(exit.kind === "syscall-exit");
    assertEquals([exit.name, exit.restart, exit.errno], [
      "read",
      "ERESTARTSYS",
      undefined,
    ]);
    const after = events.slice(from + 1).map(inShort)
      .filter((text) => !/write/.test(text));
    assertEquals(after.slice(0, 5), [
      "signal SIGALRM",
      "> rt_sigreturn",
      after[2]!,
      "> read",
      "< read 5",
    ]);
    assertEquals(tracer.status?.code, 0);
  },
);

testWith(
  "a sleep that a handled signal ends is told to be interrupted, and the program gets EINTR",
  gcc,
  () => {
    const { events, tracer } = play("interrupted-sleep");
    const exits = only(events, "syscall-exit")
      .filter(({ restart }) => restart !== undefined);
    assertEquals(exits.map(({ restart }) => restart), [
      "ERESTART_RESTARTBLOCK",
    ]);
    assertEquals(tracer.status?.code, 0);
  },
);

testWith("a sleep goes on after a stop, and takes no longer", gcc, () => {
  const { events, tracer } = play("stopped-sleep");
  const own = events.filter(({ tid }) => tid === tracer.pid).map(inShort);
  assert(own.includes("group-stop SIGSTOP"));
  assert(own.includes("> restart_syscall"));
  assertEquals(tracer.status?.code, 0);
});
