import { assertRejects } from "@std/assert";
import { readAtMost } from "./_input_output.ts";

Deno.test("readAtMost() tells of a stream that fails once, and not again at the end", async () => {
  const over = new AbortController();
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    pull() {
      throw new TypeError("broken");
    },
  });
  const reading = { limit: 1, over: over.signal, exceed() {} };
  await assertRejects(() => readAtMost(stream, reading), TypeError, "broken");
  over.abort();
  // What is rejected and handled by nobody fails a test by now.
  await new Promise((resolve) => setTimeout(resolve));
});
