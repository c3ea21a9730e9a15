import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { readFile } from "@procctl/libc/files";
import {
  type Finished,
  run,
  TemporaryFolder,
  testWith,
  tool,
} from "@procctl/testing";
import { PROCCTL, procctl } from "./_testing.ts";
import { readLog } from "./_testing_strace.ts";

/**
 * Plays a script, in which `trace` becomes `procctl trace`. What it attaches to
 * are children of the shell that becomes it: Yama may forbid others.
 */
function play(script: string): Finished {
  const quoted = PROCCTL.map((word) => `'${word}'`).join(" ");
  // A command of the background ends by SIGINT only if it asks for that.
  return run([
    "sh",
    "-c",
    `trace() { exec ${quoted} trace "$@"; }
     until_there() { until grep -qE "$1" "$2" 2>/dev/null; do sleep 0.02; done; }
     cd "$(mktemp -d)" || exit
     trap 'rm -r "$PWD"' EXIT
     ${script}`,
  ]);
}

Deno.test("procctl trace --attach shows what a process does, to its end", () => {
  const { code, stderr, stdout } = play(`
    mkfifo gate
    (sh -c 'read line <gate; exit 3' & trace -p $! 2>log) & tracer=$!
    until_there attached log
    echo go >gate
    wait $tracer; echo $?
    cat log >&2`);
  assertEquals([code, stdout], [0, "0\n"], stderr);
  assertMatch(stderr, /^procctl: Process \d+ attached\n/);
  assertMatch(stderr, /exit_group\(3\) += \?\n\+\+\+ exited with 3 \+\+\+\n$/);
});

Deno.test("procctl trace lets a process go when it is interrupted", () => {
  for (const signal of ["INT", "TERM", "HUP"]) {
    const { code, stderr, stdout } = play(`
      (sleep 30 & echo $! >pid; trace -p $! 2>log) & tracer=$!
      until_there "resuming|nanosleep" log
      pid=$(cat pid)
      kill -${signal} $tracer
      wait $tracer; echo $?
      grep TracerPid /proc/$pid/status
      kill $pid
      cat log >&2`);
    const status = { INT: 130, TERM: 143, HUP: 129 }[signal];
    assertEquals([code, stdout], [0, `${status}\nTracerPid:\t0\n`], stderr);
    assertMatch(
      stderr,
      /^procctl: Process (\d+) attached\n.*(?:procctl: Process \1 detached\n)? <detached \.\.\.>\n$/s,
    );
  }
});

testWith(
  "procctl trace -f --attach shows all threads, and several processes",
  [tool("python3")],
  () => {
    const program = `import threading, time
for _ in range(3): threading.Thread(target=time.sleep, args=(30,)).start()
open("ready", "w")
time.sleep(30)`;
    const { stdout, stderr } = play(`
      (python3 -c '${program}' & echo $! >pid
      until [ -e ready ]; do sleep 0.02; done
      sleep 30 & echo $! >other
      trace -f -p "$(cat pid),$!" 2>log) & tracer=$!
      until_there attached log
      pid=$(cat pid) other=$(cat other)
      until_there "$other. .*(resuming|nanosleep)" log
      for tid in $(ls /proc/$pid/task); do
        until_there "$tid. .*(resuming|nanosleep)" log
      done
      kill -INT $tracer
      wait $tracer
      grep -oE "attached( with . threads)?$" log
      grep -c "detached$" log
      kill -9 $pid $other`);
    assertEquals(
      stdout,
      "attached with 4 threads\nattached\n5\n",
      stderr,
    );
  },
);

Deno.test("procctl trace --attach says why it cannot", () => {
  const nobody = procctl(["trace", "-p", "2147483647"]);
  assertEquals([nobody.code, nobody.stdout], [1, ""]);
  assertStringIncludes(nobody.stderr, "there is no such task");
  const taken = play(`
    (sleep 30 & echo $! >pid; trace -p $! 2>log) & tracer=$!
    until_there attached log
    pid=$(cat pid)
    (trace -p $pid); echo $?
    kill -INT $tracer; kill $pid`);
  assertEquals(taken.stdout, "1\n");
  assertStringIncludes(taken.stderr, "traces it already");
});

