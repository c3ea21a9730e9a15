/** Drawing curves: each growth a panel, both scales logarithmic. */

import type { Curve, Growth } from "./_growth.ts";

/** A growth that was measured. */
export interface Measured {
  /** What was measured. */
  growth: Growth;
  /** What it took. */
  curves: readonly Curve[];
}

const PANEL = { width: 440, height: 300 };
const PLOT = { left: 62, top: 42, width: 350, height: 180 };
const COLUMNS = 2;
const COLOURS = ["#4a6fa5", "#4a8a4a", "#c07a1a", "#a54a4a", "#7a5ab5"];

/**
 * Draws growths.
 *
 * @param measured The growths.
 * @returns The picture, SVG.
 */
export function plot(measured: readonly Measured[]): string {
  const rows = Math.ceil(measured.length / COLUMNS);
  const width = COLUMNS * PANEL.width;
  const height = rows * PANEL.height;
  // What has a name has one colour in all panels.
  const names = measured.flatMap(({ curves }) =>
    curves.map(({ name }) => name)
  );
  const colours = new Map([...new Set(names)].map((name, index) => [
    name,
    COLOURS[index % COLOURS.length]!,
  ]));
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" xmlns="http://www.w3.org/2000/svg" font-family="Helvetica, Arial, sans-serif" font-size="11" fill="#333">
<rect width="${width}" height="${height}" fill="white" />
${measured.map((panel, index) => drawPanel(panel, index, colours)).join("\n")}
</svg>
`;
}

function drawPanel(
  { growth, curves }: Measured,
  index: number,
  colours: ReadonlyMap<string, string>,
): string {
  const x = (index % COLUMNS) * PANEL.width;
  const y = Math.floor(index / COLUMNS) * PANEL.height;
  const values = curves.flatMap(({ medians }) => medians)
    .filter((value) => value !== undefined);
  const across = logScale(growth.sizes, PLOT.left, PLOT.width);
  const up = logScale(values, PLOT.top + PLOT.height, -PLOT.height);
  const bottom = PLOT.top + PLOT.height;
  const right = PLOT.left + PLOT.width;
  return `<g transform="translate(${x} ${y})">
<text x="${PLOT.left}" y="20" font-size="13" font-weight="bold">${
    escape(growth.title)
  }, ${growth.unit}</text>
${
    up.decades.map((decade) =>
      `<path d="M${PLOT.left} ${
        fixed(up(decade))
      }H${right}" stroke="#ddd" /><text x="${PLOT.left - 6}" y="${
        fixed(up(decade) + 4)
      }" text-anchor="end">${label(decade)}</text>`
    ).join("\n")
  }
${
    growth.sizes.map((size) =>
      `<text x="${fixed(across(size))}" y="${
        bottom + 16
      }" text-anchor="middle">${label(size)}</text>`
    ).join("\n")
  }
<text x="${PLOT.left + PLOT.width / 2}" y="${
    bottom + 32
  }" text-anchor="middle">${escape(growth.axis)}</text>
${
    curves.map((curve, n) =>
      drawCurve(curve, growth.sizes, { across, up }, colours.get(curve.name)!) +
      drawLegend(curve.name, n, colours.get(curve.name)!)
    ).join("\n")
  }
</g>`;
}

function drawCurve(
  { medians }: Curve,
  sizes: readonly number[],
  { across, up }: { across: Scale; up: Scale },
  colour: string,
): string {
  const points = sizes.flatMap((size, n) => {
    const value = medians[n];
    return value === undefined
      ? []
      : [`${fixed(across(size))},${fixed(up(value))}`];
  });
  return `<polyline points="${
    points.join(" ")
  }" fill="none" stroke="${colour}" stroke-width="2" />`;
}

/** A name of the legend, which has two columns under the name of the axis. */
function drawLegend(name: string, index: number, colour: string): string {
  const x = PLOT.left + (index % 2) * 190;
  const y = PLOT.top + PLOT.height + 50 + Math.floor(index / 2) * 14;
  return `<rect x="${x}" y="${
    y - 8
  }" width="10" height="8" fill="${colour}" /><text x="${x + 15}" y="${y}">${
    escape(name.replaceAll("`", ""))
  }</text>`;
}

/** Where a value is drawn, and the powers of ten that lie on the way. */
interface Scale {
  (value: number): number;
  decades: number[];
}

/** A logarithmic scale that begins and ends at powers of ten. */
function logScale(
  values: readonly number[],
  start: number,
  length: number,
): Scale {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.max(
    Math.ceil(Math.log10(Math.max(...values))),
    first + 1,
  );
  const scale = (value: number) =>
    start + length * (Math.log10(value) - first) / (last - first);
  const decades = Array.from(
    { length: last - first + 1 },
    (_, n) => 10 ** (first + n),
  );
  return Object.assign(scale, { decades });
}

function fixed(value: number): string {
  return value.toFixed(1);
}

function label(value: number): string {
  return value >= 1 ? value.toLocaleString("en") : String(value);
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}
