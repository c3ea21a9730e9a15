import { assertEquals } from "@std/assert";
import { runDeno } from "@procctl/testing";
import { searchPaths } from "./search_path.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function paths(file: string, path: string): string[] {
  return Array.from(
    searchPaths(encoder.encode(file), encoder.encode(path)),
    (candidate) => decoder.decode(candidate),
  );
}

Deno.test("searchPaths() gives the file in each folder of PATH, in order", () => {
  assertEquals(paths("f", "/a:/b/:c:."), ["/a/f", "/b//f", "c/f", "./f"]);
});

Deno.test("searchPaths() takes an empty element for the working directory", () => {
  assertEquals(paths("f", ""), ["f"]);
  assertEquals(paths("f", ":"), ["f", "f"]);
  assertEquals(paths("f", ":/a"), ["f", "/a/f"]);
  assertEquals(paths("f", "/a:"), ["/a/f", "f"]);
  assertEquals(paths("f", "/a::/b"), ["/a/f", "f", "/b/f"]);
});

Deno.test("searchPaths() leaves out folders of 4096 bytes and more", () => {
  const longest = "/".padEnd(4095, "x");
  assertEquals(paths("f", `${longest}x:/a`), ["/a/f"]);
  assertEquals(paths("f", `/a:${longest}x`), ["/a/f"]);
  assertEquals(paths("f", `${longest}:/a`), [`${longest}/f`, "/a/f"]);
});

Deno.test("searchPaths() keeps bytes that are not UTF-8", () => {
  const [path] = searchPaths(Uint8Array.of(0xff), Uint8Array.of(0x2f, 0xfe));
  assertEquals(path, Uint8Array.of(0x2f, 0xfe, 0x2f, 0xff));
});

Deno.test("searchPaths() does not read the environment for a name with a slash", () => {
  // What it takes for that would be opened, at half a millisecond each.
  const { stdout, stderr } = runDeno(`
    const opened = [];
    const { dlopen } = Deno;
    Deno.dlopen = (file, symbols) => {
      opened.push(...Object.keys(symbols));
      return dlopen(file, symbols);
    };
    const { searchPaths } = await import("@procctl/exec/search-path");
    const encode = (text) => new TextEncoder().encode(text);
    searchPaths(encode("./sh"));
    console.log(opened.length);
    searchPaths(encode("sh"));
    console.log(opened.includes("getenv"));
  `);
  assertEquals([stdout, stderr], ["0\ntrue\n", ""]);
});
