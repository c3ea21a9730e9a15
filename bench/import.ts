import type { TemporaryFolder } from "@procctl/testing";
import { denoProgram, run, wallTime } from "./_children.ts";
import type { Comparison, Variant } from "./_measure.ts";

/** What is imported; each package is measured beside an empty file. */
const SPECIFIERS = [
  "@procctl/shebang",
  "@procctl/syscalls",
  "@procctl/libc",
  "@procctl/exec/execve",
  "@procctl/exec",
];

/**
 * What an import adds to `deno run` of an empty file: the wall time from its
 * start to its end, with Deno's own cache warm.
 *
 * The empty file is run under the same `deno.json`, so what Deno takes to read
 * that is in every figure and in no difference.
 */
export function compareImport(folder: TemporaryFolder): Comparison {
  const variants: Variant[] = [];
  const add = (name: string, file: string, source: string) => {
    const program = denoProgram(folder, file, source, []);
    variants.push({ name, measure: () => wallTime(...program) });
    return program;
  };

  add("an empty file", "empty.ts", "\n");
  let modules = 0;
  SPECIFIERS.forEach((specifier, index) => {
    const source = `import "${specifier}";\n`;
    const file = `import_${index}.ts`;
    modules = countModules(...denoProgram(folder, file, source, []));
    add(`${specifier}, ${modules} modules`, file, source);
  });

  // What Deno takes for that many modules, whatever is in them.
  const imports = Array.from({ length: modules }, (_, index) => {
    folder.write(`nothing_${index}.ts`, "export {};\n");
    return `import "./nothing_${index}.ts";\n`;
  });
  add(`${modules} modules with nothing in them`, "many.ts", imports.join(""));

  return {
    title: "What an import adds to an empty file",
    unit: "ms",
    runs: 40,
    variants,
    missing: [],
  };
}

/** How many modules a program consists of, without its own file. */
function countModules(argv: string[], env: Record<string, string>): number {
  const [deno, _run, ...rest] = argv;
  const output = run([deno!, "info", "--json", ...rest], env);
  return JSON.parse(new TextDecoder().decode(output)).modules.length - 1;
}
