import { assert, assertEquals, assertMatch } from "@std/assert";
import { run, testWith } from "@procctl/testing";
import { perfEvents, PROCCTL, procctl } from "./_testing.ts";

const ENV = { PATH: "/usr/bin:/bin", LC_ALL: "C" };

testWith("procctl trace --observe writes calls with numbers and names", [
  perfEvents,
], () => {
  const script = "/bin/true; read line <&0; exec cat /nowhere 2>/dev/null";
  const { code, stderr } = procctl(
    ["trace", "--observe", "-f", "-T", "sh", "-c", script],
    { env: ENV },
  );
  assertEquals(code, 1);
  assertMatch(
    stderr,
    /^<\.\.\. execve resumed>\) += 0 \(\/usr\/bin\/sh|^<\.\.\. execve resumed>\) += 0 \(\/bin\/sh/,
  );
  assertMatch(
    stderr,
    /openat\(AT_FDCWD, 0x[\da-f]+, O_RDONLY\|O_CLOEXEC\) += 3 <\d+\.\d{6}>$/m,
  );
  assertMatch(stderr, /execve.*\) += 0 \(\/bin\/true\) <\d\.\d{6}>$/m);
  assertMatch(
    stderr,
    /openat\(.*\) += -1 ENOENT \(No such file or directory\)/,
  );
  assertMatch(stderr, /exit_group\(1\) += \?\n\+\+\+ ended \+\+\+\n$/);
  assertEquals(stderr.match(/\+\+\+ ended/g)?.length, 2);
  const one = procctl(
    [
      "trace",
      "--observe",
      "-e",
      "execve,exit_group",
      "sh",
      "-c",
      "/bin/true; exit",
    ],
    { env: ENV },
  );
  assertMatch(
    one.stderr,
    /^<\.\.\. execve resumed>.*\nexit_group\(0\) += \?\n\+\+\+ ended \+\+\+\n$/,
  );
});

testWith("procctl trace --observe tells when calls were made", [
  perfEvents,
], () => {
  const before = Date.now() / 1000;
  const { stderr } = procctl(
    [
      "trace",
      "--observe",
      "-ttt",
      "-qq",
      "-e",
      "clock_nanosleep",
      "sleep",
      "0.2",
    ],
  );
  const after = Date.now() / 1000;
  const time = Number(/^(\d+\.\d{6}) clock_nanosleep\(/m.exec(stderr)?.[1]);
  // It was then, and not when it was told.
  assert(time >= before && time <= after - 0.2, stderr);
});

testWith("procctl trace says how many events were lost", [perfEvents], () => {
  // While it is stopped more is done than the rings of all processors hold.
  const { stderr, stdout } = run([
    "sh",
    "-c",
    `cd "$(mktemp -d)" && trap 'rm -r "$PWD"' EXIT
     "$@" trace -c -o counts sh -c 'echo >ready
       until [ -e go ]; do sleep 0.02; done
       dd if=/dev/zero of=/dev/null bs=1 count=1000000 status=none
       echo >done
       until [ -e end ]; do sleep 0.02; done' & tracer=$!
     until [ -e ready ]; do sleep 0.02; done
     kill -STOP $tracer; echo >go
     until [ -e done ]; do sleep 0.1; done
     kill -CONT $tracer
     # Before Linux 6.0 a loss is told by what comes after it.
     sleep 1; echo >end
     wait $tracer; echo $?`,
    "sh",
    ...PROCCTL,
  ]);
  assertEquals(stdout, "0\n");
  assertMatch(
    stderr,
    /^procctl: \d{3,} events were lost: they came too fast\n$/,
  );
});

testWith("procctl trace -c -p observes a process until it is interrupted", [
  perfEvents,
], () => {
  const { stderr, stdout } = run([
    "sh",
    "-c",
    `cd "$(mktemp -d)" && trap 'rm -r "$PWD"' EXIT
     sh -c 'while :; do echo; sleep 0.02; done' >/dev/null & pid=$!
     "$@" trace -c -p $pid 2>counts & tracer=$!
     sleep 0.2; until grep -q perf_event /proc/$tracer/maps; do sleep 0.02; done
     sleep 0.3; kill -INT $tracer; wait $tracer; echo $?
     kill $pid && cat counts >&2`,
    "sh",
    ...PROCCTL,
  ]);
  assertEquals(stdout, "130\n", stderr);
  assertMatch(stderr, /^ +\S+ +\S+ +\d+ +\d+ +write$/m);
  assertMatch(stderr, /Engine: observe\nprocctl: Process \d+ detached\n$/);
});

testWith(
  "procctl trace -c hands a signal on, and does not wait for what comes of it",
  [
    perfEvents,
  ],
  () => {
    const { stdout, stderr } = run([
      "sh",
      "-c",
      `cd "$(mktemp -d)" && trap 'rm -r "$PWD"' EXIT
     "$@" trace -c sh -c 'trap "until [ -e end ]; do sleep 0.05; done; echo ended; echo >gone; exit 4" TERM
       echo >ready; while :; do sleep 0.05; done' & tracer=$!
     until [ -e ready ]; do sleep 0.02; done
     kill -TERM $tracer; wait $tracer; echo $?; echo >end
     until [ -e gone ]; do sleep 0.02; done`,
      "sh",
      ...PROCCTL,
    ]);
    assertEquals(stdout, "143\nended\n", stderr);
    assertMatch(stderr, /Engine: observe\nprocctl: Process \d+ detached\n$/);
  },
);

testWith("procctl trace -c lets a command ignore what the tool was to ignore", [
  perfEvents,
], () => {
  const { code, stderr } = run([
    ...["sh", "-c", 'trap "" HUP; exec "$@"', "sh", ...PROCCTL],
    ...["trace", "-c", "sh", "-c", "kill -HUP $$; exit 7"],
  ]);
  assertEquals(code, 7, stderr);
});

testWith(
  "procctl trace -c without -f ends with the process, not with what that made",
  [
    perfEvents,
  ],
  () => {
    const { stdout, stderr } = run([
      "sh",
      "-c",
      `cd "$(mktemp -d)" && trap 'rm -r "$PWD"' EXIT
     "$@" trace -c sh -c '(until [ -e end ]; do sleep 0.05; done) >/dev/null 2>&1 & exit 3'
     echo $?; echo >end; sleep 0.2`,
      "sh",
      ...PROCCTL,
    ]);
    assertEquals(stdout, "3\n");
    assertMatch(stderr, /Engine: observe\n$/);
  },
);
