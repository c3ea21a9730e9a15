import { assertEquals } from "@std/assert";
import { readFile } from "@procctl/libc";
import {
  converse,
  run,
  TemporaryFolder,
  testWith,
  tool,
  type Turn,
} from "@procctl/testing";
import { CENSOR, censor, compile } from "./_testing.ts";

Deno.test("censor ends as the program did, by its status or by its signal", () => {
  assertEquals(censor("x", ["sh", "-c", "exit 3"]).code, 3);
  for (const signal of ["SIGTERM", "SIGKILL", "SIGSEGV", "SIGINT", "SIGPIPE"]) {
    const script = `kill -${signal.slice(3)} $$; sleep 10`;
    assertEquals(censor("x", ["sh", "-c", script]).signal, signal);
  }
});

Deno.test("censor delivers signals to handlers, and leaves others ignored or blocked", () => {
  const script = `
    trap 'echo a secret' USR1
    trap '' TERM
    kill -TERM $$
    kill -USR1 $$
    kill -URG $$
    kill -CONT $$
    exit 4`;
  const { code, stdout } = censor("secret", ["sh", "-c", script]);
  assertEquals([code, stdout], [4, "a ******\n"]);
});

Deno.test("censor waits for what a program leaves behind, and ends as the first did", () => {
  const script = "(sleep 0.2; echo a late secret) & exit 6";
  const { code, stdout } = censor("secret", ["sh", "-c", script]);
  assertEquals([code, stdout], [6, "a late ******\n"]);
});

testWith(
  "censor lets a process be stopped, and its parent see that, until SIGCONT",
  [tool("gcc")],
  () => {
    using folder = new TemporaryFolder();
    const program = compile(
      folder,
      `int main(void) {
        int status, fds[2];
        char byte;
        CHECK(pipe(fds) == 0);
        int child = fork();
        if (child == 0) {
          close(fds[1]);
          raise(SIGSTOP);
          write(1, text, 16);
          read(fds[0], &byte, 1);
          _exit(5);
        }
        CHECK(waitpid(child, &status, WUNTRACED) == child && status == 0x137f);
        usleep(50000);
        CHECK(waitpid(child, &status, WUNTRACED | WNOHANG) == 0);
        kill(child, SIGCONT);
        CHECK(waitpid(child, &status, WCONTINUED) == child && status == 0xffff);
        close(fds[1]);
        CHECK(waitpid(child, &status, 0) == child && status == 0x500);
        _exit(0);
      }`,
    );
    const { code, stdout } = censor("secret", [program]);
    assertEquals([code, stdout], [0, "the ****** word\n"]);
  },
);

Deno.test("censor passes on what is sent to it, and the program answers", () => {
  for (const signal of ["TERM", "HUP", "USR1", "USR2"]) {
    const traced =
      `trap 'echo a secret; exit 5' ${signal}; echo up; while :; do sleep 0.01; done`;
    const script = `
      "$@" &
      until [ -s "$OUT" ]; do sleep 0.01; done
      kill -${signal} $!
      wait $!`;
    using folder = new TemporaryFolder();
    const out = folder.join("out");
    const { code } = run([
      ...[
        "env",
        `OUT=${out}`,
        "sh",
        "-c",
        `${script.replace("&", '>"$OUT" &')}`,
      ],
      ...["sh", ...CENSOR, "secret", "--", "sh", "-c", traced],
    ]);
    const printed = new TextDecoder().decode(readFile(out));
    assertEquals([code, printed], [5, "up\na ******\n"], signal);
  }
});

Deno.test("censor is stopped when its program is, and SIGCONT to it is for both", () => {
  const script = `
    "$@" &
    until grep -q '^State:.T' /proc/$!/status; do sleep 0.01; done
    echo stopped
    kill -CONT $!
    wait $!`;
  const { code, stdout } = run([
    ...["sh", "-c", script, "sh", ...CENSOR, "goes", "--"],
    ...["sh", "-c", "kill -STOP $$; echo goes on; exit 3"],
  ]);
  assertEquals([code, stdout], [3, "stopped\n**** on\n"]);
});

Deno.test("censor takes the program with it when it is killed", () => {
  using folder = new TemporaryFolder();
  const out = folder.join("out");
  const script = `
    "$@" >"$OUT" &
    until [ -s "$OUT" ]; do sleep 0.01; done
    kill -KILL $!
    wait $!
    # One that nobody waits for is a zombie.
    while grep -q '^State:.[^ZX]' /proc/$(cat "$OUT")/status 2>"$OUT.error"; do sleep 0.01; done
    exit 3`;
  const { code } = run([
    ...["env", `OUT=${out}`, "sh", "-c", script, "sh", ...CENSOR],
    ...["secret", "--", "sh", "-c", "trap '' HUP; echo $$; sleep 20; sleep 20"],
  ]);
  assertEquals(code, 3);
});

/**
 * Runs a program in an interactive shell, with and without the censor. Returns
 * what the shell printed as statuses, which is typed as `echo st''atus`, so that no
 * turn takes the echo of what is typed for an answer.
 */
