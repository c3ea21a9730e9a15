import { ending } from "./_message.ts";
import { AssertionError } from "./assertion_error.ts";

/** Asserts that a value is an instance of a class. */
export function assertInstanceOf<
  // deno-lint-ignore no-explicit-any
  T extends abstract new (...args: any[]) => any,
>(
  actual: unknown,
  expectedType: T,
  msg = "",
): asserts actual is InstanceType<T> {
  if (actual instanceof expectedType) return;
  const { name } = expectedType;
  const kind = kindOf(actual);
  const found = kind === name
    ? ""
    : kind === "function"
    ? " but was not an instanced object"
    : ` but was "${kind}"`;
  throw new AssertionError(
    `Expected object to be an instance of "${name}"${found}${ending(msg)}`,
  );
}

/** Names the class of an object, or the type of another value. */
function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object"
    ? value.constructor?.name ?? "Object"
    : typeof value;
}
