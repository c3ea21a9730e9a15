import type { ProcessStat } from "./_process_tree.ts";

/** Whose group is nobody's to kill. */
const INIT = 1;

/** What tells whether a group is theirs. */
export interface GroupsOptions {
  /** A process group that nobody else is in. */
  group: number | undefined;
  /** The session of this program. */
  session: number | undefined;
}

/**
 * The groups of processes that nobody else is in: that one, and those in other
 * sessions than this program's, which they made themselves. Those that are not
 * reaped keep the numbers of their groups from being used again.
 *
 * @param stats What is told of the processes; one whose parent is none of them
 * may have got its number since, and does not count.
 */
export function ownGroups(
  stats: readonly ProcessStat[],
  { group, session }: GroupsOptions,
): Set<number> {
  const known = new Set(stats.map(({ pid }) => pid));
  const apart = stats.filter((it) =>
    known.has(it.parent) && (it.group === group || it.session !== session)
  );
  // Of one that is being reaped the kernel may tell 0: that would be our own.
  return new Set(apart.map((it) => it.group).filter((it) => it > INIT));
}
