import { join as posixJoin } from "node:path/posix";
import { text } from "./_text.ts";

/** Joins paths with slashes and normalizes the result. */
export function join(path: string | URL, ...paths: string[]): string {
  return posixJoin(text(path), ...paths);
}