Deno.test("procctl trace hands the signal on to a command that it has started", () => {
  const { stdout, stderr } = play(`
    trace -e none sh -c 'trap "echo ended; exit 4" TERM; echo >ready; while :; do sleep 0.05; done' 2>log & tracer=$!
    until [ -e ready ]; do sleep 0.02; done
    kill -TERM $tracer
    wait $tracer; echo $?
    sleep 0.3`);
  assertEquals(stdout.split("\n").sort(), ["", "143", "ended"], stderr);
});

Deno.test("procctl trace traces a command to its end if it writes to a file", () => {
  const { stdout, stderr } = play(`
    trace -o log sh -c 'echo >ready; sleep 0.3; exit 4' & tracer=$!
    until [ -e ready ]; do sleep 0.02; done
    kill -TERM $tracer; kill -INT $tracer
    wait $tracer; echo $?
    tail -n 1 log`);
  assertEquals(stdout, "4\n+++ exited with 4 +++\n", stderr);
});

for (
  const [options, log] of [["", "log"], ["-ff", "log.$pid"], ["--json", "log"]]
) {
  Deno.test(`procctl trace ${options} -o FILE has written what there is while a program sleeps`, () => {
    // As JSON a call is told at its end.
    const last = options === "--json" ? "bin/sleep" : "nanosleep";
    const { stdout, stderr } = play(`
      trace ${options} -o log sh -c 'echo $$ >pid; exec sleep 600' & tracer=$!
      until [ -s pid ]; do sleep 0.02; done
      pid=$(cat pid)
      until_there ${last} ${log}
      kill $pid
      wait $tracer; echo $?`);
    assertEquals(stdout, "143\n", stderr);
  });
}

Deno.test("procctl trace --attach -o FILE has written what there is while a program sleeps", () => {
  const { stdout, stderr } = play(`
    (sleep 600 & echo $! >pid; trace -o log -p $! 2>/dev/null) & tracer=$!
    until_there 'nanosleep|resuming' log
    kill -INT $tracer
    wait $tracer; echo $?
    kill $(cat pid)`);
  assertEquals(stdout, "130\n", stderr);
});

Deno.test("procctl trace -f uses a filter where not all calls are shown", () => {
  const seccomp = (...options: string[]) =>
    procctl(
      [
        "trace",
        ...options,
        "-o",
        "/dev/null",
        "grep",
        "^Seccomp:",
        "/proc/self/status",
      ],
    ).stdout;
  assertEquals(seccomp("-f", "-e", "openat"), "Seccomp:\t2\n");
  assertEquals(seccomp("-f", "-e", "openat", "--seccomp-bpf"), "Seccomp:\t2\n");
  assertEquals(seccomp("-e", "openat"), "Seccomp:\t0\n");
  assertEquals(seccomp("-f"), "Seccomp:\t0\n");
});

Deno.test("procctl trace tells the same with a filter as without", () => {
  using folder = new TemporaryFolder();
  const file = folder.join("log");
  const calls = ["-f", "-qq", "-e", "openat,execve", "-e", "signal=none"];
  const lines = (options: string[]) => {
    const argv = ["sh", "-c", "cat /etc/passwd | wc -l >/dev/null; exec true"];
    procctl(["trace", ...calls, ...options, "-o", file, ...argv], {
      env: { PATH: "/usr/bin:/bin" },
    });
    const tasks = readLog(new TextDecoder().decode(readFile(file)));
    return tasks.flat().sort();
  };
  // What is injected into all calls makes it stop at all of them.
  const whole = lines(["-e", "inject=all:delay_enter=0:when=1000000"]);
  assertEquals(lines([]), whole);
});
