import { extname as posixExtname } from "node:path/posix";
import { text } from "./_text.ts";

/** Returns the extension of a path with its dot, or an empty string. */
export function extname(path: string | URL): string {
  return posixExtname(text(path));
}
