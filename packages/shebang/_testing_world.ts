import {
  encodeCString,
  errnoName,
  lazySymbols,
  type StringOrBytes,
} from "@procctl/libc";
import {
  argvDumper,
  parseDump,
  Spawner,
  type SpawnOptions,
  TemporaryFolder,
} from "@procctl/testing";
import { bytes, text } from "./_testing.ts";
import { REAL_FILES } from "./_testing_files.ts";
import type { Resolution } from "./resolution.ts";
import {
  resolveInterpreters,
  type ResolveInterpretersOptions,
} from "./resolve_interpreters.ts";

const libc = lazySymbols({
  // int chdir(const char *path)
  chdir: { parameters: ["buffer"], result: "i32" },
});

/** A program that is executed, by us and by the kernel. */
export interface Execution {
  path: string;
  argv: readonly string[];
  env: readonly string[];
}

/** What the program of an execution is, and what it was not to be. */
type Called = Pick<Execution, "path" | "env">;

/** What was predicted and what happened, in words that can be compared. */
export interface Comparison {
  /** What tells this kind of outcome from others. */
  kind: string;
  expected: string;
  actual: string;
  /** How to do it again. */
  about: unknown;
}

/**
 * Where predictions meet the kernel: a folder, which becomes the current one,
 * with programs in it that tell what they are handed. Strings have one
 * character a byte.
 */
export class World implements Disposable {
  readonly folder = new TemporaryFolder();
  readonly #spawner = new Spawner();

  constructor() {
    libc.chdir(encodeCString(this.folder.path, "path"));
  }

  /** Writes an executable file. */
  write(name: string, content: string, mode = 0o755): void {
    this.folder.write(name, bytes(content), mode);
  }

  /** Writes the program that tells what it is handed. */
  writeDumper(name: string): void {
    this.folder.write(name, argvDumper(), 0o755);
  }

  /** Predicts what becomes of an execution. */
  predict(
    { path, argv }: Execution,
    options: ResolveInterpretersOptions = {},
  ): Resolution {
    const args = argv.map(bytes);
    const arch = Deno.build.arch;
    return resolveInterpreters(bytes(path), args, REAL_FILES, {
      arch,
      ...options,
    });
  }

  /** Has the kernel do it: the errno, or how the program ended or was called. */
  execute(
    { path, argv, env }: Execution,
    options?: SpawnOptions,
  ): string {
    const encode = (list: readonly string[]): StringOrBytes[] =>
      list.map(bytes);
    const spawned = this.#spawner.spawn(
      bytes(path),
      encode(argv),
      encode(env),
      options,
    );
    if (spawned.kind === "failed") return errnoName(spawned.errno);
    const { code, signal, output } = spawned;
    if (signal !== null) return signal;
    if (code !== 0) return `exit ${code}`;
    // Something else printed something else: argc is a number of 8 bytes.
    if (output.length < 10 || output[7] !== 0) return "print";
    const dump = parseDump(output);
    return program(dump.argv.map(text), dump.env.map(text), text(dump.path));
  }

  [Symbol.dispose](): void {
    libc.chdir(encodeCString("/", "path"));
    this.#spawner[Symbol.dispose]();
    this.folder[Symbol.dispose]();
  }
}

/** A program that was called so, in words. */
export function program(
  argv: readonly string[],
  env: readonly string[],
  path: string,
): string {
  return JSON.stringify({ argv, env, path });
}

/** What a resolution says becomes of an execution, in the kernel's words. */
export function outcomeOf(
  resolution: Resolution,
  { path, env }: Called,
): string {
  switch (resolution.kind) {
    case "program":
      return program(resolution.argv.map(text), env, path);
    case "error":
      return resolution.code;
    case "killed":
      return resolution.signal;
    case "unknown":
      return `unknown: ${resolution.reason}`;
  }
}

/** A source of choices, the same for the same seed. */
export class Choices {
  constructor(readonly random: () => number) {}

  /** A whole number from 0 to below a limit. */
  below(limit: number): number {
    return Math.floor(this.random() * limit);
  }

  /** One of a list, or of the characters of a text. */
  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  /** Whether something happens that does so in this part of all cases. */
  chance(part: number): boolean {
    return this.random() < part;
  }

  /** Some of a list, one after another. */
  some<T>(list: readonly T[], most: number): T[] {
    return Array.from({ length: this.below(most + 1) }, () => this.of(list));
  }
}
