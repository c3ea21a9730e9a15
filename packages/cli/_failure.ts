import { closeFile, openFile } from "@procctl/libc/files";
import { O_PATH } from "@procctl/libc/open-flags";
import { SystemError } from "@procctl/libc/system-error";
import { tell, write } from "./_output.ts";
import { UsageError } from "./_usage_error.ts";
import type { Command } from "./command.ts";

/** The exit status of something that was tried and failed. */
export const FAILED = 1;
/** The exit status of a wrong command line. */
export const BAD_USAGE = 2;
/** The exit status of a command that was found and cannot be executed. */
export const CANNOT_EXECUTE = 126;
/** The exit status of a command that is not there. */
export const NOT_FOUND = 127;
/** The exit status of what SIGPIPE ended. */
const PIPE_CLOSED = 128 + 13;

const HINT = 'Try "procctl --help".\n';

/** Says what went wrong, and gives the exit status of it. */
export function report(error: unknown, command?: Command): number {
  if (error instanceof Deno.errors.BrokenPipe) return PIPE_CLOSED;
  if (error instanceof Deno.errors.NotCapable) {
    tell("Cannot call libc: give deno the flag --allow-ffi");
    return FAILED;
  }
  if (error instanceof UsageError) {
    tell(error.message.toWellFormed());
    write("stderr", command === undefined ? HINT : shortUsage(command));
    return BAD_USAGE;
  }
  if (!(error instanceof SystemError)) throw error;
  tell(error.message);
  return error.syscall === "execve" ? executionStatus(error) : FAILED;
}

/**
 * The exit status that a shell gives: a file that is there, and whose
 * interpreter is not, cannot be executed, though execve(2) says ENOENT too.
 */
function executionStatus({ code, path }: SystemError): number {
  if (code !== "ENOENT") return CANNOT_EXECUTE;
  return path?.includes("/") && exists(path) ? CANNOT_EXECUTE : NOT_FOUND;
}

function exists(path: string): boolean {
  try {
    closeFile(openFile(path, O_PATH));
    return true;
  } catch (error) {
    if (error instanceof SystemError) return false;
    throw error;
  }
}

/** The forms of a subcommand, for an error. */
function shortUsage({ name, usage }: Command): string {
  const forms = usage.map((form) =>
    `procctl ${name} ${form}
`
  );
  return `Usage: ${forms.join("       ")}Try "procctl ${name} --help".
`;
}
