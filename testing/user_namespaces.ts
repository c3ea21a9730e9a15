import { readFile, SystemError } from "@procctl/libc";
import type { Need } from "./needs.ts";
import { run } from "./run.ts";

/** The test makes user namespaces, as an ordinary user, which a system can forbid. */
export const userNamespaces: Need = () => {
  try {
    const forbidden = setting("unprivileged_userns_clone") === "0" ||
      setting("apparmor_restrict_unprivileged_userns") === "1";
    if (!forbidden && run(["unshare", "--user", "true"]).code === 0) {
      return undefined;
    }
  } catch (error) {
    // No unshare(1) here.
    if (!(error instanceof SystemError)) throw error;
  }
  return "needs user namespaces";
};

/** A setting that the kernels of Debian and of Ubuntu have, others not. */
function setting(name: string): string | undefined {
  try {
    const value = readFile(`/proc/sys/kernel/${name}`);
    return new TextDecoder().decode(value).trim();
  } catch (error) {
    if (error instanceof SystemError) return undefined;
    throw error;
  }
}
