import { encodePath } from "@procctl/libc/encode";
import { readFolder } from "./_process_links.ts";
import { fromRawText } from "./_raw_text.ts";
import { UsageError } from "./_usage_error.ts";
import type { TraceScript } from "./trace_script.ts";

/**
 * Loads a script.
 *
 * @param file Its path.
 * @returns What it exports.
 * @throws {UsageError} If it cannot be read, or is no script.
 */
export async function loadScript(file: string): Promise<TraceScript> {
  const path = new TextDecoder().decode(encodePath(fromRawText(file)));
  let module: { default?: unknown };
  try {
    module = await import(urlOf(path));
  } catch (error) {
    throw new UsageError(reasonOf(error, path), { cause: error });
  }
  const script = module.default;
  if (typeof script === "object" && script !== null) return script;
  throw new UsageError(
    `Cannot use the script "${path}": it has no default export that is a TraceScript`,
  );
}

function urlOf(path: string): string {
  const folder = new TextDecoder().decode(readFolder("self"));
  const encoded = path.split("/").map(encodeURIComponent).join("/");
  const base = folder.split("/").map(encodeURIComponent).join("/");
  return new URL(encoded, `file://${base}/`).href;
}

function reasonOf(error: unknown, path: string): string {
  const reason = error instanceof Error ? error.message : String(error);
  // What import() throws of a permission is a plain TypeError.
  return /^Requires read access/.test(reason)
    ? `Cannot read the script "${path}": give deno the flag --allow-read, for it and what it imports`
    : `Cannot load the script "${path}": ${reason}`;
}
