/**
 * Reads a stream to its end.
 *
 * @param stream The stream; undefined is one of no bytes.
 */
export async function collect(
  stream: ReadableStream<Uint8Array<ArrayBuffer>> | undefined,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk);
  return concat(chunks);
}

/** Puts chunks together. */
export function concat(
  chunks: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const size = chunks.reduce((sum, { length }) => sum + length, 0);
  const whole = new Uint8Array(size);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}
