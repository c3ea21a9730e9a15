import { explain } from "@procctl/exec/explain";
import { encodePath, environ } from "@procctl/libc";
import type { Arguments } from "./_arguments.ts";
import { makeWhyReport } from "./_make_why_report.ts";
import { styleOf, write, writeJson } from "./_output.ts";
import { fromRawText } from "./_raw_text.ts";
import { renderSpace } from "./_why_space.ts";
import { renderWhy } from "./_why_tree.ts";
import type { EnvironmentReport } from "./why_report.ts";

/** How many variables are shown. */
const MOST = 10;
const POINTER_SIZE = 8;

/** Explains the file that is the first operand, and gives its status. */
export function runWhy(args: Arguments): number {
  const argv = args.operands.map((it) => encodePath(fromRawText(it)));
  const file = argv[0]!;
  const explanation = explain(file, { argv, search: true });
  const report = makeWhyReport(file, argv, explanation, find);
  if (args.flag("env-size")) report.environment = environmentReport();
  if (args.flag("json")) writeJson(report);
  else {
    const style = styleOf("stdout");
    write("stdout", renderWhy(report, style));
    if (args.flag("env-size")) write("stdout", renderSpace(report, style));
  }
  return report.status;
}

/** Finds a program in PATH, to be named in place of one that is missing. */
function find(name: string): string | undefined {
  if (name === "") return undefined;
  const explanation = explain(name, { search: true });
  return explanation.kind === "program"
    ? new TextDecoder().decode(explanation.executed)
    : undefined;
}

function environmentReport(): EnvironmentReport {
  const variables = environ().map((entry) => {
    const [name = ""] = new TextDecoder().decode(entry).split("=", 1);
    return { name, bytes: entry.length + 1 + POINTER_SIZE };
  });
  return {
    variables: variables.length,
    bytes: variables.reduce((sum, { bytes }) => sum + bytes, 0),
    largest: variables.toSorted((a, b) => b.bytes - a.bytes).slice(0, MOST),
  };
}
