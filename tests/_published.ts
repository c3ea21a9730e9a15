/**
 * The packages as they are published: by `deno publish` to a registry on this
 * machine, and laid out as that serves them, so that `jsr:` finds them there.
 *
 * @module
 */

import { readFile } from "@procctl/libc";
import { run, spawn } from "@procctl/spawn";
import { ROOT, run as runToEnd, type TemporaryFolder } from "@procctl/testing";
import { denoEnv } from "./_observer.ts";

/** A package as it is published. */
export interface PublishedPackage {
  name: string;
  /** Its files, relative to its root: "/mod.ts". */
  files: string[];
  /** Its entry points: "./exec". */
  exports: Record<string, string>;
}

/** What was published. */
export interface Published {
  packages: PublishedPackage[];
  /** What a user's Deno needs in its environment, with a cache of its own. */
  env: Record<string, string>;
}

const decoder = new TextDecoder();

/** Publishes all packages into a folder. */
export async function publish(folder: TemporaryFolder): Promise<Published> {
  const archives = folder.mkdir("archives");
  await upload(archives);
  const registry = folder.mkdir("registry");
  const packages: PublishedPackage[] = [];
  for (const name of lines(["ls", archives]).map((it) => it.slice(0, -4))) {
    const source = folder.mkdir(`source-${name}`);
    lines(["tar", "-xzf", `${archives}/${name}.tgz`, "-C", source]);
    // In the archive nobody may do anything with them.
    lines(["chmod", "-R", "u+rwX", source]);
    packages.push(await serve(registry, "procctl", name, source));
  }
  // What they import of @std, which is on no registry here.
  const std = `${ROOT}/third_party/std`;
  for (const path of lines(["sh", "-c", 'cd "$1" && ls -d */', "sh", std])) {
    const name = path.slice(0, -1);
    await serve(registry, "std", name, `${std}/${name}`);
  }
  const env = {
    ...denoEnv(),
    NO_COLOR: "1",
    JSR_URL: `file://${registry}/`,
    DENO_DIR: folder.mkdir("cache"),
  };
  return { packages, env };
}

/** Has `deno publish` send all packages to a registry on this machine. */
async function upload(archives: string): Promise<void> {
  await using server = spawn(Deno.execPath(), {
    args: [
      ...["run", "--quiet", "--no-config", "--allow-net=127.0.0.1"],
      ...[`--allow-write=${archives}`, `${ROOT}/tests/_registry_server.ts`],
      archives,
    ],
    stdout: "piped",
    deathSignal: "SIGKILL",
  });
  const { value } = await server.stdout.getReader().read();
  const port = decoder.decode(value).trim();
  await run(Deno.execPath(), {
    args: ["publish", "--token", "none", "--allow-dirty", "--no-check"],
    cwd: ROOT,
    env: { ...denoEnv(), NO_COLOR: "1", JSR_URL: `http://127.0.0.1:${port}/` },
    timeout: 120_000,
    check: true,
  });
}

/** Lays a package out as a registry serves it: files, and what there is. */
async function serve(
  registry: string,
  scope: string,
  name: string,
  source: string,
): Promise<PublishedPackage> {
  const manifest = decoder.decode(readFile(`${source}/deno.json`));
  const { version, exports } = JSON.parse(manifest);
  const root = `${registry}/@${scope}/${name}`;
  const find =
    'mkdir -p "$1" && cp -r "$2" "$1/$3" && cd "$1/$3" && find . -type f';
  const files = lines(["sh", "-c", find, "sh", root, source, version])
    .map((it) => it.slice(1)).sort();
  const checksums: Record<string, { size: number; checksum: string }> = {};
  for (const file of files) {
    const bytes = readFile(`${root}/${version}${file}`);
    const digest = await crypto.subtle.digest("SHA-256", bytes);
    const checksum = `sha256-${new Uint8Array(digest).toHex()}`;
    checksums[file] = { size: bytes.length, checksum };
  }
  const versions = { [version]: {} };
  write(`${root}/meta.json`, { scope, name, latest: version, versions });
  write(`${root}/${version}_meta.json`, { manifest: checksums, exports });
  return { name, files, exports };
}

function write(path: string, value: unknown): void {
  lines(["sh", "-c", 'cat > "$1"', "sh", path], JSON.stringify(value));
}

/** The lines that a program prints, which must succeed. */
function lines(argv: string[], stdin = ""): string[] {
  const { code, stdout, stderr } = runToEnd(argv, { stdin });
  if (code !== 0) throw new Error(`${argv.join(" ")}: ${stderr}`);
  return stdout.split("\n").filter((line) => line !== "");
}
