import { fromFileUrl } from "./from_file_url.ts";

/** A path as text, where a file URL is as good as a path. */
export function text(path: string | URL): string {
  return path instanceof URL ? fromFileUrl(path) : path;
}
