import { join as posixJoin } from "node:path/posix";
import { text } from "./_text.ts";

/** Joins paths with slashes and normalizes the result. */
export function join(path: string | URL, ...paths: string[]): string {
  // No path at all is what an empty list becomes when it is spread.
  return path === undefined ? "." : posixJoin(text(path), ...paths);
}
