import { normalize as posixNormalize } from "node:path/posix";
import { text } from "./_text.ts";

/** Resolves `.`, `..` and repeated slashes in a path, by its text alone. */
export function normalize(path: string | URL): string {
  return posixNormalize(text(path));
}
