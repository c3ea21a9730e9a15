import { ending, format } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Asserts that two values are not the same, in the sense of `Object.is()`. */
export function assertNotStrictEquals<T>(
  actual: T,
  expected: T,
  msg?: string,
): void {
  if (!Object.is(actual, expected)) return;
  throw new AssertionError(
    `Expected "actual" to not be strictly equal to: ${format(actual)}${
      ending(msg)
    }\n`,
  );
}
