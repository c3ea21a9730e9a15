/**
 * What a doc comment must say, beyond what `deno doc --lint` asks for.
 *
 * @module
 */

import type {
  ClassDef,
  Declaration,
  DocSymbol,
  Documentation,
  Documented,
  FunctionDef,
  Parameter,
  TypeDef,
} from "./doc_types.ts";

/**
 * Says which doc comments are incomplete.
 *
 * Each file that is exported needs a description of the whole. Everything that is exported needs a description; functions and methods a text
 * for each parameter and for what they return; functions, classes and methods
 * an example; and each `@throws` a text.
 *
 * @param documentation What `deno doc --json` prints.
 * @returns The faults, once each: a symbol may be exported by several files.
 */
export function docFaults(documentation: Documentation): string[] {
  const nodes = Object.entries(documentation.nodes);
  const symbols = nodes.flatMap(([, { symbols }]) => symbols);
  return [
    ...nodes.filter(([, node]) => !node.module_doc?.doc)
      .map(([file]) => `${file}: the file has no @module text`),
    ...new Set(symbols.flatMap(symbolFaults)),
  ];
}

function symbolFaults({ name, declarations }: DocSymbol): string[] {
  // A reference is another package's symbol, documented there.
  const exported = declarations.filter(({ declarationKind, kind }) =>
    declarationKind === "export" && kind !== "reference"
  );
  const functions = exported.filter(({ kind }) => kind === "function");
  return [
    ...functionFaults(
      name,
      functions.map((it) => ({ ...it, def: it.def as FunctionDef })),
    ),
    ...exported.filter(({ kind }) => kind !== "function")
      .flatMap((declaration) => declarationFaults(name, declaration)),
  ];
}

function declarationFaults(name: string, declaration: Declaration): string[] {
  const { kind, def } = declaration;
  const faults = textFaults(name, declaration);
  if (kind === "class") {
    faults.push(...exampleFaults(name, [declaration]));
    faults.push(...memberFaults(name, def as ClassDef));
  }
  if (kind === "namespace") {
    const { elements } = def as { elements: DocSymbol[] };
    faults.push(...elements.flatMap(symbolFaults));
  }
  return faults;
}

function memberFaults(className: string, def: ClassDef): string[] {
  const faults = (def.constructors ?? []).flatMap((it) =>
    parameterFaults(`new ${className}()`, it, it.params)
  );
  const methods = (def.methods ?? [])
    .filter(({ accessibility }) => accessibility === undefined)
    .map((it) => ({ ...it, def: it.functionDef }));
  const byName = Map.groupBy(methods, ({ name, kind, isStatic }) => {
    const separator = isStatic ? "." : "#";
    const full = `${className}${name.startsWith("[") ? "" : separator}${name}`;
    return kind === "method" ? full : `${full} (${kind})`;
  });
  for (const [name, overloads] of byName) {
    if (overloads[0]!.kind === "method") {
      faults.push(...functionFaults(name, overloads));
    } else {
      faults.push(...textFaults(name, overloads[0]!));
    }
  }
  return faults;
}

/** A function, or one signature of an overloaded one. */
type Signature = Documented & { def: FunctionDef };

function functionFaults(
  name: string,
  declarations: readonly Signature[],
): string[] {
  // Of an overloaded function only the signatures are public, not the body.
  const signatures = declarations.length > 1
    ? declarations.filter(({ def }) => !def.hasBody)
    : declarations;
  if (signatures.length === 0) return [];
  return [
    ...signatures.flatMap((it) => [
      ...textFaults(name, it),
      ...parameterFaults(name, it, it.def.params),
      ...returnFaults(name, it),
    ]),
    ...exampleFaults(name, signatures),
  ];
}

function textFaults(name: string, it: Documented): string[] {
  const faults: string[] = [];
  if (!it.jsDoc?.doc) faults.push(fault(name, it, "has no description"));
  for (const tag of it.jsDoc?.tags ?? []) {
    if (tag.kind === "throws" && !tag.doc) {
      faults.push(fault(name, it, "has a @throws without a text"));
    }
  }
  return faults;
}

function parameterFaults(
  name: string,
  it: Documented,
  parameters: readonly Parameter[],
): string[] {
  const documented = (it.jsDoc?.tags ?? [])
    .filter(({ kind, doc }) => kind === "param" && doc);
  const names = new Set(documented.map(({ name }) => name));
  const faults = parameters.map(parameterName)
    .filter((parameter) => parameter !== undefined && !names.has(parameter))
    .map((parameter) => fault(name, it, `has no @param text: ${parameter}`));
  // One that is taken apart in the signature has no name to compare.
  if (faults.length === 0 && documented.length < parameters.length) {
    faults.push(fault(name, it, "has a parameter without a @param text"));
  }
  return faults;
}

function parameterName(parameter: Parameter): string | undefined {
  if (parameter.kind === "assign") return parameterName(parameter.left!);
  if (parameter.kind === "rest") return parameterName(parameter.arg!);
  return parameter.name;
}

function returnFaults(name: string, it: Signature): string[] {
  if (returnsNothing(it.def.returnType)) return [];
  const text = it.jsDoc?.tags?.find(({ kind }) => kind === "return")?.doc;
  return text ? [] : [fault(name, it, "has no @returns text")];
}

function returnsNothing(type: TypeDef | undefined): boolean {
  if (type?.kind === "keyword") {
    return type.repr === "void" || type.repr === "never";
  }
  if (type?.kind === "typePredicate") return true;
  if (type?.kind !== "typeRef" || type.repr !== "Promise") return false;
  const { typeParams = [] } = type.value as { typeParams?: TypeDef[] };
  return returnsNothing(typeParams[0]);
}

function exampleFaults(name: string, all: readonly Documented[]): string[] {
  const hasExample = all.some(({ jsDoc }) =>
    jsDoc?.tags?.some(({ kind, doc }) =>
      kind === "example" && doc?.includes("```ts")
    )
  );
  return hasExample ? [] : [fault(name, all[0]!, "has no @example in ts")];
}

function fault(name: string, { location }: Documented, text: string): string {
  return `${location.filename}:${location.line + 1}: ${name} ${text}`;
}
