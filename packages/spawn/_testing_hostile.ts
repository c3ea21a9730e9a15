/**
 * Programs that do what a command under limits should not do, and what is to be
 * told of them. None can do much harm if it is not stopped: each ends by itself
 * after a minute, and takes little of what the machine has.
 *
 * @module
 */

import { arch } from "@procctl/libc/library";
import { staticProgram } from "@procctl/testing";
import { syscallNumber } from "@procctl/syscalls/names";
import type { RunLimitedOptions, Verdict } from "./mod.ts";

/** A program that is hostile, or only looks so. */
export interface HostileProgram {
  /** What it is, as the subject of a sentence. */
  name: string;
  /** The language of its source. */
  language: "sh" | "perl";
  source: string;
  /** Under which limits it is run. */
  options?: RunLimitedOptions;
  /** What is to be told of it. */
  verdict: Verdict;
  /** How many processes at least it leaves behind. @default {0} */
  leaves?: number;
}

const exited = (code: number): Verdict => ({ kind: "exited", code });
const WALL: Verdict = { kind: "wall-limit", limit: "wall", certain: true };
const OUTPUT: Verdict = {
  kind: "output-limit",
  limit: "output",
  certain: true,
};
const CPU_TIME: Verdict = {
  kind: "cpu-limit",
  limit: "cpuTime",
  certain: true,
};
const MEMORY: Verdict = {
  kind: "memory-limit",
  limit: "memory",
  certain: true,
};
const PROCESSES: Verdict = {
  kind: "process-limit",
  limit: "processes",
  certain: true,
};
const FILE_SIZE: Verdict = {
  kind: "file-size-limit",
  limit: "fsize",
  certain: true,
};
const probably = (limit: "as" | "data" | "stack"): Verdict => ({
  kind: "memory-limit",
  limit,
  certain: false,
});

/** Makes a system call from Perl. */
const call = (name: "ptrace" | "prctl", ...args: number[]) =>
  `syscall(${[syscallNumber(name, arch()), ...args].join()});`;
const TRACEME = call("ptrace", 0, 0, 0, 0);
const SUBREAPER = call("prctl", 36, 1, 0, 0, 0);
const NO_DEATH_SIGNAL = call("prctl", 1, 0, 0, 0, 0);

/** Becomes a daemon: the source goes on in a process that nobody waits for. */
const DAEMON = "use POSIX; fork and exit; POSIX::setsid(); fork and exit;";
const GROW = "my @all; push @all, 'x' x 1048576 while 1;";

/** A program that calls itself without end: `./recursion` to the others. */
export const RECURSION: Uint8Array = staticProgram({
  "x86_64": [
    "e8fbffffff", // call to itself
  ],
  "aarch64": [
    "fd7bbfa9", // stp x29, x30, [sp, #-16]!
    "ffffff97", // bl to the begin
  ],
});

