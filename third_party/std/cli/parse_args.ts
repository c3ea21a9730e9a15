import type {
  Aliases,
  BooleanNames,
  Flatten,
  Names,
  Suggested,
  Values,
} from "./_types.ts";

/** What {@linkcode parseArgs} returns. */
export type Args<
  // deno-lint-ignore no-explicit-any
  TArgs extends Record<string, unknown> = Record<string, any>,
  TDoubleDash extends boolean | undefined = undefined,
> = Flatten<
  & TArgs
  & {
    /** The arguments that belong to no flag. */
    _: (string | number)[];
  }
  & (boolean extends TDoubleDash ? Partial<DoubleDash>
    : true extends TDoubleDash ? DoubleDash
    : Record<never, never>)
>;

type DoubleDash = {
  /** The arguments after `--`. */
  "--": string[];
};

/** Options of {@linkcode parseArgs}. */
export interface ParseOptions<
  TBooleans extends BooleanNames = BooleanNames,
  TStrings extends Names = Names,
  TCollectable extends Names = Names,
  TNegatable extends Names = Names,
  TDefault extends Record<string, unknown> | undefined =
    | Record<string, unknown>
    | undefined,
  TAliases extends Aliases | undefined = Aliases | undefined,
  TDoubleDash extends boolean | undefined = boolean | undefined,
> {
  /** Puts what follows `--` into a list of its own instead of `_`. */
  "--"?: TDoubleDash;
  /** Other names of flags; a flag is set under all its names. */
  alias?: TAliases;
  /** Flags without a value; `true` makes one of each `--flag` without `=`. */
  boolean?: TBooleans | ReadonlyArray<Extract<TBooleans, string>>;
  /** Values of flags that are not given. */
  default?: TDefault & Suggested<TBooleans, TStrings>;
  /** Puts all that follows the first argument of no flag into `_`. */
  stopEarly?: boolean;
  /** Flags whose value stays text, even if it reads as a number. */
  string?: TStrings | ReadonlyArray<Extract<TStrings, string>>;
  /** Flags that may be given more than once, and become arrays. */
  collect?: TCollectable | ReadonlyArray<Extract<TCollectable, string>>;
  /** Flags that `--no-flag` sets to `false`. */
  negatable?: TNegatable | ReadonlyArray<Extract<TNegatable, string>>;
  /** Is told of what no option declares, and drops it by returning `false`. */
  unknown?: (arg: string, key?: string, value?: unknown) => unknown;
}

/**
 * Parses command line arguments. What looks like a number becomes one, and a
 * name with dots an object, unless options say otherwise.
 */
export function parseArgs<
  TArgs extends Values<
    TBooleans,
    TStrings,
    TCollectable,
    TNegatable,
    TDefaults,
    TAliases
  >,
  TDoubleDash extends boolean | undefined = undefined,
  TBooleans extends BooleanNames = undefined,
  TStrings extends Names = undefined,
  TCollectable extends Names = undefined,
  TNegatable extends Names = undefined,
  TDefaults extends Record<string, unknown> | undefined = undefined,
  TAliases extends Aliases<TAliasArgNames, TAliasNames> | undefined = undefined,
  TAliasArgNames extends string = string,
  TAliasNames extends string = string,
>(
  args: readonly string[],
  options: ParseOptions<
    TBooleans,
    TStrings,
    TCollectable,
    TNegatable,
    TDefaults,
    TAliases,
    TDoubleDash
  > = {},
): Args<TArgs, TDoubleDash> {
  const parser = new Parser(options as ParseOptions);
  return parser.parse(args) as Args<TArgs, TDoubleDash>;
}

type Value = string | number | boolean;

/** One run over the arguments. */
class Parser {
  readonly #options: ParseOptions;
  readonly #aliases: Map<string, Set<string>>;
  readonly #booleans: Set<string>;
  readonly #strings: Set<string>;
  readonly #collected: Set<string>;
  readonly #negatable: Set<string>;
  readonly #result: Args = { _: [] };

