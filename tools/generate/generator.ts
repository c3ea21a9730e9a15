/** One generated file: where it is, and how its text comes about. */
export interface Generator {
  /** The file, relative to the root of the repository. */
  file: string;
  /** Why it cannot be made on this machine, if it cannot. */
  unavailable(): string | undefined;
  /** The text of the file; `deno fmt` is applied to it. */
  generate(): string;
}
