import { assert, assertEquals, assertMatch } from "@std/assert";
import { readFile } from "@procctl/libc";
import { syscallName, syscallNumber } from "@procctl/syscalls";
import { run, TemporaryFolder, testWith, tool } from "@procctl/testing";
import * as ptrace from "@procctl/ptrace/requests";
import { compile, traceCalls, Tracee } from "./_testing.ts";
import { FOLLOW, of, traceTree } from "./_testing_tree.ts";

testWith(
  "the calls of a program are those that strace sees, from its first on",
  [tool("strace")],
  () => {
    using folder = new TemporaryFolder();
    const programs = [["/bin/true"], ["/bin/cat", "/etc/passwd"], [
      "/bin/ls",
      "/",
    ]];
    for (const argv of programs as [string, ...string[]][]) {
      const log = folder.join("log");
      const strace = ["strace", "-qq", "-o", log, ...argv];
      run(["sh", "-c", 'exec "$@" >/dev/null', "sh", ...strace]);
      const lines = new TextDecoder().decode(readFile(log)).trimEnd().split(
        "\n",
      );
      const names = lines.map((line) => /^\w+/.exec(line)![0]);
      using child = new Tracee(argv);
      const { calls } = traceCalls(child);
      // The exec is over when the first stop is seen.
      assertEquals(calls.map(({ nr }) => syscallName(nr)), names.slice(1));
    }
  },
);

testWith(
  "a fault is a signal with its address, and the end by that signal",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const source = "int main(void) { *(volatile int *)0x10 = 1; }";
    using child = new Tracee([compile(folder, source)]);
    assertEquals(child.next(), { kind: "stopped", pid: child.pid, signal: 11 });
    const { signo, code, address } = ptrace.getsiginfo(child.pid);
    const SEGV_MAPERR = 1;
    assertEquals([signo, code, address], [11, SEGV_MAPERR, 0x10n]);
    const end = child.next(ptrace.cont, 11);
    assertEquals(end.kind === "signaled" && end.signal, 11);
  },
);

Deno.test("a program that kills itself enters a call, and never leaves it", () => {
  using child = new Tracee(["/bin/sh", "-c", "kill -KILL $$"]);
  const { calls, end } = traceCalls(child);
  const { nr, rval } = calls.at(-1)!;
  assertEquals([syscallName(nr), rval], ["kill", undefined]);
  assertEquals(end.kind === "signaled" && end.signal, 9);
});

Deno.test("an exec that fails is the exit of a call, and no event", () => {
  const script = "exec 2>/dev/null; exec /nonexistent";
  using child = new Tracee(["/bin/sh", "-c", script], { options: FOLLOW });
  const seen = of(traceTree(child), child.pid);
  const ENOENT = 2;
  assert(seen.includes(`exit execve -${ENOENT}`));
  assertEquals([seen.includes("exec"), seen.at(-1)], [false, "exited 127"]);

  using folder = new TemporaryFolder();
  const file = folder.write("file", "", 0o644);
  using denied = new Tracee(
    ["/bin/sh", "-c", `exec 2>/dev/null; exec ${file}`],
    {
      options: FOLLOW,
    },
  );
  const EACCES = 13;
  assert(of(traceTree(denied), denied.pid).includes(`exit execve -${EACCES}`));
});

Deno.test("a script is one exec, of its interpreter", () => {
  using folder = new TemporaryFolder();
  const script = folder.write("script", "#!/bin/sh\nexit 3\n", 0o755);
  using child = new Tracee(["/bin/sh", "-c", `exec ${script}`], {
    options: FOLLOW,
  });
  const lines = of(traceTree(child), child.pid);
  assertEquals(lines.filter((what) => what === "exec").length, 1);
  const at = lines.indexOf("exec");
  assertEquals(lines.slice(at - 1, at + 2), [
    ...["enter execve", "exec", "exit execve 0"],
  ]);
  assertEquals(lines.at(-1), "exited 3");

  using direct = new Tracee([script]);
  const target = (path: string) => run(["readlink", "-f", path]).stdout;
  assertEquals(target(`/proc/${direct.pid}/exe`), target("/bin/sh"));
  const commandLine = new TextDecoder().decode(
    readFile(`/proc/${direct.pid}/cmdline`),
  );
  assertEquals(commandLine, `/bin/sh\0${script}\0`);
});

testWith(
  "numbers that no call has are seen as they are, and fail with ENOSYS",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const x32 = 0x40000000 + 39;
    const program = compile(
      folder,
      `
      #define _GNU_SOURCE
      #include <unistd.h>
      int main(void) { syscall(1000); syscall(-1); syscall(${x32}); }
    `,
    );
    using child = new Tracee([program]);
    const odd = traceCalls(child).calls.filter(({ nr }) =>
      nr < 0 || nr >= 1000
    );
    const ENOSYS = 38n;
    assertEquals(odd.map(({ nr, rval }) => [nr, rval]), [
      [1000, -ENOSYS],
      [-1, -ENOSYS],
      [x32, -ENOSYS],
    ]);
    assertEquals(odd.map(({ nr }) => syscallName(nr)), [
      ...["syscall_0x3e8", "syscall_0xffffffffffffffff", "syscall_0x40000027"],
    ]);
  },
);

testWith(
  "what a call is given is read up to the end of what is mapped",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const program = compile(
      folder,
      `
      #include <fcntl.h>
      #include <string.h>
      #include <sys/mman.h>
      #include <unistd.h>
      int main(void) {
        char *page = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        munmap(page + 4096, 4096);
        char *path = page + 4096 - sizeof "/dev/null";
        strcpy(path, "/dev/null");
        openat(AT_FDCWD, path, O_RDONLY);
        memcpy(page + 4096 - 9, "/dev/null", 9);
        openat(AT_FDCWD, page + 4096 - 9, O_RDONLY);
        write(1, page + 4096 - 6, 20);
      }
    `,
    );
    using child = new Tracee([program]);
    const { pid } = child;
    using memory = new ptrace.ProcessMemory(pid);
    const info = new ptrace.SyscallInfo();
    const decoder = new TextDecoder();
    const seen: string[] = [];
    let call = "";
    while (child.next(ptrace.syscall).kind === "syscall-stop") {
      ptrace.getSyscallInfo(pid, info);
      if (info.kind !== "entry") {
        if (call !== "") seen.push(`${call} ${info.rval}`);
        call = "";
      } else if (info.nr === syscallNumber("openat")) {
        const { bytes, end } = memory.readCString(info.args[1]!);
        call = `${decoder.decode(bytes)} ${end}`;
      } else if (info.nr === syscallNumber("write")) {
        const bytes = memory.read(info.args[1]!, info.argNumber(2));
        call = `write ${decoder.decode(bytes)}`;
      }
    }
    assertMatch(seen.at(-3)!, /^\/dev\/null nul \d+$/);
    const EFAULT = 14;
    assertEquals(seen.at(-2), `/dev/null unmapped -${EFAULT}`);
    // /dev/null takes what it does not look at.
    assertMatch(seen.at(-1)!, /^write v\/null (20|6|-14)$/);
  },
);
