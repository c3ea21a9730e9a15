import { assertEquals, assertThrows } from "@std/assert";
import { readFile, SystemError } from "@procctl/libc";
import { signalMask } from "@procctl/spawn/steps";
import { TemporaryFolder, testWith, tool } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { compile, Tracee } from "./_testing.ts";

Deno.test("getsiginfo() tells who sent a signal", () => {
  using child = new Tracee(["/bin/sh", "-c", "kill -USR1 $$"]);
  child.next();
  const info = new ptrace.Siginfo();
  assertEquals(ptrace.getsiginfo(child.pid, info), info);
  assertEquals([info.signo, info.code, info.pid], [10, 0, child.pid]);
});

testWith(
  "getsiginfo() tells what sigqueue() sent along, and setsiginfo() changes it",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const program = compile(
      folder,
      `
      #include <signal.h>
      #include <unistd.h>
      static volatile int value;
      static void handler(int signal, siginfo_t *info, void *context) {
        value = info->si_value.sival_int;
      }
      int main(void) {
        struct sigaction action = { .sa_sigaction = handler, .sa_flags = SA_SIGINFO };
        sigaction(SIGRTMIN + 3, &action, 0);
        sigqueue(getpid(), SIGRTMIN + 3, (union sigval){ .sival_int = 42 });
        return value;
      }
    `,
    );
    using child = new Tracee([program]);
    assertEquals(child.next(), { kind: "stopped", pid: child.pid, signal: 37 });
    const info = ptrace.getsiginfo(child.pid);
    assertEquals([info.signo, info.code, info.value], [37, -1, 42]);
    info.value = 7;
    ptrace.setsiginfo(child.pid, info);
    assertEquals(child.next(ptrace.cont, 37), {
      ...{ kind: "exited", pid: child.pid, code: 7 },
    });
  },
);

Deno.test("getsiginfo() fails in a group-stop, and says why", () => {
  using child = new Tracee(["/bin/sh", "-c", "kill -STOP $$"]);
  child.next();
  child.next(ptrace.cont, 19);
  // With seize a group-stop has a siginfo, of the stop itself.
  assertEquals(
    ptrace.getsiginfo(child.pid).code >> 8,
    ptrace.PTRACE_EVENT_STOP,
  );
});

Deno.test("peeksiginfo() reads signals that wait, and leaves them", () => {
  using child = new Tracee(
    ["/bin/sh", "-c", "kill -USR1 $$; kill -USR2 $$; kill -STOP $$"],
    { steps: [signalMask(["SIGUSR1", "SIGUSR2"])] },
  );
  assertEquals(child.next(), { kind: "stopped", pid: child.pid, signal: 19 });
  const signals = (options: ptrace.PeeksiginfoOptions) =>
    ptrace.peeksiginfo(child.pid, 5, options).map(({ signo }) => signo);
  for (let i = 0; i < 2; i++) assertEquals(signals({ shared: true }), [10, 12]);
  assertEquals(signals({ shared: true, offset: 1 }), [12]);
  assertEquals(signals({}), []);
  assertEquals(ptrace.peeksiginfo(child.pid, 1, { shared: true }).length, 1);
  for (const count of [0, -1, 1.5, 1025]) {
    assertThrows(() => ptrace.peeksiginfo(child.pid, count), RangeError);
  }
});

Deno.test("getsigmask() and setsigmask() are what a task blocks", () => {
  using folder = new TemporaryFolder();
  const stdout = folder.join("out");
  using child = new Tracee(
    ["/bin/grep", "SigBlk", "/proc/self/status"],
    { stdout, steps: [signalMask(["SIGHUP"])] },
  );
  assertEquals(ptrace.getsigmask(child.pid), 1n);
  ptrace.setsigmask(child.pid, 2n ** 63n + 2n ** 9n);
  assertEquals(ptrace.getsigmask(child.pid), 2n ** 63n + 2n ** 9n);
  child.next();
  const text = new TextDecoder().decode(readFile(stdout));
  assertEquals(text, "SigBlk:\t8000000000000200\n");
});

Deno.test("setsiginfo() is for the stops of a task of this thread", () => {
  assertThrows(
    () => ptrace.setsiginfo(Deno.pid, new ptrace.Siginfo()),
    SystemError,
    "it is not traced: ESRCH",
  );
});
