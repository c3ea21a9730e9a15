import {
  assertExpected,
  type ErrorClass,
  isErrorClass,
} from "./_expectation.ts";
import { ending } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Asserts that a promise is rejected, and resolves to what it is rejected with. */
export function assertRejects(
  fn: () => PromiseLike<unknown>,
  msg?: string,
): Promise<unknown>;
/**
 * Asserts that a promise is rejected with an error of a class, with a message
 * that contains a text, and resolves to the error.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  // deno-lint-ignore no-explicit-any
  ErrorClass: abstract new (...args: any[]) => E,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<E> | string,
  msgIncludes?: string,
  msg?: string,
): Promise<unknown> {
  if (typeof classOrMsg === "string") msg = classOrMsg;
  const promise = start(fn, msg);
  try {
    await promise;
  } catch (error) {
    if (isErrorClass<E>(classOrMsg)) {
      assertExpected(error, "rejected", classOrMsg, msgIncludes, msg);
    }
    return error;
  }
  throw new AssertionError(`Expected function to reject${ending(msg)}`);
}

/** Calls the function, which is to return a promise rather than to throw. */
function start(
  fn: () => PromiseLike<unknown>,
  msg: string | undefined,
): PromiseLike<unknown> {
  try {
    const promise = fn();
    if (typeof promise === "object" && typeof promise.then === "function") {
      return promise;
    }
  } catch {
    // The same failure as a function that returns no promise.
  }
  throw new AssertionError(
    `Function throws when expected to reject${ending(msg)}`,
  );
}
