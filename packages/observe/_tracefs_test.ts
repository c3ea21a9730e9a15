import { assertEquals, assertThrows } from "@std/assert";
import { parseFormat } from "./_tracefs.ts";

const SYS_ENTER = `name: sys_enter
ID: 443
format:
\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;

\tfield:long id;\toffset:8;\tsize:8;\tsigned:1;
\tfield:unsigned long args[6];\toffset:16;\tsize:48;\tsigned:0;

print fmt: "NR %ld", REC->id
`;

Deno.test("parseFormat() gives a tracepoint's number, and where its fields lie", () => {
  const { id, offsets } = parseFormat(SYS_ENTER);
  assertEquals(id, 443);
  assertEquals([...offsets], [
    ["common_type", 0],
    ["common_pid", 4],
    ["id", 8],
    ["args", 16],
  ]);
});

Deno.test("parseFormat() knows fields whose place is in the record", () => {
  const line =
    "\tfield:__data_loc char[] filename;\toffset:8;\tsize:4;\tsigned:0;";
  const { offsets } = parseFormat(`ID: 365\n${line}\n`);
  assertEquals([...offsets], [["filename", 8]]);
});

Deno.test("parseFormat() refuses a text without a number", () => {
  assertThrows(() => parseFormat("name: x\n"), SyntaxError, "it has no ID");
});
