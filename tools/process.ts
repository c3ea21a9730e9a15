/**
 * Running other programs.
 *
 * @module
 */

/** How a program is run. */
export interface CaptureOptions {
  /** Its working directory. @default {the caller's} */
  cwd?: string;
  /** What is added to its environment. @default {{}} */
  env?: Record<string, string>;
  /** After how many milliseconds it is killed. @default {Infinity} */
  timeout?: number;
}

/** How a program ended, and what it printed. */
export interface Captured {
  /** Whether it exited with 0. */
  success: boolean;
  /** Its exit status, or 128 and the number of the signal that ended it. */
  code: number;
  /** What it wrote to its standard output. */
  stdout: string;
  /** What it wrote to its standard error. */
  stderr: string;
  /** Whether it was killed for running too long. */
  timedOut: boolean;
}

/**
 * Runs a program to its end and keeps what it prints.
 *
 * @param command The program.
 * @param args Its arguments.
 * @param options How it is run.
 * @returns How it ended.
 */
export async function capture(
  command: string,
  args: readonly string[],
  options: CaptureOptions = {},
): Promise<Captured> {
  const { timeout, ...rest } = options;
  const child = new Deno.Command(command, {
    ...rest,
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // A group of its own: the end comes when nobody holds the pipes any more,
    // so a time-out has to end the children's children too.
    detached: true,
  }).spawn();
  let timedOut = false;
  const timer = timeout === undefined ? undefined : setTimeout(() => {
    timedOut = true;
    Deno.kill(-child.pid, "SIGKILL");
  }, timeout);
  const { success, code, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const decoder = new TextDecoder();
  return {
    success,
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
    timedOut,
  };
}

/**
 * Runs the Deno that runs this, showing what it prints.
 *
 * @param cwd The working directory.
 * @param args Its arguments.
 * @returns Whether it exited with 0.
 */
export async function deno(
  cwd: string,
  ...args: readonly string[]
): Promise<boolean> {
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    stdin: "null",
    stdout: "inherit",
    stderr: "inherit",
  }).output();
  return success;
}
