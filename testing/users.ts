import { lazySymbols, orErrno } from "@procctl/libc/library";
import { SystemError } from "@procctl/libc";

const libc = lazySymbols({
  // int setgroups(size_t size, const gid_t *list)
  setgroups: { parameters: ["usize", "buffer"], result: "i32" },
  // int setresgid(gid_t rgid, gid_t egid, gid_t sgid)
  setresgid: { parameters: ["u32", "u32", "u32"], result: "i32" },
  // int setresuid(uid_t ruid, uid_t euid, uid_t suid)
  setresuid: { parameters: ["u32", "u32", "u32"], result: "i32" },
});

/** The user and group id of nobody on every distribution. */
export const NOBODY = 65534;

/**
 * Makes this process an ordinary user's for good: only in a child, and only
 * when it runs as root.
 *
 * @param uid The user, whose number is taken for the group too.
 * @throws {SystemError} If it may not.
 */
export function becomeUser(uid: number = NOBODY): void {
  const steps = [
    ["setgroups", orErrno(libc.setgroups(0n, null))],
    ["setresgid", orErrno(libc.setresgid(uid, uid, uid))],
    ["setresuid", orErrno(libc.setresuid(uid, uid, uid))],
  ] as const;
  for (const [syscall, result] of steps) {
    if (result < 0) {
      throw new SystemError(`Cannot become user ${uid}`, {
        errno: -result,
        syscall,
      });
    }
  }
}
