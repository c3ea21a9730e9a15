/**
 * Hostile programs that take more than they may, of processor time, memory,
 * files, output and descriptors; and some that take just what they may.
 *
 * @module
 */

import { staticProgram } from "@procctl/testing";
import type { Verdict } from "./limited_report.ts";
import { DAEMON, exited, type HostileProgram } from "./_testing_hostile.ts";

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
const FILE_SIZE: Verdict = {
  kind: "file-size-limit",
  limit: "fsize",
  certain: true,
};
const OUTPUT: Verdict = {
  kind: "output-limit",
  limit: "output",
  certain: true,
};
const probably = (limit: "as" | "data" | "stack"): Verdict => ({
  kind: "memory-limit",
  limit,
  certain: false,
});

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

/** They take much. */
export const HOGS: readonly HostileProgram[] = [
  {
    name: "a burner of processor time",
    language: "sh",
    source: "while :; do :; done",
    options: { limits: { cpu: { soft: 1 } } },
    verdict: { kind: "cpu-limit", limit: "cpu", certain: true },
  },
  {
    name: "a burner of processor time that ignores SIGXCPU",
    language: "perl",
    source: "$SIG{XCPU} = 'IGNORE'; 1 while 1",
    options: { limits: { cpu: { soft: 1, hard: 2 } } },
    verdict: { kind: "cpu-limit", limit: "cpu", certain: true },
  },
  {
    name: "several burners of processor time",
    language: "sh",
    source:
      "for i in 1 2 3; do (while :; do :; done) & done; while :; do :; done",
    options: { cpuTime: 0.3 },
    verdict: CPU_TIME,
  },
  {
    name: "a burner of processor time in many short processes",
    language: "sh",
    source:
      "while :; do (i=0; while [ $i -lt 9999 ]; do i=$((i+1)); done); done",
    options: { cpuTime: 0.3 },
    verdict: CPU_TIME,
  },
  {
    name: "a burner of processor time in a daemon",
    language: "perl",
    source: `if (!fork) { ${DAEMON} 1 while 1 } sleep 60`,
    options: { cpuTime: 0.3 },
    verdict: CPU_TIME,
  },
  {
    name: "a burner of the kernel's time",
    language: "perl",
    source: "while (1) { open(F, '<', '/proc/self/status'); my @all = <F> }",
    options: { cpuTime: 0.3 },
    verdict: CPU_TIME,
  },
  {
    name: "a memory hog",
    language: "perl",
    source: GROW,
    options: { memory: "64MiB", limits: { as: "1GiB" } },
    verdict: MEMORY,
  },
  {
    name: "a memory hog in several processes",
    language: "perl",
    source:
      "for (1 .. 3) { next if fork; my $x = 'x' x 33554432; sleep 60 } sleep 60",
    options: { memory: "80MiB", limits: { as: "1GiB" } },
    verdict: MEMORY,
  },
  {
    name: "a process whose children share its memory",
    language: "perl",
    source:
      "my $x = 'x' x 16777216; for (1 .. 5) { next if fork; sleep 1; exit } 1 while wait > 0",
    options: { memory: "100MiB" },
    verdict: exited(0),
  },
  {
    name: "a memory hog in a small address space",
    language: "perl",
    source: GROW,
    options: { limits: { as: "96MiB" } },
    verdict: probably("as"),
  },
  {
    name: "a memory hog that may have little data",
    language: "perl",
    source: GROW,
    options: { limits: { data: "64MiB" } },
    verdict: probably("data"),
  },
  {
    name: "one that calls itself without end",
    language: "sh",
    source: "ulimit -c 0; exec ./recursion",
    options: { limits: { stack: "1MiB" } },
    verdict: probably("stack"),
  },
  {
    name: "a file filler",
    language: "sh",
    source: "exec dd if=/dev/zero of=file bs=65536",
    options: { limits: { fsize: "1MiB" } },
    verdict: FILE_SIZE,
  },
  {
    name: "one that appends to a log",
    language: "sh",
    source: "while :; do echo line; done >> log",
    options: { limits: { fsize: "16KiB" } },
    verdict: FILE_SIZE,
  },
  {
    name: "a file filler that ignores SIGXFSZ",
    language: "perl",
    source:
      "$SIG{XFSZ} = 'IGNORE'; open(F, '>', 'f'); $| = 1; while (1) { syswrite(F, 'x' x 4096) or exit 9 }",
    options: { limits: { fsize: "64KiB" } },
    verdict: exited(9),
  },
  {
    name: "a flood of output",
    language: "sh",
    source: "exec yes",
    options: { output: "64KiB" },
    verdict: OUTPUT,
  },
  {
    name: "a flood of errors",
    language: "sh",
    source: "exec yes >&2",
    options: { output: "64KiB" },
    verdict: OUTPUT,
  },
  {
    name: "a flood of output by a daemon",
    language: "sh",
    source: "setsid yes & sleep 60",
    options: { output: "64KiB" },
    verdict: OUTPUT,
  },
  {
    name: "a flood of one endless line",
    language: "sh",
    source: "exec cat /dev/zero",
    options: { output: "64KiB" },
    verdict: OUTPUT,
  },
  {
    name: "one that writes too much, and ends at once",
    language: "sh",
    source: "head -c 1000 /dev/zero",
    options: { output: 999 },
    verdict: OUTPUT,
  },
  {
    name: "one that writes exactly as much as it may",
    language: "sh",
    source: "head -c 65536 /dev/zero",
    options: { output: "64KiB" },
    verdict: exited(0),
  },
  {
    name: "a descriptor eater",
    language: "perl",
    source:
      "my @all; while (open(my $f, '<', '/dev/null')) { push @all, $f } sleep 1; exit 1",
    options: { limits: { nofile: 32 } },
    verdict: { kind: "descriptor-limit", limit: "nofile", certain: false },
  },
];
