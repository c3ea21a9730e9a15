/** What the error numbers of opening a file for execution mean, in words. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "It may not be executed, or a directory on its path not be searched",
  ELOOP: "There are too many symbolic links on its path",
  ENAMETOOLONG: "Its path is too long",
  ENOENT: "It does not exist",
  ENOTDIR: "A part of its path is no directory",
  ETXTBSY: "It is open for writing",
};

/** Words for an error number's name; the name itself if there are none here. */
export function reasonOf(code: string): string {
  return REASONS[code] ?? `Opening it fails with ${code}`;
}