  constructor(options: ParseOptions) {
    this.#options = options;
    this.#aliases = readAliases(options.alias);
    this.#booleans = this.#declared(options.boolean);
    this.#strings = this.#declared(options.string);
    this.#collected = this.#declared(options.collect);
    this.#negatable = this.#declared(options.negatable);
  }

  parse(args: readonly string[]): Args {
    const dashes = args.indexOf("--");
    const end = dashes < 0 ? args.length : dashes;
    this.#read(args.slice(0, end));
    this.#complete();

    const rest = args.slice(end + 1);
    if (this.#options["--"]) this.#result["--"] = rest;
    else this.#result._.push(...rest);
    return this.#result;
  }

  /** Reads the arguments before `--`. */
  #read(args: readonly string[]): void {
    for (let i = 0; i < args.length; i++) {
      const arg = args[i]!;
      if (/^--./s.test(arg)) {
        if (this.#readLong(arg, args[i + 1])) i++;
      } else if (/^-./s.test(arg)) {
        if (this.#readShort(arg, args[i + 1])) i++;
      } else {
        if (this.#options.unknown?.(arg) !== false) {
          this.#result._.push(this.#strings.has("_") ? arg : toNumber(arg));
        }
        if (!this.#options.stopEarly) continue;
        this.#result._.push(...args.slice(i + 1));
        return;
      }
    }
  }

  /** Reads `--flag`, `--flag=value` or `--flag value`; tells if it took `next`. */
  #readLong(arg: string, next: string | undefined): boolean {
    const [, no, name, value] = arg.match(/^--(no-)?(.[^=]*)(?:=(.*))?$/s)!;
    // With a value, the "no-" is passed over.
    if (value !== undefined) {
      this.#set(
        name!,
        this.#booleans.has(name!) ? value !== "false" : value,
        arg,
      );
      return false;
    }
    if (no && this.#negatable.has(name!)) {
      this.#set(name!, false, arg, false);
      return false;
    }
    const key = no ? no + name : name!;
    const takesNext = this.#options.boolean !== true && !this.#isBoolean(key) &&
      !next?.startsWith("-");
    return this.#setFromNext(key, arg, next, takesNext);
  }

  /** Reads `-f`, `-abc`, `-n5`, `-f=value` or `-f value`; tells if it took `next`. */
  #readShort(arg: string, next: string | undefined): boolean {
    const last = arg.length - 1;
    for (let i = 1; i < last; i++) {
      const letter = arg[i]!;
      const rest = arg.slice(i + 1);
      const value = this.#readValue(letter, rest);
      if (value !== undefined) {
        this.#set(letter, value, arg);
        return false;
      }
      this.#set(letter, rest === "-" ? rest : this.#bare(letter), arg);
    }
    const key = arg[last]!;
    if (key === "-") return false;
    const takesNext = !this.#isBoolean(key) && !/^--?[^-]/.test(next ?? "");
    return this.#setFromNext(key, arg, next, takesNext);
  }

