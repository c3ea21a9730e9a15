import { quote } from "@procctl/libc";
import {
  accessErrno,
  type FileStatus,
  isOnNoexecMount,
  statusOf,
  targetOf,
} from "./_explain_file_system.ts";
import type { PathFault, PathFaultKind } from "./path_fault.ts";

const ENOENT = 2;
const EACCES = 13;
const ENOTDIR = 20;
const ETXTBSY = 26;
const ENAMETOOLONG = 36;
const ELOOP = 40;

const PATH_MAX = 4096;
const NAME_MAX = 255;
const SLASH = 0x2f;

/** A fault, in words too. */
export interface DescribedFault extends PathFault {
  /** What there is to say of the file: "is a directory", after its name. */
  predicate: string;
}

/**
 * Finds out what on a path makes the kernel say an errno when it opens it to
 * execute it; undefined if nothing is found that does.
 */
export function findFault(
  path: Uint8Array,
  errno: number,
): DescribedFault | undefined {
  if (errno === ENAMETOOLONG) return findTooLong(path);
  if (errno === ETXTBSY) {
    return fault("open-for-writing", path, "is open for writing");
  }
  let before: Uint8Array | undefined;
  // The root has no name on its path.
  let status = statusOf(path, { follow: true });
  for (const prefix of prefixesOf(path)) {
    status = statusOf(prefix, { follow: true });
    if (typeof status === "number") {
      return -status === errno
        ? findOnWay(prefix, before ?? parentOf(path), errno)
        : undefined;
    }
    before = prefix;
  }
  if (typeof status === "number") return undefined;
  if (errno === ENOTDIR && before !== undefined) {
    return fault("not-a-directory", before, "is not a directory");
  }
  return errno === EACCES ? findDenial(path, status) : undefined;
}

/** The path up to each of its names. */
function* prefixesOf(path: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < path.length;) {
    const slash = path.indexOf(SLASH, start);
    const end = slash === -1 ? path.length : slash;
    if (end > start) yield path.subarray(0, end);
    start = end + 1;
  }
}

/** The directory that the first name of a path is in. */
function parentOf(path: Uint8Array): Uint8Array {
  return new TextEncoder().encode(path[0] === SLASH ? "/" : ".");
}

/** What keeps the kernel from reaching a file that it passes on its way. */
function findOnWay(
  prefix: Uint8Array,
  before: Uint8Array,
  errno: number,
): DescribedFault | undefined {
  const target = targetOf(prefix);
  const link = target && `is a symbolic link to ${quote(target)}`;
  switch (errno) {
    case ENOENT:
      return link === undefined
        ? fault("missing", prefix, "does not exist")
        : fault("dangling-link", prefix, `${link}, which does not exist`);
    case ENOTDIR:
      return link === undefined
        ? fault("not-a-directory", before, "is not a directory")
        : fault("not-a-directory", prefix, `${link}, behind a file`);
    case EACCES:
      return link === undefined
        ? fault(
          "no-search",
          before,
          "is a directory that may not be searched",
          modeOf(before),
        )
        : fault("no-search", prefix, `${link}, which may not be reached`);
    case ELOOP:
      return fault(
        "link-loop",
        prefix,
        `${link ?? "leads to symbolic links"}, and these lead to no end`,
      );
    default:
      return undefined;
  }
}

function findTooLong(path: Uint8Array): DescribedFault | undefined {
  if (path.length >= PATH_MAX) {
    const predicate = `has ${path.length} bytes, more than ${PATH_MAX - 1}`;
    return fault("too-long", path, predicate);
  }
  for (const prefix of prefixesOf(path)) {
    const size = prefix.length - 1 - prefix.lastIndexOf(SLASH);
    if (size > NAME_MAX) {
      const predicate = `ends in a name of ${size} bytes, more than ` +
        NAME_MAX;
      return fault("too-long", prefix, predicate);
    }
  }
  return undefined;
}

/** Why a file that is reached may not be executed. */
function findDenial(
  path: Uint8Array,
  { type, mode }: FileStatus,
): DescribedFault | undefined {
  if (type !== "a regular file") {
    return fault("not-regular", path, `is ${type}`);
  }
  if ((mode & 0o111) === 0) {
    return fault("no-execute", path, "has no execute permission", mode);
  }
  if (isOnNoexecMount(path)) {
    const predicate = "is on a file system that is mounted noexec";
    return fault("noexec-mount", path, predicate);
  }
  return accessErrno(path) < 0
    ? fault(
      "no-execute",
      path,
      "has no execute permission for this user",
      mode,
    )
    : undefined;
}

function modeOf(path: Uint8Array): number | undefined {
  const status = statusOf(path, { follow: true });
  return typeof status === "number" ? undefined : status.mode;
}

function fault(
  kind: PathFaultKind,
  path: Uint8Array,
  predicate: string,
  mode?: number,
): DescribedFault {
  const it = { kind, path: new Uint8Array(path), predicate };
  return mode === undefined ? it : { ...it, mode };
}
