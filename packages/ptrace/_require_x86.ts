import { arch } from "@procctl/libc/library";
import type { RequestName } from "./_request_numbers.ts";

/** Refuses a request that x86 alone has: elsewhere its number is another's. */
export function requireX86(request: RequestName): void {
  if (arch() === "x86_64") return;
  throw new Deno.errors.NotSupported(
    `Cannot request ${request}: ${arch()} does not have it`,
  );
}
