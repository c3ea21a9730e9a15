/**
 * The part of what `deno doc --json` prints that is used, in its version 2.
 *
 * @module
 */

/** All of it. */
export interface Documentation {
  version: number;
  nodes: Record<
    string,
    { module_doc?: { doc?: string }; symbols: DocSymbol[] }
  >;
}

/** One name, and all that it stands for. */
export interface DocSymbol {
  name: string;
  declarations: Declaration[];
}

/** What has a doc comment. Lines are counted from 0. */
export interface Documented {
  location: { filename: string; line: number };
  jsDoc?: { doc?: string; tags?: Tag[] };
}

/** One tag of a doc comment. */
export interface Tag {
  kind: string;
  name?: string;
  doc?: string;
}

/** One declaration; the shape of `def` follows from `kind`. */
export interface Declaration extends Documented {
  declarationKind: string;
  kind: string;
  def?: unknown;
}

/** A function's signature. */
export interface FunctionDef {
  params: Parameter[];
  returnType?: TypeDef;
  hasBody?: boolean;
}

/** A class's members. */
export interface ClassDef {
  constructors?: (Documented & { params: Parameter[] })[];
  methods?: (Documented & {
    name: string;
    kind: string;
    isStatic?: boolean;
    accessibility?: string;
    functionDef: FunctionDef;
  })[];
}

/** A parameter; `left` is what a default is given to, `arg` follows `...`. */
export interface Parameter {
  kind: string;
  name?: string;
  left?: Parameter;
  arg?: Parameter;
}

/** A type. */
export interface TypeDef {
  kind: string;
  repr?: string;
  value?: unknown;
}
