/**
 * What may import what.
 *
 * @module
 */

/** One import of one file. */
export interface Import {
  /** The file that imports, relative to the root. */
  file: string;
  /** The line. */
  line: number;
  /** The specifier, as written. */
  specifier: string;
  /** The file that is imported, relative to the root, if it lies there. */
  target?: string;
}

/** The packages that each may import. What those import, it may import too. */
const BELOW: Readonly<Record<string, readonly string[]>> = {
  libc: [],
  shebang: [],
  syscalls: [],
  rlimit: ["libc"],
  exec: ["shebang", "rlimit", "libc"],
  spawn: ["exec", "syscalls", "libc"],
  ptrace: ["spawn", "syscalls", "libc"],
  observe: ["spawn", "syscalls", "libc"],
  cli: ["ptrace", "observe"],
};

/** What a package may import from elsewhere, and why not less. */
const ELSEWHERE: Readonly<Record<string, readonly string[]>> = {
  cli: ["@std/cli"],
};

/** Whether a file tests, or helps its neighbours to. */
export function isTest(file: string): boolean {
  return file.endsWith("_test.ts") || /\/_testing[^/]*\.ts$/.test(file) ||
    /^(testing|tests|tools|bench)\//.test(file);
}

/**
 * Says which imports break a rule.
 *
 * @param imports The imports of all files.
 * @returns The faults.
 */
export function importFaults(imports: readonly Import[]): string[] {
  return imports.flatMap((it) =>
    RULES.map((rule) => rule(it))
      .filter((fault) => fault !== undefined)
      .map((fault) => `${it.file}:${it.line}: ${fault}`)
  );
}

const RULES: readonly ((it: Import) => string | undefined)[] = [
  privateRule,
  relativeRule,
  testingRule,
  arrowRule,
];

function privateRule({ file, target, specifier }: Import): string | undefined {
  if (target === undefined) return undefined;
  const segments = target.split("/");
  const at = segments.findIndex((segment) => segment.startsWith("_"));
  if (at < 0) return undefined;
  const owner = segments.slice(0, at).join("/");
  const inside = segments.slice(0, at + 1).join("/");
  if (folderOf(file) === owner || file.startsWith(`${inside}/`)) {
    return undefined;
  }
  return `imports "${specifier}", which is private to ${owner}`;
}

function relativeRule({ file, target, specifier }: Import): string | undefined {
  if (target === undefined || !/^(\.|\/|file:)/.test(specifier)) {
    return undefined;
  }
  const owner = memberOf(target);
  if (owner === undefined || owner === memberOf(file)) return undefined;
  return `imports "${specifier}" of ${owner} by its path, not by its name`;
}

function testingRule({ file, specifier }: Import): string | undefined {
  if (nameOf(specifier) !== "@procctl/testing" || isTest(file)) {
    return undefined;
  }
  return `imports "${specifier}", which is for tests only`;
}

function arrowRule({ file, specifier }: Import): string | undefined {
  const importer = packageOf(file);
  if (importer === undefined || isTest(file)) return undefined;
  if (specifier.startsWith(".")) return undefined;
  const name = nameOf(specifier);
  if (ELSEWHERE[importer]?.includes(name)) return undefined;
  const imported = /^@procctl\/(.+)$/.exec(name)?.[1];
  if (imported === undefined) {
    return `imports "${specifier}": packages import their siblings only`;
  }
  if (imported === importer || below(importer).has(imported)) return undefined;
  return `imports "${specifier}", which is not below ${importer}`;
}

function below(name: string): Set<string> {
  const direct = BELOW[name] ?? [];
  return new Set(direct.flatMap((it) => [it, ...below(it)]));
}

function folderOf(file: string): string {
  return file.slice(0, file.lastIndexOf("/"));
}

/** The member of the workspace that a file belongs to. */
function memberOf(file: string): string | undefined {
  return /^((packages|apps)\/[^/]+|testing)\//.exec(file)?.[1];
}

function packageOf(file: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(file)?.[1];
}

/** A specifier without its subpath. */
function nameOf(specifier: string): string {
  return /^@[^/]+\/[^/]+/.exec(specifier)?.[0] ?? specifier;
}
