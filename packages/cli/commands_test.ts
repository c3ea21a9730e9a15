import { assert, assertEquals } from "@std/assert";
import { commandHelp } from "./_help.ts";
import { LOADERS } from "./_loaders.ts";
import { HELP_OPTION } from "./command.ts";
import { loadCommands } from "./commands.ts";

const PLAIN = {
  bold: (text: string) => text,
  dim: (text: string) => text,
  red: (text: string) => text,
  green: (text: string) => text,
  yellow: (text: string) => text,
};

const commands = await loadCommands();

Deno.test("each subcommand is described under the name by which it is loaded", () => {
  assertEquals(commands.map(({ name }) => name), Object.keys(LOADERS));
});

Deno.test("no two options of a subcommand share a name or a letter", () => {
  for (const { name, options } of commands) {
    const all = [...options, HELP_OPTION];
    for (const key of ["name", "short"] as const) {
      const names = all.map((it) => it[key]).filter((it) => it !== undefined);
      assertEquals(new Set(names).size, names.length, `${name}: ${names}`);
    }
  }
});

Deno.test("the help of each subcommand fits a terminal of 80 columns", () => {
  for (const command of commands) {
    for (const line of commandHelp(command, PLAIN).split("\n")) {
      assert(line.length <= 80, `${command.name}: ${line}`);
      assertEquals(line, line.trimEnd());
    }
  }
});

Deno.test("the help of each subcommand has its forms, options, examples and exit statuses", () => {
  for (const command of commands) {
    const lines = commandHelp(command, PLAIN).split("\n");
    const words = lines.map((line) => line.trim()).join(" ");
    const texts = [
      ...command.usage.map((form) => `procctl ${command.name} ${form}`),
      ...command.options.flatMap((it) => [`--${it.name}`, it.description]),
      ...command.examples.map(({ description }) => `# ${description}`),
      ...command.exitStatus.map(([, meaning]) => meaning),
    ];
    for (const text of texts) {
      assert(words.includes(text.replaceAll(/\s+/g, " ")), text);
    }
  }
});
