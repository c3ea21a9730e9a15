import { lazySymbols, pageSize } from "@procctl/libc";
import { ArgumentArea } from "./_argument_area.ts";
import {
  type Choices,
  type Comparison,
  outcomeOf,
  type World,
} from "./_testing_world.ts";

const libc = lazySymbols({
  // int getrlimit(int resource, struct rlimit *rlim)
  getrlimit: { parameters: ["i32", "buffer"], result: "i32" },
  // int setrlimit(int resource, const struct rlimit *rlim)
  setrlimit: { parameters: ["i32", "buffer"], result: "i32" },
});

const RLIMIT_STACK = 3;
const UNLIMITED = 2n ** 64n - 1n;
const POINTER = 8;
const KIB = 1024;
const MIB = 1024 * KIB;

/** Limits on both sides of where the rules change. */
const STACK_LIMITS = [
  0,
  10_000,
  64 * KIB,
  120 * KIB,
  128 * KIB,
  160 * KIB,
  256 * KIB,
  512 * KIB,
  513 * KIB,
  600 * KIB,
  MIB,
];
/** Fewer of those that need megabytes. */
const LARGE_STACK_LIMITS = [8 * MIB, 23 * MIB, 24 * MIB, 25 * MIB, Infinity];

/** A program and scripts that lead to it. */
export function prepareSpace(world: World): void {
  world.writeDumper("a");
  world.write("one", "#!./a\n");
  world.write("two", "#!./one an argument\n");
}

/** Arguments and variables whose size is near the limit. */
export function compareSpace(world: World, choices: Choices): Comparison {
  const stackLimit = allowed(
    choices.of(choices.chance(0.04) ? LARGE_STACK_LIMITS : STACK_LIMITS),
  );
  const path = choices.of(["./a", "a", "./one", "./two"]);
  const execution = { path, ...strings(path, stackLimit, choices) };
  const space = { stackLimit, pageSize: pageSize() };
  const { env } = execution;
  const expected = outcomeOf(
    world.predict(execution, { env, space }),
    execution,
  );
  const actual = world.execute(execution, withStackLimit(stackLimit));
  const area = areaOf(execution, stackLimit);
  // Whether so small a stack does depends on where the kernel put it.
  const died = area.risky && actual === "SIGSEGV" && expected !== "E2BIG";
  const overflow = area.overflow ?? "by an interpreter's strings";
  return {
    kind: expected === "E2BIG" ? `E2BIG, ${overflow}` : died ? "died" : "fits",
    expected,
    actual: died ? expected : actual,
    about: { stackLimit, path, used: area.used, limit: area.limit },
  };
}

type Strings = { argv: string[]; env: string[] };

/** Strings that come to just about what there is room for. */
function strings(path: string, stackLimit: number, choices: Choices): Strings {
  const argv = choices.some(["", "x", "some words"], 40);
  const env = choices.some(["", "A=1", "B=some words"], 10);
  const longest = 32 * pageSize() - 1;
  if (choices.chance(0.1)) {
    choices.of([argv, env]).push("y".repeat(longest - 1 + choices.below(3)));
    return { argv, env };
  }
  const area = areaOf({ path, argv, env }, stackLimit);
  // The stack is asked for the strings alone, the limit for their pointers too.
  const ofLimit = area.limit - area.used;
  const ofStack = area.stack - POINTER - (area.used - area.pointers);
  const pointer = ofStack < ofLimit ? 0 : POINTER;
  let room = Math.min(ofLimit, ofStack) + choices.below(33) - 16;
  while (room > pointer) {
    const most = Math.min(room - pointer - 1, longest);
    const size = room < longest ? most : 1 + choices.below(most);
    choices.of([argv, argv, env]).push("z".repeat(Math.max(size, 0)));
    room -= size + 1 + pointer;
  }
  return { argv, env };
}

function areaOf(
  { path, argv, env }: Strings & { path: string },
  stackLimit: number,
): ArgumentArea {
  const sizes = { stackLimit, pageSize: pageSize() };
  const lengths = (list: string[]) => list.map(({ length }) => length);
  return new ArgumentArea(path.length, lengths(argv), lengths(env), sizes);
}

function stackLimits(): BigUint64Array<ArrayBuffer> {
  const limits = new BigUint64Array(2);
  libc.getrlimit(RLIMIT_STACK, limits);
  return limits;
}

/** A limit, or the hard one where that is lower. */
function allowed(stackLimit: number): number {
  const hard = stackLimits()[1]!;
  return hard === UNLIMITED ? stackLimit : Math.min(stackLimit, Number(hard));
}

/**
 * Lowers or raises the limit while a program is started. The stack of this very
 * thread must not grow meanwhile, so it is made to have grown before.
 */
function withStackLimit(stackLimit: number) {
  growStack(2_000);
  const old = stackLimits();
  const soft = stackLimit === Infinity ? UNLIMITED : BigInt(stackLimit);
  const limits = new BigUint64Array([soft, old[1]!]);
  return {
    before: () => void libc.setrlimit(RLIMIT_STACK, limits),
    after: () => void libc.setrlimit(RLIMIT_STACK, old),
  };
}

function growStack(depth: number): number {
  return depth === 0 ? 0 : 1 + growStack(depth - 1);
}
