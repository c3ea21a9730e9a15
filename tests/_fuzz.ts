/**
 * Random input to every public function, found by walking what the packages
 * export. Each call must end in a value, or in one of the errors that the
 * packages throw; never in another, in a crash, or not at all.
 *
 * @module
 */

import { closeFile, lazySymbols, SystemError } from "@procctl/libc";
import { becomeUser, seededRandom } from "@procctl/testing";
import { RandomValues } from "./_random_values.ts";

const libc = lazySymbols({
  geteuid: { parameters: [], result: "u32" },
  kill: { parameters: ["i32", "i32"], result: "i32" },
  pwrite: { parameters: ["i32", "buffer", "usize", "i64"], result: "i64" },
  waitpid: { parameters: ["i32", "buffer", "i32"], result: "i32" },
});

// deno-lint-ignore no-explicit-any -- a function of which nothing is known
type Callable = (...args: any[]) => unknown;

/** A public function or method, and what calls it. */
interface Target {
  name: string;
  /** The names of its parameters. */
  names: string[];
  call(args: unknown[], values: RandomValues): unknown;
}

const SMALL_PID = 2 ** 22;
const isInteger = (value: unknown, from: number, below: number) =>
  typeof value === "number" && Number.isInteger(value) && value >= from &&
  value < below;
const mentions = (args: unknown[], pattern: RegExp) =>
  pattern.test(Deno.inspect(args, { depth: 9, strAbbreviateSize: 1e6 }));

/** Calls that are not made, as they would be right to do harm: why, and which. */
const AVOIDED: {
  why: string;
  name: RegExp;
  args(args: unknown[]): boolean;
}[] = [
  {
    why: "it would close a descriptor of Deno's own",
    name: /^libc closeFile$/,
    args: ([fd]) => isInteger(fd, 0, 2 ** 31),
  },
  {
    why: "any address may be read and written, as in C",
    name: /^libc (?:readMemory|writeMemory|readCString)$/,
    args: ([address]) => ["bigint", "number"].includes(typeof address),
  },
  {
    why: "it would replace this program",
    name: /^exec (?:exec\w*|fexecve)$/,
    args: (args) => mentions(args, /true/),
  },
  {
    why: "what is executable would replace this program later",
    name: /^libc (?:writeFile|openFile)$/,
    args: ([, , mode]) => typeof mode === "number" && (mode & 0o111) !== 0,
  },
  {
    why: "it would limit what this program needs",
    name: /^rlimit prlimit(?:64)?$/,
    args: ([, resource, change]) =>
      change !== undefined && ![4, 5, 10].includes(resource as number) &&
      isInteger(resource, 0, 16),
  },
  {
    why: "it would stop, or write to, another process of the same user",
    name: /^ptrace /,
    args: ([tid]) => isInteger(tid, 1, SMALL_PID),
  },
  {
    why: "it waits as long as there are children",
    name: /^ptrace waitForAny$/,
    args: ([pids]) => pids instanceof Set || typeof pids === "object",
  },
  {
    why: "no module can be loaded by it without the permission to read",
    name: /^cli main$/,
    args: (args) => mentions(args, /exec|run|trace|completions/),
  },
];

/** All functions, and the methods of all classes, that modules export. */
export function targetsOf(
  modules: Record<string, Record<string, unknown>>,
): Target[] {
  const seen = new Set<unknown>();
  const targets: Target[] = [];
  for (const [specifier, exports] of Object.entries(modules)) {
    const [, packageName = ""] = specifier.split("/");
    for (const [name, value] of Object.entries(exports)) {
      if (typeof value !== "function" || seen.has(value)) continue;
      seen.add(value);
      targets.push(...targetsIn(`${packageName} ${name}`, value as Callable));
    }
  }
  return targets;
}

function targetsIn(name: string, value: Callable): Target[] {
  if (!/^class\b/.test(Function.prototype.toString.call(value))) {
    return [{ name, names: namesOf(value), call: (args) => value(...args) }];
  }
  const make = (args: unknown[]) => Reflect.construct(value, args) as object;
  const methods = Object.getOwnPropertyNames(value.prototype)
    .filter((key) => key !== "constructor");
  return [
    { name, names: namesOf(value), call: make },
    ...methods.map((key) => ({
      name: `${name}#${key}`,
      names: namesOf(
        Object.getOwnPropertyDescriptor(value.prototype, key)!.value,
      ),
      call(args: unknown[], values: RandomValues) {
        const constructed = values.below(2) === 0
          ? make([])
          : make(namesOf(value).map((it) => values.named(it)));
        try {
          const member = Reflect.get(constructed, key, constructed);
          return typeof member === "function"
            ? Reflect.apply(member, constructed, args)
            : member;
        } finally {
          (constructed as Partial<Disposable>)[Symbol.dispose]?.();
        }
      },
    })),
  ];
}

