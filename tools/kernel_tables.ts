// deno-lint-ignore-file no-console -- a command: printing is its job
/**
 * Takes the facts that the generators need out of a kernel's source, so that
 * they can be committed and `deno task generate` gives the same everywhere:
 * `deno task kernel-tables <folder of a kernel checkout at a tag>`.
 *
 * @module
 */

import { fromFileUrl } from "@std/path";
import { TABLES } from "./constants/tables.ts";
import { wordsOf } from "./constants/words.ts";
import {
  constantValues,
  installHeaders,
  macroNames,
} from "./kernel_tables/constants.ts";
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

/** How each architecture's headers are made and compiled. */
const TARGETS: Readonly<Record<string, { arch: string; flags: string[] }>> = {
  "x86_64": { arch: "x86", flags: ["-m64"] },
  i386: { arch: "x86", flags: ["-m32"] },
  aarch64: { arch: "arm64", flags: ["-m64"] },
};

/** Names and values of the constants that the tables name. */
async function constants(folder: string): Promise<Facts> {
  const words = Object.values(TABLES).flatMap(({ names }) => wordsOf(names));
  const named = words.filter(({ kind }) => kind === "name")
    .map((word) => (word as { name: string }).name);
  const beginnings = words.filter(({ kind }) => kind === "all")
    .map((word) => (word as { name: string }).name);
  const build = await Deno.makeTempDir();
  const columns: Map<string, number>[] = [];
  try {
    for (const { arch, flags } of Object.values(TARGETS)) {
      const output = `${build}/${arch}`;
      await Deno.mkdir(output, { recursive: true });
      const include = await installHeaders(folder, output, arch);
      const target = { include, flags };
      const all = (await macroNames(target)).filter((name) =>
        beginnings.some((beginning) => name.startsWith(beginning))
      );
      const names = new Set([...named, ...all]);
      columns.push(await constantValues([...names], target));
    }
  } finally {
    await Deno.remove(build, { recursive: true });
  }
  const names = new Set(columns.flatMap((column) => [...column.keys()]));
  const missing = named.filter((name) => !names.has(name));
  if (missing.length > 0) {
    throw new Error(`No header defines ${missing.join(", ")}`);
  }
  return {
    file: "constants.tsv",
    sources: "the headers for user space",
    columns: ["name", ...Object.keys(TARGETS)],
    rows: [...names].map((name) => [
      name,
      ...columns.map((column) => String(column.get(name) ?? "-")),
    ]),
  };
}

/** Where error numbers are defined; the last file is not for user space. */
const ERROR_HEADERS = [
  "include/uapi/asm-generic/errno-base.h",
  "include/uapi/asm-generic/errno.h",
  "include/linux/errno.h",
];

/** Number and name of the errors, without second names. */
async function errors(folder: string): Promise<Facts> {
  const texts = await Promise.all(
    ERROR_HEADERS.map((file) => Deno.readTextFile(`${folder}/${file}`)),
  );
  const defines = texts.join("\n").matchAll(/^#define\s+(E\w+)\s+(\d+)/gm);
  return {
    file: "errors.tsv",
    sources: ERROR_HEADERS.join(", "),
    columns: ["number", "name"],
    rows: Array.from(defines, ([, name, number]) => [number!, name!]),
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
  await write(tag, await constants(folder));
  await write(tag, await errors(folder));
}
