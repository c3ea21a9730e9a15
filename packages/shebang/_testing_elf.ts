import { elfFile } from "@procctl/testing";
import { text } from "./_testing.ts";
import {
  type Choices,
  type Comparison,
  outcomeOf,
  type World,
} from "./_testing_world.ts";

const HEADER = 64;

/** Other values for fields of the file header, by offset and size in bytes. */
const FIELDS: readonly [offset: number, size: 1 | 2 | 8, values: number[]][] = [
  [0, 1, [0x7e]], // the magic
  [4, 1, [0, 1, 2, 9]], // the class
  [5, 1, [0, 1, 2, 9]], // the byte order
  [6, 1, [0, 9]], // the version
  [7, 1, [3, 9]], // the ABI
  [16, 2, [0, 1, 2, 3, 4, 5, 0xfe00]], // e_type
  [18, 2, [0, 2, 8, 20, 62, 183, 243, 0xffff]], // e_machine
  [20, 1, [0, 9]], // e_version
  [32, 8, [0, 1, 56, 63, 64, 1000, 2 ** 40, 2 ** 63]], // e_phoff
  [52, 2, [0, 9]], // e_ehsize
  [54, 2, [0, 32, 55, 57, 64]], // e_phentsize
  [56, 2, [0, 1, 2, 3, 1170, 1171, 0xffff]], // e_phnum
];

const PATHS = [
  "./loader\0",
  "loader\0junk\0",
  "missing\0",
  "folder\0",
  "plain\0",
  "text\0",
  "short\0",
  "sixty-four\0",
  "script\0",
  "./loader",
  "\0",
  "",
  "x",
  "\0\0",
];

const LONG_PATHS = [4094, 4095, 4096].map((length) =>
  "./loader".padStart(length, "./") + "\0"
);

/** Loaders that are none. */
export function prepareElf(world: World): void {
  world.folder.mkdir("folder");
  world.write("plain", "#!./a\n", 0o644);
  world.write("text", "text that is longer than an ELF header: ".repeat(3));
  world.write("short", "\x7fELF");
  world.write("sixty-four", "\x7fELF".padEnd(64, "\0"));
  world.write("script", "#!./loader\n".padEnd(100, "#"));
}

/** A program with faults, or with a loader that has some. */
export function compareElf(world: World, choices: Choices): Comparison {
  const loaders = choices.some(
    choices.chance(0.05) ? LONG_PATHS : PATHS,
    choices.of([0, 1, 1, 2]),
  );
  const program = spoil(elfFile({ loaders }), choices, 0.6, loaders.length);
  const loader = spoil(elfFile({ base: 0x800000 }), choices, 0.5, 0);
  world.write("e", text(program));
  world.write("loader", text(loader));
  const execution = { path: "./e", argv: ["e", "x"], env: [] };
  const resolution = world.predict(execution);
  const found = world.execute(execution);
  // What a mapped program then does is not asked here.
  const actual = found.startsWith("{") || found.startsWith("SIG")
    ? resolution.kind === "killed" ? found : "starts"
    : found;
  const predicted = resolution.kind === "program"
    ? "starts"
    : outcomeOf(resolution, execution);
  return {
    kind: predicted,
    // A kernel may have been built for other machines too.
    expected: resolution.kind === "unknown" ? actual : predicted,
    actual,
    about: {
      loaders,
      reason: resolution.kind === "program" ? undefined : resolution.reason,
      program: program.length < 1000 ? program.toHex() : undefined,
      loader: loader.toHex(),
    },
  };
}

/** Changes fields of a file, or cuts it, in this part of all cases. */
function spoil(
  file: Uint8Array<ArrayBuffer>,
  choices: Choices,
  part: number,
  loaders: number,
): Uint8Array {
  if (!choices.chance(part)) return file;
  const view = new DataView(file.buffer);
  for (let left = 1 + choices.below(2); left > 0; left--) {
    const [offset, size, values] = choices.of(FIELDS);
    setField(view, offset, size, choices.of(values));
  }
  if (loaders > 0 && choices.chance(0.3)) {
    const [offset, values] = choices.of<[number, number[]]>([
      [8, [0, file.length - 1, file.length, 2 ** 40, 2 ** 62, 2 ** 63]],
      [32, [0, 1, 2, 4096, 4097, 2 ** 40]],
    ]);
    setField(view, HEADER + offset, 8, choices.of(values));
  }
  const cut = [0, 1, 4, 18, 20, 52, 63, 64, 65, 119, 120, 200];
  return choices.chance(0.2) ? file.subarray(0, choices.of(cut)) : file;
}

function setField(view: DataView, at: number, size: number, value: number) {
  if (size === 1) view.setUint8(at, value);
  else if (size === 2) view.setUint16(at, value, true);
  else view.setBigUint64(at, BigInt(value), true);
}
