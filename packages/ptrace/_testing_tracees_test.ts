import { assertEquals } from "@std/assert";
import { kernel, run, TemporaryFolder, testWith } from "@procctl/testing";
import { scenario, tracees } from "./_testing_tracees.ts";

/**
 * What each scenario does when nobody traces it: its status, and its output;
 * null if chance decides how much of that is there at its end.
 */
const ALONE: [
  command: [string, ...(string | number)[]],
  status: number | string,
  stdout?: string | null,
][] = [
  [["exit", 3], 3],
  [["segfault"], "SIGSEGV"],
  [["kill-self"], "SIGKILL"],
  [["failing-execs"], 0],
  [["own-filter"], 0],
  [["wide-numbers"], 0],
  [["handlers"], 1],
  [["terminated"], "SIGTERM"],
  [["traps"], 4],
  [["queue"], 42],
  [["cancel"], 0],
  [["setuid-threads"], 0],
  [["stop-self"], 5],
  [["watch-stop"], 0, "137f ffff 900\n"],
  [["terminal-stop", "handled"], 0],
  [["terminal-stop", "default"], 0],
  [["restart"], 0],
  [["interrupted-sleep"], 0],
  [["daemon"], 6, null],
  [["vforks"], 0],
  [["spawn-twice", "/bin/false"], 0, "1 same name\n1 same name\n"],
  [["vfork-sleep", 20], 0],
  [["threads", 8, 50], 0],
  [["second-thread"], 0],
  [["exec-from-thread"], 0],
  [["leader-gone"], 0],
  [["exit-group-of-9"], 7],
  [["forks", 20], 0],
  [["clone-untraced"], 0, "child\n"],
  [["clone3-untraced"], 0, "child\n"],
  [["sleepers", 4, 20], 0, "4 slept\n"],
  // Linux before 5.16 writes nothing to a file if not all of it is there.
  [["page-end"], 0, kernel(5, 16)() === undefined ? "/withx" : ""],
  [["odd-pointers"], 0],
  [["censor"], 0, "the secret word\n16 intact\n"],
  [
    ["blocked-writers"],
    0,
    "the secret word\nthe secret word\nintact, the child's intact\n",
  ],
  [["copying-children"], 0, "the secret word\n".repeat(3)],
  [["nonexistent"], 98],
];

for (const [[name, ...args], status, stdout = ""] of ALONE) {
  testWith(
    `untraced, ${[name, ...args].join(" ")} does what tests rely on`,
    [tracees],
    () => {
      const { code, signal, stdout: output } = run(scenario(name, ...args));
      assertEquals(signal ?? code, status);
      if (stdout !== null) assertEquals(output, stdout);
    },
  );
}

testWith(
  "untraced, scenarios do with files what tests rely on",
  [tracees],
  () => {
    using folder = new TemporaryFolder();
    const file = folder.write("file", "content\n");
    const play = (name: string) => {
      const { code, stdout } = run(scenario(name, file));
      return [code, stdout];
    };
    assertEquals(play("copy-out"), [0, "content\nsame path\n"]);
    assertEquals(play("write-thrice"), [0, "5 5 5 \n"]);
    assertEquals(play("copy-out"), [0, "data\ndata\ndata\nsame path\n"]);
    assertEquals(play("delete"), [0, ""]);
    assertEquals(play("delete"), [2, ""]);
  },
);
