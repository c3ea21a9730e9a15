/**
 * Starting a trace: which program or process, and which of its calls.
 *
 * @module
 */

import { Tracer, type TracerOptions } from "@procctl/ptrace";
import type { SpawnOptions } from "@procctl/spawn/spawn-options";
import { fromRawText } from "./_raw_text.ts";
import { type NameSet, union } from "./_trace_sets.ts";
import type { TraceSettings } from "./_trace_settings.ts";
import { checkInput, UsageError } from "./_usage_error.ts";
import { findUser } from "./_user.ts";
import type { TraceScript } from "./trace_script.ts";

/** Starts to trace the command, or each of the processes. */
export function startTracers(
  settings: TraceSettings,
  script: TraceScript | undefined,
  [command, ...args]: readonly string[],
  idle: Pick<TracerOptions, "idle">,
): Tracer[] {
  const calls = neededCalls(settings, script);
  const common = {
    ...idle,
    follow: settings.follow ? "all" : "none",
    ...(calls !== undefined && { syscalls: [...calls] }),
  } as const;
  if (command === undefined) {
    if (settings.filter) throw noFilter("only what it starts can have one");
    return attachAll(settings.pids, {
      ...common,
      threads: settings.follow,
    });
  }
  if (settings.filter && !settings.follow) throw noFilter("add -f");
  if (settings.filter && calls === undefined) {
    throw noFilter("all system calls are wanted; add -e trace=SET");
  }
  const options = {
    ...common,
    ...startOptions(settings, args),
    placement: settings.sameCpu ? "same" : "none",
  } as const;
  return [checkInput(() => Tracer.spawn(fromRawText(command), options))];
}

/** How the command is started, whatever the engine. */
export function startOptions(
  settings: TraceSettings,
  args: readonly string[],
): SpawnOptions {
  return {
    args: args.map(fromRawText),
    env: envOf(settings),
    ...(settings.user !== undefined && findUser(settings.user)),
  };
}

function noFilter(reason: string): UsageError {
  return new UsageError(`Cannot use a filter of seccomp(2): ${reason}`);
}

/** Attaches to all processes, or to none. */
function attachAll(
  pids: readonly number[],
  options: Parameters<typeof Tracer.attach>[1],
): Tracer[] {
  const tracers: Tracer[] = [];
  try {
    for (const pid of new Set(pids)) {
      tracers.push(Tracer.attach(pid, options));
    }
  } catch (error) {
    for (const tracer of tracers) tracer.detach();
    throw error;
  }
  return tracers;
}

/** The calls that somebody wants to be told of. */
function neededCalls(
  { calls, injections }: TraceSettings,
  script: TraceScript | undefined,
): NameSet {
  let all = calls;
  for (const injection of injections) all = union(all, injection.calls);
  for (const handlers of [script?.enter, script?.exit]) {
    if (handlers === undefined) continue;
    if (handlers.default !== undefined) return undefined;
    all = union(all, new Set(Object.keys(handlers)));
  }
  return all;
}

function envOf({ env }: TraceSettings): NonNullable<SpawnOptions["env"]> {
  return Object.fromEntries(
    Object.entries(env).map(([key, value]) => [
      key,
      value === undefined ? undefined : fromRawText(value),
    ]),
  );
}
