import { RESOURCES } from "@procctl/rlimit/resources";
import type { Containment, Verdict } from "@procctl/spawn/limited-report";
import { styleOf } from "./_output.ts";
import { formatBytes, formatSeconds } from "./_quantities.ts";
import type { RunReport } from "./run_report.ts";

/** The limits of all processes together, as options name them. */
const TOGETHER = {
  wall: ["--wall", "Time that it may run"],
  cpuTime: ["--cpu-time", "Processor time of all its processes"],
  memory: ["--memory", "Memory of all its processes"],
  processes: ["--processes", "Processes and threads that it may have"],
  output: ["--output", "What it may write"],
} as const;

type Limited = Extract<Verdict, { limit: string }>;

/**
 * The report for people.
 *
 * @param stream Where it goes, if that may be a terminal.
 */
export function renderRun(
  report: RunReport,
  stream: "stderr" | undefined,
): string {
  const { usage, containment, wallTime, peakMemory } = report;
  const style = stream === undefined ? undefined : styleOf(stream);
  const { bold = plain, red = plain, green = plain } = style ?? {};
  const mark = report.success ? green : red;
  const { minorFaults, majorFaults } = usage;
  const switches = [usage.voluntarySwitches, usage.involuntarySwitches];
  const lines = [
    bold(mark(`procctl: ${verdictText(report)}`)),
    row("time", [
      `${formatSeconds(wallTime)} in all`,
      `${formatSeconds(usage.userTime)} user`,
      `${formatSeconds(usage.systemTime)} system`,
    ]),
    row("memory", [
      `${formatBytes(peakMemory)} at most`,
      `${formatBytes(usage.peakMemory)} of the largest process`,
    ]),
    row("page faults", [`${minorFaults} minor`, `${majorFaults} major`]),
    row("switches", [`${switches[0]} voluntary`, `${switches[1]} forced`]),
  ];
  const { leftBehind, escaped } = containment;
  lines.push(row("contained by", [containmentText(containment)]));
  if (leftBehind > 0) lines.push(row("left behind", [`${leftBehind}, ended`]));
  if (escaped.length > 0) {
    lines.push(row("still there", [escaped.join(", "), "not to be ended"]));
  }
  return `${lines.join("\n")}\n`;
}

function containmentText({ by, gaps }: Containment): string {
  if (by === "cgroup") {
    return gaps.includes("root")
      ? "a control group, which root could have left"
      : "a control group";
  }
  return gaps.includes("same-user")
    ? "a supervisor, which it could have killed"
    : "a supervisor";
}

function row(name: string, values: readonly string[]): string {
  return `  ${name.padEnd(13)} ${values.join(", ")}`;
}

/** How it ended, as a sentence. */
function verdictText(report: RunReport): string {
  const { verdict } = report;
  if (verdict.kind === "exited") {
    return verdict.code === 0
      ? "It ended well."
      : `It ended with exit status ${verdict.code}.`;
  }
  if (verdict.kind === "signaled") {
    const core = report.coreDumped ? ", and left a core file" : "";
    return `It was ended by ${verdict.signal}${core}.`;
  }
  if (verdict.kind === "lost") {
    return "It killed its supervisor: how it ended is not known.";
  }
  const limit = limitText(verdict);
  if (verdict.certain) return `It was ended by a limit: ${limit}.`;
  const ended = report.signal === null
    ? `ended with exit status ${report.code}`
    : `was ended by ${report.signal}`;
  return `It ${ended}, probably by a limit: ${limit}.`;
}

function limitText({ limit }: Limited): string {
  const [option, meaning] = limit in TOGETHER
    ? TOGETHER[limit as keyof typeof TOGETHER]
    : [`--${limit}`, RESOURCES[limit as keyof typeof RESOURCES].meaning];
  // Not that of an abbreviation.
  const text = meaning.replace(/^[A-Z](?=[a-z])/, (it) => it.toLowerCase());
  return `${option}, ${text}`;
}

function plain(text: string): string {
  return text;
}
