import { lazySymbols, SystemError } from "@procctl/libc";
import { makePipes, refuseFifos } from "./_descriptors.ts";
import { mapCaller } from "./_namespaces.ts";
import type { Prepared } from "./_prepare.ts";
import type { ChildProgram, StartedChild } from "./child_program.ts";
import type { SpawnOptions } from "./spawn_options.ts";

const libc = lazySymbols({
  // int poll(struct pollfd *fds, nfds_t nfds, int timeout)
  poll: { parameters: ["buffer", "usize", "i32"], result: "i32" },
});

const ETXTBSY = 26;
const TRIES = 20;

/** A child that executes its program, and this program's ends of its pipes. */
export interface Started extends StartedChild {
  /** This program's ends, by the child's descriptors. */
  pipes: ReadonlyMap<number, number>;
}

/** Starts a child that was prepared. If it fails, nothing is left of it. */
export function start(prepared: Prepared, options: SpawnOptions): Started {
  refuseFifos(prepared.descriptors);
  const pipes = makePipes(prepared.descriptors);
  try {
    const program = prepared.program(pipes.child);
    const child = retryBusy(() => startProgram(program, options));
    pipes.closeChildEnds();
    return { ...child, pipes: pipes.own };
  } catch (error) {
    pipes[Symbol.dispose]();
    throw error;
  }
}

function startProgram(
  program: ChildProgram,
  options: SpawnOptions,
): StartedChild {
  if (!options.namespaces?.includes("user")) return program.start();
  using child = program.startAtGate();
  mapCaller(child, options);
  child.open();
  child.executed();
  return { pid: child.pid, pidfd: child.pidfd };
}

/**
 * Tries again for a while as long as the file is open for writing. It is even
 * if this program wrote and closed it just now, where another thread has made
 * a child that has not executed yet: that one has a copy of every descriptor.
 */
export function retryBusy<T>(attempt: () => T): T {
  for (let tries = 1;; tries++) {
    try {
      return attempt();
    } catch (error) {
      const isBusy = error instanceof SystemError && error.errno === ETXTBSY;
      if (!isBusy || tries === TRIES) throw error;
      libc.poll(null, 0n, 1);
    }
  }
}
