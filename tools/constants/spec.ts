/** How the values of a table are meant. */
export type Kind =
  /** Bits, of which any number are set. */
  | "flags"
  /** One of several; others are shown in hexadecimal. */
  | "values"
  /** Numbers of which some have names; others are shown in decimal. */
  | "numbers"
  /** Bits, of which those without a name are permissions, in octal. */
  | "octal"
  /** One of several; others are shown as `_IOC()` makes them. */
  | "ioctl"
  /** Addresses: hexadecimal, `NULL` for 0. */
  | "address"
  /** Whatever the call makes of a word: hexadecimal. */
  | "hex";

/** A table of constants: what it holds and where it is used. */
export interface TableSpec {
  /** How its values are meant. */
  kind: Kind;
  /** What strace writes behind a value without a name: `"O_???"`. */
  unknown?: string;
  /**
   * Its constants, in the order in which strace writes flags. `X_*` stands for
   * all of that beginning that the headers define, by value, and `-X` takes one
   * out. `NAME=VALUE` is for those that only libc's headers define. `&0xff`
   * begins those of which one is chosen under that mask, `&` ends them. After `&?0xff` others than
   * these are bits. `@name` stands for all of another table.
   */
  names: string;
  /**
   * The parameters that take them, `open.flags`; `*.dfd` for all of that name,
   * `fcntl.arg[cmd=4]` for where another parameter decides, and `open.return`
   * for the result.
   */
  used?: string;
}

/** Tables by their names. */
export type Specs = Readonly<Record<string, TableSpec>>;
