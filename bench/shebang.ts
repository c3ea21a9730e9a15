import {
  argumentSpace,
  type ExecutableFiles,
  parseShebang,
  resolveInterpreters,
} from "@procctl/shebang";
import { argvDumper } from "@procctl/testing";
import type { Comparison, Variant } from "./_measure.ts";

/** How many calls one figure is the mean of. */
const CALLS = 100_000;
/** The same for what takes longer. */
const FEWER_CALLS = 2_000;

/** What the lines are taken for in other tools: the text behind "#!". */
const PATTERN = /^#!(.*)/;

/** The first lines of a folder of scripts, in about the parts that one has. */
const LINES = [
  "#!/bin/sh\n",
  "#!/bin/bash\n",
  "#!/bin/sh -e\n",
  "#!/usr/bin/env bash\n",
  "#!/usr/bin/env node\n",
  "#!/usr/bin/env python3\n",
  "#!/usr/bin/python3\n",
  "#!/usr/bin/perl -w\n",
  "not a script\n",
  "\x7fELF\x02\x01\x01\n",
];

/**
 * What the functions of @procctl/shebang take for a call, on files and strings
 * that are in memory. The first is a regular expression, which is all that most
 * tools do, on text that was decoded before.
 */
export function compareShebang(): Comparison {
  const encoder = new TextEncoder();
  const body = "echo hello\n".repeat(40);
  const texts = LINES.map((line) => line + body);
  const heads = texts.map((text) => encoder.encode(text));
  const alone = (line: string) => encoder.encode(line + body);
  const [sh, env, split] = [
    "#!/bin/sh\n",
    "#!/usr/bin/env node\n",
    "#!/usr/bin/env -S deno run --allow-read\n",
  ].map(alone);
  const files = filesInMemory({
    "./a": "#!./b x\n",
    "./b": "#!/bin/c -y\n",
  }, "/bin/c");
  const argv = Array.from({ length: 1_000 }, (_, index) => `argument ${index}`);
  const variables = { PATH: "/usr/local/bin:/usr/bin:/bin", HOME: "/home/me" };

  return {
    title: "What the functions of @procctl/shebang take",
    unit: "ns a call",
    runs: 20,
    variants: [
      each("a regular expression, a mix of lines", CALLS, (index) => {
        return PATTERN.exec(texts[index % texts.length]!);
      }),
      each("parseShebang(), a mix of lines", CALLS, (index) => {
        return parseShebang(heads[index % heads.length]!);
      }),
      each("parseShebang(), #!/bin/sh", CALLS, () => parseShebang(sh!)),
      each("parseShebang(), #!/usr/bin/env node", CALLS, () => {
        return parseShebang(env!);
      }),
      each("parseShebang(), #!/usr/bin/env -S deno run ...", CALLS, () => {
        return parseShebang(split!);
      }),
      each("resolveInterpreters(), two scripts", FEWER_CALLS, () => {
        return resolveInterpreters("./a", ["a", "b"], files);
      }),
      each("argumentSpace(), 2 arguments", FEWER_CALLS, () => {
        return argumentSpace("./a", ["a", "b"], variables);
      }),
      each("argumentSpace(), 1,000 arguments", FEWER_CALLS, () => {
        return argumentSpace("./a", argv, variables);
      }),
    ],
    missing: [],
  };
}

/** The last result, so that no call can be left out. */
let result: unknown;

/** The mean of what so many calls take, in nanoseconds. */
function each(
  name: string,
  calls: number,
  call: (index: number) => unknown,
): Variant {
  return {
    name,
    measure() {
      const start = performance.now();
      for (let index = 0; index < calls; index++) result = call(index);
      const took = performance.now() - start;
      if (result === undefined) throw new Error(`${name} returns nothing`);
      return took * 1e6 / calls;
    },
  };
}

function filesInMemory(
  texts: Record<string, string>,
  program: string,
): ExecutableFiles {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder();
  const contents = new Map<string, Uint8Array>(
    Object.entries(texts).map(([path, text]) => [path, encoder.encode(text)]),
  );
  contents.set(program, argvDumper());
  return {
    open(path) {
      const content = contents.get(decoder.decode(path));
      if (content === undefined) return { kind: "error", code: "ENOENT" };
      return {
        kind: "file",
        read: (offset, length) => content.subarray(offset, offset + length),
      };
    },
  };
}
