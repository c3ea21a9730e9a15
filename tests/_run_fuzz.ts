import { readFile } from "@procctl/libc";
import {
  type Finished,
  patience,
  ROOT,
  run,
  TemporaryFolder,
} from "@procctl/testing";
import { entryPoints } from "./_examples.ts";
import type { Fuzzed, FuzzOptions } from "./_fuzz.ts";
import { denoEnv } from "./_observer.ts";

/** What came of a run in a child, or why there is nothing. */
export type FuzzResult = Fuzzed | { lost: string };

/** How much longer than it is told a child may take, in milliseconds. */
const PATIENCE = patience(120_000);

/** Runs `fuzz()` in a child, in a folder of its own. */
export function runFuzz(options: FuzzOptions): FuzzResult {
  using folder = new TemporaryFolder();
  folder.chmod(".", 0o755);
  const cwd = folder.mkdir("cwd", 0o777);
  folder.chmod("cwd", 0o777);
  const [last, result] = ["last", "result"].map((name) =>
    folder.write(name, "", 0o666)
  ) as [string, string];
  const entries = entryPoints();
  const program = folder.write(
    "fuzz.ts",
    `${
      entries.map((it, index) => `import * as m${index} from "${it}";`)
        .join("\n")
    }
    import { openFile, writeFile, O_RDWR } from "@procctl/libc";
    import { fuzz } from "${ROOT}/tests/_fuzz.ts";
    const modules = { ${
      entries.map((it, index) => `"${it}": m${index}`).join(", ")
    } };
    const last = openFile("${last}", O_RDWR);
    const fuzzed = await fuzz(modules, ${JSON.stringify(options)}, last);
    writeFile("${result}", new TextEncoder().encode(JSON.stringify(fuzzed)));`,
  );
  const text = (path: string) => new TextDecoder().decode(readFile(path));
  let finished: Finished | undefined;
  let timeout = "";
  try {
    finished = run([
      ...[Deno.execPath(), "run", "--quiet", "--no-prompt", "--no-check"],
      ...["--allow-ffi", `--config=${ROOT}/deno.json`, program],
    ], {
      cwd,
      // In no folder of PATH there is a program: a random name may be one.
      env: { ...denoEnv(), PATH: "/nonexistent" },
      timeout: (options.milliseconds ?? 0) + PATIENCE,
    });
  } catch (error) {
    timeout = (error as Error).message.slice(0, 200);
  }
  const written = text(result);
  if (written !== "") return JSON.parse(written);
  const how = finished === undefined
    ? timeout
    : `${finished.signal ?? finished.code} ${finished.stderr.slice(0, 2000)}`;
  return { lost: `${how}\nin ${text(last).trim()}` };
}