/** The names of a function's parameters, as its source has them. */
function namesOf(value: unknown): string[] {
  if (typeof value !== "function") return [];
  const text = Function.prototype.toString.call(value);
  const isClass = /^class\b/.test(text);
  const list = isClass
    ? /\bconstructor\(([^)]*)\)/.exec(text)?.[1]
    : /^(?:async )?(?:function )?[*\w[\].]*\(([^)]*)\)/.exec(text)?.[1];
  return (list ?? "").split(",")
    .map((it) => /^\s*(?:\.\.\.)?([A-Za-z]\w*)/.exec(it)?.[1] ?? "")
    .filter((it) => it !== "");
}

/** What came of a run. */
export interface Fuzzed {
  calls: number;
  /** How many calls each function got, and how many of them returned. */
  functions: Record<string, { calls: number; returned: number }>;
  /** What ended otherwise than it may. */
  faults: string[];
}

/** What is called, and how often. */
export interface FuzzOptions {
  /** What the input comes from. */
  seed: number;
  /** How often each function is called. @default {as often as there is time} */
  rounds?: number;
  /** How long it goes on. @default {as long as there are rounds} */
  milliseconds?: number;
}

/**
 * Calls functions with random input, some rounds or for some time.
 *
 * @param modules What the packages export, by specifier.
 * @param options What they are called with.
 * @param fd Where what is called is written before, for when it does not return.
 */
export async function fuzz(
  modules: Record<string, Record<string, unknown>>,
  { seed, rounds = Infinity, milliseconds = Infinity }: FuzzOptions,
  fd: number,
): Promise<Fuzzed> {
  if (libc.geteuid() === 0) becomeUser(54_324);
  const values = new RandomValues(seededRandom(seed));
  const targets = targetsOf(modules);
  const fuzzed: Fuzzed = { calls: 0, functions: {}, faults: [] };
  for (const { name } of targets) {
    fuzzed.functions[name] = { calls: 0, returned: 0 };
  }
  const end = performance.now() + milliseconds;
  for (let round = 0; round < rounds && performance.now() < end; round++) {
    for (const target of targets) await fuzzOne(target, values, fuzzed, fd);
  }
  return fuzzed;
}

async function fuzzOne(
  { name, names, call }: Target,
  values: RandomValues,
  fuzzed: Fuzzed,
  fd: number,
): Promise<void> {
  const args = values.below(4) === 0
    ? Array.from({ length: values.below(5) }, () => values.value())
    : names.map((it) => values.named(it));
  const isAvoided = AVOIDED.some((it) => it.name.test(name) && it.args(args));
  if (isAvoided) return;
  const shown = `${name}(${Deno.inspect(args, { depth: 5 })})`;
  note(fd, shown);
  const count = fuzzed.functions[name]!;
  count.calls++;
  fuzzed.calls++;
  try {
    await tidy(name, await call(args, values));
    count.returned++;
  } catch (error) {
    if (isExpected(error)) return;
    const { stack } = error as Error;
    fuzzed.faults.push(`${shown} throws ${stack ?? error}`);
  }
}

function note(fd: number, text: string): void {
  const bytes = new TextEncoder().encode(text.slice(0, 2000).padEnd(2000));
  libc.pwrite(fd, bytes, BigInt(bytes.length), 0n);
}

function isExpected(error: unknown): boolean {
  return error instanceof TypeError || error instanceof RangeError ||
    error instanceof SystemError ||
    ["NotSupported", "RunError"].includes((error as Error)?.name);
}

/** Gives back what a call that succeeded has made. */
async function tidy(name: string, value: unknown): Promise<void> {
  if (name === "libc openFile") return closeFile(value as number);
  if (/^spawn ChildProgram#start$/.test(name)) return end(value as Started);
  if (name === "ptrace startTraced") {
    return end({ pid: value as number });
  }
  if (name === "spawn spawnAtGate") {
    const { child, pipes } = value as Gated;
    child[Symbol.dispose]();
    for (const fd of pipes.values()) closeFile(fd);
    return;
  }
  const it = value as Partial<Disposable & AsyncDisposable> | undefined;
  if (typeof it !== "object" || it === null) return;
  if (Symbol.asyncDispose in it) await it[Symbol.asyncDispose]?.();
  else it[Symbol.dispose]?.();
}

interface Started {
  pid: number;
  pidfd?: number;
}

interface Gated {
  child: Disposable;
  pipes: ReadonlyMap<number, number>;
}

function end({ pid, pidfd }: Started): void {
  libc.kill(pid, 9);
  libc.waitpid(pid, null, 0x40000000 /* __WALL */);
  if (pidfd !== undefined) closeFile(pidfd);
}
