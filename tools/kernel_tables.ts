// deno-lint-ignore-file no-console -- a command: printing is its job
/**
 * Takes the facts that the generators need out of a kernel's source, so that
 * they can be committed and `deno task generate` gives the same everywhere:
 * `deno task kernel-tables <folder of a kernel checkout at a tag>`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { parseTable, SOURCES } from "./kernel_tables/syscall_table.ts";

const OUTPUT = new URL("./generate/kernel/", import.meta.url);

/** The tag that a checkout is at: `"v6.18"`. */
async function tagOf(folder: string): Promise<string> {
  const makefile = await Deno.readTextFile(`${folder}/Makefile`);
  const value = (name: string) =>
    new RegExp(`^${name} *=(.*)$`, "m").exec(makefile)?.[1]?.trim() ?? "";
  const [major, minor, patch] = ["VERSION", "PATCHLEVEL", "SUBLEVEL"]
    .map(value);
  return `v${major}.${minor}${patch === "0" ? "" : `.${patch}`}` +
    value("EXTRAVERSION");
}

/** Name, and number on each architecture, of every system call. */
async function syscallNumbers(folder: string): Promise<string[]> {
  const architectures = Object.keys(SOURCES);
  const numbers = new Map<string, string[]>();
  for (const [index, { path, abis }] of Object.values(SOURCES).entries()) {
    const text = await Deno.readTextFile(`${folder}/${path}`);
    for (const { name, number } of parseTable(text, abis)) {
      const row = numbers.get(name) ?? architectures.map(() => "-");
      row[index] = String(number);
      numbers.set(name, row);
    }
  }
  return [
    ["name", ...architectures].join("\t"),
    ...[...numbers].map((row) => row.flat().join("\t")).toSorted(),
  ];
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) {
    throw new Error("Usage: deno task kernel-tables <folder of a kernel>");
  }
  const rows = await syscallNumbers(folder);
  const file = fromFileUrl(new URL("syscall_numbers.tsv", OUTPUT));
  const title = `# Linux ${await tagOf(folder)}: ` +
    Object.values(SOURCES).map(({ path }) => path).join(", ");
  await Deno.writeTextFile(file, `${[title, ...rows].join("\n")}\n`);
  console.log(`${file}: ${rows.length - 1} system calls`);
}
