import { types } from "node:util";

/**
 * Tells whether two values are deeply equal. Unlike Node's strict equality, 0
 * is -0, an object may lack a prototype, and class instances are compared by
 * what their getters return.
 */
export function equal(a: unknown, b: unknown): boolean {
  return compare(a, b, new Map());
}

/** Compares two values; `seen` holds the pairs under way, so cycles end. */
function compare(a: unknown, b: unknown, seen: Map<object, object>): boolean {
  if (isSame(a, b)) return true;
  // A function is equal to nothing but itself.
  if (!isObject(a) || !isObject(b)) return false;

  if (a instanceof Date && b instanceof Date) {
    return isSame(a.getTime(), b.getTime());
  }
  if (prototypeOf(a) !== prototypeOf(b)) return false;

  // From here on `b` is of the class of `a`.
  if (types.isTypedArray(a)) {
    const other = b as typeof a;
    return a.length === other.length &&
      a.every((item: unknown, i: number) => isSame(item, other[i]));
  }
  if (types.isAnyArrayBuffer(a)) {
    const other = new Uint8Array(b as typeof a);
    return compare(new Uint8Array(a), other, seen);
  }
  if (a instanceof WeakMap || a instanceof WeakSet) {
    const name = a instanceof WeakMap ? "WeakMap" : "WeakSet";
    throw new TypeError(`Cannot compare ${name} instances`);
  }
  if (a instanceof WeakRef) {
    return compare(a.deref(), (b as typeof a).deref(), seen);
  }

  if (seen.get(a) === b) return true;
  // This also tells a missing key from an undefined value.
  if (Object.keys(a).length !== Object.keys(b).length) return false;
  seen.set(a, b);

  if (a instanceof Set || a instanceof Map) {
    return compareCollections(a, b as typeof a, seen);
  }
  if (TEXTUAL.has(prototypeOf(a))) return String(a) === String(b);
  return keysOf(a, b).every((key) =>
    key in a === key in b &&
    compare(Reflect.get(a, key), Reflect.get(b, key), seen)
  );
}

/** Compares sets, whose items are keys and values at once, or maps. */
function compareCollections(
  a: Set<unknown> | Map<unknown, unknown>,
  b: Set<unknown> | Map<unknown, unknown>,
  seen: Map<object, object>,
): boolean {
  const entries = [...a.entries()];
  const others = new Map<unknown, unknown>(b.entries());
  if (entries.length !== others.size) return false;
  if (entries.every(([key]) => isPrimitive(key))) {
    return entries.every(([key, value]) =>
      others.has(key) && compare(value, others.get(key), seen)
    );
  }
  // Keys that are objects are searched for. One of `b` may match more than
  // once; and all are compared, as some throw.
  const matched = entries.filter(([key, value]) =>
    [...others].some(([otherKey, other]) =>
      compare(key, otherKey, seen) && compare(value, other, seen)
    )
  );
  return matched.length === entries.length;
}

/** Lists the keys to compare; the two objects share their prototype. */
function keysOf(a: object, b: object): PropertyKey[] {
  const prototype = prototypeOf(a);
  return ENDS.has(prototype)
    ? Reflect.ownKeys({ ...a, ...b })
    : [...new Set([...chainKeysOf(a), ...chainKeysOf(b)])];
}

/** Lists all keys of an instance, those of its classes included. */
function chainKeysOf(instance: object): PropertyKey[] {
  const keys: PropertyKey[] = [];
  let object: object | null = instance;
  while (object && !ENDS.has(object)) {
    keys.push(...Reflect.ownKeys(object));
    object = Object.getPrototypeOf(object);
  }
  return keys;
}

/** The prototypes whose own methods are not worth a comparison. */
const ENDS = new Set<object>([Object.prototype, Array.prototype]);

/** The prototypes whose instances are equal if they read the same. */
const TEXTUAL = new Set<object>([
  RegExp,
  URL,
  URLSearchParams,
  Intl.Locale,
  ...temporalClasses(),
].map((textual) => textual.prototype));

/** Lists the classes of Temporal, which Deno has from 2.7 on. */
function temporalClasses(): { prototype: object }[] {
  if (!("Temporal" in globalThis)) return [];
  return [
    Temporal.Duration,
    Temporal.Instant,
    Temporal.PlainDate,
    Temporal.PlainDateTime,
    Temporal.PlainMonthDay,
    Temporal.PlainTime,
    Temporal.PlainYearMonth,
    Temporal.ZonedDateTime,
  ];
}

/** Returns the prototype; an object without one passes for a plain object. */
function prototypeOf(value: object): object {
  return Object.getPrototypeOf(value) ?? Object.prototype;
}

/** Takes 0 for -0, and NaN for itself. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || Object.is(a, b);
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isPrimitive(value: unknown): boolean {
  return !isObject(value) && typeof value !== "function";
}
