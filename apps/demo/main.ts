/**
 * Shows the programs of this folder at work, run by the real kernel: first the
 * examples of the manual page execve(2), then limits, then a traced program.
 *
 * The programs are real executables in a temporary folder, scripts whose
 * interpreter is Deno. Only the lines with a `$` are this program's own.
 *
 * @module
 */

import {
  encodeCString,
  lazySymbols,
  readFile,
  SystemError,
} from "@procctl/libc";
import { DemoFolder } from "./_demo_folder.ts";

const libc = lazySymbols({
  // FILE *popen(const char *command, const char *type)
  popen: { parameters: ["buffer", "buffer"], result: "usize" },
  // int fileno(FILE *stream)
  fileno: { parameters: ["usize"], result: "i32" },
  // int pclose(FILE *stream): the status of the command, as wait4(2) has it
  pclose: { parameters: ["usize"], result: "i32" },
});

/** A command, and what it must print: text, or a pattern where machines differ. */
interface Transcript {
  command: string;
  output: string | RegExp;
}

const TRANSCRIPTS: readonly Transcript[] = [
  {
    command: "./execve ./myecho",
    output: `argv[0]: ./myecho
argv[1]: hello
argv[2]: world
`,
  },
  {
    command: "./execve ./script",
    output: `argv[0]: ./myecho
argv[1]: script-arg
argv[2]: ./script
argv[3]: hello
argv[4]: world
`,
  },
  {
    command: "./get-limits",
    output:
      /^RESOURCE +SOFT +HARD +UNITS\n([a-z]+( +(\d+[a-zA-Z]*|unlimited)){2} +[a-z]+\n){16}$/,
  },
  {
    command: "./stack-shell 64MiB -- sh -c 'ulimit -s'",
    output: "65536\n",
  },
  {
    command: "./censor secret -- grep word letter",
    output: `The ****** word is "******".\n`,
  },
  {
    command:
      "./censor secret -- sh -c 'tail -n 1 letter >&2; exit 3' 2>&1; echo $?",
    output: "Keep it, or it is no ****** any more.\n3\n",
  },
];

/** What the censored programs print. */
const LETTER = `Dear reader,
The secret word is "secret".
Keep it, or it is no secret any more.
`;

/**
 * Runs a command by the shell, in the working directory.
 *
 * @returns What it printed, and whether it ended with status 0.
 */
function run(command: string): { output: Uint8Array; success: boolean } {
  const stream = libc.popen(
    encodeCString(command, "command"),
    encodeCString("re", "type"),
  );
  if (stream === 0n) throw new Error(`Cannot start "${command}"`);
  const output = readFile(`/proc/self/fd/${libc.fileno(stream)}`);
  return { output, success: libc.pclose(stream) === 0 };
}

/** Shows a command and what it prints; false if it should have printed other. */
function show({ command, output }: Transcript): boolean {
  print(Deno.stdout, `$ ${command}\n`);
  const printed = run(command);
  print(Deno.stdout, printed.output);
  const text = new TextDecoder().decode(printed.output);
  const asExpected = typeof output === "string"
    ? text === output
    : output.test(text);
  if (asExpected && printed.success) return true;
  print(
    Deno.stderr,
    asExpected
      ? `${command} failed\n`
      : `${command} did not print what it should:\n${output}\n`,
  );
  return false;
}

/** Writes all of it: one call may write a part. */
function print(
  stream: { writeSync(bytes: Uint8Array): number },
  content: string | Uint8Array,
): void {
  let rest = typeof content === "string"
    ? new TextEncoder().encode(content)
    : content;
  while (rest.length > 0) rest = rest.subarray(stream.writeSync(rest));
}

/** Runs the demo; false if something was not as it should be. */
function demo(): boolean {
  using folder = new DemoFolder();
  folder.addLinks();
  folder.addProgram("execve", "apps/execve-demo/main.ts");
  folder.addProgram("myecho", "apps/myecho/main.ts");
  folder.addProgram("get-limits", "apps/get-limits/main.ts");
  folder.addProgram("stack-shell", "apps/stack-shell/main.ts");
  folder.addProgram("censor", "apps/censor/main.ts");
  folder.addFile("script", "#!./myecho script-arg\n");
  folder.addFile("letter", LETTER);
  folder.enter();
  return TRANSCRIPTS.every(show);
}

if (import.meta.main) {
  try {
    if (!demo()) Deno.exitCode = 1;
  } catch (error) {
    if (!(error instanceof SystemError)) throw error;
    print(Deno.stderr, `${error.message}\n`);
    Deno.exitCode = 1;
  }
}
