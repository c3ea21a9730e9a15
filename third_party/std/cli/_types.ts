// What a call of parseArgs() returns, told from its options: names are read
// from literal types, made into one flat record, and only then unfolded
// ("a.b"), given defaults and copied to aliases.

/** What declares boolean flags: names, or all of them, or nothing. */
export type BooleanNames = boolean | string | undefined;

/** What declares other flags: names or nothing. */
export type Names = string | undefined;

/** Flag names with their aliases. */
export type Aliases<Name = string, Alias extends string = string> = Partial<
  Record<Extract<Name, string>, Alias | readonly Alias[]>
>;

/** The flags that options declare; any flag of any type if they declare none. */
export type Values<
  Booleans extends BooleanNames,
  Strings extends Names,
  Collected extends Names,
  Negatable extends Names,
  Defaults extends Record<string, unknown> | undefined,
  Alias extends Aliases | undefined,
> = true extends Declares<Booleans> | Declares<Strings> | Declares<Collected> ?
    & Record<string, unknown>
    & WithAliases<
      WithDefaults<
        Flatten<
          & Unfold<Optional<Strings, Collected, Negatable>>
          & Unfold<Present<Booleans, Strings, Collected, Negatable>>
        >,
        Unfold<Defaults>
      >,
      Alias
    >
  // deno-lint-ignore no-explicit-any
  : Record<string, any>;

/** What may have a default: any name, the declared ones suggested both ways. */
export type Suggested<Booleans extends BooleanNames, Strings extends Names> =
  Flatten<
    & Record<string, unknown>
    & Declared<Booleans, Strings>
    & Unfold<Declared<Booleans, Strings>>
  >;

type Declared<Booleans, Strings> = {
  [K in Text<Booleans> | Text<Strings>]?: unknown;
};

/** One type for an intersection of records, all the way down. */
export type Flatten<T> = T extends Record<string, unknown>
  ? { [K in keyof T]: Flatten<T[K]> }
  : T;

type Text<N> = Extract<N, string>;

type Declares<N> = undefined extends N ? false : false extends N ? false : true;

/** The strings that may be missing from the result. */
type Optional<Strings, Collected, Negatable> = {
  [K in Exclude<Text<Strings>, Collected>]?: string | Negated<K, Negatable>;
};

/** The flags that are in every result. */
type Present<Booleans, Strings, Collected, Negatable> =
  & { [K in Exclude<Text<Booleans>, Collected>]: boolean }
  & { [K in Extract<Text<Booleans>, Collected>]: boolean[] }
  & {
    [K in Extract<Text<Strings>, Collected>]: string[] | Negated<K, Negatable>;
  }
  & {
    [K in Exclude<Text<Collected>, Booleans | Strings>]:
      | unknown[]
      | Negated<K, Negatable>;
  };

type Negated<K, Negatable> = K extends Negatable ? false : never;

/** `{ "a.b": string }` as `{ a: { b: string } }`. */
type Unfold<T> = T extends Record<string, unknown> ? Flatten<
    & { [K in keyof T as K extends `${string}.${string}` ? never : K]: T[K] }
    & { [K in keyof T as Head<K>]: Unfold<Tails<T, Head<K>>> }
  >
  : T;

type Head<K> = K extends `${infer H}.${string}` ? H : never;

type Tails<T, H extends string> = {
  [K in keyof T as K extends `${H}.${infer Tail}` ? Tail : never]: T[K];
};

/** A flag with a default is in every result, and may be of its type. */
type WithDefaults<T, Defaults> = Defaults extends Record<string, unknown> ?
    & Omit<T, keyof Defaults>
    & {
      [K in keyof Defaults]: K extends keyof T
        ? WithDefault<NonNullable<T[K]>, Defaults[K]>
        : unknown;
    }
  : T;

type WithDefault<Value, Default> = [Value, Default] extends
  [Record<string, unknown>, Record<string, unknown>]
  ? WithDefaults<Value, Default>
  : Value | Default;

type WithAliases<T, Alias> = {
  [K in keyof T as K | AliasOf<K, Alias>]: T[K];
};

type AliasOf<K, Alias> = K extends keyof Alias ? Literal<Alias[K]> : never;

/** The names in a name or an array of them, unless they are just any string. */
type Literal<Alias> = string extends Alias ? never
  : Alias extends string ? Alias
  : Alias extends string[] ? Alias[number]
  : never;
