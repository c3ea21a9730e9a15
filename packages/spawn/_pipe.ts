import {
  closeFile,
  lazySymbols,
  O_CLOEXEC,
  O_NONBLOCK,
  orErrno,
  SystemError,
} from "@procctl/libc";

const libc = lazySymbols({
  // int pipe2(int pipefd[2], int flags)
  pipe2: { parameters: ["buffer", "i32"], result: "i32" },
  // int socketpair(int domain, int type, int protocol, int sv[2])
  socketpair: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  // int fcntl(int fd, int cmd, int arg)
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
});

const F_SETFL = 4;
const F_DUPFD_CLOEXEC = 1030;

/**
 * Where these are closed nothing is put in their place: whatever this program
 * prints would go into it.
 */
const STANDARD_STREAMS = new Set([0, 1, 2]);

const AF_UNIX = 1;
const SOCK_STREAM = 1;
const SOCK_CLOEXEC = 0x80000;

/** The two ends of a pipe, both close-on-exec. */
export interface Pipe {
  /** The descriptor that is read from. */
  readEnd: number;
  /** The descriptor that is written to. */
  writeEnd: number;
}

/** Makes a pipe. */
export function makePipe(): Pipe {
  const ends = new Int32Array(new ArrayBuffer(8));
  const result = orErrno(libc.pipe2(ends, O_CLOEXEC));
  if (result < 0) throw failure("a pipe", "pipe2", -result);
  const [readEnd, writeEnd] = moveAway([...ends], STANDARD_STREAMS);
  return { readEnd: readEnd!, writeEnd: writeEnd! };
}

/** Makes two sockets that are connected to each other, both close-on-exec. */
export function makeSocketPair(): [number, number] {
  const ends = new Int32Array(new ArrayBuffer(8));
  const result = orErrno(
    libc.socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends),
  );
  if (result < 0) throw failure("a pair of sockets", "socketpair", -result);
  const [first, second] = moveAway([...ends], STANDARD_STREAMS);
  return [first!, second!];
}

/**
 * Moves descriptors to numbers that are none of some.
 *
 * @returns Their numbers then: the same for one that is none of them.
 * @throws {SystemError} If there is no number left. All are closed then.
 */
export function moveAway(
  fds: readonly number[],
  taken: ReadonlySet<number>,
): number[] {
  const numbers = [...fds];
  // In use until all have moved, or one would get the same number again.
  const left: number[] = [];
  try {
    for (const index of numbers.keys()) {
      while (taken.has(numbers[index]!)) {
        const fd = numbers[index]!;
        const copy = orErrno(libc.fcntl(fd, F_DUPFD_CLOEXEC, 0));
        if (copy < 0) throw failure("room for a pipe", "fcntl", -copy);
        left.push(fd);
        numbers[index] = copy;
      }
    }
    return numbers;
  } catch (error) {
    for (const fd of numbers) closeFile(fd);
    throw error;
  } finally {
    for (const fd of left) closeFile(fd);
  }
}

/** Lets no read from a descriptor wait, and no write to it. */
export function unblock(fd: number): void {
  const result = orErrno(libc.fcntl(fd, F_SETFL, O_NONBLOCK));
  if (result < 0) throw failure("a pipe that does not wait", "fcntl", -result);
}

function failure(what: string, syscall: string, errno: number): SystemError {
  return new SystemError(`Cannot make ${what}`, { errno, syscall });
}
