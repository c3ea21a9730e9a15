import { readDirectory, readFile, SystemError } from "@procctl/libc";

const FOLDER = "/proc/sys/fs/binfmt_misc";
const DOT = 0x2e;

/** A file format that was registered, as binfmt_misc of the kernel tells it. */
export interface RegisteredFormat {
  name: string;
  interpreter: string;
  matches(path: Uint8Array, head: Uint8Array): boolean;
}

/** The formats that were registered and are in force. */
export function registeredFormats(): RegisteredFormat[] {
  if (!isEnabled(read("status") ?? "")) return [];
  return readDirectory(FOLDER).flatMap((entry) => {
    const name = new TextDecoder().decode(entry);
    if (name === "register" || name === "status") return [];
    const format = parseFormat(name, read(name) ?? "");
    return format === undefined ? [] : [format];
  });
}

function read(name: string): string | undefined {
  try {
    return new TextDecoder().decode(readFile(`${FOLDER}/${name}`));
  } catch (error) {
    // It is not mounted, or the entry is gone.
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}

function isEnabled(text: string): boolean {
  return text.startsWith("enabled\n");
}

/** Reads an entry; undefined if it is not in force or is not understood. */
export function parseFormat(
  name: string,
  text: string,
): RegisteredFormat | undefined {
  if (!isEnabled(text)) return undefined;
  const field = (key: string) =>
    new RegExp(`^${key} (.*)$`, "m").exec(text)?.[1];
  const interpreter = field("interpreter");
  if (interpreter === undefined) return undefined;
  const extension = field("extension");
  if (extension !== undefined) {
    const bytes = new TextEncoder().encode(extension.slice(1));
    return {
      name,
      interpreter,
      matches: (path) =>
        equals(path.subarray(path.lastIndexOf(DOT) + 1), bytes) &&
        path.includes(DOT),
    };
  }
  const magic = Uint8Array.fromHex(field("magic") ?? "");
  const mask = Uint8Array.fromHex(field("mask") ?? "ff".repeat(magic.length));
  const offset = Number(field("offset"));
  return {
    name,
    interpreter,
    matches: (_path, head) =>
      magic.every((byte, index) =>
        // The kernel sees zeros after the end of a file.
        (((head[offset + index] ?? 0) ^ byte) & mask[index]!) === 0
      ),
  };
}

function equals(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
