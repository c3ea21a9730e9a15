/** What the tests of this package are made of. */

import type { Need } from "@procctl/testing";
import { findObstacle } from "./obstacle.ts";
import { observe } from "./observe.ts";
import type { Observation } from "./observation.ts";
import type { ObserveOptions } from "./options.ts";
import type { ObservedEvent } from "./event.ts";
import { Summary } from "./summary.ts";

/** The test observes. */
export const perfEvents: Need = () =>
  findObstacle() === undefined ? undefined : "needs to observe";

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
export async function count(observation: Observation): Promise<Summary> {
  const summary = new Summary();
  for await (const batch of observation) summary.add(batch);
  await observation.child?.status;
  return summary;
}
