// The NOTES of execve(2): limits on processes that were exceeded before, failures
// past the point of no return, vectors that are NULL, and the room for arguments.

import { assertEquals } from "@std/assert";
import {
  argvDumper,
  parseTextDump,
  root,
  run,
  runDeno,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { denoEnv } from "./_observer.ts";

testWith(
  "execve() fails with EAGAIN after a change to a user over RLIMIT_NPROC, and not once there is room",
  [root],
  () => {
    const { code, stdout, stderr } = runDeno(
      `
      import { execve } from "@procctl/exec";
      import { setrlimit } from "@procctl/rlimit";
      import { becomeUser } from "@procctl/testing";
      setrlimit("nproc", { soft: 1 });
      becomeUser(54321); // as whom each thread of Deno counts
      try {
        execve("/bin/echo", ["echo", "too early"], {});
      } catch ({ code, message }) {
        console.log(code, message);
      }
      setrlimit("nproc", { soft: 10_000 });
      execve("/bin/echo", ["echo", "done"], {});`,
      { env: denoEnv() },
    );
    assertEquals({ code, stderr }, { code: 0, stderr: "" });
    const [error, done] = stdout.split("\n");
    assertEquals(
      error?.startsWith('EAGAIN Cannot execute "/bin/echo": '),
      true,
    );
    assertEquals(done, "done");
  },
);

/**
 * Becomes another user, with a limit of one process, while that user has two
 * already; then does what its argument says, and executes.
 */
const OVER_THE_LIMIT = `
  #define _GNU_SOURCE
  #include <errno.h>
  #include <signal.h>
  #include <stdio.h>
  #include <string.h>
  #include <sys/prctl.h>
  #include <sys/resource.h>
  #include <sys/wait.h>
  #include <unistd.h>
  static void limit(int processes) {
    struct rlimit new = {processes, 1000};
    setrlimit(RLIMIT_NPROC, &new);
  }
  static int start(int user) {
    int ready[2];
    if (pipe(ready) != 0) return -1;
    int pid = fork();
    if (pid == 0) {
      if (setresuid(user, user, 0) != 0) _exit(1);
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      write(ready[1], "", 1);
      pause();
    }
    char byte;
    read(ready[0], &byte, 1);
    return pid;
  }
  static void end(int pid) {
    // Until it is waited for it counts.
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
  }
  int main(int argc, char *argv[]) {
    const char *what = argv[argc - 1];
    // Waits for the others too, and so leaves no zombie.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    if (fork() != 0) {
      while (wait(NULL) > 0);
      return 0;
    }
    int user = 1000000 + getpid();
    int others[] = {start(user), start(user)};
    limit(1);
    printf("setuid %d ", setresuid(user, user, 0));
    if (strcmp(what, "end") == 0) {
      end(others[0]);
      end(others[1]);
    }
    if (strcmp(what, "fork") == 0) {
      limit(100);
      int child = fork();
      if (child == 0) _exit(0);
      waitpid(child, NULL, 0);
      limit(1);
    }
    fflush(stdout);
    execl("/bin/echo", "echo", "executed", NULL);
    printf("%s\\n", strerrorname_np(errno));
  }`;

testWith(
  "set*uid() succeeds over RLIMIT_NPROC, and execve() succeeds once others have ended, or after a fork",
  [root, tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const program = folder.join("program");
    const source = folder.write("program.c", OVER_THE_LIMIT);
    assertEquals(run(["gcc", "-o", program, source]).stderr, "");
    const outputs = ["stay", "end", "fork"].map((what) =>
      run([program, what]).stdout
    );
    assertEquals(outputs, [
      "setuid 0 EAGAIN\n",
      "setuid 0 executed\n",
      "setuid 0 executed\n",
    ]);
  },
);

Deno.test("execve() that fails past the point of no return ends the process by SIGSEGV", () => {
  const { signal, stdout } = runDeno(
    `
    import { execve } from "@procctl/exec";
    import { setrlimit } from "@procctl/rlimit";
    setrlimit("stack", { soft: 4096 });
    try {
      execve("/bin/true", ["true", "x".repeat(3000)], {});
    } catch ({ code }) {
      console.log(code);
    }`,
    { env: denoEnv() },
  );
  assertEquals({ signal, stdout }, { signal: "SIGSEGV", stdout: "" });
});

Deno.test("the kernel takes NULL for an argv or envp without entries, and adds an empty argv[0]", () => {
  using folder = new TemporaryFolder();
  const dumper = folder.write("dumper", argvDumper(), 0o755);
  const dumps = ["0n, 0n", "0n, empty", "empty, 0n", "empty, empty"].map(
    (pointers) => {
      const { stdoutBytes } = runDeno(
        `
        import { Arena, encodeCString, lazySymbols } from "@procctl/libc";
        const { execve } = lazySymbols({
          execve: { parameters: ["buffer", "usize", "usize"], result: "i32" },
        });
        using arena = new Arena();
        const empty = arena.cStringVector([]);
        execve(encodeCString(Deno.args[0], "path"), ${pointers});`,
        { args: [dumper], env: denoEnv() },
      );
      return parseTextDump(stdoutBytes);
    },
  );
  // One dump, as from Linux 5.18 on there are no programs without an argv[0].
  assertEquals(dumps, Array(4).fill({ argv: [""], env: [], path: dumper }));
});
