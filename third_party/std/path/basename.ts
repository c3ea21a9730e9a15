import { basename as posixBasename } from "node:path/posix";
import { text } from "./_text.ts";

/** Returns the last part of a path, without `suffix` if it ends in it. */
export function basename(path: string | URL, suffix = ""): string {
  path = text(path);
  // The root has no last part for Node; here its name is "/".
  const name = posixBasename(path) || path.slice(0, 1);
  // Node also strips a suffix that is the whole name.
  return suffix && name !== suffix && name.endsWith(suffix)
    ? name.slice(0, -suffix.length)
    : name;
}
