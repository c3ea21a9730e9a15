/**
 * What a program that is run to its end reads and writes.
 *
 * @module
 */

import { SystemError } from "@procctl/libc";
import { concat } from "./_collect.ts";
import { encodeInput } from "./_run.ts";
import type { RunOptions } from "./run_options.ts";

/** The input as a stream, checked. */
export function inputStream(
  input: RunOptions["input"],
): ReadableStream<Uint8Array> | undefined {
  if (!(input instanceof ReadableStream)) {
    const bytes = encodeInput(input, "a string, Uint8Array or ReadableStream");
    return bytes && ReadableStream.from([bytes]);
  }
  if (!input.locked) return input;
  throw new TypeError("Cannot use a stream as input: it is locked");
}

/** How a stream is read. */
export interface Reading {
  /** How many bytes are kept. */
  limit: number;
  /** Aborted when nobody waits for more. */
  over: AbortSignal;
  /** Called when there are more. */
  exceed(): void;
}

/** Reads a stream to its end, and keeps what is within a limit. */
export async function readAtMost(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  { limit, over, exceed }: Reading,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = stream.getReader();
  // Where the stream has failed, that was told to who reads it.
  over.addEventListener("abort", () => reader.cancel().catch(() => {}));
  const chunks: Uint8Array[] = [];
  let room = limit;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(chunks);
    if (value.length > room) exceed();
    const kept = value.subarray(0, room);
    if (kept.length > 0) chunks.push(kept);
    room -= kept.length;
  }
}

/** What is told of an input that cannot be fed. */
export interface Feeding {
  /** Aborted when nobody waits for more. */
  readonly over: AbortSignal;
  /** Called when the input itself fails. */
  readonly fail: (error: unknown) => void;
}

/** Writes what a child is to read. That it does not read it all is its affair. */
export async function feed(
  stdin: WritableStream<Uint8Array>,
  input: ReadableStream<Uint8Array>,
  { over, fail }: Feeding,
): Promise<void> {
  try {
    await input.pipeTo(stdin, { signal: over });
  } catch (error) {
    const isUnread = error instanceof SystemError && error.code === "EPIPE";
    if (!over.aborted && !isUnread) fail(error);
  }
}
