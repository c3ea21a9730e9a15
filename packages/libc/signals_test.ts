import { assertEquals, assertThrows } from "@std/assert";
import { lazySymbols } from "./library.ts";
import { readCString } from "./memory.ts";
import { type Signal, signalName, signalNumber } from "./signals.ts";

const libc = lazySymbols({
  // const char *sigabbrev_np(int sig)
  sigabbrev_np: { parameters: ["i32"], result: "usize" },
  // int __libc_current_sigrtmin(void), which is SIGRTMIN
  __libc_current_sigrtmin: { parameters: [], result: "i32" },
  __libc_current_sigrtmax: { parameters: [], result: "i32" },
});

const LAST_STANDARD = 31;

function numbers(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

/** glibc's name of a standard signal. */
function glibcName(signal: number): string {
  const abbreviation = readCString(libc.sigabbrev_np(signal));
  return `SIG${new TextDecoder().decode(abbreviation)}`;
}

Deno.test("signalNumber() gives the number that glibc gives, for every standard signal", () => {
  for (const signal of numbers(1, LAST_STANDARD)) {
    assertEquals(signalNumber(glibcName(signal)), signal);
  }
});

Deno.test("signalName() gives the name that glibc gives, but SIGIO for SIGPOLL", () => {
  for (const signal of numbers(1, LAST_STANDARD)) {
    const expected = signal === 29 ? "SIGIO" : glibcName(signal);
    assertEquals(signalName(signal), expected);
  }
});

Deno.test("signalName() and signalNumber() are each other's inverse", () => {
  for (const signal of numbers(1, 64)) {
    if (signal === 32 || signal === 33) continue;
    assertEquals(signalNumber(signalName(signal)), signal);
  }
});

Deno.test("signalNumber() knows the aliases of the kernel's header", () => {
  assertEquals(
    ["SIGIOT", "SIGPOLL", "SIGUNUSED"].map(signalNumber),
    ["SIGABRT", "SIGIO", "SIGSYS"].map(signalNumber),
  );
});

Deno.test("signalName() counts real-time signals from SIGRTMIN", () => {
  const first = libc.__libc_current_sigrtmin();
  for (const signal of numbers(first, libc.__libc_current_sigrtmax())) {
    assertEquals(signalName(signal), `SIGRTMIN+${signal - first}`);
  }
});

Deno.test("signalNumber() agrees with glibc on SIGRTMIN and SIGRTMAX", () => {
  assertEquals(signalNumber("SIGRTMIN"), libc.__libc_current_sigrtmin());
  assertEquals(signalNumber("SIGRTMAX"), libc.__libc_current_sigrtmax());
});

Deno.test("signalNumber() counts real-time signals from both ends", () => {
  assertEquals(
    [
      "SIGRTMIN+0",
      "SIGRTMIN+1",
      "SIGRTMIN+30",
      "SIGRTMAX-0",
      "SIGRTMAX-1",
      "SIGRTMAX-30",
    ].map(signalNumber),
    [34, 35, 64, 64, 63, 34],
  );
});

Deno.test("signalName() names the signals that glibc keeps by their numbers", () => {
  assertEquals([signalName(32), signalName(33)], ["SIG32", "SIG33"]);
});

Deno.test("signalName() refuses a number that no signal has", () => {
  for (const signal of [0, -1, 65, 1.5, NaN, Infinity]) {
    assertThrows(
      () => signalName(signal),
      RangeError,
      `Cannot name signal ${signal}: signals are numbered from 1 to 64`,
    );
  }
});

const NO_SIGNALS = [
  ...["", "SIG", "SIGFOO", "TERM", "sigterm", " SIGTERM", "SIGTERM\n", "15"],
  ...["SIGRTMIN+31", "SIGRTMAX-31", "SIGRTMIN-1", "SIGRTMAX+1"],
  ...["SIGRTMIN+", "SIGRTMAX-", "SIGRTMIN+1.5", "SIGRTMIN+3\n", "RTMIN+3"],
  "constructor",
];

Deno.test("signalNumber() refuses a name that no signal has", () => {
  for (const name of NO_SIGNALS) {
    assertThrows(
      () => signalNumber(name),
      TypeError,
      `Cannot find a signal named "${name}"`,
    );
  }
});

Deno.test("Signal takes Deno's names and real-time ones, and no others", () => {
  const signals = [
    "SIGTERM",
    "SIGKILL",
    "SIGRTMIN+3",
    "SIGRTMAX-1",
  ] satisfies Signal[];
  signals satisfies string[];
  // @ts-expect-error A name has its SIG.
  "TERM" satisfies Signal;
  // @ts-expect-error Real-time signals are counted up from SIGRTMIN.
  "SIGRTMIN-1" satisfies Signal;
  // @ts-expect-error A number is not a name.
  15 satisfies Signal;
  // Every signal of Deno's is one, and one that is not in Deno's type is not.
  ("SIGINT" satisfies Deno.Signal) satisfies Signal;
  assertEquals(signals.map(signalNumber), [15, 9, 37, 63]);
});