/** All of them. */
export const HOSTILE: readonly HostileProgram[] = [
  {
    name: "a sleeper",
    language: "sh",
    source: "sleep 60",
    options: { wall: 0.2 },
    verdict: WALL,
  },
  {
    name: "a process that stops itself",
    language: "sh",
    source: "kill -STOP $$",
    options: { wall: 0.2 },
    verdict: WALL,
  },
  {
    name: "a process that stops itself, given time to end",
    language: "sh",
    source: "trap 'exit 7' TERM; kill -STOP $$; sleep 60",
    options: { wall: 0.2, grace: 10 },
    verdict: WALL,
  },
  {
    name: "one that ignores SIGTERM",
    language: "sh",
    source: "trap '' TERM HUP INT; sleep 60",
    options: { wall: 0.2, grace: 0.2 },
    verdict: WALL,
  },
  {
    name: "one that answers SIGTERM with more processes",
    language: "sh",
    source: "trap 'sleep 60 & sleep 60 &' TERM; while :; do sleep 0.1; done",
    options: { wall: 0.2, grace: 0.2 },
    verdict: WALL,
  },
  {
    name: "one that blocks all signals",
    language: "perl",
    source:
      "use POSIX; my $s = POSIX::SigSet->new; $s->fillset; POSIX::sigprocmask(SIG_BLOCK, $s); sleep 60",
    options: { wall: 0.2, grace: 0.1 },
    verdict: WALL,
  },
  {
    name: "one that waits to open a FIFO",
    language: "sh",
    source: "mkfifo fifo; cat fifo",
    options: { wall: 0.2 },
    verdict: WALL,
  },
  {
    name: "one that waits for a lock of its own",
    language: "perl",
    source:
      "open(A, '>', 'l'); open(B, '>', 'l'); flock(A, 2); alarm 60; flock(B, 2)",
    options: { wall: 0.2 },
    verdict: WALL,
  },
  {
    name: "one that waits for its own child for ever",
    language: "sh",
    source: "(trap '' TERM; sleep 60) & wait",
    options: { wall: 0.2, grace: 0.1 },
    verdict: WALL,
  },
  {
    name: "one that closes its standard streams",
    language: "sh",
    source: "exec <&- >&- 2>&-; sleep 60",
    options: { wall: 0.3 },
    verdict: WALL,
  },
  {
    name: "one that removes the folder it is in",
    language: "sh",
    source: "mkdir d; cd d; rmdir ../d; sleep 60",
    options: { wall: 0.3 },
    verdict: WALL,
  },
  {
    name: "one that asks to be traced, and stops",
    language: "perl",
    source: `${TRACEME} kill STOP => $$; sleep 60`,
    options: { wall: 0.3 },
    verdict: WALL,
  },
  {
    name: "one that asks to be traced, and executes another program",
    language: "perl",
    source: `${TRACEME} exec 'sleep', '60'`,
    options: { wall: 0.3 },
    verdict: WALL,
  },
  {
    name: "a burner of processor time",
    language: "sh",
    source: "while :; do :; done",
    options: { limits: { cpu: { soft: 1 } }, wall: 60 },
    verdict: { kind: "cpu-limit", limit: "cpu", certain: true },
  },
  {
    name: "a burner of processor time that ignores SIGXCPU",
    language: "perl",
    source: "$SIG{XCPU} = 'IGNORE'; 1 while 1",
    options: { limits: { cpu: { soft: 1, hard: 2 } }, wall: 60 },
    verdict: { kind: "cpu-limit", limit: "cpu", certain: true },
  },
  {
    name: "several burners of processor time",
    language: "sh",
    source:
      "for i in 1 2 3; do (while :; do :; done) & done; while :; do :; done",
    options: { cpuTime: 0.3, wall: 60 },
    verdict: CPU_TIME,
  },
  {
    name: "a burner of processor time in many short processes",
    language: "sh",
    source:
      "while :; do (i=0; while [ $i -lt 9999 ]; do i=$((i+1)); done); done",
    options: { cpuTime: 0.3, wall: 60 },
    verdict: CPU_TIME,
  },
  {
    name: "a burner of processor time in a daemon",
    language: "perl",
    source: `if (!fork) { ${DAEMON} 1 while 1 } sleep 60`,
    options: { cpuTime: 0.3, wall: 60 },
    verdict: CPU_TIME,
  },
  {
    name: "a burner of the kernel's time",
    language: "perl",
    source: "while (1) { open(F, '<', '/proc/self/status'); my @all = <F> }",
    options: { cpuTime: 0.3, wall: 60 },
    verdict: CPU_TIME,
  },
  {
    name: "a memory hog",
    language: "perl",
    source: GROW,
    options: { memory: "64MiB", limits: { as: "1GiB" }, wall: 60 },
    verdict: MEMORY,
  },
  {
    name: "a memory hog in several processes",
    language: "perl",
    source:
      "for (1 .. 3) { next if fork; my $x = 'x' x 33554432; sleep 60 } sleep 60",
    options: { memory: "80MiB", limits: { as: "1GiB" }, wall: 60 },
    verdict: MEMORY,
  },
  {
    name: "a process whose children share its memory",
    language: "perl",
    source:
      "my $x = 'x' x 16777216; for (1 .. 5) { next if fork; sleep 1; exit } 1 while wait > 0",
    options: { memory: "100MiB", wall: 60 },
    verdict: exited(0),
  },
  {
    name: "a memory hog in a small address space",
    language: "perl",
    source: GROW,
    options: { limits: { as: "96MiB" }, wall: 60 },
    verdict: probably("as"),
  },
  {
    name: "a memory hog that may have little data",
    language: "perl",
    source: GROW,
    options: { limits: { data: "64MiB" }, wall: 60 },
    verdict: probably("data"),
  },
  {
    name: "one that calls itself without end",
    language: "sh",
    source: "ulimit -c 0; exec ./recursion",
    options: { limits: { stack: "1MiB" }, wall: 60 },
    verdict: probably("stack"),
  },
  {
    name: "a file filler",
    language: "sh",
    source: "exec dd if=/dev/zero of=file bs=65536",
    options: { limits: { fsize: "1MiB" }, wall: 60 },
    verdict: FILE_SIZE,
  },
  {
    name: "one that appends to a log",
    language: "sh",
    source: "while :; do echo line; done >> log",
    options: { limits: { fsize: "16KiB" }, wall: 60 },
    verdict: FILE_SIZE,
  },
  {
    name: "a file filler that ignores SIGXFSZ",
    language: "perl",
    source:
      "$SIG{XFSZ} = 'IGNORE'; open(F, '>', 'f'); $| = 1; while (1) { syswrite(F, 'x' x 4096) or exit 9 }",
    options: { limits: { fsize: "64KiB" }, wall: 60 },
    verdict: exited(9),
  },
  {
    name: "a flood of output",
    language: "sh",
    source: "exec yes",
    options: { output: "64KiB", wall: 60 },
    verdict: OUTPUT,
  },
  {
    name: "a flood of errors",
    language: "sh",
    source: "exec yes >&2",
    options: { output: "64KiB", wall: 60 },
    verdict: OUTPUT,
  },
  {
    name: "a flood of output by a daemon",
    language: "sh",
    source: "setsid yes & sleep 60",
    options: { output: "64KiB", wall: 60 },
    verdict: OUTPUT,
  },
  {
    name: "a flood of one endless line",
    language: "sh",
    source: "exec cat /dev/zero",
    options: { output: "64KiB", wall: 60 },
    verdict: OUTPUT,
  },
  {
    name: "one that writes too much, and ends at once",
    language: "sh",
    source: "head -c 1000 /dev/zero",
    options: { output: 999, wall: 60 },
    verdict: OUTPUT,
  },
  {
    name: "one that writes exactly as much as it may",
    language: "sh",
    source: "head -c 65536 /dev/zero",
    options: { output: "64KiB", wall: 60 },
    verdict: exited(0),
  },
  {
    name: "a descriptor eater",
    language: "perl",
    source:
      "my @all; while (open(my $f, '<', '/dev/null')) { push @all, $f } sleep 1; exit 1",
    options: { limits: { nofile: 32 }, wall: 60 },
    verdict: { kind: "descriptor-limit", limit: "nofile", certain: false },
  },
  {
    name: "one that hands its output to a process in the background",
    language: "sh",
    source: "sleep 60 & exit 4",
    options: { wall: 60 },
    verdict: exited(4),
    leaves: 1,
  },
  {
    name: "a daemon",
    language: "perl",
    source: `if (!fork) { ${DAEMON} sleep 60 } wait; sleep 1`,
    options: { wall: 60 },
    verdict: exited(0),
    leaves: 1,
  },
  {
    name: "a daemon that ignores all signals that one can",
    language: "perl",
    source: `$SIG{$_} = 'IGNORE' for keys %SIG; if (!fork) { ${DAEMON} ` +
      "close STDIN; close STDOUT; close STDERR; chdir '/'; sleep 60 } wait; sleep 1",
    options: { wall: 60 },
    verdict: exited(0),
    leaves: 1,
  },
  {
    name: "one that adopts orphans itself",
    language: "perl",
    source: `${SUBREAPER} if (!fork) { ${DAEMON} sleep 60 } wait; sleep 1`,
    options: { wall: 60 },
    verdict: exited(0),
    leaves: 1,
  },
  {
    name: "one that stops the processes that it leaves",
    language: "sh",
    source:
      "for i in 1 2 3; do setsid sh -c 'kill -STOP $$' & done; sleep 0.5; exit 0",
    options: { wall: 60 },
    verdict: exited(0),
    leaves: 3,
  },
  {
    name: "one that leaves many orphans",
    language: "sh",
    source:
      "i=0; while [ $i -lt 50 ]; do (sleep 60 &); i=$((i+1)); done; exit 0",
    options: { wall: 60 },
    verdict: exited(0),
    leaves: 50,
  },
  {
    name: "a process that hops from number to number",
    language: "perl",
    source: "my $end = time + 60; while (time < $end) { fork and exit }",
    options: { wall: 60 },
    verdict: exited(0),
  },
  {
    name: "a daemon that hops from number to number",
    language: "perl",
    source: "use POSIX; fork and do { sleep 1; exit }; POSIX::setsid(); " +
      "my $end = time + 60; while (time < $end) { fork and exit }",
    options: { wall: 60 },
    verdict: exited(0),
  },
  {
    name: "a daemon that hops from session to session",
    language: "perl",
    source: "use POSIX; fork and do { sleep 1; exit }; " +
      "my $end = time + 60; while (time < $end) { POSIX::setsid(); fork and exit }",
    options: { wall: 60 },
    verdict: exited(0),
  },
  {
    name: "two processes that start each other again",
    language: "perl",
    source: `
      my $end = time + 60;
      sub pair {
        pipe(my $r, my $w);
        if (!fork) { close $w; sysread($r, my $x, 1); time < $end and pair() }
        close $r; sleep 60;
      }
      if (!fork) { pair() } sleep 1`,
    options: { wall: 60 },
    verdict: exited(0),
    leaves: 2,
  },
  {
    name: "a maker of zombies",
    language: "perl",
    source: "for (1 .. 30) { fork or exit } sleep 1; exit 5",
    options: { wall: 60 },
    verdict: exited(5),
  },
  {
    name: "a maker of zombies that sleeps",
    language: "perl",
    source: "for (1 .. 30) { fork or exit } sleep 60",
    options: { wall: 0.5 },
    verdict: WALL,
  },
  {
    name: "a maker of processes",
    language: "sh",
    source:
      "i=0; while [ $i -lt 40 ]; do sleep 60 & i=$((i+1)); sleep 0.01; done; wait",
    options: { processes: 8, wall: 60 },
    verdict: PROCESSES,
  },
  {
    name: "one that kills its process group",
    language: "sh",
    source: "sleep 60 & kill -KILL 0",
    options: { wall: 60 },
    verdict: { kind: "signaled", signal: "SIGKILL" },
  },
  {
    name: "one that kills the supervisor",
    language: "sh",
    source: "kill -KILL $PPID; sleep 60",
    options: { wall: 60 },
    verdict: { kind: "lost" },
  },
  {
    name: "one that survives the supervisor, and kills it",
    language: "perl",
    source: `${NO_DEATH_SIGNAL} sleep 1; kill KILL => getppid; sleep 60`,
    options: { wall: 60 },
    verdict: { kind: "lost" },
  },
  {
    name: "one that has a daemon, and kills the supervisor",
    language: "sh",
    source: "setsid sleep 60 & sleep 1; kill -KILL $PPID; sleep 60",
    options: { wall: 60 },
    verdict: { kind: "lost" },
    leaves: 1,
  },
  {
    name: "one that stops the supervisor",
    language: "sh",
    source: "kill -STOP $PPID; sleep 60",
    options: { wall: 0.3 },
    verdict: WALL,
  },
  {
    name: "one with a misleading name",
    language: "perl",
    source:
      "$0 = 'x) Z 1 (1'; if (!fork) { $0 = ') Z 1 1'; sleep 60 } sleep 1; exit 6",
    options: { wall: 60 },
    verdict: exited(6),
    leaves: 1,
  },
  {
    name: "one that pretends to be ended by a limit",
    language: "sh",
    source: "kill -XCPU $$",
    options: { limits: { cpu: 10 }, wall: 60 },
    verdict: { kind: "signaled", signal: "SIGXCPU" },
  },
  {
    name: "one that crashes",
    language: "sh",
    source: "ulimit -c 0; kill -SEGV $$",
    options: { wall: 60 },
    verdict: { kind: "signaled", signal: "SIGSEGV" },
  },
  {
    name: "one with a huge argument list",
    language: "sh",
    source: "[ $# = 9999 ]",
    options: { args: Array(9999).fill("x".repeat(99)), wall: 60 },
    verdict: exited(0),
  },
  {
    name: "one with a huge environment",
    language: "sh",
    source: "[ ${#A} = 100000 ]",
    options: { env: { A: "x".repeat(100_000) }, wall: 60 },
    verdict: exited(0),
  },
];
