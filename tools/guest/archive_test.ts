import { assertEquals } from "@std/assert";
import { encodeEntry, fileEntry, folderEntry, linkEntry } from "./archive.ts";

function encode(...args: Parameters<typeof encodeEntry>): string {
  return new TextDecoder().decode(encodeEntry(...args));
}

const ZERO = "00000000";

Deno.test("encodeEntry() writes numbers in hexadecimal, the path and the data, each filled up", () => {
  // Magic, inode, mode, user, group, links, time, size, four numbers of
  // devices, the length of the path with its NUL, checksum.
  assertEquals(
    encode(fileEntry("bin/a", "hello", 0o755), 7),
    `07070100000007000081ed${ZERO}${ZERO}00000001${ZERO}00000005` +
      `${ZERO.repeat(4)}00000006${ZERO}bin/a\0hello\0\0\0`,
  );
});

Deno.test("encodeEntry() counts bytes, not letters", () => {
  const entry = encode(fileEntry("é", "ü"), 1);
  assertEquals(entry.slice(54, 62), "00000002");
  assertEquals(entry.slice(94, 102), "00000003");
});

Deno.test("encodeEntry() tells folders and symbolic links by their modes", () => {
  assertEquals(encode(folderEntry("a"), 1).slice(14, 22), "000041ed");
  const link = encode(linkEntry("sh", "dash"), 1);
  assertEquals(link.slice(14, 22), "0000a1ff");
  assertEquals(link.slice(110), "sh\0\0\0\0dash");
});

Deno.test("encodeEntry() fills up to where the next entry may begin", () => {
  for (const path of ["a", "ab", "abc", "abcd", "abcde"]) {
    for (const data of ["", "1", "12", "123", "1234"]) {
      assertEquals(encode(fileEntry(path, data), 1).length % 4, 0);
    }
  }
});
