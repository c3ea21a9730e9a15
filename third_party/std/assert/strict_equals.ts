import { difference, ending, format, paint } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Asserts that two values are the same, in the sense of `Object.is()`. */
export function assertStrictEquals<T>(
  actual: unknown,
  expected: T,
  msg?: string,
): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const text = format(actual);
  throw new AssertionError(
    text === format(expected)
      ? `Values have the same structure but are not reference-equal${
        ending(msg)
      }\n\n${paint("red", text.replaceAll(/^/gm, "    "))}\n`
      : `Values are not strictly equal${ending(msg)}\n${
        difference(actual, expected)
      }`,
  );
}
