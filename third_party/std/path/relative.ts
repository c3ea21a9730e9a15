import { relative as posixRelative } from "node:path/posix";

/** Returns the way from one path to another, by their text alone. */
export function relative(from: string, to: string): string {
  return posixRelative(from, to);
}
