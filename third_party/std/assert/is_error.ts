import { stripVTControlCharacters } from "node:util";
import { ending } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Asserts that a value is an error of a class, with a message that contains or matches a text. */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  // deno-lint-ignore no-explicit-any
  ErrorClass?: abstract new (...args: any[]) => E,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(
      `Expected "error" to be an Error object${ending(msg)}`,
    );
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    const { name } = (error as Error).constructor ?? {};
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${name}"${
        ending(msg)
      }`,
    );
  }
  if (!msgMatches || matches(error.message, msgMatches)) return;
  const wanted = typeof msgMatches === "string"
    ? JSON.stringify(msgMatches)
    : msgMatches;
  throw new AssertionError(
    `Expected error message to include ${wanted}, but got ${
      JSON.stringify(error.message)
    }${ending(msg)}`,
  );
}

/** Looks for a text or a pattern in a message, whatever its colours. */
function matches(message: string, wanted: string | RegExp): boolean {
  const plain = stripVTControlCharacters(message);
  return typeof wanted === "string"
    ? plain.includes(stripVTControlCharacters(wanted))
    : wanted.test(plain);
}
