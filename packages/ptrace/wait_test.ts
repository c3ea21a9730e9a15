import { assert, assertEquals, assertThrows } from "@std/assert";
import { SystemError } from "@procctl/libc";
import { ChildProgram } from "@procctl/spawn/child-program";
import { exec } from "@procctl/spawn/steps";
import {
  run,
  runDeno,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { compile, Tracee } from "./_testing.ts";

testWith(
  "decodeWaitStatus() says what the macros of C say",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const program = compile(
      folder,
      `
      #include <stdio.h>
      #include <sys/wait.h>
      int main(void) {
        for (int i = 0; i <= 0xffff; i++) {
          if (WIFEXITED(i)) printf("exited %d\\n", WEXITSTATUS(i));
          else if (WIFCONTINUED(i)) printf("continued\\n");
          else if (WIFSTOPPED(i)) printf("stopped %d\\n", WSTOPSIG(i));
          else if (WIFSIGNALED(i)) printf("signaled %d %d\\n", WTERMSIG(i), WCOREDUMP(i) ? 1 : 0);
          else printf("none\\n");
        }
      }
    `,
    );
    const lines = run([program]).stdout.split("\n");
    for (let status = 0; status <= 0xffff; status++) {
      // The kernel makes only these: an exit, a death by a signal, a stop.
      const isStop = (status & 0xff) === 0x7f || status === 0xffff;
      if ((status & 0xff) !== 0 && !isStop && status > 0xff) continue;
      if (status === 0x80) continue;
      if (lines[status] === "none") continue;
      const decoded = ptrace.decodeWaitStatus(7, status);
      assertEquals(decoded.kind === "still-alive" ? -1 : decoded.pid, 7);
      assertEquals(inWords(decoded), lines[status], `0x${status.toString(16)}`);
    }
  },
);

function inWords(status: ptrace.WaitStatus): string {
  switch (status.kind) {
    case "exited":
      return `exited ${status.code}`;
    case "signaled":
      return `signaled ${status.signal} ${Number(status.coreDumped)}`;
    case "stopped":
      return `stopped ${status.signal}`;
    case "syscall-stop":
      return `stopped ${5 | 0x80}`;
    default:
      return status.kind;
  }
}

Deno.test("decodeWaitStatus() tells the stops of ptrace apart", () => {
  const pid = 7;
  assertEquals(ptrace.decodeWaitStatus(pid, 0x857f), {
    ...{ kind: "syscall-stop", pid },
  });
  assertEquals(ptrace.decodeWaitStatus(pid, 0x4057f), {
    ...{ kind: "event", pid, event: ptrace.PTRACE_EVENT_EXEC, signal: 5 },
  });
  assertEquals(ptrace.decodeWaitStatus(pid, 0x80137f), {
    ...{ kind: "event", pid, event: ptrace.PTRACE_EVENT_STOP, signal: 19 },
  });
});

Deno.test("waitFor() tells exits, deaths and what goes on", () => {
  const ends = {
    "exit 3": { kind: "exited", code: 3 },
    "kill -KILL $$": { kind: "signaled", signal: 9, coreDumped: false },
  } as const;
  for (const [script, end] of Object.entries(ends)) {
    using child = new Tracee(["/bin/sh", "-c", script]);
    assertEquals(ptrace.waitFor(child.pid, ptrace.WNOHANG), {
      ...{ kind: "still-alive", pid: child.pid },
    });
    assertEquals(child.next(), { ...end, pid: child.pid } as ptrace.WaitStatus);
    assertThrows(
      () => ptrace.waitFor(child.pid),
      SystemError,
      `Cannot wait for task ${child.pid}: No child processes: ECHILD`,
    );
  }
});

Deno.test("waitFor() tells of stops and continuations of children that are not traced", () => {
  const { pid } = new ChildProgram()
    .add(exec("/bin/sh", ["sh", "-c", "kill -STOP $$; exec sleep 20"]))
    .start();
  const kill = (signal: string) =>
    run(["/bin/kill", `-${signal}`, String(pid)]);
  const options = ptrace.WUNTRACED | ptrace.WCONTINUED;
  assertEquals(ptrace.waitFor(pid, options), {
    ...{ kind: "stopped", pid, signal: 19 },
  });
  kill("CONT");
  assertEquals(ptrace.waitFor(pid, options), { kind: "continued", pid });
  kill("TERM");
  assertEquals(ptrace.waitFor(pid), {
    ...{ kind: "signaled", pid, signal: 15, coreDumped: false },
  });
});

