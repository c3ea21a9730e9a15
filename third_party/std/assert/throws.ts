import {
  assertExpected,
  type ErrorClass,
  isErrorClass,
} from "./_expectation.ts";
import { ending } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Asserts that a function throws, and returns what it throws. */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Asserts that a function throws an error of a class, with a message that
 * contains a text, and returns the error.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  // deno-lint-ignore no-explicit-any
  ErrorClass: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  classOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): unknown {
  const ErrorClass = isErrorClass<E>(classOrMsg) ? classOrMsg : undefined;
  if (typeof classOrMsg === "string") msg = classOrMsg;
  // Without an error class there is no message to look into.
  else if (classOrMsg !== undefined && !ErrorClass) msg = msgIncludes;

  try {
    fn();
  } catch (error) {
    if (ErrorClass) {
      assertExpected(error, "thrown", ErrorClass, msgIncludes, msg);
    }
    return error;
  }
  throw new AssertionError(`Expected function to throw${ending(msg)}`);
}