function converseTwice(
  program: string,
  turns: readonly Turn[],
  suffix = "",
): string[] {
  using folder = new TemporaryFolder();
  folder.write("program", `#!/bin/sh\n${program}`, 0o755);
  const argv = CENSOR.map((it) => `'${it}'`).join(" ");
  folder.write("traced", `#!/bin/sh\nexec ${argv} secret ./program\n`, 0o755);
  return ["./traced", "./program"].map((command) => {
    const { code, shown } = converse(
      ["sh", "-i"],
      [
        ["$ ", `PS1='sh''ell '\n`],
        ["shell ", `${command}${suffix}\n`],
        ...turns,
      ],
      {
        cwd: folder.path,
        env: { PATH: "/usr/bin:/bin", PS1: "$ ", ENV: "", HOME: folder.path },
      },
    );
    const statuses = [...shown.matchAll(/status \d+/g)].map(([it]) => it);
    return `${statuses.join(", ")}, ended with ${code}`;
  });
}

const NEEDS = [tool("setsid")];

testWith(
  "Ctrl-C interrupts the program, or does what the program does then",
  NEEDS,
  () => {
    const asked: Turn[] = [
      ["shell ", "echo st''atus $?\n"],
      ["status ", "exit 9\n"],
    ];
    const interrupt: Turn = ["ready", "\x03"];
    const dies = converseTwice("echo ready; read line", [interrupt, ...asked]);
    assertEquals(dies, Array(2).fill("status 130, ended with 9"));
    const handles = converseTwice(
      "trap 'exit 3' INT; echo ready; read line",
      [interrupt, ...asked],
    );
    assertEquals(handles, Array(2).fill("status 3, ended with 9"));
    const ignores = converseTwice(
      "trap '' INT; echo ready; read line; exit 4",
      [interrupt, ["^C", "\n"], ...asked],
    );
    assertEquals(ignores, Array(2).fill("status 4, ended with 9"));
  },
);

testWith("Ctrl-Z stops the program, and fg and bg let it go on", NEEDS, () => {
  const [traced, untraced] = converseTwice(
    "echo ready; read line; echo got $line; while :; do :; done",
    [
      ["ready", "\x1a"],
      ["shell ", "echo st''atus $?\n"],
      ["status ", "fg\n"],
      ["./", "hello\n"],
      ["got hello", "\x1a"],
      ["shell ", "echo st''atus $?\n"],
      ["status ", "bg\n"],
      ["shell ", "kill %1; wait %1; echo st''atus $?\n"],
      ["status ", "exit 9\n"],
    ],
  );
  assertEquals(untraced, "status 148, status 148, status 143, ended with 9");
  assertEquals(traced, untraced);
});

testWith("Ctrl-Z does to the program what the program does then", NEEDS, () => {
  const ends = converseTwice(
    "trap 'echo caught' TSTP; echo ready; while :; do read line && break; done; exit 7",
    [
      ["ready", "\x1a"],
      ["caught", "\n"],
      ["shell ", "echo st''atus $?\n"],
      ["status ", "exit 9\n"],
    ],
  );
  assertEquals(ends, Array(2).fill("status 7, ended with 9"));
});

testWith("Ctrl-Z does not stop censor while the program goes on", NEEDS, () => {
  const ends = converseTwice(
    `/bin/true
    (while :; do :; done) &
    trap 'echo caught' TSTP
    echo ready
    while :; do read line && break; done
    kill -KILL $!
    exit 7`,
    [
      ["ready", "\x1a"],
      ["caught", "\n"],
      ["shell ", "echo st''atus $?\n"],
      ["status ", "exit 9\n"],
    ],
  );
  assertEquals(ends, Array(2).fill("status 7, ended with 9"));
});

testWith(
  "Ctrl-Z stops a program with all that it has started",
  NEEDS,
  () => {
    const ends = converseTwice(
      "(while :; do :; done) & echo ready; (while :; do :; done); exit 5",
      [
        ["ready", "\x1a"],
        ["shell ", "echo st''atus $?\n"],
        ["status ", "kill -KILL %1; fg; echo st''atus $?\n"],
        ["status ", "exit 9\n"],
      ],
    );
    assertEquals(ends, Array(2).fill("status 148, status 137, ended with 9"));
  },
);

testWith(
  "a program in the background that reads the terminal is stopped",
  NEEDS,
  () => {
    const stopped = "jobs >jobs; grep -q Stopped jobs";
    const ends = converseTwice(
      "read line; echo got $line; exit 8",
      [
        ["shell ", `until ${stopped}; do sleep 0.1; done; echo st''atus $?\n`],
        ["status 0", "fg\n"],
        ["./", "hello\n"],
        ["got hello", "echo st''atus $?\n"],
        ["status ", "exit 9\n"],
      ],
      " &",
    );
    assertEquals(ends, Array(2).fill("status 0, status 8, ended with 9"));
  },
);
