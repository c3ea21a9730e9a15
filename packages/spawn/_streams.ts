/**
 * The ends of pipes as Web streams.
 */

import type { PipeEnd } from "./_pipe_end.ts";

/** A stream of bytes that reads nothing ahead. */
export function readableOf(
  end: PipeEnd,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    async pull(controller) {
      try {
        if (await readOnce(end, controller)) return;
      } catch (error) {
        end.close();
        throw error;
      }
      end.close();
      controller.close();
      // Who waits for bytes in an array of its own is told of the end by this.
      controller.byobRequest?.respond(0);
    },
    cancel() {
      end.close();
    },
  });
}

/** Says whether there was anything to read. */
async function readOnce(
  end: PipeEnd,
  controller: ReadableByteStreamController,
): Promise<boolean> {
  const request = controller.byobRequest;
  if (request === null) {
    const bytes = await end.read();
    if (bytes.length === 0) return false;
    controller.enqueue(bytes);
    return true;
  }
  const { buffer, byteOffset, byteLength } = request.view!;
  const array = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  const size = await end.readInto(array);
  if (size === 0) return false;
  request.respond(size);
  return true;
}

/** A stream that takes a chunk when the one before has been written. */
export function writableOf(end: PipeEnd): WritableStream<Uint8Array> {
  return new WritableStream({
    start({ signal }) {
      // The stream's own abort() comes when a write that is under way has come
      // to its end, for which this one may wait for ever.
      signal.addEventListener("abort", () => end.close());
    },
    async write(chunk) {
      try {
        await end.write(chunk as Uint8Array<ArrayBuffer>);
      } catch (error) {
        end.close();
        throw error;
      }
    },
    close() {
      end.close();
    },
  });
}
