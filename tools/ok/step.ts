/** How a step ended. */
export interface Outcome {
  /** Whether it passed. */
  success: boolean;
  /** How many tests it ran, if it runs tests. */
  tests?: { passed: number; failed: number };
}

/** One step of the gate. */
export interface Step {
  /** Its name, to run it alone. */
  name: string;
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
  const lines = results.map(({ name, success, seconds }) =>
    `${name.padEnd(10)} ${success ? "ok    " : "FAILED"} ${
      seconds.toFixed(1).padStart(6)
    } s`
  );
  const steps = results.filter(({ success }) => success).length;
  let passed = steps;
  let failed = results.length - steps;
  for (const { tests } of options.countTests ? results : []) {
    passed += tests?.passed ?? 0;
    failed += tests?.failed ?? 0;
  }
  return [
    ...lines,
    `gate: ${steps} of ${results.length} steps`,
    `${passed} passed, ${failed} failed`,
  ].join("\n");
}
