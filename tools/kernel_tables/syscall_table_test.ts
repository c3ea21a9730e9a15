import { assertEquals, assertThrows } from "@std/assert";
import { parseTable } from "./syscall_table.ts";

const TABLE = `# SPDX-License-Identifier: GPL-2.0
0\tcommon\tread\t\t\tsys_read

60\tcommon\texit\t\t\tsys_exit\t\t\t-\t\t\tnoreturn
13\t64\trt_sigaction\t\tsys_rt_sigaction  # a remark
512\tx32\trt_sigaction\t\tcompat_sys_rt_sigaction
134\t64\tuselib
`;

Deno.test("parseTable() reads the lines of the ABIs that are wanted, by number", () => {
  assertEquals(parseTable(TABLE, ["common", "64"]), [
    { number: 0, abi: "common", name: "read", entries: ["sys_read"] },
    {
      number: 13,
      abi: "64",
      name: "rt_sigaction",
      entries: ["sys_rt_sigaction"],
    },
    { number: 60, abi: "common", name: "exit", entries: ["sys_exit"] },
    { number: 134, abi: "64", name: "uselib", entries: [] },
  ]);
});

Deno.test("parseTable() refuses what is no table", () => {
  assertThrows(() => parseTable("int main(void)", ["64"]), Error, "int main");
});
