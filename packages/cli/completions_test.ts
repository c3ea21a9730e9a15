import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { run, testWith, tool } from "@procctl/testing";
import { procctl } from "./_testing.ts";
import { HELP_OPTION } from "./command.ts";
import { loadCommands } from "./commands.ts";

const commands = await loadCommands();

function completionsFor(shell: string): string {
  const { code, stdout, stderr } = procctl(["completions", shell]);
  assertEquals([code, stderr], [0, ""]);
  return stdout;
}

/** Completes a line as bash's readline does, which parts words at = and : too. */
const COMPLETE_IN_BASH = `
complete_line() {
  COMP_LINE=$1 COMP_POINT=\${#1}
  local spaced=\${1//=/ = }
  spaced=\${spaced//:/ : }
  COMP_WORDS=($spaced)
  [[ $1 == *' ' ]] && COMP_WORDS+=('')
  COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
  _procctl 2>/dev/null # compopt works only where readline calls
  printf '%s\\n' "\${COMPREPLY[@]}" | sort -u
}
complete_line "$0"
`;

function completeInBash(script: string, line: string): string[] {
  const { stdout } = run(["bash", "-c", script + COMPLETE_IN_BASH, line]);
  return stdout.split("\n").filter((word) => word !== "");
}

testWith(
  "the completions for bash complete subcommands, options, values and commands",
  [tool("bash")],
  () => {
    const script = completionsFor("bash");
    assertEquals(run(["bash", "-n"], { stdin: script }).stderr, "");
    const names = commands.map(({ name }) => name);
    const cases: [line: string, words: string[]][] = [
      ["procctl ", [...names, "--help", "--version"].toSorted()],
      ["procctl lim", ["limits"]],
      ["procctl limits --no", ["--nofile", "--noheadings"]],
      ["procctl limits --json --no", ["--nofile", "--noheadings"]],
      ["procctl limits --output s", ["soft"]],
      ["procctl limits -o so", ["soft"]],
      ["procctl limits --output=so", ["soft"]],
      ["procctl limits -n64:9 --no", ["--nofile", "--noheadings"]],
      ["procctl exec --nofile 64:9 --cl", ["--clear-env", "--closefrom"]],
      ["procctl exec --env=A=b:c --cl", ["--clear-env", "--closefrom"]],
      ["procctl exec -a --clear-env --cl", ["--clear-env", "--closefrom"]],
      ["procctl exec --nofile 64 unshar", ["unshare"]],
      ["procctl exec -- unshar", ["unshare"]],
      ["procctl exec --chdir /us", ["/usr"]],
      // What belongs to the command, and the values of other options.
      ["procctl exec ls --cl", []],
      ["procctl exec -- ls --cl", []],
      ["procctl exec -- --cl", []],
      ["procctl exec --env --cl", []],
      ["procctl completions ", ["bash", "fish", "zsh"]],
      ["procctl nothing --no", []],
    ];
    for (const [line, words] of cases) {
      assertEquals(completeInBash(script, line), words.toSorted(), line);
    }
    const pids = completeInBash(script, "procctl limits --pid ");
    assert(pids.includes(String(Deno.pid)));
  },
);

testWith(
  "the completions for zsh are a script of zsh",
  [tool("zsh")],
  () => {
    const ended = run(["zsh", "-n"], { stdin: completionsFor("zsh") });
    assertEquals([ended.code, ended.stderr], [0, ""]);
  },
);

testWith(
  "the completions for fish complete subcommands, options and values",
  [tool("fish")],
  () => {
    const script = completionsFor("fish");
    const cases: [line: string, words: string[]][] = [
      ["procctl lim", ["limits"]],
      ["procctl limits --no", ["--nofile", "--noheadings"]],
      ["procctl limits -o so", ["soft"]],
      ["procctl completions ", ["bash", "fish", "zsh"]],
    ];
    for (const [line, words] of cases) {
      const { stdout } = run([
        "fish",
        "-c",
        `${script}\ncomplete -C '${line}'`,
      ]);
      const found = stdout.trimEnd().split("\n").map((it) => it.split("\t")[0]);
      assertEquals(found, words, line);
    }
  },
);

Deno.test("the completions for zsh and fish have every option of every subcommand, described", () => {
  const [zsh, fish] = [completionsFor("zsh"), completionsFor("fish")];
  for (const { name, options } of commands) {
    const start = zsh.indexOf(`\n        ${name})`);
    const own = zsh.slice(start, zsh.indexOf(";;", start));
    for (const option of [...options, HELP_OPTION]) {
      const text = option.description.replaceAll("'", "'\\''");
      assertStringIncludes(own, `--${option.name}`);
      assertStringIncludes(own, `[${text}]`);
      const letter = option.short === undefined ? "" : `-s ${option.short} `;
      assertStringIncludes(
        fish,
        `-n '__fish_seen_subcommand_from ${name}' ${letter}-l ${option.name} `,
      );
    }
  }
});

Deno.test("procctl completions exits with 2 for another shell, for two and for none", () => {
  for (const args of [[], ["sh"], ["toString"], ["bash", "zsh"]]) {
    const { code, stdout, stderr } = procctl(["completions", ...args]);
    assertEquals([code, stdout], [2, ""]);
    assertStringIncludes(
      stderr,
      "There must be one shell given, of bash, zsh, fish",
    );
  }
});
