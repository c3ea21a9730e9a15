import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readFile, SystemError } from "@procctl/libc";
import {
  type Need,
  ordinaryUser,
  root,
  runDeno,
  sleeper,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { compile, Tracee } from "./_testing.ts";

/** The test knows the kernel's own tasks by their numbers. */
const kernelTasks: Need = () => {
  try {
    const comm = new TextDecoder().decode(readFile("/proc/2/comm"));
    if (comm === "kthreadd\n") return undefined;
  } catch {
    // Not of this process namespace.
  }
  return "needs to see the kernel's tasks";
};

/** Asserts that a request fails, and what the message says after the task. */
function assertFails(request: () => void, message: string): void {
  assertStringIncludes(assertThrows(request, SystemError).message, message);
}

Deno.test("ESRCH is explained: there is no such task", () => {
  const gone = 2 ** 31 - 1;
  const message = `task ${gone}: there is no such task: ESRCH`;
  assertFails(() => ptrace.seize(gone), message);
  assertFails(() => ptrace.cont(gone), message);
});

Deno.test("ESRCH is explained: nobody traces it", () => {
  assertFails(() => ptrace.getregs(1), "task 1: it is not traced: ESRCH");
});

Deno.test("ESRCH is explained: it is not stopped", () => {
  using child = new Tracee(["/bin/sleep", "20"]);
  ptrace.cont(child.pid);
  const error = assertThrows(() => ptrace.getregs(child.pid), SystemError);
  assertStringIncludes(error.message, "it is not stopped, its state is ");
  assertEquals([error.code, error.syscall], ["ESRCH", "ptrace"]);
});

Deno.test("ESRCH is explained: it has ended", () => {
  using child = new Tracee(["/bin/true"]);
  ptrace.cont(child.pid);
  for (;;) {
    const error = assertThrows(() => ptrace.cont(child.pid), SystemError);
    if (error.message.includes("it has ended: ESRCH")) break;
    assertStringIncludes(error.message, "it is not stopped");
  }
});

Deno.test("ESRCH and EPERM are explained: another program traces it", () => {
  using child = new Tracee(["/bin/sleep", "20"]);
  const { stdout } = runDeno(`
    import * as ptrace from "@procctl/ptrace/requests";

    for (const request of [ptrace.cont, ptrace.seize]) {
      try {
        request(${child.pid});
      } catch (error) {
        console.log(error.message.replace(/thread \\d+/, "thread N"));
      }
    }
  `);
  assertEquals(
    stdout,
    `Cannot request PTRACE_CONT of task ${child.pid}: thread N of another program traces it: ESRCH
Cannot request PTRACE_SEIZE of task ${child.pid}: thread N traces it already: EPERM
`,
  );
});

Deno.test("a request from another thread says that it is from another thread", () => {
  using folder = new TemporaryFolder();
  const worker = folder.write(
    "worker.mjs",
    `
    import * as ptrace from "@procctl/ptrace/requests";

    self.onmessage = ({ data }) => {
      try {
        ptrace.getsiginfo(data);
      } catch (error) {
        self.postMessage(error.message);
      }
    };
  `,
  );
  const { stdout } = runDeno(
    `
    import * as ptrace from "@procctl/ptrace/requests";

    const pid = ptrace.startTraced(["/bin/sleep", "20"]);
    const worker = new Worker("file://${worker}", { type: "module" });
    worker.onmessage = ({ data }) => {
      console.log(data.replace(pid, "PID").replaceAll(/\\d+/g, "N"));
      worker.terminate();
    };
    worker.postMessage(pid);
  `,
    { flags: ["--allow-ffi", "--allow-read"] },
  );
  assertEquals(
    stdout,
    "Cannot request PTRACE_GETSIGINFO of task PID: thread N of this program traces it, and only that thread may make requests: this is thread N: ESRCH\n",
  );
});

Deno.test("EPERM is explained: it is of this program", () => {
  assertFails(
    () => ptrace.seize(Deno.pid),
    `task ${Deno.pid}: it is a thread of this program: EPERM`,
  );
});

testWith("EPERM is explained: it is the kernel's own", [kernelTasks], () => {
  assertFails(
    () => ptrace.attach(2),
    "Cannot request PTRACE_ATTACH of task 2: it is the kernel's own: EPERM",
  );
});

testWith("EPERM is explained: it is another user's", [root], () => {
  const { stdout } = runDeno(`
    import * as ptrace from "@procctl/ptrace/requests";
    import { becomeUser } from "@procctl/testing";

    becomeUser();
    const memory = () => new ptrace.ProcessMemory(1);
    const bytes = new Uint8Array(1);
    const read = () => ptrace.processVmRead(1, 0, bytes);
    for (const action of [() => ptrace.seize(1), memory, read]) {
      try {
        action();
      } catch (error) {
        console.log(error.message);
      }
    }
  `);
  const reason =
    "user 0 runs it, this process is of user 65534, and this process does not have CAP_SYS_PTRACE";
  assertEquals(
    stdout,
    `Cannot request PTRACE_SEIZE of task 1: ${reason}: EPERM
Cannot open "/proc/1/mem": ${reason}: EACCES
Cannot read memory of task 1 at 0x0: ${reason}: EPERM
`,
  );
});

testWith(
  "EPERM is explained: it does not let itself be looked into",
  [root, tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    folder.chmod("", 0o755);
    const program = compile(
      folder,
      `
      #include <sys/prctl.h>
      #include <unistd.h>
      int main(void) {
        prctl(PR_SET_DUMPABLE, 0);
        write(1, "x", 1);
        pause();
      }
    `,
    );
    const { stdout } = runDeno(`
      import * as ptrace from "@procctl/ptrace/requests";
      import { spawn } from "@procctl/spawn";
      import { becomeUser } from "@procctl/testing";

      becomeUser();
      const child = spawn(${JSON.stringify(program)}, { stdout: "piped" });
      await child.stdout.getReader().read();
      try {
        ptrace.seize(child.pid);
      } catch (error) {
        console.log(error.message.replace(child.pid, "PID"));
      }
      child.kill("SIGKILL");
      await child.status;
    `);
    assertEquals(
      stdout,
      "Cannot request PTRACE_SEIZE of task PID: it does not let itself be looked into (PR_SET_DUMPABLE), and this process does not have CAP_SYS_PTRACE: EPERM\n",
    );
  },
);

testWith(
  "EACCES is explained: its tracer may not look into what it may not read",
  [ordinaryUser],
  () => {
    using folder = new TemporaryFolder();
    const program = folder.write("sleeper", sleeper(), 0o111);
    using child = new Tracee([program]);
    assertThrows(
      () => new ptrace.ProcessMemory(child.pid),
      SystemError,
      `Cannot open "/proc/${child.pid}/mem": it does not let itself be looked into (PR_SET_DUMPABLE), and this process does not have CAP_SYS_PTRACE: EACCES`,
    );
  },
);

Deno.test("options that there are not are EIO, and said to be", () => {
  using child = new Tracee(["/bin/sleep", "20"]);
  ptrace.detach(child.pid);
  assertFails(
    () => ptrace.seize(child.pid, 1 << 30),
    `Cannot request PTRACE_SEIZE of task ${child.pid}: there are no such options: EIO`,
  );
});
