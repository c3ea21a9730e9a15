// deno-lint-ignore-file no-console -- a command: printing is its job
/**
 * Takes the facts that the generators need out of a kernel's source, so that
 * they can be committed and `deno task generate` gives the same everywhere:
 * `deno task kernel-tables <folder of a kernel checkout at a tag>`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import {
  inC,
  parametersOf,
  readDefinitions,
} from "./kernel_tables/signatures.ts";
import {
  parseTable,
  SOURCES,
  type TableRow,
} from "./kernel_tables/syscall_table.ts";

const OUTPUT = new URL("./generate/kernel/", import.meta.url);

/** A file of facts. */
interface Facts {
  /** Its name. */
  file: string;
  /** Where in the kernel's source they are from. */
  sources: string;
  /** The columns' names. */
  columns: string[];
  /** The lines, split into columns. */
  rows: string[][];
}

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

/** The tables of a kernel, by architecture. */
type Tables = ReadonlyMap<string, readonly TableRow[]>;

async function readTables(folder: string): Promise<Tables> {
  const tables = new Map<string, TableRow[]>();
  for (const [arch, { path, abis }] of Object.entries(SOURCES)) {
    const text = await Deno.readTextFile(`${folder}/${path}`);
    tables.set(arch, parseTable(text, abis));
  }
  return tables;
}

/** Name, and number on each architecture, of every system call. */
function numbers(tables: Tables): Facts {
  const architectures = [...tables.keys()];
  const names = new Set([...tables.values()].flat().map(({ name }) => name));
  return {
    file: "syscall_numbers.tsv",
    sources: Object.values(SOURCES).map(({ path }) => path).join(", "),
    columns: ["name", ...architectures],
    rows: [...names].map((name) => [
      name,
      ...architectures.map((arch) =>
        tables.get(arch)!.find((row) => row.name === name)?.number ?? "-"
      ).map(String),
    ]),
  };
}

/** Name, architectures and parameters of every call that the kernel defines. */
async function signatures(tables: Tables, folder: string): Promise<Facts> {
  const definitions = await readDefinitions(folder);
  const architectures = new Map<string, string[]>();
  for (const [arch, rows] of tables) {
    for (const row of rows) {
      const parameters = parametersOf(arch, row, definitions);
      if (parameters === undefined) continue;
      const key = `${row.name}\t${inC(parameters)}`;
      architectures.set(key, [...architectures.get(key) ?? [], arch]);
    }
  }
  return {
    file: "syscall_signatures.tsv",
    sources: "SYSCALL_DEFINE and COMPAT_SYSCALL_DEFINE",
    columns: ["name", "architectures", "parameters"],
    rows: [...architectures].map(([key, where]) => {
      const [name, parameters] = key.split("\t");
      return [name!, where.join(" "), parameters!];
    }),
  };
}

async function write(tag: string, facts: Facts): Promise<void> {
  const file = fromFileUrl(new URL(facts.file, OUTPUT));
  const lines = [
    `# Linux ${tag}: ${facts.sources}`,
    facts.columns.join("\t"),
    ...facts.rows.map((row) => row.join("\t")).toSorted(),
  ];
  await Deno.writeTextFile(file, `${lines.join("\n")}\n`);
  console.log(`${file}: ${facts.rows.length} lines`);
}

if (import.meta.main) {
  const [folder] = Deno.args;
  if (folder === undefined) {
    throw new Error("Usage: deno task kernel-tables <folder of a kernel>");
  }
  const tables = await readTables(folder);
  const tag = await tagOf(folder);
  await write(tag, numbers(tables));
  await write(tag, await signatures(tables, folder));
}
