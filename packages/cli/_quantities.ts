const UNITS = ["KiB", "MiB", "GiB", "TiB"];

/** Bytes for people, such as `12.3 MiB`. */
export function formatBytes(bytes: number): string {
  let [value, unit] = [bytes, "bytes"];
  for (const larger of UNITS) {
    if (value < 1024) break;
    [value, unit] = [value / 1024, larger];
  }
  const digits = unit === "bytes" || value >= 100 ? 0 : 1;
  return `${value.toFixed(digits)} ${unit}`;
}

/** A time for people, such as `1.25 s` or `2 min 5 s`. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${seconds.toFixed(2)} s`;
  const whole = Math.round(seconds);
  const minutes = Math.floor(whole / 60);
  const hours = Math.floor(minutes / 60);
  return hours === 0
    ? `${minutes} min ${whole % 60} s`
    : `${hours} h ${minutes % 60} min`;
}
