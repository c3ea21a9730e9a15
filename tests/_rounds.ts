/**
 * Operations to be made many times over, each of which leaves nothing. The
 * examples of the documentation are no use for that: some leave something, as
 * examples do, and some replace the process.
 *
 * @module
 */

import * as exec from "@procctl/exec";
import * as libc from "@procctl/libc";
import { Tracer } from "@procctl/ptrace";
import * as ptrace from "@procctl/ptrace/requests";
import * as rlimit from "@procctl/rlimit";
import * as shebang from "@procctl/shebang";
import * as spawn from "@procctl/spawn";
import { ChildProgram } from "@procctl/spawn/child-program";
import { spawnAtGate } from "@procctl/spawn/spawn-at-gate";
import * as steps from "@procctl/spawn/steps";
import * as syscalls from "@procctl/syscalls";

/** Makes a call that is to fail. */
function failing(call: () => unknown): () => void {
  return () => {
    try {
      call();
    } catch (error) {
      if (error instanceof libc.SystemError) return;
      throw error;
    }
    throw new Error("It did not fail");
  };
}

function traced(look: (pid: number) => void): () => void {
  return () => {
    const pid = ptrace.startTraced(["/bin/true"]);
    try {
      look(pid);
    } finally {
      ptrace.kill(pid);
      ptrace.waitFor(pid);
    }
  };
}

const program = () => new ChildProgram().add(steps.exec("/bin/true", ["true"]));

/** Each operation, by its name. */
export const OPERATIONS: Record<string, () => unknown> = {
  "readFile()": () => libc.readFile("/proc/self/stat"),
  "readDirectory()": () => libc.readDirectory("/"),
  "environ()": () => libc.environ(),
  "an arena": () => {
    using arena = new libc.Arena();
    arena.cStringVector([new Uint8Array(100), new Uint8Array(100_000)]);
  },
  "getrlimit()": () => rlimit.getrlimit("core"),
  "getAllLimits()": () => rlimit.getAllLimits(),
  "withLimits()": () => rlimit.withLimits({ core: 0 }, () => 1),
  "parseShebang()": () =>
    shebang.parseShebang("#!/usr/bin/env -S node --test\n"),
  "formatArgument()": () => {
    const openat = syscalls.syscallSignature("openat")!;
    return syscalls.formatArgument(openat, 2, [0n, 0n, 0o101n, 0n]);
  },
  "execve() that fails": failing(() => exec.execve("/missing", ["x"], {})),
  "execvp() that fails": failing(() => exec.execvp("missing", ["x"])),
  "execveat() that fails": failing(() =>
    exec.execveat(exec.AT_FDCWD, "/missing", ["x"], {})
  ),
  "exec() that fails": failing(() =>
    exec.exec("/missing", {
      stdin: "null",
      cwd: "/",
      umask: 0o77,
      limits: { core: { soft: 0 } },
    })
  ),
  "explain()": () => exec.explain("/bin/sh"),
  "spawn()": async () => {
    await spawn.spawn("/bin/true").status;
  },
  "spawn() with pipes": async () => {
    await spawn.spawn("/bin/echo", { stdin: "piped", stdout: "piped" })
      .output();
  },
  "spawn() that fails": failing(() => spawn.spawn("/missing")),
  "run()": () => spawn.run("/bin/cat", { input: "text" }),
  "runSync()": () => spawn.runSync("/bin/cat", { input: "text" }),
  "runLimited()": () => spawn.runLimited("/bin/cat", { input: "text" }),
  "runLimited() at a limit": () =>
    spawn.runLimited("/bin/sleep", { args: ["60"], wall: 0.001 }),
  "runLimited() that ends daemons": () =>
    spawn.runLimited("/bin/sh", { args: ["-c", "sleep 60 &"] }),
  "runLimited() that fails": async () => {
    const failed = spawn.runLimited("/missing").catch((error) => error);
    if (!(await failed instanceof libc.SystemError)) throw await failed;
  },
  "a child program": () => program().run(),
  "a child at its gate": () => {
    using child = program().startAtGate();
    return child.pid;
  },
  "spawnAtGate()": () => {
    const { child, pipes } = spawnAtGate("/bin/true", { stdout: "piped" });
    child[Symbol.dispose]();
    for (const fd of pipes.values()) libc.closeFile(fd);
  },
  "startTraced()": traced(() => {}),
  "registers of a tracee": traced((pid) =>
    ptrace.setregs(pid, ptrace.getregs(pid))
  ),
  "memory of a tracee": traced((pid) => {
    using memory = new ptrace.ProcessMemory(pid);
    memory.read(ptrace.getregs(pid).stackPointer, 4096);
  }),
  "Tracer.spawn() to the end": async () => {
    for await (const _event of Tracer.spawn("/bin/true"));
  },
  "Tracer.spawn() that is given up": () => {
    for (const _event of Tracer.spawn("/bin/true")) break;
  },
  "a tracer that changes a call": () => {
    const options = { args: ["/missing"], stderr: "null" } as const;
    for (const event of Tracer.spawn("/bin/cat", options)) {
      if (event.kind !== "syscall-enter" || event.name !== "openat") continue;
      if (event.readString(event.args[1]!) === "/missing") {
        event.setString(1, "/dev/null");
      }
    }
  },
  "Tracer.attach()": () => {
    const child = spawn.spawn("/bin/sleep", { args: ["60"] });
    Tracer.attach(child.pid).detach();
    child.kill("SIGKILL");
    return child.status;
  },
  "a request that fails": failing(() => ptrace.getregs(2 ** 22)),
};
