import {
  checkRecord,
  encodeBytes,
  encodeKey,
  environ,
  joinEntry,
  type StringOrBytes,
} from "@procctl/libc";

const EQUALS = 0x3d;

/** The changes that an environment gets, checked: entries by encoded key. */
export type EnvironmentChanges = ReadonlyMap<string, Uint8Array | undefined>;

/** Checks `env` of the options; undefined as a value removes the variable. */
export function checkEnvironment(
  env: Record<string, StringOrBytes | undefined> | undefined,
): EnvironmentChanges {
  const changes = new Map<string, Uint8Array | undefined>();
  if (env === undefined) return changes;
  checkRecord(env, "env");
  for (const [key, value] of Object.entries(env)) {
    const encoded = encodeKey(key, "env");
    const entry = value === undefined ? undefined : joinEntry(
      encoded,
      encodeBytes(value, `env[${JSON.stringify(key)}]`),
    );
    changes.set(encoded.toHex(), entry);
  }
  return changes;
}

/**
 * The environment with its changes made; undefined if it is inherited as it is.
 *
 * What is not changed keeps its order and its bytes, even entries that are
 * there twice or have no `=`.
 */
export function changedEnvironment(
  changes: EnvironmentChanges,
  clear: boolean,
): Uint8Array[] | undefined {
  if (changes.size === 0 && !clear) return undefined;
  const kept = clear ? [] : environ().filter((entry) => {
    const equals = entry.indexOf(EQUALS);
    return equals === -1 || !changes.has(entry.subarray(0, equals).toHex());
  });
  const added = [...changes.values()].filter((entry) => entry !== undefined);
  return [...kept, ...added];
}