  /** Finds the value of a letter in what follows it, if that is no more letters. */
  #readValue(letter: string, rest: string): string | undefined {
    if (rest === "-") return undefined;
    if (rest === "=") return "";
    if (/[a-z]/i.test(letter)) {
      const value = /=(.+)/.exec(rest)?.[1];
      if (value !== undefined) return value;
      if (/\d(\.\d*)?(e-?\d+)?$/.test(rest)) return rest;
    }
    return /^\W./s.test(rest) ? rest : undefined;
  }

  /** Sets a flag from the argument after it, or alone; tells if it took `next`. */
  #setFromNext(
    key: string,
    arg: string,
    next: string | undefined,
    takesNext: boolean,
  ): boolean {
    if (next && takesNext) {
      this.#set(key, next, arg);
      return true;
    }
    if (next === "true" || next === "false") {
      this.#set(key, next === "true", arg);
      return true;
    }
    this.#set(key, this.#bare(key), arg);
    return false;
  }

  /** Sets a flag under all its names, unless nobody wants it. */
  #set(key: string, value: Value, arg: string, collects = true): void {
    if (
      !this.#isDeclared(key, arg) &&
      this.#options.unknown?.(arg, key, value) === false
    ) return;

    const item = typeof value === "string" && !this.#strings.has(key)
      ? toNumber(value)
      : value;
    const adds = collects && this.#collected.has(key);
    for (const name of this.#namesOf(key)) {
      setPath(this.#result, name.split("."), item, adds);
    }
  }

  /** Adds what the arguments left out. */
  #complete(): void {
    const isMissing = (key: string) => !hasPath(this.#result, key.split("."));
    const add = (key: string, value: unknown) =>
      setPath(this.#result, key.split("."), value, false);

    for (const [key, value] of Object.entries(this.#options.default ?? {})) {
      if (!isMissing(key)) continue;
      for (const name of this.#namesOf(key)) add(name, value);
    }
    for (const key of this.#booleans) {
      if (isMissing(key)) add(key, this.#collected.has(key) ? [] : false);
    }
    for (const key of this.#strings) {
      if (isMissing(key) && this.#collected.has(key)) add(key, []);
    }
  }

  /** What a flag without a value is set to. */
  #bare(key: string): Value {
    return this.#strings.has(key) ? "" : true;
  }

  #isBoolean(key: string): boolean {
    return this.#namesOf(key).some((name) => this.#booleans.has(name));
  }

  #isDeclared(key: string, arg: string): boolean {
    return this.#booleans.has(key) || this.#strings.has(key) ||
      this.#aliases.has(key) || this.#collected.has(key) ||
      this.#options.boolean === true && /^--[^=]+$/.test(arg);
  }

  #namesOf(key: string): string[] {
    return [key, ...this.#aliases.get(key) ?? []];
  }

  /** Reads a list of names, and adds their aliases. */
  #declared(names: BooleanNames | readonly string[]): Set<string> {
    const list = typeof names === "object"
      ? names
      : typeof names === "string"
      ? [names]
      : [];
    return new Set(
      list.filter((name) => name).flatMap((name) => this.#namesOf(name)),
    );
  }
}

/** Maps each name of a flag to its other names. */
function readAliases(alias: Aliases | undefined): Map<string, Set<string>> {
  const map = new Map<string, Set<string>>();
  for (const [key, value] of Object.entries(alias ?? {})) {
    if (value === undefined) throw new TypeError("Alias value must be defined");
    const names = [key, ...typeof value === "string" ? [value] : value];
    for (const name of names) {
      map.set(name, new Set(names.filter((other) => other !== name)));
    }
  }
  return map;
}

/** Reads a number where the text is one. */
function toNumber(text: string): string | number {
  return text.trim() && Number.isFinite(Number(text)) ? Number(text) : text;
}

type Tree = Record<string, unknown>;

/** Sets what is at a path, or adds to it; never touches a prototype. */
function setPath(
  tree: Tree,
  path: readonly string[],
  value: unknown,
  adds: boolean,
): void {
  const last = path.length - 1;
  for (const [i, key] of path.entries()) {
    const isInherited = key === "constructor" &&
      typeof tree[key] === "function";
    if (isInherited || key === "__proto__") return;
    if (i < last) tree = (tree[key] ??= {}) as Tree;
    else if (!adds) tree[key] = value;
    else if (Array.isArray(tree[key])) tree[key].push(value);
    else tree[key] = tree[key] ? [tree[key], value] : [value];
  }
}

function hasPath(tree: Tree, path: readonly string[]): boolean {
  return path.every((key) => {
    const isThere = Object.hasOwn(tree, key);
    tree = tree[key] as Tree;
    return isThere;
  });
}
