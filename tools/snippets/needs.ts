import { findObstacle } from "@procctl/observe/obstacle";
import { root } from "@procctl/testing";

/** The flags of snippets that cannot be run here, and why not. */
export function missingNeeds(): Map<string, string> {
  const reasons = new Map<string, string>();
  if (root() !== undefined) {
    reasons.set("needs-root", "this user is not root");
  }
  const obstacle = findObstacle();
  if (obstacle !== undefined) reasons.set("needs-perf", obstacle.message);
  return reasons;
}
