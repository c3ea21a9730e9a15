// What the packages need of Deno's permissions. That their tests pass with the
// path of libc alone is a step of the gate.

import { assert, assertEquals } from "@std/assert";
import { patience, ROOT, run, TemporaryFolder } from "@procctl/testing";
import {
  entryPoints,
  type Example,
  examples,
  isPart,
  partsOf,
} from "./_examples.ts";
import { denoEnv } from "./_observer.ts";

/** Runs a program in a child that has no permission, and returns what it prints. */
function withoutPermission(folder: TemporaryFolder, source: string): string {
  const program = folder.write("program.ts", source);
  const flags = ["--quiet", "--no-prompt", "--no-check"];
  const config = `--config=${ROOT}/deno.json`;
  const { code, stdout, stderr } = run(
    [Deno.execPath(), "run", ...flags, config, program],
    { env: denoEnv(), cwd: folder.path, timeout: patience(60_000) },
  );
  assertEquals({ code, stderr }, { code: 0, stderr: "" });
  return stdout;
}

Deno.test("importing any entry point needs no permission, and prints nothing", () => {
  using folder = new TemporaryFolder();
  const imports = entryPoints().map((it) => `import ${JSON.stringify(it)};`);
  assert(imports.length > 90, `${imports.length}`);
  assertEquals(withoutPermission(folder, imports.join("\n")), "");
});

/** How an example ended without any permission. */
interface Ended {
  name?: string;
  message?: string;
  printed: string;
}

/** A module whose function is the example. */
function moduleOf(example: Example): string {
  const { imports, body } = partsOf(example);
  return `${imports}\nexport async function __example() {\n${body}\n}\n`;
}

/** Runs each of some modules, one after another, and prints how they ended. */
function runnerOf(count: number): string {
  const numbers = Array.from({ length: count }, (_, index) => index);
  return `${
    numbers.map((it) =>
      `import { __example as example${it} } from "./example${it}.ts";`
    )
      .join("\n")
  }
  const { log } = console;
  const ended = [];
  for (const example of [${numbers.map((it) => `example${it}`).join()}]) {
    let printed = "";
    console.log = (...values) => {
      printed += values.map((it) => typeof it === "string" ? it : Deno.inspect(it)).join(" ") + "\\n";
    };
    try {
      await example();
      ended.push({ printed });
    } catch ({ name, message }) {
      ended.push({ name, message, printed });
    }
  }
  log(JSON.stringify(ended));`;
}

/** What is no failure without a permission, by the name of the call. */
const ANSWERS: Record<string, string> = {
  // It looks for the reason of a failure, and has none where it may not look.
  failureReason: "undefined\n",
};

/** What is wrong with how an example ended. */
function faultOf({ code, lines }: Example, ended: Ended): string | undefined {
  const { name, message = "", printed } = ended;
  if (name === undefined) {
    // One that catches what it throws may print of another error than it tells.
    if (isPart(printed, lines) || /\bcatch\b/.test(code)) return undefined;
    const isAnswer = Object.entries(ANSWERS).some(([call, answer]) =>
      code.includes(`${call}(`) && printed === answer
    );
    if (isAnswer) return undefined;
    return `prints ${JSON.stringify(printed)}`;
  }
  const isClear = name === "NotCapable" && message.includes("--allow-ffi");
  return isClear ? undefined : `throws ${name}: ${message}`;
}

Deno.test("without any permission each public call does what it says, or throws NotCapable and names the flag", () => {
  using folder = new TemporaryFolder();
  const all = examples();
  all.forEach((example, index) =>
    folder.write(`example${index}.ts`, moduleOf(example))
  );
  // What the tool prints goes to standard output, past the console.
  const lines = withoutPermission(folder, runnerOf(all.length)).split("\n");
  const ended: Ended[] = JSON.parse(lines.at(-2)!);
  const faults = all.map((example, index) => ({
    place: example.place,
    fault: faultOf(example, ended[index]!),
  })).filter(({ fault }) => fault !== undefined);
  assertEquals(faults, []);
  // Both kinds are many: what is pure needs nothing, what calls C does.
  const refused = ended.filter(({ name }) => name === "NotCapable").length;
  assert(refused > 100 && all.length - refused > 50, `${refused}`);
});
