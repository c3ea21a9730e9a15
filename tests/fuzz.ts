// deno-lint-ignore-file no-console -- it reports what it finds
/**
 * Random input to every public function for so many seconds, 60 without, and a
 * million inputs to the parsers: `deno task fuzz [seconds] [seed]`.
 *
 * @module
 */

import { parseLimit, parseResource, parseRlimit } from "@procctl/rlimit";
import { parseElf, parseShebang, splitEnvString } from "@procctl/shebang";
import { seededRandom } from "@procctl/testing";
import { RandomValues } from "./_random_values.ts";
import { runFuzz } from "./_run_fuzz.ts";

/** A child is started anew after so many seconds, with another seed. */
const ROUND = 10;
const INPUTS = 1_000_000;

const [seconds = 60, first = Math.trunc(Math.random() * 2 ** 31)] = Deno.args
  .map(Number);
let faults = 0;

/** What each parser is given: text, or bytes. */
const PARSERS: Record<string, (values: RandomValues) => unknown> = {
  parseShebang: (values) => parseShebang(values.bytes()),
  parseElf: (values) => parseElf(elfLike(values)),
  splitEnvString: (values) => splitEnvString(values.text(), { B: "1" }),
  parseLimit: (values) => parseLimit(values.text()),
  parseResource: (values) => parseResource(values.text()),
  parseRlimit: (values) => parseRlimit(values.text(), "cpu"),
};

/** Bytes that begin as an ELF file does, half of the time. */
function elfLike(values: RandomValues): Uint8Array {
  const bytes = values.bytes();
  if (values.below(2) === 0) {
    bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1].slice(0, bytes.length));
  }
  return bytes;
}

function fuzzParsers(seed: number): void {
  const values = new RandomValues(seededRandom(seed));
  const parsers = Object.entries(PARSERS);
  for (const [name, parse] of parsers) {
    let refused = 0;
    for (let count = 0; count < INPUTS / parsers.length; count++) {
      try {
        parse(values);
      } catch (error) {
        refused++;
        if (error instanceof TypeError || error instanceof RangeError) continue;
        faults++;
        console.log(`${name}, seed ${seed}: ${(error as Error).stack}`);
      }
    }
    console.log(
      `${name}: ${
        Math.ceil(INPUTS / parsers.length)
      } inputs, ${refused} refused`,
    );
  }
}

for (let seed = first; seed < first + Math.ceil(seconds / ROUND); seed++) {
  const left = seconds - (seed - first) * ROUND;
  const milliseconds = Math.min(left, ROUND) * 1000;
  const result = runFuzz({ seed, milliseconds });
  if ("lost" in result) {
    faults++;
    console.log(`seed ${seed}: lost ${result.lost}`);
    continue;
  }
  for (const fault of result.faults) console.log(`seed ${seed}: ${fault}`);
  faults += result.faults.length;
  console.log(
    `seed ${seed}: ${result.calls} calls, ${result.faults.length} faults`,
  );
}
fuzzParsers(first);
if (faults > 0) Deno.exitCode = 1;
