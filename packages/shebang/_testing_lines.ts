import {
  type Choices,
  type Comparison,
  outcomeOf,
  type World,
} from "./_testing_world.ts";

/** Bytes that a name may have, all of which are names of programs here. */
const NAME_BYTES = ["a", "b", "\r", "\xff"];
const BYTES = [..." \t", " ", "\n", "\0", "/", "#", ...NAME_BYTES];

/** Programs by each name of one and of two bytes. */
export function prepareLines(world: World): void {
  for (const first of NAME_BYTES) {
    world.writeDumper(first);
    for (const second of NAME_BYTES) world.writeDumper(first + second);
  }
}

/** A first line, at random and around what is special. */
export function compareLine(world: World, choices: Choices): Comparison {
  const head = firstLine(choices);
  world.write("s", head);
  const path = choices.of(["s", "./s", `${world.folder.path}/s`, ".//./s"]);
  const argv = choices.some(["", "x", "a b", "-e"], 3);
  const execution = { path, argv, env: [] };
  const resolution = world.predict(execution);
  const args = resolution.kind === "program"
    ? resolution.chain[0]?.args ?? []
    : [];
  return {
    kind: resolution.kind === "program"
      ? `program, ${["none", "empty", "text"][kindOf(args[0])]} passed`
      : outcomeOf(resolution, execution),
    expected: outcomeOf(resolution, execution),
    actual: world.execute(execution),
    about: { head, execution },
  };
}

function kindOf(argument: Uint8Array | undefined): number {
  if (argument === undefined) return 0;
  return argument.length === 0 ? 1 : 2;
}

function firstLine(choices: Choices): string {
  const some = (most: number) => choices.some(BYTES, most).join("");
  const start = choices.of(["#!", "#!", "#!", "#!", "#!./", "#! ", "#", "!"]);
  const name = choices.some(NAME_BYTES, 2).join("");
  if (choices.chance(0.4)) return start + some(3) + name + some(12);
  // Up to the edge of what the kernel reads: a path can have any length.
  const edge = 243 + choices.below(16);
  const [filled, rest] = choices.of(
    [
      [`#!${choices.of(["", " ", "\t "])}.`.padEnd(edge, "/") + name, some(6)],
      [`#!${name} `.padEnd(edge, choices.of(["x", " ", "\t"])), some(10)],
      ["#!".padEnd(edge, choices.of([" ", "\t", "\0"])) + name, some(6)],
    ] as const,
  );
  return filled + rest + choices.of(["", "\n", "\necho hello\n"]);
}
