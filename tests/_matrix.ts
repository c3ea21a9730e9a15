import { faultOf, runCell } from "./_cells.ts";
import type { Condition } from "./_conditions.ts";
import type { Example } from "./_examples.ts";

/** More would only make each slower, and time-outs likelier. */
const CONCURRENCY = 2;
const NOTHING = { descriptors: 0, arenas: 0, children: 0 };

/** Cells whose fault is another's, and why. */
const EXCUSED: {
  condition: Condition;
  place: RegExp;
  fault: RegExp;
  reason: string;
}[] = [
  {
    condition: "with no descriptor left",
    place: /^packages\/cli\//,
    fault: /Deno has panicked/,
    reason: "Deno cannot load a module, as a subcommand is, without one",
  },
  {
    condition: "with stdio closed",
    place: /^packages\/ptrace\/tracer\.ts/,
    fault: /^prints ""/,
    reason: "echo(1), whose status it shows, fails where it has no output",
  },
  {
    condition: "with little address space left",
    place: /./,
    fault: /out of memory|memory allocation of \d+ bytes failed/,
    reason: "V8 and Deno end the process where they have none for themselves",
  },
];

/**
 * Runs examples under a condition, and says what is wrong.
 *
 * @param examples The examples.
 * @param condition What is wrong with their processes.
 * @returns The faults, each with the place of its example.
 */
export async function cellFaults(
  examples: readonly Example[],
  condition: Condition,
): Promise<string[]> {
  const waiting = examples.values();
  const faults: string[] = [];
  async function work(): Promise<void> {
    for (const example of waiting) {
      const fault = await faultIn(example, condition);
      if (fault !== undefined) faults.push(`${example.place} ${fault}`);
    }
  }
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return faults;
}

async function faultIn(
  example: Example,
  condition: Condition,
): Promise<string | undefined> {
  const outcome = await runCell(example, condition);
  let fault = faultOf(example, condition, outcome, NOTHING);
  if (fault?.startsWith("leaves ")) {
    // An example may leave something by itself, such as a child.
    const { report } = await runCell(example, "as ever");
    if (report !== undefined) {
      fault = faultOf(example, condition, outcome, report.left);
    }
  }
  const isExcused = fault !== undefined &&
    EXCUSED.some((it) =>
      it.condition === condition && it.place.test(example.place) &&
      it.fault.test(fault!)
    );
  return isExcused ? undefined : fault;
}
