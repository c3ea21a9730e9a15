/**
 * Users and groups, as the system knows them: in /etc/passwd and /etc/group, or
 * wherever else nsswitch.conf(5) says.
 *
 * @module
 */

import { encodeCString } from "@procctl/libc/encode";
import { lazySymbols } from "@procctl/libc/library";
import { readMemory } from "@procctl/libc/memory";
import { UsageError } from "./_usage_error.ts";

const libc = lazySymbols({
  // struct passwd *getpwnam(const char *name)
  getpwnam: { parameters: ["buffer"], result: "usize" },
  // struct group *getgrnam(const char *name)
  getgrnam: { parameters: ["buffer"], result: "usize" },
  // int getgrouplist(const char *user, gid_t group, gid_t *groups, int *ngroups)
  getgrouplist: {
    parameters: ["buffer", "u32", "buffer", "buffer"],
    result: "i32",
  },
});

/** Behind the name and the password, in both. */
const ID_OFFSET = 16n;
/** How many groups Linux lets a process be in. */
const NGROUPS_MAX = 65_536;

/** A user by name, and its group. */
export function userByName(name: string): { uid: number; gid: number } {
  const entry = libc.getpwnam(encodeCString(name, "user"));
  if (entry === 0n) throw new UsageError(`There is no user "${name}"`);
  const [uid, gid] = new Uint32Array(readMemory(entry + ID_OFFSET, 8).buffer);
  return { uid: uid!, gid: gid! };
}

/** All groups that a user is in, its own first. */
export function groupsOf(name: string, gid: number): number[] {
  const groups = new Uint32Array(NGROUPS_MAX);
  const count = new Int32Array([NGROUPS_MAX]);
  libc.getgrouplist(encodeCString(name, "user"), gid, groups, count);
  return [...groups.subarray(0, count[0])];
}

/** A user's number, with that of its group if it was given by its name. */
export function parseUser(user: string): { uid: number; gid?: number } {
  return /^[0-9]+$/.test(user) ? { uid: Number(user) } : userByName(user);
}

/** A group's number. */
export function parseGroup(group: string): number {
  if (/^[0-9]+$/.test(group)) return Number(group);
  const entry = libc.getgrnam(encodeCString(group, "group"));
  if (entry === 0n) throw new UsageError(`There is no group "${group}"`);
  return new Uint32Array(readMemory(entry + ID_OFFSET, 4).buffer)[0]!;
}
