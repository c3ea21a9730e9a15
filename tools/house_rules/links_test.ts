import { assertEquals } from "@std/assert";
import { linkFaults } from "./links.ts";

function faultsOf(files: Record<string, string>): string[] {
  return linkFaults(new Map(Object.entries(files)));
}

const GUIDE = "# How it works\n\n## What `run()` does, and why\n";

Deno.test("linkFaults() follows links to files, folders and headings", () => {
  assertEquals(
    faultsOf({
      "README.md": [
        "[a](docs/guide.md), [b](docs/guide.md#what-run-does-and-why)",
        "[c](packages/libc), [d](docs), ![e](docs/e.svg), [f](#title)",
        "[g](https://example.org/nothing.md), [h](mailto:a@example.org)",
        "# Title",
      ].join("\n"),
      "docs/guide.md": `${GUIDE}[up](../README.md)\n`,
      "docs/e.svg": "",
      "packages/libc/README.md": "",
    }),
    [],
  );
});

Deno.test("linkFaults() says which links lead nowhere", () => {
  assertEquals(
    faultsOf({
      "README.md": "[a](docs/guide.md#no), [b](guide.md), [c](docs/gone)",
      "docs/guide.md": `${GUIDE}[up](README.md)\n`,
    }),
    [
      'README.md: "docs/guide.md#no" leads nowhere',
      'README.md: "guide.md" leads nowhere',
      'README.md: "docs/gone" leads nowhere',
      'docs/guide.md: "README.md" leads nowhere',
    ],
  );
});

Deno.test("linkFaults() says which pages nobody finds, round a corner too", () => {
  assertEquals(
    faultsOf({
      "README.md": "[a](docs/one.md)",
      "docs/one.md": "[b](two.md)",
      "docs/two.md": "",
      "docs/three.md": "[c](four.md)",
      "docs/four.md": "[d](three.md)",
    }),
    [
      "docs/three.md: no link from README.md leads there",
      "docs/four.md: no link from README.md leads there",
    ],
  );
});

Deno.test("linkFaults() takes no code for a link", () => {
  const fence = "`".repeat(3);
  assertEquals(
    faultsOf({
      "README.md": `${fence}ts\nconst a = b[0](c);\n# No heading\n${fence}\n` +
        "`[a](b.md)`\n",
    }),
    [],
  );
});
