import { groupsOf, userByName } from "./_accounts.ts";

/** Who a program is started as. */
export interface User {
  uid: number;
  gid: number;
  groups: number[];
}

/** Finds a user by name, with all of its groups, as a login does. */
export function findUser(name: string): User {
  const user = userByName(name);
  return { ...user, groups: groupsOf(name, user.gid) };
}
