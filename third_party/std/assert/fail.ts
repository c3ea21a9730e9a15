import { ending } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Fails, whatever the state of things. */
export function fail(msg?: string): never {
  throw new AssertionError(`Failed assertion${ending(msg)}`);
}
