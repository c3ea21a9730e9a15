import {
  type Choices,
  type Comparison,
  outcomeOf,
  type World,
} from "./_testing_world.ts";

/** Where a chain of scripts can end. */
const ENDS = ["a", "./a", "missing", "folder", "plain", "text", "empty", "c0"];

/** What is at the ends of chains. */
export function prepareChains(world: World): void {
  world.writeDumper("a");
  world.folder.mkdir("folder");
  world.write("plain", "#!./a\n", 0o644);
  world.write("text", "echo hello\n");
  world.write("empty", "");
}

/** Scripts that are each other's interpreters. */
export function compareChain(world: World, choices: Choices): Comparison {
  const length = 1 + choices.below(8);
  const end = choices.of(ENDS);
  for (let i = 0; i < length; i++) {
    const next = i === length - 1 ? end : choices.of([
      `./c${i + 1}`,
      `c${i + 1}`,
      `.//c${i + 1}`,
      `${world.folder.path}/c${i + 1}`,
    ]);
    const argument = choices.of(["", "", " x", ` y${i} z `]);
    world.write(`c${i}`, `#!${next}${argument}\n`);
  }
  const execution = {
    path: choices.of(["c0", "./c0"]),
    argv: choices.some(["", "A0", "A 1"], 3),
    env: [],
  };
  const resolution = world.predict(execution);
  return {
    kind: resolution.kind === "error"
      ? `${resolution.code} at level ${resolution.level}`
      : `program after ${length} scripts`,
    expected: outcomeOf(resolution, execution),
    actual: world.execute(execution),
    about: { length, end, execution },
  };
}
