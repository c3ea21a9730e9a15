import { assertEquals } from "./equals.ts";

/** Asserts that an object holds all that another holds, deeply. */
export function assertObjectMatch(
  // deno-lint-ignore no-explicit-any
  actual: Record<PropertyKey, any>,
  expected: Record<PropertyKey, unknown>,
  msg?: string,
): void {
  // `expected` goes through the same mill, as this makes plain objects of
  // class instances.
  assertEquals(narrow(actual, expected), narrow(expected, expected), msg);
}

type Properties = Record<PropertyKey, unknown>;

/** Copies of a value what another value has, too. */
function narrow(value: Properties, by: Properties): Properties {
  const seen = new WeakMap<object, object>();
  return narrowObject(value, by);

  function narrowValue(value: unknown, by: unknown): unknown {
    if (!isObject(value) || !isObject(by)) return value;
    // These are equal as a whole or not at all.
    if (value instanceof RegExp || value instanceof Date) return value;
    if (Array.isArray(value) && Array.isArray(by)) {
      return narrowArray(value, by);
    }
    if (value instanceof Map && by instanceof Map) return narrowMap(value, by);
    if (value instanceof Set && by instanceof Set) {
      return value.intersection(by);
    }
    return narrowObject(value, by);
  }

  function narrowObject(value: Properties, by: Properties): Properties {
    if (Object(value) !== value) {
      const kind = value === null ? "null" : `type ${typeof value}`;
      throw new TypeError(`Cannot assertObjectMatch ${kind}`);
    }
    if (seen.get(value) === by) return value;
    seen.set(value, by);

    const keys = Reflect.ownKeys(value);
    const wanted = new Set(Reflect.ownKeys(by));
    const common = keys.filter((key) => wanted.has(key));
    // With no key in common, the message shows what is there instead.
    return common.length === 0 && wanted.size > 0
      ? Object.fromEntries(keys.map((key) => [key, value[key]]))
      : Object.fromEntries(
        common.map((key) => [key, narrowValue(value[key], by[key])]),
      );
  }

  function narrowArray(value: unknown[], by: unknown[]): unknown[] {
    if (seen.get(value) === by) return value;
    seen.set(value, by);
    const length = Math.min(value.length, by.length);
    return Array.from({ length }, (_, i) => narrowValue(value[i], by[i]));
  }

  function narrowMap(
    value: Map<unknown, unknown>,
    by: Map<unknown, unknown>,
  ): Map<unknown, unknown> {
    const common = [...value].filter(([key]) => by.has(key));
    return new Map(common.map(([key, item]) => {
      const other = by.get(key);
      return isObject(item) && isObject(other)
        ? [key, narrowObject(item, other)]
        : [key, item];
    }));
  }
}

function isObject(value: unknown): value is Properties {
  return typeof value === "object" && value !== null;
}
