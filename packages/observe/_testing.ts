/** What the tests of this package are made of. */

import { readFile } from "@procctl/libc";
import { type Need, run, TemporaryFolder, tool } from "@procctl/testing";
import type { ObservedEvent } from "./event.ts";
import type { Observation } from "./observation.ts";
import { observe } from "./observe.ts";
import { findObstacle } from "./obstacle.ts";
import type { ObserveOptions } from "./options.ts";
import { type CallSummary, Summary } from "./summary.ts";

/** The test observes. */
export const perfEvents: Need = () =>
  findObstacle() === undefined ? undefined : "needs to observe";

/** The test observes a program that is compiled for it. */
export const compiled: readonly Need[] = [perfEvents, tool("gcc")];

/** The test is about what only this architecture has. */
export const x86: Need = () =>
  Deno.build.arch === "x86_64" ? undefined : "needs x86_64";

/** What a program did, seen to its end. */
export interface Seen {
  events: ObservedEvent[];
  lost: number;
  pid: number;
}

/** Runs a program to its end, and keeps all that it does. */
export async function see(
  command: string,
  options: ObserveOptions = {},
): Promise<Seen> {
  using observation = observe(command, options);
  const events: ObservedEvent[] = [];
  for await (const event of observation.events()) events.push(event);
  await observation.child!.status;
  return { events, lost: observation.lost, pid: observation.pid };
}

/** Counts what an observation sees, to its end. */
export async function count(observation: Observation): Promise<CallSummary[]> {
  const summary = new Summary();
  for await (const batch of observation) summary.add(batch);
  await observation.child?.status;
  return summary.calls();
}

/** Compiles the programs of `_testing_programs.c`. */
export function compile(folder: TemporaryFolder): string {
  const program = folder.join("program");
  const url = new URL("_testing_programs.c", import.meta.url);
  const source = folder.write("program.c", readFile(url));
  const { code, stderr } = run([
    "gcc",
    "-O1",
    "-pthread",
    "-o",
    program,
    source,
  ]);
  if (code !== 0) throw new Error(`Cannot compile: ${stderr}`);
  return program;
}

/** Runs one of the programs of `_testing_programs.c`, and keeps what it does. */
export async function seeProgram(
  args: readonly (string | number)[],
  options: ObserveOptions = {},
): Promise<Seen> {
  using folder = new TemporaryFolder();
  const program = compile(folder);
  return await see(program, { ...options, args: args.map(String) });
}

/** The calls that those programs make, as the numbers of their arguments. */
export function callNumbers(events: readonly ObservedEvent[]): number[] {
  return events.flatMap((event) =>
    event.kind === "enter" && event.name === "getpgid" && event.abi !== "i386"
      ? [Number(-BigInt.asIntN(64, event.args[0]!))]
      : []
  );
}

/** Asserts that an event is there, and of a kind. */
export function assertKind<K extends ObservedEvent["kind"]>(
  event: ObservedEvent | undefined,
  kind: K,
): asserts event is Extract<ObservedEvent, { kind: K }> {
  if (event?.kind !== kind) {
    throw new Error(`Expected the kind "${kind}", not "${event?.kind}"`);
  }
}
