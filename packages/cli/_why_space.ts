import type { Style } from "./_output.ts";
import type { WhyReport } from "./why_report.ts";

/** Writes what arguments and environment take of their room. */
export function renderSpace(
  { space, environment, scripts }: WhyReport,
  { bold }: Style,
): string {
  const { limit, used, free, largest } = space;
  const envBytes = environment?.bytes ?? 0;
  const rows = [
    ["room", limit],
    ["used", used],
    ["  by the environment", envBytes],
    [
      scripts.length === 0
        ? "  by the arguments"
        : "  by the arguments, and what the #! lines add",
      used - envBytes,
    ],
    ["free", free],
    ["largest string", largest.bytes],
  ] as const;
  const variables = environment?.largest ?? [];
  return [
    "",
    bold("Arguments and environment, in bytes"),
    ...table(rows),
    "",
    bold(`The largest of ${environment?.variables ?? 0} variables`),
    ...table(variables.map(({ name, bytes }) => [name, bytes])),
    "",
  ].join("\n");
}

/** Two columns, the figures flush right. */
function table(rows: readonly (readonly [string, number])[]): string[] {
  const left = Math.max(...rows.map(([name]) => name.length), 0);
  const right = Math.max(...rows.map(([, it]) => String(it).length), 0);
  return rows.map(([name, it]) =>
    `${name.padEnd(left)}  ${String(it).padStart(right)}`
  );
}
