import { run, TemporaryFolder, tool } from "@procctl/testing";

/** Tests that use the scenarios of `_testing_tracees.c` need a compiler. */
export const tracees = tool("gcc");

let program: string | undefined;

/**
 * The command that plays a scenario of `_testing_tracees.c`, which is compiled
 * when the first is asked for, once in a test file.
 */
export function scenario(
  name: string,
  ...args: (string | number)[]
): [string, ...string[]] {
  program ??= build();
  return [program, name, ...args.map(String)];
}

function build(): string {
  const folder = new TemporaryFolder();
  globalThis.addEventListener("unload", () => folder[Symbol.dispose]());
  const target = folder.join("tracees");
  const sources = ["", "_calls", "_memory", "_registers", "_signals", "_tasks"]
    .map((name) => `./_testing_tracees${name}.c`)
    .map((name) => new URL(name, import.meta.url).pathname);
  const { code, stderr } = run(
    ["gcc", "-O1", "-Wall", "-Wextra", "-pthread", "-o", target, ...sources],
  );
  if (code === 0 && stderr === "") return target;
  throw new Error(`Cannot compile the tracees: ${stderr}`);
}
