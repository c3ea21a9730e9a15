/**
 * Users, as /etc/passwd and /etc/group have them.
 *
 * @module
 */

import { readFile } from "@procctl/libc/files";
import { UsageError } from "./_usage_error.ts";

/** Who a program is started as. */
export interface User {
  uid: number;
  gid: number;
  groups: number[];
}

/** Finds a user by name. */
export function findUser(name: string): User {
  const lines = readLines("/etc/passwd");
  const fields = lines.find(([it]) => it === name);
  if (fields === undefined) {
    throw new UsageError(`There is no user "${name}" in "/etc/passwd"`);
  }
  const [, , uid, gid] = fields;
  const groups = readLines("/etc/group")
    .filter(([, , , members = ""]) => members.split(",").includes(name))
    .map(([, , group]) => Number(group));
  return {
    uid: Number(uid),
    gid: Number(gid),
    groups: [...new Set([Number(gid), ...groups])],
  };
}

function readLines(path: string): string[][] {
  return new TextDecoder().decode(readFile(path)).split("\n")
    .map((line) => line.split(":"));
}
