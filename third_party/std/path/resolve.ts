import { resolve as posixResolve } from "node:path/posix";

/** Resolves paths from right to left until the result is absolute. */
export function resolve(...pathSegments: string[]): string {
  return posixResolve(...pathSegments);
}
