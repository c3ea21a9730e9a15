import type { Subcommand } from "./_subcommand.ts";

/** The subcommands by name; each is loaded when it is needed, to start fast. */
export const LOADERS: Readonly<Record<string, () => Promise<Subcommand>>> = {
  why: async () => (await import("./_why.ts")).why,
  trace: async () => (await import("./_trace.ts")).trace,
  limits: async () => (await import("./_limits.ts")).limits,
  exec: async () => (await import("./_exec.ts")).exec,
  run: async () => (await import("./_run.ts")).run,
  completions: async () => (await import("./_completions.ts")).completions,
};
