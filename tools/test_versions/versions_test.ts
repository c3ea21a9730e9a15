import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { readFile } from "@procctl/libc";
import { ROOT } from "@procctl/testing";
import { BETWEEN, OLDEST, pinnedVersion } from "./versions.ts";

function read(file: string): string {
  return new TextDecoder().decode(readFile(`${ROOT}/${file}`));
}

Deno.test("pinnedVersion() gives the version that all jobs name", () => {
  const workflow = "  deno-version: 2.9.6\n\n  deno-version: 2.9.6\n";
  assertEquals(pinnedVersion(workflow), "2.9.6");
});

Deno.test("pinnedVersion() refuses a workflow with several versions, or none", () => {
  const workflow = "  deno-version: 2.9.6\n  deno-version: 2.9.5\n";
  for (const [text, reason] of [[workflow, "2.9.6, 2.9.5"], ["", "none is"]]) {
    assertThrows(
      () => pinnedVersion(text!),
      Error,
      `Cannot tell which Deno is pinned: ${reason}`,
    );
  }
});

Deno.test("the versions that are tried go from the oldest to the pinned one", () => {
  const pinned = pinnedVersion(read(".github/workflows/ci.yml"));
  const versions = [OLDEST, BETWEEN, pinned];
  const compare = new Intl.Collator("en", { numeric: true }).compare;
  assertEquals(versions.toSorted(compare), versions);
  assertStringIncludes(read("README.md"), `deno@${pinned} task`);
});

Deno.test("the READMEs name the oldest version that is tried", () => {
  const name = `Deno ${OLDEST.replace(/\.0$/, "")} or later`;
  const packages = ["cli", "exec", "libc", "rlimit"];
  for (
    const file of [
      "README.md",
      ...packages.map((name) => `packages/${name}/README.md`),
    ]
  ) {
    assertStringIncludes(read(file).replaceAll(/\s+/g, " "), name, file);
  }
});
