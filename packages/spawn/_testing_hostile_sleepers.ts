/**
 * Hostile programs that only time ends: they wait, and hinder what is to end them.
 *
 * @module
 */

import { call, type HostileProgram, WALL } from "./_testing_hostile.ts";

const TRACEME = call("ptrace", 0, 0, 0, 0);

/** They wait. */
export const SLEEPERS: readonly HostileProgram[] = [
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
];
