/**
 * Fetching packages of another architecture or release from the mirror that
 * this machine's apt is told to use, without changing anything of this machine.
 *
 * @module
 */

import { runOrFail, UnavailableError } from "./unavailable.ts";

/** The packages of a release, for an architecture. */
export class Packages {
  readonly #folder: string;
  readonly #env: Record<string, string>;

  private constructor(folder: string) {
    this.#folder = folder;
    this.#env = { APT_CONFIG: `${folder}/apt.conf` };
  }

  /**
   * Fetches the list of the packages.
   *
   * @param folder An empty folder that is kept as long as this is used.
   * @param release The release's name.
   * @param architecture What Debian calls the architecture.
   * @returns The packages.
   * @throws {UnavailableError} If the list cannot be fetched.
   */
  static async open(
    folder: string,
    release: string,
    architecture: string,
  ): Promise<Packages> {
    for (const name of ["lists/partial", "archives/partial", "none"]) {
      await Deno.mkdir(`${folder}/${name}`, { recursive: true });
    }
    const source = `deb [arch=${architecture}] ${await mirror()} ${release}`;
    const sources = `${folder}/sources.list`;
    await Deno.writeTextFile(sources, `${source} main\n`);
    await Deno.writeTextFile(`${folder}/status`, "");
    await Deno.writeTextFile(
      `${folder}/apt.conf`,
      `APT::Architecture "${architecture}";
APT::Architectures { "${architecture}"; };
APT::Install-Recommends "false";
APT::Sandbox::User "";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::State "${folder}";
Dir::State::status "${folder}/status";
Dir::Cache "${folder}";
Dir::Etc::sourcelist "${sources}";
Dir::Etc::sourceparts "${folder}/none";
Dir::Etc::preferencesparts "${folder}/none";
`,
    );
    const packages = new Packages(folder);
    // Without this it succeeds also when it fetched nothing.
    const strictly = ["-o", "APT::Update::Error-Mode=any"];
    await runOrFail("apt-get", ["update", "-qq", ...strictly], {
      env: packages.#env,
    });
    return packages;
  }

  /**
   * The first package that another depends on: for that of the newest kernel,
   * the kernel itself.
   *
   * @param name The package's name.
   * @returns The name of the other.
   * @throws {UnavailableError} If there is none.
   */
  async dependency(name: string): Promise<string> {
    const list = await runOrFail("apt-cache", ["depends", name], {
      env: this.#env,
    });
    const found = /^ *Depends: (\S+)$/m.exec(list)?.[1];
    if (found !== undefined) return found;
    throw new UnavailableError(`The package ${name} depends on no other`);
  }

  /**
   * Fetches a package alone.
   *
   * @param name Its name.
   * @returns The path of its archive.
   * @throws {UnavailableError} If it cannot be fetched.
   */
  async fetch(name: string): Promise<string> {
    const folder = `${this.#folder}/alone/${name}`;
    await Deno.mkdir(folder, { recursive: true });
    const options = { env: this.#env, cwd: folder };
    await runOrFail("apt-get", ["download", "-qq", name], options);
    const [archive] = await archivesIn(folder);
    return archive!;
  }

  /**
   * Fetches packages, and all that these depend on.
   *
   * @param names Their names.
   * @returns The paths of the archives.
   * @throws {UnavailableError} If one cannot be fetched.
   */
  async fetchAll(names: readonly string[]): Promise<string[]> {
    const args = ["install", "--download-only", "-qq", "-y", ...names];
    await runOrFail("apt-get", args, { env: this.#env });
    return archivesIn(`${this.#folder}/archives`);
  }
}

/** The packages' archives in a folder. */
async function archivesIn(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(folder));
  return entries.map(({ name }) => `${folder}/${name}`)
    .filter((path) => path.endsWith(".deb")).sort();
}

/** Where this machine's apt gets Debian's packages from. */
async function mirror(): Promise<string> {
  const format = ["indextargets", "--format", "$(REPO_URI)"];
  const targets = await runOrFail("apt-get", [
    ...format,
    "Created-By: Packages",
    "Component: main",
  ]);
  // Debian's archive lies in a folder of this name on all its mirrors.
  const found = targets.split("\n").find((uri) => /\/debian\/?$/.test(uri));
  if (found !== undefined) return found;
  throw new UnavailableError("This machine's apt knows no mirror of Debian");
}

/**
 * Unpacks a package's files.
 *
 * @param archive The package.
 * @param folder Where to.
 * @param paths Which ones, as patterns of tar, and what else tar is told.
 * @throws {UnavailableError} If it cannot be unpacked.
 */
export async function unpack(
  archive: string,
  folder: string,
  paths: readonly string[],
): Promise<void> {
  const script = 'dpkg-deb --fsys-tarfile "$0" | tar -x "$@"';
  await runOrFail("sh", [
    ...["-c", script, archive, "-C", folder],
    ...["--keep-directory-symlink", "--wildcards", ...paths],
  ]);
}
