import { isAbsolute } from "./is_absolute.ts";

/** Returns the file URL of an absolute path. */
export function toFileUrl(path: string): URL {
  if (!isAbsolute(path)) {
    throw new TypeError(`Path must be absolute: received "${path}"`);
  }
  const url = new URL("file:///");
  // A URL escapes the rest on its own, but takes these for something else or
  // drops them.
  url.pathname = path.replace(/^\/+/, "/")
    .replace(/[%\\\t-\r ]/g, encodeURIComponent);
  return url;
}
