/**
 * The examples of the packages' documentation. The rules of the house ask for
 * one of each function, class and method, so that together they are every
 * public call, each with what it should print.
 *
 * @module
 */

import { readDirectory, readFile } from "@procctl/libc/files";
import { ROOT } from "@procctl/testing";
import { expectationOf } from "../tools/snippets/expectation.ts";
import { snippetsOfDocComments } from "../tools/snippets/extract.ts";

/** An example: a program, and what it should print. */
export interface Example {
  /** Where it is: the file and the line, relative to the root. */
  place: string;
  /** The program. */
  code: string;
  /** What it should print. */
  lines: string[];
  /** The status that it should exit with. */
  status: number;
}

const decoder = new TextDecoder();

/** The names in a folder of the repository, sorted. */
function namesIn(folder: string): string[] {
  return readDirectory(`${ROOT}/${folder}`)
    .map((name) => decoder.decode(name)).sort();
}

/** All examples of the packages, as they are documented. */
export function examples(): Example[] {
  return namesIn("packages")
    .flatMap((folder) =>
      namesIn(`packages/${folder}`).map((name) => `packages/${folder}/${name}`)
    )
    .filter(isSource)
    .flatMap((file) => {
      const text = decoder.decode(readFile(`${ROOT}/${file}`));
      return snippetsOfDocComments(file, text);
    })
    .filter(({ language, flags }) =>
      language === "ts" && !flags.includes("no-run")
    )
    .map(({ file, line, code }) => {
      const { lines, code: status } = expectationOf(code);
      return { place: `${file}:${line}`, code, lines, status };
    });
}

/**
 * An example as the body of a function, and the imports that stand before it.
 *
 * @param example The example.
 * @returns The two parts.
 */
export function partsOf({ code }: Example): { imports: string; body: string } {
  const imports = code.match(/^import [^;]*;$/gm) ?? [];
  const body = imports.reduce((rest, it) => rest.replace(it, ""), code)
    // What a module hands on is a value in a function.
    .replace(/^export default /m, "void ");
  return { imports: imports.join("\n"), body };
}

/** The entry points of all packages, as they are imported: "@procctl/exec". */
export function entryPoints(): string[] {
  return namesIn("packages").flatMap((folder) => {
    const manifest = readFile(`${ROOT}/packages/${folder}/deno.json`);
    const { name, exports } = JSON.parse(decoder.decode(manifest));
    return Object.keys(exports).map((key) => `${name}${key.slice(1)}`);
  });
}

/** Whether what was printed is some of the lines that are expected, in order. */
export function isPart(printed: string, lines: readonly string[]): boolean {
  const rest = lines.values();
  return printed.split("\n").slice(0, -1).every((line) =>
    rest.some((it) => it === line)
  );
}

function isSource(file: string): boolean {
  return file.endsWith(".ts") && !file.endsWith("_test.ts") &&
    !/\/_testing[^/]*$/.test(file);
}
