import { quoteForShell } from "./_text.ts";
import type { ObstacleReport, WhyReport } from "./why_report.ts";

const SHORTER = "Use a shorter path, or change to its folder before";

/**
 * What there is to do about a file that does not run, where that is known.
 *
 * @param find Finds a program in PATH.
 */
export function adviceOn(
  report: WhyReport,
  find: (name: string) => string | undefined,
): string | undefined {
  const { obstacle, scripts, verdict } = report;
  if (verdict === "loops") return "Name a program after env in the line";
  if (obstacle === undefined || verdict === "unknown") return undefined;
  const script = scripts[obstacle.level - 1];
  if (script?.diagnostics.some(({ kind }) => kind === "carriage-return")) {
    const path = quoteForShell(script.path);
    return `Take the Windows line endings out: sed -i 's/\\r$//' ${path}`;
  }
  return adviceOnFault(obstacle, report, find) ??
    adviceOnCode(obstacle, report);
}

function adviceOnFault(
  obstacle: ObstacleReport,
  report: WhyReport,
  find: (name: string) => string | undefined,
): string | undefined {
  const { fault } = report;
  if (fault === undefined) return undefined;
  const path = quoteForShell(fault.path);
  switch (fault.kind) {
    case "missing":
    case "dangling-link":
    case "not-a-directory":
      return adviceOnMissing(obstacle, report, find);
    case "no-search":
    case "no-execute":
      return `chmod +x ${path}`;
    case "not-regular":
      return "Name a program or a script";
    case "noexec-mount":
      return "Copy it to a file system that is not mounted noexec; a script can " +
        "also be handed to its interpreter";
    case "link-loop":
      return `Let the symbolic link ${path} lead to a file`;
    case "too-long":
      return SHORTER;
    case "open-for-writing":
      return `Close it; fuser -v ${path} shows who has it open`;
  }
}

function adviceOnMissing(
  { at, level }: ObstacleReport,
  { scripts, file }: WhyReport,
  find: (name: string) => string | undefined,
): string {
  const script = scripts[level - 1];
  if (script !== undefined) {
    const place = `in ${quoteForShell(script.path)}, line 1, column ` +
      script.column;
    const found = find(at.slice(at.lastIndexOf("/") + 1));
    return found === undefined
      ? `Install it, or name another interpreter ${place}`
      : `Name ${quoteForShell(found)} ${place}`;
  }
  if (level > 0) {
    return "Install the C library that the program was built for, or a build " +
      "for the one that is here";
  }
  return file.includes("/")
    ? "Check how the path is written"
    : "Install it, or add its folder to PATH";
}

function adviceOnCode(
  { code, at }: ObstacleReport,
  { scripts, space }: WhyReport,
): string | undefined {
  switch (code) {
    case "ENAMETOOLONG":
      return SHORTER;
    case "ENOEXEC":
      return `If ${quoteForShell(at)} is a script, let it begin with #! and ` +
        "its interpreter, such as #!/bin/sh. (Shells and execvp(3) take what " +
        "has no format for a script of sh, execve(2) does not)";
    case "ELOOP": {
      const path = scripts.at(-1)?.path ?? at;
      return `Name a program, no script, as the interpreter of ${
        quoteForShell(path)
      }`;
    }
    case "E2BIG":
      return space.overflow === "string"
        ? "Hand over that much in a file or by standard input"
        : "Hand over less at a time, as xargs(1) does, or raise the limit of " +
          "the stack: procctl limits --stack=64MiB: -- COMMAND";
    case "ELIBBAD":
    case "EIO":
      return "Install the program again, or its loader";
    default:
      return undefined;
  }
}