Deno.test("waitFor() refuses to wait for any child", () => {
  for (const pid of [-1, 0, -5, 1.5]) {
    assertThrows(() => ptrace.waitFor(pid), RangeError, `Cannot use ${pid}`);
  }
});

Deno.test("waitForAny() waits for all of several tracees", () => {
  using one = new Tracee(["/bin/sh", "-c", "exit 1"]);
  using two = new Tracee(["/bin/sh", "-c", "sleep 0.05; exit 2"]);
  using three = new Tracee(["/bin/sh", "-c", "kill -TERM $$"]);
  const pids = new Set([one.pid, two.pid, three.pid]);
  for (const pid of pids) ptrace.cont(pid);
  const seen = new Map<number, string>();
  while (pids.size > 0) {
    const status = ptrace.waitForAny(pids);
    // What another test of this thread traced may end only now.
    if (!pids.has(status.pid)) continue;
    seen.set(status.pid, status.kind);
    if (status.kind === "stopped") {
      ptrace.cont(status.pid, status.signal === 17 ? 17 : 15);
    } else pids.delete(status.pid);
  }
  assertEquals([...seen.values()].sort(), ["exited", "exited", "signaled"]);
});

Deno.test("waitForAny() reports new tasks before anybody told of them", () => {
  using parent = new Tracee(["/bin/sh", "-c", "/bin/true & wait"], {
    options: ptrace.PTRACE_O_TRACEFORK,
  });
  using other = new Tracee(["/bin/sleep", "20"]);
  const pids = new Set([parent.pid, other.pid]);
  ptrace.cont(parent.pid);
  const unknown = new Set<number>();
  let made = 0;
  let ended = false;
  while (!ended) {
    const status = ptrace.waitForAny(pids);
    ended = status.kind === "exited" && status.pid === parent.pid;
    if (!pids.has(status.pid)) unknown.add(status.pid);
    if (status.kind === "event") {
      if (status.pid === parent.pid) made = ptrace.geteventmsg(status.pid);
      ptrace.cont(status.pid);
    }
    if (status.kind === "stopped") ptrace.cont(status.pid, status.signal);
  }
  assert(unknown.has(made));
});

Deno.test("waitForAny() takes nothing from a child of Deno.Command or of spawn(), ended or stopped", () => {
  const { stdout } = runDeno(
    `
    import * as ptrace from "@procctl/ptrace/requests";
    import { spawn } from "@procctl/spawn";

    const command = () => new Deno.Command("sh", { args: ["-c", "exit 7"] }).spawn();
    const children = Array.from({ length: 10 }, (_, i) =>
      i % 2 === 0 ? command() : spawn("sh", { args: ["-c", "exit 7"] }));
    const stopped = spawn("sh", { args: ["-c", "kill -STOP $$; exit 7"] });
    const pids = new Set([1, 2, 3].map((code) =>
      ptrace.startTraced(["/bin/sh", "-c", \`sleep 0.1; exit \${code}\`])));
    for (const pid of pids) ptrace.cont(pid);
    const codes = [];
    while (pids.size > 0) {
      const status = ptrace.waitForAny(pids);
      if (status.kind === "stopped") ptrace.cont(status.pid, status.signal);
      if (status.kind !== "exited") continue;
      pids.delete(status.pid);
      codes.push(status.code);
    }
    console.log(codes.sort().join(" "));
    stopped.kill("SIGCONT");
    const ends = await Promise.all([...children, stopped].map((it) => it.status));
    console.log(ends.map(({ code }) => code).join(" "));
  `,
    { flags: ["--allow-ffi", "--allow-run"] },
  );
  assertEquals(stdout, `1 2 3\n${Array(11).fill(7).join(" ")}\n`);
});

Deno.test("waitForAny() fails with ECHILD when there are none left", () => {
  using one = new Tracee(["/bin/true"]);
  using two = new Tracee(["/bin/true"]);
  const pids = new Set([one.pid, two.pid]);
  assertEquals([one.next().kind, two.next().kind], ["exited", "exited"]);
  assertThrows(() => ptrace.waitForAny(pids), SystemError, "ECHILD");
  assertThrows(
    () => ptrace.waitForAny(new Set([one.pid])),
    SystemError,
    "ECHILD",
  );
});
