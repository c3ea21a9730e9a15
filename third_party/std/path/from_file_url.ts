/** Returns the path that a file URL names. */
export function fromFileUrl(url: string | URL): string {
  const { protocol, pathname } = url instanceof URL ? url : new URL(url);
  if (protocol !== "file:") {
    throw new TypeError(`URL must be a file URL: received "${protocol}"`);
  }
  // A "%" that starts no escape stands for itself.
  return pathname.replace(/(?:%[\da-f]{2})+/gi, decodeURIComponent);
}
