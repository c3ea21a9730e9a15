import { dirname as posixDirname } from "node:path/posix";
import { text } from "./_text.ts";

/** Returns a path without its last part. */
export function dirname(path: string | URL): string {
  // Node keeps all but one of the slashes before the last part.
  return posixDirname(text(path)).replace(/(?<!^)\/+$/, "");
}
