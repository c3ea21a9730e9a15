import { closeFile, type PathLike } from "@procctl/libc";
import { Cgroup } from "./_cgroup.ts";
import { makePipes, namedNumbers, refuseFifos } from "./_descriptors.ts";
import type { EncodedLimitedOptions } from "./_encode_limited.ts";
import { endWithSupervisor } from "./_implied_steps.ts";
import { withImplied } from "./_lay_out_steps.ts";
import { mapCaller } from "./_namespaces.ts";
import { prepare } from "./_prepare.ts";
import { retryBusy } from "./_start.ts";
import { type SupervisedChild, Supervisor } from "./_supervisor.ts";

/**
 * A command that runs, and what keeps it. Disposing of it, when it has ended,
 * closes all but the pipes: what was written to them can still be read.
 */
export interface StartedLimited extends Disposable {
  child: SupervisedChild;
  supervisor: Supervisor;
  cgroup: Cgroup | undefined;
  /** This program's ends of its pipes, by the command's descriptors. */
  pipes: ReadonlyMap<number, number>;
  /** When it was started, by `performance.now()`. */
  startTime: number;
}

/** Starts a command under a supervisor. If it fails, nothing is left of it. */
export function startLimited(
  command: PathLike,
  options: EncodedLimitedOptions,
): StartedLimited {
  const prepared = prepare(command, options.spawn, {
    atGate: true,
    lastSteps: [],
  });
  refuseFifos(prepared.descriptors);
  const taken = namedNumbers(prepared.descriptors);
  using undo = new DisposableStack();
  const pipes = undo.use(makePipes(prepared.descriptors));
  const passed = [...new Set([...pipes.child.values(), ...taken])];
  const supervisor = undo.use(new Supervisor(passed, taken));
  const made = options.cgroup ? Cgroup.make(options) : undefined;
  if (made !== undefined) undo.use(made);
  let cgroup: Cgroup | undefined;
  let startTime = 0;
  const steps = withImplied(prepared.steps(pipes.child), endWithSupervisor());
  const child = retryBusy(() =>
    supervisor.start(steps, prepared.namespaces, (child) => {
      // It may be a place where a group can be made, and nobody moved to.
      cgroup = made?.add(child.pid) ? made : undefined;
      if (options.spawn.namespaces?.includes("user")) {
        mapCaller(child, options.spawn);
      }
      startTime = performance.now();
    })
  );
  pipes.closeChildEnds();
  undo.move();
  if (cgroup === undefined) made?.[Symbol.dispose]();
  return {
    child,
    supervisor,
    cgroup,
    pipes: pipes.own,
    startTime,
    [Symbol.dispose]() {
      using owned = new DisposableStack();
      // A group can be removed when nobody is in it, and so last.
      if (cgroup !== undefined) owned.use(cgroup);
      owned.use(supervisor);
      owned.adopt(child.pidfd, closeFile);
    },
  };
}
