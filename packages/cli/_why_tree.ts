import type { Style } from "./_output.ts";
import { printable, quoteForShell, wrap } from "./_text.ts";
import type {
  EnvReport,
  PassedOverReport,
  ProgramReport,
  ResolutionReport,
  ScriptReport,
  WhyReport,
} from "./why_report.ts";

/** A file on the way, and what there is to say about it. */
interface Level {
  /** The file with its arguments. */
  title: string;
  /** Lines below it. */
  notes: string[];
}

/** How wide sentences are, and remarks in the tree. */
const TEXT_WIDTH = 80;
const REMARK_WIDTH = 72;

/** What is shown of a command line at most, in characters. */
const MOST = 100;

/** Writes a report as a tree that a person reads at a glance. */
export function renderWhy(report: WhyReport, style: Style): string {
  const { file, executed, passedOver, advice } = report;
  let levels = levelsOf(report, style);
  if (isNowhere(report)) levels = [];
  if (executed !== file) {
    const title = isNowhere(report)
      ? obstacle(file, style)
      : quoteForShell(file);
    levels.unshift({ title, notes: passedOverNotes(passedOver, style) });
  }
  return [
    ...drawTree(levels),
    "",
    verdictOn(report, style),
    ...(advice === undefined ? [] : adviceLines(advice, style)),
    "",
  ].join("\n");
}

function adviceLines(advice: string, { bold }: Style): string[] {
  const [first, ...rest] = wrap(`To do: ${advice}.`, TEXT_WIDTH);
  return [first!.replace("To do", bold), ...rest];
}

/** Whether it was looked for in PATH, and no folder has it. */
function isNowhere({ file, executed, fault, obstacle }: WhyReport): boolean {
  return executed !== file && fault?.kind === "missing" &&
    obstacle?.level === 0;
}

function verdictOn(report: WhyReport, style: Style): string {
  const { verdict, summary, obstacle, fault } = report;
  const reason = isNowhere(report)
    ? "PATH leads to no such file"
    : summary.slice(0, 1).toLowerCase() + summary.slice(1);
  const details = [
    obstacle?.code ?? obstacle?.signal,
    fault?.mode && `mode ${fault.mode}`,
  ].filter((it) => it !== undefined).join(", ");
  const end = details === "" ? "." : ` (${details}).`;
  const [colour, start] = VERDICTS[verdict];
  const lines = wrap(`${start}: ${reason}${end}`, TEXT_WIDTH).join("\n");
  return lines.replace(start, style[colour](start));
}

const VERDICTS = {
  runs: ["green", "It runs"],
  fails: ["red", "It does not run"],
  killed: ["red", "It is killed"],
  loops: ["red", "It never ends"],
  unknown: ["yellow", "It is not known whether it runs"],
} as const;

/** A level for each script, the program, and what is in the way. */
function levelsOf(report: ResolutionReport, style: Style): Level[] {
  const { scripts, program, obstacle: it } = report;
  const levels = scripts.map((script, index) => ({
    title: commandLine(script.path, scripts[index - 1]?.argv ?? report.argv),
    notes: lineNotes(script, style),
  }));
  if (program !== undefined) levels.push(...programLevels(program, style));
  if (it === undefined) return levels;
  const script = scripts[it.level - 1];
  if (script !== undefined) {
    const caret = `${" ".repeat(script.column - 1)}^`;
    const place = `line 1, column ${script.column}`;
    levels[it.level - 1]!.notes.splice(1, 0, style.red(`${caret} ${place}`));
  }
  // What is in the way may be one of the scripts, or the loader of a program.
  if (it.level < scripts.length) return levels;
  if (it.level > scripts.length) levels.push(levelBeforeLoader(report));
  const title = obstacle(it.at, style);
  return [...levels, { title, notes: [] }];
}

function levelBeforeLoader(report: ResolutionReport): Level {
  const script = report.scripts.at(-1);
  const path = script?.interpreter ?? report.executed;
  return { title: commandLine(path, script?.argv ?? report.argv), notes: [] };
}

function obstacle(path: string, { red }: Style): string {
  return red(`${quoteForShell(path)}  ✗`);
}

function lineNotes(
  { line, diagnostics }: ScriptReport,
  { dim, yellow }: Style,
): string[] {
  return [
    dim(printable(line)),
    ...diagnostics.flatMap(({ message }) =>
      remark("! ", `${message}.`, yellow)
    ),
  ];
}

function programLevels(program: ProgramReport, style: Style): Level[] {
  const { path, argv, machine, bits, loader, env } = program;
  const kind = loader === undefined ? "static" : `loaded by ${loader}`;
  const notes = [style.dim(`program for ${machine}, ${bits} bits, ${kind}`)];
  const level = { title: commandLine(path, argv), notes };
  if (env === undefined) return [level];
  notes.push(...passedOverNotes(env.passedOver, style));
  return [level, ...envLevels(notes, env, style)];
}

/** What env(1) executes; what there is to say of env itself is noted. */
function envLevels(notes: string[], env: EnvReport, style: Style): Level[] {
  const { path, reason, shell, resolution } = env;
  if (reason !== undefined) {
    notes.push(...remark("✗ ", `${reason}.`, style.red));
  }
  if (shell) {
    const text = `${path} has no format, and is given to /bin/sh.`;
    notes.push(...remark("! ", text, style.yellow));
  }
  return resolution === undefined ? [] : levelsOf(resolution, style);
}

/** The folders that do not have a file at once, and a remark on each other. */
function passedOverNotes(
  passedOver: readonly PassedOverReport[],
  { dim, yellow }: Style,
): string[] {
  const { missing = [], other = [] } = Object.groupBy(
    passedOver,
    (it) => isMissing(it) ? "missing" : "other",
  );
  const folders = new Set(missing.map(({ path }) => folderOf(path)));
  return [
    ...(folders.size === 0 ? [] : remark(
      "",
      `not in ${[...folders].map(printable).join(", ")}`,
      dim,
    )),
    ...other.flatMap(({ path, reason }) =>
      remark("", `passed over ${quoteForShell(path)}: ${reason}.`, yellow)
    ),
  ];
}

function isMissing({ path, reason }: PassedOverReport): boolean {
  return reason === "It does not exist" ||
    reason === `${JSON.stringify(folderOf(path))} does not exist`;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || ".";
}

function remark(
  mark: string,
  text: string,
  colour: (text: string) => string,
): string[] {
  return wrap(text, REMARK_WIDTH - mark.length).map((line, index) =>
    colour(`${index === 0 ? mark : " ".repeat(mark.length)}${line}`)
  );
}

function drawTree(levels: readonly Level[]): string[] {
  return levels.flatMap(({ title, notes }, depth) => {
    const indent = "   ".repeat(Math.max(depth - 1, 0));
    const branch = depth === 0 ? "" : `${indent}└─ `;
    const below = depth === 0 ? "" : `${indent}   `;
    const line = depth === levels.length - 1 ? "  " : "│ ";
    return [`${branch}${title}`, ...notes.map((it) => `${below}${line}${it}`)];
  });
}

/** A command line for people; a name that is not the path's is told. */
function commandLine(path: string, [name = "", ...args]: string[]): string {
  const words = [path, ...args].map(quoteForShell);
  let line = words[0]!;
  let shown = 1;
  while (shown < words.length && line.length + words[shown]!.length < MOST) {
    line += ` ${words[shown++]}`;
  }
  const left = words.length - shown;
  if (left > 0) line += ` … and ${left} more`;
  const isOwn = name === path || path.endsWith(`/${name}`);
  return isOwn ? line : `${line} (as ${quoteForShell(name)})`;
}
