import {
  closeFile,
  lazySymbols,
  O_NONBLOCK,
  O_RDONLY,
  openFile,
} from "@procctl/libc";

const libc = lazySymbols({
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
});

/** What the kernel reads of a script. */
const HEAD_SIZE = 256;
const NEWLINE = 0x0a;

/** The first line of a script. */
export interface FirstLine {
  /** The line, cut where the kernel stops reading. */
  line: string;
  /** Where its interpreter begins, counted in characters from 1. */
  column: number;
}

/** Reads the first line of a script again, to show it as it is written. */
export function readFirstLine(path: Uint8Array): FirstLine {
  const fd = openFile(path, O_RDONLY | O_NONBLOCK);
  try {
    const buffer = new Uint8Array(HEAD_SIZE);
    const size = libc.read(fd, buffer, BigInt(HEAD_SIZE));
    const head = buffer.subarray(0, Math.max(size, 0));
    const end = head.indexOf(NEWLINE);
    const bytes = end < 0 ? head : head.subarray(0, end);
    const line = new TextDecoder().decode(bytes);
    const [before] = /^#![ \t]*/.exec(line) ?? [""];
    return { line, column: before.length + 1 };
  } finally {
    closeFile(fd);
  }
}
