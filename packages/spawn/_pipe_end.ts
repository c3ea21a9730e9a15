import { closeFile, lazySymbols, orErrno, SystemError } from "@procctl/libc";
import { EPOLLIN, EPOLLOUT, Watch } from "./_waiter.ts";

const libc = lazySymbols({
  // ssize_t read(int fd, void *buf, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // ssize_t write(int fd, const void *buf, size_t count)
  write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  // int fcntl(int fd, int cmd, int arg)
  fcntl: { parameters: ["i32", "i32", "i32"], result: "i32" },
  // int ioctl(int fd, unsigned long request, int *argument)
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
  // int shutdown(int sockfd, int how)
  shutdown: { parameters: ["i32", "i32"], result: "i32" },
});

const FIONREAD = 0x541bn;
const F_DUPFD_CLOEXEC = 1030;
const SHUT = { read: 0, write: 1 } as const;
const EINTR = 4;
const EAGAIN = 11;

/**
 * What is read goes here first, and is given away in an array of its own size:
 * of the many children that write little, none takes a large one.
 */
const buffer = new Uint8Array(new ArrayBuffer(65536));

/** How often in a row it may transfer before others have their turn. */
const MOST_IN_A_ROW = 16;

/** Closes the descriptors of streams that were dropped. */
const abandoned = new FinalizationRegistry<number>((fd) => closeFile(fd));

/**
 * This program's end of a pipe, or one direction of its socket. Nothing in it
 * waits but one call for all children, that of `_waiter.ts`.
 */
export class PipeEnd {
  #fd: number;
  #name: string;
  #direction: "read" | "write";
  #isSocket: boolean;
  #watch: Watch;
  #ready: () => void = () => {};
  #inARow = 0;
  #transferred = 0;
  #isClosed = false;

  /**
   * @param fd The descriptor, which does not block, and from now on is this
   * one's to close.
   * @param name What it is connected to, for errors.
   */
  constructor(
    fd: number,
    name: string,
    direction: "read" | "write",
    isSocket = false,
  ) {
    this.#fd = fd;
    this.#name = name;
    this.#direction = direction;
    this.#isSocket = isSocket;
    const events = direction === "read" ? EPOLLIN : EPOLLOUT;
    this.#watch = new Watch(fd, events, () => this.#ready());
    abandoned.register(this, fd, this);
  }

  /** How many bytes came so far: those that were read, and those that wait. */
  arrived(): number {
    if (this.#isClosed) return this.#transferred;
    const waiting = new Int32Array(new ArrayBuffer(4));
    libc.ioctl(this.#fd, FIONREAD, waiting);
    return this.#transferred + waiting[0]!;
  }

  /** The other direction of a socket that is read, closed by itself. */
  opposite(): PipeEnd {
    const fd = orErrno(libc.fcntl(this.#fd, F_DUPFD_CLOEXEC, 0));
    if (fd < 0) throw this.#failure("fcntl", -fd);
    return new PipeEnd(fd, this.#name, "write", true);
  }

  /**
   * Reads what there is, and waits if there is nothing.
   *
   * @returns The bytes; none at the end.
   */
  async read(): Promise<Uint8Array<ArrayBuffer>> {
    let bytes = new Uint8Array();
    await this.#transfer((fd) => {
      const size = orErrno(libc.read(fd, buffer, BigInt(buffer.length)));
      // Here, before another one reads into it.
      bytes = buffer.slice(0, Math.max(size, 0));
      return size;
    });
    return bytes;
  }

  /** The same into an array; returns how many bytes. */
  readInto(array: Uint8Array<ArrayBuffer>): Promise<number> {
    return this.#transfer((fd) =>
      orErrno(libc.read(fd, array, BigInt(array.length)))
    );
  }

  /** Writes all of an array, and waits while there is no room. */
  async write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (!(bytes instanceof Uint8Array)) {
      throw new TypeError(
        `Cannot write ${typeof bytes} to ${this.#name}: expected a Uint8Array`,
      );
    }
    for (let rest = bytes; rest.length > 0;) {
      const size = await this.#transfer((fd) =>
        orErrno(libc.write(fd, rest, BigInt(rest.length)))
      );
      if (size === 0) {
        throw new TypeError(`Cannot write to ${this.#name}: it is closed`);
      }
      rest = rest.subarray(size);
    }
  }

  /** Makes a call when it can be made. Returns 0 once this end is closed. */
  async #transfer(call: (fd: number) => number): Promise<number> {
    if (this.#inARow === MOST_IN_A_ROW) await this.#wait();
    while (!this.#isClosed) {
      const size = call(this.#fd);
      if (size === -EAGAIN) {
        await this.#wait();
      } else if (size !== -EINTR) {
        this.#inARow++;
        if (size < 0) throw this.#failure(this.#direction, -size);
        this.#transferred += size;
        return size;
      }
    }
    return 0;
  }

  async #wait(): Promise<void> {
    this.#inARow = 0;
    if (this.#isClosed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ready = resolve;
    this.#watch.wait();
    await promise;
  }

  /** Sets whether it keeps the program alive that somebody waits for it. */
  setRef(isRef: boolean): void {
    this.#watch.setRef(isRef);
  }

  /** Closes it. Who waits to read has come to the end. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#watch.stop();
    this.#ready();
    abandoned.unregister(this);
    if (this.#isSocket) libc.shutdown(this.#fd, SHUT[this.#direction]);
    closeFile(this.#fd);
  }

  #failure(syscall: string, errno: number): SystemError {
    const verb = this.#direction === "read" ? "read" : "write to";
    return new SystemError(`Cannot ${verb} ${this.#name}`, { errno, syscall });
  }
}
