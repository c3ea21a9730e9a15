import { ending } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";
import { assertIsError } from "./is_error.ts";

/** A class of errors, abstract or not. */
// deno-lint-ignore no-explicit-any
export type ErrorClass<E extends Error> = abstract new (...args: any[]) => E;

/** Tells an error class from any other value, other classes included. */
export function isErrorClass<E extends Error>(
  value: unknown,
): value is ErrorClass<E> {
  return typeof value === "function" &&
    (value === Error || value.prototype instanceof Error);
}

/** Asserts that what was thrown or rejected is an error as expected. */
export function assertExpected<E extends Error>(
  error: unknown,
  how: "thrown" | "rejected",
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): void {
  if (!(error instanceof Error)) {
    throw new AssertionError(`A non-Error object was ${how}${ending(msg)}`);
  }
  assertIsError(error, ErrorClass, msgIncludes, msg);
}
