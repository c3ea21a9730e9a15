import { encodeCString } from "@procctl/libc/encode";
import { lazySymbols } from "@procctl/libc/library";
import { readMemory } from "@procctl/libc/memory";
import { UsageError } from "./_usage_error.ts";

const libc = lazySymbols({
  // struct passwd *getpwnam(const char *name)
  getpwnam: { parameters: ["buffer"], result: "usize" },
  // struct group *getgrnam(const char *name)
  getgrnam: { parameters: ["buffer"], result: "usize" },
});

/** Behind the name and the password, in both. */
const ID_OFFSET = 16n;

/** A user's number, with that of its group if it was given by its name. */
export function findUser(user: string): { uid: number; gid?: number } {
  if (/^[0-9]+$/.test(user)) return { uid: Number(user) };
  const entry = libc.getpwnam(encodeCString(user, "--user"));
  if (entry === 0n) throw new UsageError(`There is no user "${user}"`);
  const [uid, gid] = new Uint32Array(readMemory(entry + ID_OFFSET, 8).buffer);
  return { uid: uid!, gid: gid! };
}

/** A group's number. */
export function findGroup(group: string): number {
  if (/^[0-9]+$/.test(group)) return Number(group);
  const entry = libc.getgrnam(encodeCString(group, "--group"));
  if (entry === 0n) throw new UsageError(`There is no group "${group}"`);
  return new Uint32Array(readMemory(entry + ID_OFFSET, 4).buffer)[0]!;
}
