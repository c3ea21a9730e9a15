import type { Socket } from "node:net";
import { closeFile } from "@procctl/libc";

/** Closes the descriptors of streams that were dropped without being used. */
const abandoned = new FinalizationRegistry<number>((fd) => closeFile(fd));

/** What a pipe's end can be used for. */
export interface PipeUse {
  readable: boolean;
  writable: boolean;
}

/**
 * This program's end of a pipe, as a socket of Node's: the one thing of Deno's
 * that reads and writes a descriptor by its number without a thread for it.
 *
 * It becomes one only when it is used. `node:net` takes 30 ms to load, and a
 * socket takes the descriptor over.
 */
export class PipeEnd {
  #fd: number;
  #use: PipeUse;
  #socket: Promise<Socket> | undefined;
  #isRef = true;
  #closed = false;

  constructor(fd: number, use: PipeUse) {
    this.#fd = fd;
    this.#use = use;
    abandoned.register(this, fd, this);
  }

  /** The socket. */
  open(): Promise<Socket> {
    return this.#socket ??= this.#open();
  }

  async #open(): Promise<Socket> {
    const { Socket } = await import("node:net");
    // Closed in the meantime: a socket without a descriptor, closed as well.
    if (this.#closed) return new Socket().destroy();
    abandoned.unregister(this);
    const socket = new Socket({
      fd: this.#fd,
      readable: this.#use.readable,
      writable: this.#use.writable,
      // One side stays open when the other has come to its end.
      allowHalfOpen: true,
    });
    // Whoever reads or writes is told of an error; without a listener it would
    // end the program.
    socket.on("error", () => {});
    if (!this.#isRef) socket.unref();
    return socket;
  }

  /** Sets whether it keeps the program alive. */
  async setRef(isRef: boolean): Promise<void> {
    this.#isRef = isRef;
    const socket = await this.#socket;
    if (this.#isRef) socket?.ref();
    else socket?.unref();
  }

  /** Closes it, whatever state it is in. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    if (this.#socket !== undefined) {
      (await this.#socket).destroy();
    } else {
      abandoned.unregister(this);
      closeFile(this.#fd);
    }
  }
}
