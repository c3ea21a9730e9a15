import { lazySymbols } from "@procctl/libc";
import type { ContainmentGap } from "./limited_report.ts";
import type { SpawnOptions } from "./spawn_options.ts";

const libc = lazySymbols({
  // uid_t geteuid(void)
  geteuid: { parameters: [], result: "u32" },
});

/** What a command can do to get away from its supervisor. */
export function containmentGaps(
  { uid, namespaces = [] }: SpawnOptions,
): ContainmentGap[] {
  // It sees no process outside, and its processes end with its first one.
  if (namespaces.includes("pid")) return [];
  const own = libc.geteuid();
  const user = uid ?? own;
  if (user === 0) return ["same-user", "root"];
  return user === own ? ["same-user"] : [];
}
