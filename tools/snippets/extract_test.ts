import { assertEquals, assertThrows } from "@std/assert";
import { snippetsOfDocComments, snippetsOfMarkdown } from "./extract.ts";

const TICKS = "`".repeat(3);

Deno.test("snippetsOfMarkdown() finds programs and transcripts", () => {
  const text = `# Title

${TICKS}ts
const a = 1;

console.log(a);
${TICKS}

${TICKS}console
$ echo a
a
${TICKS}
`;
  assertEquals(snippetsOfMarkdown("README.md", text), [
    {
      file: "README.md",
      line: 4,
      language: "ts",
      flags: [],
      code: "const a = 1;\n\nconsole.log(a);",
    },
    {
      file: "README.md",
      line: 10,
      language: "console",
      flags: [],
      code: "$ echo a\na",
    },
  ]);
});

Deno.test("snippetsOfMarkdown() passes over other languages", () => {
  const text = `${TICKS}sh\nls\n${TICKS}\n\n${TICKS}\nplain\n${TICKS}\n`;
  assertEquals(snippetsOfMarkdown("README.md", text), []);
});

Deno.test("snippetsOfMarkdown() passes over a block within a block", () => {
  const text = `${TICKS}\`md\n${TICKS}ts\na;\n${TICKS}\n${TICKS}\`\n`;
  assertEquals(snippetsOfMarkdown("README.md", text), []);
});

Deno.test("snippetsOfMarkdown() takes the indentation of a list away", () => {
  const text =
    `- A list:\n\n  ${TICKS}ts\n  if (a) {\n    b;\n  }\n  ${TICKS}\n`;
  const [snippet] = snippetsOfMarkdown("README.md", text);
  assertEquals(snippet?.code, "if (a) {\n  b;\n}");
});

Deno.test("snippetsOfMarkdown() keeps the flags of a block", () => {
  const text = `${TICKS}ts no-run\na;\n${TICKS}\n`;
  assertEquals(snippetsOfMarkdown("README.md", text)[0]?.flags, ["no-run"]);
});

Deno.test("snippetsOfMarkdown() throws for an unknown flag", () => {
  assertThrows(
    () => snippetsOfMarkdown("a.md", `${TICKS}ts ignore\na;\n${TICKS}\n`),
    SyntaxError,
    'Unknown flag "ignore" of the block at a.md:1: known are no-run',
  );
});

Deno.test("snippetsOfMarkdown() throws for a block without an end", () => {
  assertThrows(
    () => snippetsOfMarkdown("a.md", `\n${TICKS}ts\na;\n`),
    SyntaxError,
    "Cannot find the end of the block at a.md:2",
  );
});

Deno.test("snippetsOfDocComments() finds programs at any depth", () => {
  const text = `/**
 * A module.
 *
 * ${TICKS}ts
 * one();
 * ${TICKS}
 */

class A {
  /**
   * A method.
   *
   * @example Usage
   * ${TICKS}ts
   * if (a) {
   *   two();
   * }
   * ${TICKS}
   */
  method() {}
}
`;
  const found = snippetsOfDocComments("a.ts", text);
  assertEquals(found.map(({ line, code }) => ({ line, code })), [
    { line: 5, code: "one();" },
    { line: 15, code: "if (a) {\n  two();\n}" },
  ]);
});

Deno.test("snippetsOfDocComments() passes over strings and code", () => {
  const text =
    `const glob = "/**";\n// ${TICKS}ts\nconst a = \`\n${TICKS}ts\n\`;\n`;
  assertEquals(snippetsOfDocComments("a.ts", text), []);
});
