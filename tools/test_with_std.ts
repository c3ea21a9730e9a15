// deno-lint-ignore-file no-console -- a command: it says what it did
/**
 * Runs the suite on the real @std packages, of a checkout of denoland/std, in
 * place of the stand-ins: `deno task test:std <folder>`.
 *
 * The repository is copied to a temporary folder, with the real packages where
 * the stand-ins are. Nothing here is changed.
 *
 * @module
 */

import { dirname, join, resolve } from "@std/path";
import { capture, deno } from "./process.ts";
import { copyFiles, repositoryFiles } from "./repository.ts";

/** The packages that are used. */
const PACKAGES = ["assert", "cli", "path"];

/** What these use themselves. */
const INTERNAL = "internal";

/** Copies a file, and makes the folders it is in. */
async function copy(from: string, to: string): Promise<void> {
  await Deno.mkdir(dirname(to), { recursive: true });
  await Deno.copyFile(from, to);
}

/** Copies the files of a package, but for its own tests. */
async function copyPackage(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    const [source, target] = [join(from, name), join(to, name)];
    if (isDirectory) await copyPackage(source, target);
    else if (!/_test\.ts$/.test(name)) await copy(source, target);
  }
}

/** Says which versions a checkout holds; undefined if it is none. */
async function versionsOf(std: string): Promise<string | undefined> {
  try {
    const manifests = await Promise.all(
      PACKAGES.map((name) => Deno.readTextFile(join(std, name, "deno.json"))),
    );
    return manifests.map((text) => JSON.parse(text))
      .map(({ name, version }) => `${name}@${version}`).join(", ");
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Asserts that each name means a file in the copy, where only the real ones are. */
async function assertUsed(folder: string): Promise<void> {
  const probe = join(folder, "probe.ts");
  const imports = PACKAGES.map((name) => `import "@std/${name}";\n`);
  await Deno.writeTextFile(probe, imports.join(""));
  const args = ["info", "--json", probe];
  const { stdout } = await capture(Deno.execPath(), args, { cwd: folder });
  await Deno.remove(probe);
  const { modules } = JSON.parse(stdout);
  const used = new Set(modules.map(({ local }: { local?: string }) => local));
  for (const name of PACKAGES) {
    if (used.has(join(folder, "third_party/std", name, "mod.ts"))) continue;
    throw new Error(`Cannot use the real @std/${name}: Deno took another`);
  }
}

async function main(args: readonly string[]): Promise<boolean> {
  const [argument, ...rest] = args;
  if (argument === undefined || rest.length > 0) {
    console.error(
      "Usage: deno task test:std <folder of a denoland/std checkout>",
    );
    return false;
  }
  const std = resolve(argument);
  const versions = await versionsOf(std);
  if (versions === undefined) {
    console.error(`Cannot use "${std}": it is no checkout of denoland/std`);
    return false;
  }
  const folder = await Deno.makeTempDir({ prefix: "procctl-std-" });
  try {
    const files = await repositoryFiles();
    await copyFiles(
      files.filter((file) => !file.startsWith("third_party/std/")),
      folder,
    );
    for (const name of [...PACKAGES, INTERNAL]) {
      await copyPackage(join(std, name), join(folder, "third_party/std", name));
    }
    await assertUsed(folder);
    console.log(`With ${versions}`);
    return await deno(folder, "test", "--allow-ffi");
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main && !await main(Deno.args)) Deno.exitCode = 1;
