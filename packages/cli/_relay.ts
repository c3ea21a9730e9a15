import type { LimitedChild } from "@procctl/spawn/limited-child";
import { writeBytes } from "./_output.ts";

/**
 * Writes out what a command writes to its pipes, up to so many bytes of each. It
 * is ended for more.
 */
export async function relay(child: LimitedChild, limit: number): Promise<void> {
  await Promise.all(
    (["stdout", "stderr"] as const).map(async (name) => {
      let room = limit;
      for await (const chunk of child[name]) {
        const kept = chunk.subarray(0, room);
        room -= kept.length;
        try {
          writeBytes(name, kept);
        } catch (error) {
          if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
          // As it would have got itself, without the pipe between.
          child.kill("SIGPIPE");
          return;
        }
      }
    }),
  );
}
