// deno-lint-ignore-file no-console -- the seed is what repeats a run

import { assertEquals } from "@std/assert";
import {
  denoArgv,
  type Need,
  ROOT,
  rounds,
  run,
  testWith,
} from "@procctl/testing";

const PROGRAM = `${ROOT}/packages/shebang/_testing_differential.ts`;

/** The test asks what env(1) of GNU coreutils does, which is not each env(1). */
const gnuEnv: Need = () => {
  const { stdout } = run(["env", "--version"]);
  return stdout.includes("GNU coreutils")
    ? undefined
    : "needs env of GNU coreutils";
};

const TESTS: [topic: string, name: string, needs: Need[]][] = [
  ["lines", "resolveInterpreters() agrees with the kernel on first lines", []],
  [
    "chains",
    "resolveInterpreters() agrees with the kernel on chains of scripts",
    [],
  ],
  [
    "elf",
    "resolveInterpreters() agrees with the kernel on faulty ELF files",
    [],
  ],
  [
    "space",
    "argumentSpace() agrees with the kernel on what fits to the byte",
    [],
  ],
  ["env", "resolveInterpreters() agrees with env -S on its strings", [gnuEnv]],
];

for (const [topic, name, needs] of TESTS) {
  testWith(name, needs, () => {
    const { code, stdout, stderr } = run([
      ...denoArgv(PROGRAM),
      `--cases=${rounds(2500)}`,
      topic,
    ]);
    console.log(stdout.replaceAll(/^ .*\n/gm, "").trimEnd());
    assertEquals({ code, stderr }, { code: 0, stderr: "" }, stdout);
  });
}
