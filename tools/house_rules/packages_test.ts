import { assertEquals } from "@std/assert";
import {
  changelogFaults,
  type Contents,
  packageFaults,
  versionFaults,
} from "./packages.ts";

const LIBC = {
  folder: "packages/libc",
  name: "@procctl/libc",
  version: "0.1.0",
  license: "MIT",
  exports: { ".": "./mod.ts", "./open-flags": "./open_flags.ts" },
};

const CONTENTS: Contents = {
  files: [
    "README.md",
    "_private.ts",
    "deno.json",
    "mod.ts",
    "open_flags.ts",
    "open_flags_test.ts",
  ],
  inMod: new Set(["open_flags.ts"]),
  experimental: new Set(),
};

Deno.test("packageFaults() finds none in a package that is in order", () => {
  assertEquals(packageFaults(LIBC, CONTENTS), []);
});

Deno.test("packageFaults() asks for a licence, a README and a name", () => {
  const { license: _, ...rest } = LIBC;
  const files = CONTENTS.files.filter((file) => file !== "README.md");
  assertEquals(
    packageFaults({ ...rest, name: "@procctl/c" }, { ...CONTENTS, files }),
    [
      'packages/libc: is named "@procctl/c", not as its folder',
      'packages/libc: has no "license" in its deno.json',
      "packages/libc: has no README.md",
    ],
  );
});

Deno.test("packageFaults() asks for every public file to be exported", () => {
  assertEquals(
    packageFaults(LIBC, {
      ...CONTENTS,
      files: [...CONTENTS.files, "system_error.ts"],
    }),
    [
      'packages/libc: must export "./system-error": "./system_error.ts"',
      "packages/libc: system_error.ts must be exported by mod.ts, or be @experimental",
    ],
  );
});

Deno.test("packageFaults() lets an experimental file be out of mod.ts", () => {
  const exports = { ...LIBC.exports, "./new": "./new.ts" };
  const contents = {
    ...CONTENTS,
    files: [...CONTENTS.files, "new.ts"],
    experimental: new Set(["new.ts"]),
  };
  assertEquals(packageFaults({ ...LIBC, exports }, contents), []);
});

Deno.test("packageFaults() asks for kebab-case and for files that exist", () => {
  const exports = {
    ...LIBC.exports,
    "./open_flags": "./open_flags.ts",
    "./gone": "./gone.ts",
  };
  assertEquals(packageFaults({ ...LIBC, exports }, CONTENTS), [
    'packages/libc: exports "./open_flags.ts" as "./open_flags", not as "./open-flags"',
    'packages/libc: exports "./gone.ts", which is missing',
  ]);
});

Deno.test("versionFaults() asks for one version", () => {
  assertEquals(versionFaults([LIBC, LIBC]), []);
  assertEquals(
    versionFaults([LIBC, {
      ...LIBC,
      folder: "packages/exec",
      version: "0.2.0",
    }]),
    ["Packages must have one version: packages/libc 0.1.0, packages/exec 0.2.0"],
  );
});

Deno.test("changelogFaults() asks for a section of the version", () => {
  assertEquals(changelogFaults([LIBC, LIBC], "## 0.1.0 (unreleased)\n"), []);
  assertEquals(changelogFaults([LIBC, LIBC], "## 0.1.0-rc.1\n\n0.1.0\n"), [
    'CHANGELOG.md: has no section "## 0.1.0"',
  ]);
});
