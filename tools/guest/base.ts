/**
 * What all runs of a guest have in common: the kernel, and the files of a small
 * Debian with Deno. It is fetched once, and kept in the user's cache.
 *
 * @module
 */

import { folderEntries, writeArchive } from "./archive.ts";
import { Packages, unpack } from "./debian.ts";
import { ARCHITECTURES, type Guest, RELEASE } from "./guests.ts";
import { INIT, MODULES_FOLDER } from "./init.ts";
import { fetchDeno } from "./npm.ts";
import { runOrFail } from "./unavailable.ts";

/** What the tests use, and what the guest's first program is made of. */
const PACKAGES = [
  ...["base-passwd", "bash", "busybox-static", "coreutils", "dash"],
  ...["findutils", "gcc", "grep", "gzip", "libc-bin", "libc6-dev", "mount"],
  ...["perl-base", "procps", "python3-minimal", "sed", "strace", "time"],
  ...["util-linux", "util-linux-extra"],
];

/** What nobody reads there, and the compiler's largest parts, which are not used. */
const LEFT_OUT = [
  ...["./usr/share/doc", "./usr/share/man", "./usr/share/locale"],
  ...["*/lto1", "*/lto-wrapper", "*.a.*", "*/lib*san.so*", "./usr/lib/*/perl"],
];

/** Modules that tests need, in the order in which they are loaded. */
const MODULES = ["overlay", "binfmt_misc"];

/** What is kept of a guest. */
export interface Base {
  /** The kernel's file. */
  kernel: string;
  /** The archive of the file system. */
  archive: string;
  /** What is in them, in a line. */
  description: string;
}

/**
 * Makes what a guest starts from, if it is not kept from an earlier run.
 *
 * @param guest The guest.
 * @returns What was made.
 * @throws {UnavailableError} If something cannot be fetched.
 */
export async function prepareBase(guest: Guest): Promise<Base> {
  const folder = `${cacheFolder()}/${guest.name}-${await recipeHash(guest)}`;
  const base = {
    kernel: `${folder}/vmlinuz`,
    archive: `${folder}/base.cpio`,
  };
  const file = `${folder}/description`;
  try {
    return { ...base, description: await Deno.readTextFile(file) };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await Deno.mkdir(cacheFolder(), { recursive: true });
  const work = await Deno.makeTempDir({ dir: cacheFolder(), prefix: "new-" });
  try {
    const description = await build(guest, work);
    // All at once, so that what is there is whole.
    await Deno.mkdir(`${work}/done`);
    for (const name of ["vmlinuz", "base.cpio"]) {
      await Deno.rename(`${work}/${name}`, `${work}/done/${name}`);
    }
    await Deno.writeTextFile(`${work}/done/description`, description);
    await Deno.rename(`${work}/done`, folder);
    return { ...base, description };
  } finally {
    await Deno.remove(work, { recursive: true });
  }
}

async function build(guest: Guest, work: string): Promise<string> {
  const { debian, denoPackage } = ARCHITECTURES[guest.arch];
  const root = `${work}/root`;
  await Deno.mkdir(root);
  // As in Debian's own: a package may put its files in the one or the other.
  for (const name of ["bin", "lib", "lib64", "sbin"]) {
    await Deno.mkdir(`${root}/usr/${name}`, { recursive: true });
    await Deno.symlink(`usr/${name}`, `${root}/${name}`);
  }
  const packages = await Packages.open(`${work}/apt`, RELEASE, debian);
  const leftOut = LEFT_OUT.map((path) => `--exclude=${path}`);
  for (const archive of await packages.fetchAll(PACKAGES)) {
    await unpack(archive, root, leftOut);
  }
  const kernel = await addKernel(guest, work, packages);
  const version = await fetchDeno(denoPackage, `${root}/usr/bin`);
  await addOwnFiles(root);
  await writeArchive(`${work}/base.cpio`, folderEntries(root));
  return `${kernel}, Deno ${version}`;
}

/** Puts the kernel beside the file system, and its modules into it. */
async function addKernel(
  guest: Guest,
  work: string,
  packages: Packages,
): Promise<string> {
  const { debian } = ARCHITECTURES[guest.arch];
  const source = guest.kernelRelease === RELEASE
    ? packages
    : await Packages.open(`${work}/kernel-apt`, guest.kernelRelease, debian);
  const name = await source.dependency(guest.kernelPackage);
  const archive = await source.fetch(name);
  const tree = `${work}/kernel`;
  await Deno.mkdir(tree);
  const wanted = MODULES.map((module) => `*/${module}.ko*`);
  await unpack(archive, tree, ["./boot/vmlinuz*", ...wanted]);
  for await (const file of Deno.readDir(`${tree}/boot`)) {
    await Deno.rename(`${tree}/boot/${file.name}`, `${work}/vmlinuz`);
  }
  const modules = `${work}/root${MODULES_FOLDER}`;
  await Deno.mkdir(modules, { recursive: true });
  await collectModules(tree, modules);
  return name;
}

async function collectModules(from: string, to: string): Promise<void> {
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) {
      await collectModules(`${from}/${name}`, to);
      continue;
    }
    await Deno.rename(`${from}/${name}`, `${to}/${name}`);
    // Newer releases pack them, which the guest's first program cannot undo.
    if (name.endsWith(".xz")) await runOrFail("xz", ["-d", `${to}/${name}`]);
  }
}

/** Adds what a package's script would make at its installation. */
async function addOwnFiles(root: string): Promise<void> {
  for (const name of ["dev", "etc", "mnt", "proc", "root", "sys", "tmp"]) {
    await Deno.mkdir(`${root}/${name}`, { recursive: true });
  }
  for (const name of ["passwd", "group"]) {
    const master = `${root}/usr/share/base-passwd/${name}.master`;
    await Deno.copyFile(master, `${root}/etc/${name}`);
  }
  await Deno.writeTextFile(`${root}/init`, INIT, { mode: 0o755 });
}

function cacheFolder(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") ||
    `${Deno.env.get("HOME") ?? "/tmp"}/.cache`;
  return `${cache}/procctl/guests`;
}

/** Another recipe makes another guest; what was fetched is not fetched anew. */
async function recipeHash(guest: Guest): Promise<string> {
  const recipe = JSON.stringify([
    ...[guest, ARCHITECTURES[guest.arch], RELEASE, PACKAGES, LEFT_OUT],
    ...[MODULES, INIT, Deno.version.deno],
  ]);
  const bytes = new TextEncoder().encode(recipe);
  const hash = await crypto.subtle.digest("SHA-256", bytes);
  return new Uint8Array(hash).toHex().slice(0, 12);
}
