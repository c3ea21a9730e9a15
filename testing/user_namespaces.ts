import { SystemError } from "@procctl/libc";
import type { Need } from "./needs.ts";
import { run } from "./run.ts";

/** The test makes user namespaces, which a system can forbid. */
export const userNamespaces: Need = () => {
  try {
    if (run(["unshare", "--user", "true"]).code === 0) return undefined;
  } catch (error) {
    // No unshare(1) here.
    if (!(error instanceof SystemError)) throw error;
  }
  return "needs user namespaces";
};
