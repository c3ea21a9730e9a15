/**
 * The ends of pipes as Web streams.
 */

import type { Socket } from "node:net";
import { SystemError } from "@procctl/libc";
import type { PipeEnd } from "./_pipe_end.ts";

/** What Node's errors tell of the kernel's. */
interface NodeError extends Error {
  errno?: number;
}

/**
 * A stream of bytes that reads no further ahead than one chunk.
 *
 * @param name What it reads, for errors.
 */
export function readableOf(
  end: PipeEnd,
  name: string,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  let socket: Socket | undefined;

  async function connect(
    controller: ReadableByteStreamController,
  ): Promise<Socket> {
    const opened = await end.open();
    opened.on("data", (chunk: Uint8Array) => {
      // A copy: a stream of bytes takes the memory of what it is given away,
      // and this may be a part of what the socket reads into next.
      controller.enqueue(new Uint8Array(chunk));
      if ((controller.desiredSize ?? 0) <= 0) opened.pause();
    });
    opened.on("end", () => {
      controller.close();
      // Who waits for bytes in a buffer of its own is told of the end by this.
      controller.byobRequest?.respond(0);
    });
    opened.on("error", (error: NodeError) => {
      controller.error(asSystemError(error, "read", name));
    });
    return opened;
  }

  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      socket ??= await connect(controller);
      socket.resume();
    },
    async cancel() {
      await end.close();
    },
  });
}

/**
 * A stream that takes a chunk when the one before has been written.
 *
 * @param name What it writes to, for errors.
 */
export function writableOf(
  end: PipeEnd,
  name: string,
): WritableStream<Uint8Array> {
  return new WritableStream({
    async write(chunk) {
      const socket = await end.open();
      await new Promise<void>((resolve, reject) => {
        socket.write(chunk, (error) => {
          if (error) reject(asSystemError(error, "write", name));
          else resolve();
        });
      });
    },
    async close() {
      await end.close();
    },
    async abort() {
      await end.close();
    },
  });
}

function asSystemError(
  error: NodeError,
  syscall: string,
  name: string,
): Error {
  if (error.errno === undefined) return error;
  const verb = syscall === "read" ? "read" : "write to";
  return new SystemError(`Cannot ${verb} ${name}`, {
    errno: Math.abs(error.errno),
    syscall,
    cause: error,
  });
}
