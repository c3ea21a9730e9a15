import { assertEquals } from "@std/assert";
import type { Declaration, Tag } from "./doc_types.ts";
import { docFaults } from "./docs.ts";

const EXAMPLE = { kind: "example", doc: "Usage\n```ts\nf(1);\n```" };
const NUMBER = { kind: "keyword", repr: "number" };
const VOID = { kind: "keyword", repr: "void" };

function declaration(
  kind: string,
  def: unknown,
  doc?: string,
  tags: Tag[] = [],
): Declaration {
  return {
    location: { filename: "a.ts", line: 9 },
    declarationKind: "export",
    jsDoc: doc === undefined ? { tags } : { doc, tags },
    kind,
    def,
  };
}

function faults(...declarations: Declaration[]): string[] {
  const symbols = [{ name: "f", declarations }];
  // As a file and mod.ts export the same symbol.
  const description = { doc: "Adding." };
  const nodes = {
    "a.ts": { symbols, module_doc: description },
    "mod.ts": { symbols, module_doc: description },
  };
  return docFaults({ version: 2, nodes });
}

const PARAMS = [
  { kind: "identifier", name: "a" },
  { kind: "assign", left: { kind: "identifier", name: "options" } },
];

Deno.test("docFaults() asks a file for a description of the whole", () => {
  const nodes = { "a.ts": { symbols: [] } };
  assertEquals(docFaults({ version: 2, nodes }), [
    "a.ts: the file has no @module text",
  ]);
});

Deno.test("docFaults() asks a function for all its texts", () => {
  const def = { params: PARAMS, returnType: NUMBER, hasBody: true };
  assertEquals(faults(declaration("function", def)), [
    "a.ts:10: f has no description",
    "a.ts:10: f has no @param text: a",
    "a.ts:10: f has no @param text: options",
    "a.ts:10: f has no @returns text",
    "a.ts:10: f has no @example in ts",
  ]);
});

Deno.test("docFaults() finds none in a complete doc comment", () => {
  const def = { params: PARAMS, returnType: NUMBER, hasBody: true };
  const tags = [
    { kind: "param", name: "a", doc: "A number." },
    { kind: "param", name: "options", doc: "How." },
    { kind: "return", doc: "Another." },
    EXAMPLE,
  ];
  assertEquals(faults(declaration("function", def, "Adds.", tags)), []);
});

Deno.test("docFaults() asks for no @returns where nothing is returned", () => {
  const promise = {
    kind: "typeRef",
    repr: "Promise",
    value: { typeParams: [VOID] },
  };
  for (const returnType of [VOID, promise, { kind: "typePredicate" }]) {
    const def = { params: [], returnType };
    assertEquals(faults(declaration("function", def, "Does.", [EXAMPLE])), []);
  }
});

Deno.test("docFaults() asks for a text of a parameter that is taken apart", () => {
  const def = { params: [{ kind: "object" }], returnType: VOID };
  assertEquals(faults(declaration("function", def, "Does.", [EXAMPLE])), [
    "a.ts:10: f has a parameter without a @param text",
  ]);
});

Deno.test("docFaults() asks for a text of each @throws", () => {
  const tags = [EXAMPLE, { kind: "throws" }];
  const def = { params: [], returnType: VOID };
  assertEquals(faults(declaration("function", def, "Does.", tags)), [
    "a.ts:10: f has a @throws without a text",
  ]);
});

Deno.test("docFaults() passes over the body of an overloaded function", () => {
  const def = { params: [], returnType: VOID };
  assertEquals(
    faults(
      declaration("function", def, "One.", [EXAMPLE]),
      declaration("function", def, "Two."),
      declaration("function", { ...def, hasBody: true }),
    ),
    [],
  );
});

Deno.test("docFaults() asks a class and its public methods for examples", () => {
  const location = { filename: "a.ts", line: 19 };
  const method = {
    location,
    jsDoc: { doc: "Does." },
    name: "do",
    kind: "method",
    functionDef: { params: [], returnType: VOID, hasBody: true },
  };
  const def = {
    constructors: [{ location, params: [{ kind: "identifier", name: "a" }] }],
    methods: [
      method,
      { ...method, name: "[Symbol.dispose]" },
      { ...method, name: "hidden", accessibility: "private" },
      { ...method, name: "size", kind: "getter" },
    ],
  };
  assertEquals(faults(declaration("class", def, "A class.")), [
    "a.ts:10: f has no @example in ts",
    "a.ts:20: new f() has no @param text: a",
    "a.ts:20: f#do has no @example in ts",
    "a.ts:20: f[Symbol.dispose] has no @example in ts",
  ]);
});

Deno.test("docFaults() passes over what another package documents", () => {
  assertEquals(faults(declaration("reference", {})), []);
});

Deno.test("docFaults() asks a type for a description only", () => {
  assertEquals(faults(declaration("typeAlias", {}, "A type.")), []);
  assertEquals(faults(declaration("typeAlias", {})), [
    "a.ts:10: f has no description",
  ]);
});
