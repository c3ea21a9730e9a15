import { isAbsolute as posixIsAbsolute } from "node:path/posix";

/** Tells whether a path starts at the root. */
export function isAbsolute(path: string): boolean {
  return posixIsAbsolute(path);
}
