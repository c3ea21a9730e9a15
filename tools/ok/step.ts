/** How a step ended. */
export interface Outcome {
  /** Whether it passed. */
  success: boolean;
  /** How many tests it ran, if it runs tests. */
  tests?: { passed: number; failed: number };
  /** Why it could not be run on this machine, which is no failure. */
  skipped?: string;
}

/** One step of the gate. */
export interface Step {
  /** Its name, to run it alone. */
  name: string;
  /** Whether it takes so long that it is run in CI, or by its name. @default {false} */
  onlyInCi?: boolean;
  /** Runs it, and says whether it passed. */
  run(): Promise<boolean | Outcome>;
}

/** How a step ended, and how long it took. */
export interface StepResult extends Outcome {
  /** The step's name. */
  name: string;
  /** How long it took. */
  seconds: number;
}

/**
 * Sums up the gate.
 *
 * @param results How each step ended.
 * @param options Whether each test counts by itself in the last line.
 * @returns One line a step, one for all, and last `N passed, N failed`.
 */
export function report(
  results: readonly StepResult[],
  options: { countTests: boolean },
): string {
  const lines = results.map((result) =>
    `${result.name.padEnd(10)} ${outcomeOf(result).padEnd(7)} ${
      result.seconds.toFixed(1).padStart(6)
    } s`
  );
  const run = results.filter(({ skipped }) => skipped === undefined);
  const steps = run.filter(({ success }) => success).length;
  let passed = steps;
  let failed = run.length - steps;
  for (const { tests } of options.countTests ? run : []) {
    passed += tests?.passed ?? 0;
    failed += tests?.failed ?? 0;
  }
  const skips = results.filter(({ skipped }) => skipped !== undefined)
    .map(({ name, skipped }) => `${name} was not run: ${skipped}`);
  return [
    ...lines,
    ...skips,
    `gate: ${steps} of ${run.length} steps`,
    `${passed} passed, ${failed} failed`,
  ].join("\n");
}

function outcomeOf({ success, skipped }: StepResult): string {
  if (skipped !== undefined) return "skipped";
  return success ? "ok" : "FAILED";
}
