import { assertEquals } from "@std/assert";
import { withPlaces } from "./check.ts";

Deno.test("withPlaces() names the file and line that a snippet is from", () => {
  const snippet = {
    file: "packages/libc/mod.ts",
    line: 20,
    language: "ts" as const,
    flags: [],
    code: "",
  };
  assertEquals(
    withPlaces(
      "TS2304 [ERROR]: Cannot find name 'nope'.\n    at file:///tmp/x.y/0.ts:3:13\n",
      "/tmp/x.y",
      [snippet],
    ),
    "TS2304 [ERROR]: Cannot find name 'nope'.\n    at packages/libc/mod.ts:22\n",
  );
});
