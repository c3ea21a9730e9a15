// deno-lint-ignore-file no-console -- a command: printing is its job
/**
 * Writes the generated files anew, or with `--check` says which are out of date.
 *
 * @module
 */

import {
  constantTables,
  constantTableType,
} from "./generate/constant_tables.ts";
import { drawings } from "./generate/drawings.ts";
import { errnoTable } from "./generate/errno_table.ts";
import type { Generator } from "./generate/generator.ts";
import { procctlPage } from "./generate/procctl_page.ts";
import { resultErrors } from "./generate/result_errors.ts";
import { signalTable } from "./generate/signal_table.ts";
import { stubs } from "./generate/stub.ts";
import { syscallNameType, syscallNumbers } from "./generate/syscall_numbers.ts";
import { syscallSignatures } from "./generate/syscall_signatures.ts";
import { terminalPictures } from "./generate/terminal_pictures.ts";

const GENERATORS: readonly Generator[] = [
  errnoTable,
  signalTable,
  ...stubs,
  syscallNumbers,
  syscallNameType,
  syscallSignatures,
  constantTables,
  constantTableType,
  resultErrors,
  procctlPage,
  ...drawings,
  ...terminalPictures,
];

async function formatted(text: string, file: string): Promise<string> {
  const ext = file.slice(file.lastIndexOf(".") + 1);
  // A picture of text: each space in it would be seen.
  if (ext === "svg") return text;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["fmt", `--ext=${ext}`, "-"],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { success, stdout } = await child.output();
  if (!success) throw new Error("Cannot format a generated file");
  return new TextDecoder().decode(stdout);
}

/**
 * Generates every file.
 *
 * @param options Whether to compare instead of writing.
 * @returns The files that are out of date.
 */
export async function generate(options: { check: boolean }): Promise<string[]> {
  const outdated: string[] = [];
  for (const generator of GENERATORS) {
    const reason = generator.unavailable();
    if (reason !== undefined) {
      console.log(`${generator.file}: not generated, ${reason}`);
      continue;
    }
    const url = new URL(`../${generator.file}`, import.meta.url);
    const text = await formatted(generator.generate(), generator.file);
    const present = await Deno.readTextFile(url).catch(() => undefined);
    if (text === present) continue;
    outdated.push(generator.file);
    if (!options.check) await Deno.writeTextFile(url, text);
  }
  return outdated;
}

if (import.meta.main) {
  const check = Deno.args.includes("--check");
  const outdated = await generate({ check });
  for (const file of outdated) {
    console.log(`${file}: ${check ? "out of date" : "written"}`);
  }
  if (check && outdated.length > 0) Deno.exitCode = 1;
}
