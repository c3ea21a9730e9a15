import { assert, assertEquals } from "@std/assert";
import { run, testWith, tool } from "@procctl/testing";
import { PROCCTL } from "./_testing.ts";

/** Runs both tools on a shell of their own, and says what each printed. */
function both(before: string, args: string, after = ""): string[] {
  const tools = [["prlimit"], [...PROCCTL, "limits"]];
  return tools.map((argv) => {
    const script = `${before}\n"$@" ${args}\necho "exits $?"\n${after}`;
    const { stdout } = run(["sh", "-c", script, "sh", ...argv]);
    return stdout;
  });
}

/** The lines of a table, in the order of prlimit(1) and with its names. */
function sorted(table: string): string[] {
  return table.toUpperCase().split("\n").sort();
}

const SHOW_ALL = Array.from(
  "cdefilmnqrstuvxy",
  (letter) =>
    `prlimit --pid $$ --raw --noheadings -o resource,soft,hard -${letter}`,
).join("\n");

testWith(
  "procctl limits shows what prlimit(1) shows of the same process",
  [tool("prlimit")],
  () => {
    const before = "ulimit -n 64; ulimit -Ss 4096; ulimit -t 600; ulimit -c 0";
    const columns = "--raw -o resource,soft,hard";
    for (const args of ["", "--noheadings", "-n -s", "--core --cpu"]) {
      const [theirs, ours] = both(before, `--pid $$ ${columns} ${args}`);
      assertEquals(sorted(ours!), sorted(theirs!), args);
      assert(theirs!.includes("exits 0"));
    }
  },
);

testWith(
  "procctl limits sets what prlimit(1) sets, in all its forms",
  [tool("prlimit")],
  () => {
    const forms = [
      "--nofile=32",
      "--nofile=32:48",
      "--nofile=32:",
      "--nofile=:48",
      "-n32:48",
      "-n=32:48",
      "-n32: -c0",
      "--stack=1048576: --cpu=100:200 --nofile=8:",
      "--core=0:unlimited",
      "-e0 -r=0:0 -y1000: -i10: -q4096: -l4096: -v=unlimited: -x5 -m6 -d=7:",
    ];
    for (const form of forms) {
      const before = "ulimit -Hn 64; ulimit -Sn 32; ulimit -t 600";
      const [theirs, ours] = both(before, `--pid $$ ${form}`, SHOW_ALL);
      assertEquals(ours, theirs, form);
      assert(theirs!.startsWith("exits 0"), form);
    }
  },
);

testWith(
  "procctl limits starts commands under the limits that prlimit(1) starts them under",
  [tool("prlimit")],
  () => {
    const forms = [
      "--nofile=32:48",
      "-n32 --core=0",
      "-n48: --stack=4194304: --",
      "-n=32:48 -t100:200",
    ];
    for (const form of forms) {
      const script = SHOW_ALL.replaceAll("\n", "; ");
      const args = `${form} sh -c '${script}; exit 9'`;
      const [theirs, ours] = both("ulimit -n 64", args);
      assertEquals(ours, theirs, form);
      assert(theirs!.endsWith("exits 9\n"), form);
    }
  },
);

testWith(
  "procctl limits refuses what prlimit(1) refuses",
  [tool("prlimit")],
  () => {
    const wrong = [
      "--nofile=",
      "--nofile=x",
      "--pid",
      "--pid=x",
      "--pid $$ true",
      "--pid $$ --nofile=9:8",
      "--output=none",
      "--nothing",
      "-n32 /no/such/command",
    ];
    for (const args of wrong) {
      const [theirs, ours] = both("exec 2>/dev/null", args);
      assert(!theirs!.includes("exits 0"), args);
      assert(!ours!.includes("exits 0"), args);
    }
  },
);
