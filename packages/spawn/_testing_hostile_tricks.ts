/**
 * Programs that turn on what ends them or tells of them; and some that only
 * look so.
 *
 * @module
 */

import { call, exited, type HostileProgram, WALL } from "./_testing_hostile.ts";

const NO_DEATH_SIGNAL = call("prctl", 1, 0, 0, 0, 0);

/** They deceive, or seem to. */
export const TRICKS: readonly HostileProgram[] = [
  {
    name: "one that kills its process group",
    language: "sh",
    source: "sleep 60 & kill -KILL 0",
    verdict: { kind: "signaled", signal: "SIGKILL" },
  },
  {
    name: "one that kills the supervisor",
    language: "sh",
    source: "kill -KILL $PPID; sleep 60",
    verdict: { kind: "lost" },
  },
  {
    name: "one that survives the supervisor, and kills it",
    language: "perl",
    source: `${NO_DEATH_SIGNAL} sleep 1; kill KILL => getppid; sleep 60`,
    verdict: { kind: "lost" },
  },
  {
    name: "one that has a daemon, and kills the supervisor",
    language: "sh",
    source: "setsid sleep 60 & sleep 1; kill -KILL $PPID; sleep 60",
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
    verdict: exited(6),
    leaves: 1,
  },
  {
    name: "one that pretends to be ended by a limit",
    language: "sh",
    source: "kill -XCPU $$",
    options: { limits: { cpu: 10 } },
    verdict: { kind: "signaled", signal: "SIGXCPU" },
  },
  {
    name: "one that crashes",
    language: "sh",
    source: "ulimit -c 0; kill -SEGV $$",
    verdict: { kind: "signaled", signal: "SIGSEGV" },
  },
  {
    name: "one with a huge argument list",
    language: "sh",
    source: "[ $# = 9999 ]",
    options: { args: Array(9999).fill("x".repeat(99)) },
    verdict: exited(0),
  },
  {
    name: "one with a huge environment",
    language: "sh",
    source: "[ ${#A} = 100000 ]",
    options: { env: { A: "x".repeat(100_000) } },
    verdict: exited(0),
  },
];
