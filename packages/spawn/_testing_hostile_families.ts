/**
 * Hostile programs that make other processes, and leave some behind.
 *
 * @module
 */

import type { Verdict } from "./limited_report.ts";
import {
  call,
  DAEMON,
  exited,
  type HostileProgram,
  WALL,
} from "./_testing_hostile.ts";

const PROCESSES: Verdict = {
  kind: "process-limit",
  limit: "processes",
  certain: true,
};

const SUBREAPER = call("prctl", 36, 1, 0, 0, 0);

/** They make other processes. */
export const FAMILIES: readonly HostileProgram[] = [
  {
    name: "one that hands its output to a process in the background",
    language: "sh",
    source: "sleep 60 & exit 4",
    verdict: exited(4),
    leaves: 1,
  },
  {
    name: "a daemon",
    language: "perl",
    source: `if (!fork) { ${DAEMON} sleep 60 } wait; sleep 1`,
    verdict: exited(0),
    leaves: 1,
  },
  {
    name: "a daemon that ignores all signals that one can",
    language: "perl",
    source: `$SIG{$_} = 'IGNORE' for keys %SIG; if (!fork) { ${DAEMON} ` +
      "close STDIN; close STDOUT; close STDERR; chdir '/'; sleep 60 } wait; sleep 1",
    verdict: exited(0),
    leaves: 1,
  },
  {
    name: "one that adopts orphans itself",
    language: "perl",
    source: `${SUBREAPER} if (!fork) { ${DAEMON} sleep 60 } wait; sleep 1`,
    verdict: exited(0),
    leaves: 1,
  },
  {
    name: "one that stops the processes that it leaves",
    language: "sh",
    source:
      "for i in 1 2 3; do setsid sh -c 'kill -STOP $$' & done; sleep 0.5; exit 0",
    verdict: exited(0),
    leaves: 3,
  },
  {
    name: "one that leaves many orphans",
    language: "sh",
    source:
      "i=0; while [ $i -lt 50 ]; do (sleep 60 &); i=$((i+1)); done; exit 0",
    verdict: exited(0),
    leaves: 50,
  },
  {
    name: "a process that hops from number to number",
    language: "perl",
    source: "my $end = time + 60; while (time < $end) { fork and exit }",
    verdict: exited(0),
  },
  {
    name: "a daemon that hops from number to number",
    language: "perl",
    source: "use POSIX; fork and do { sleep 1; exit }; POSIX::setsid(); " +
      "my $end = time + 60; while (time < $end) { fork and exit }",
    verdict: exited(0),
  },
  {
    name: "a daemon that hops from session to session",
    language: "perl",
    source: "use POSIX; fork and do { sleep 1; exit }; " +
      "my $end = time + 60; while (time < $end) { POSIX::setsid(); fork and exit }",
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
    verdict: exited(0),
    leaves: 2,
  },
  {
    name: "a maker of zombies",
    language: "perl",
    source: "for (1 .. 30) { fork or exit } sleep 1; exit 5",
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
    options: { processes: 8 },
    verdict: PROCESSES,
  },
];
