import { ending } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Marks a place in the code that is never reached, and fails there. */
export function unreachable(msg?: string): never {
  throw new AssertionError(`Unreachable${ending(msg)}`);
}
