/** The command line is wrong. */
export class UsageError extends Error {
  override name = "UsageError";
}

/**
 * Calls what throws a TypeError or a RangeError for bad input, all of which comes
 * from the command line, and makes a usage error of that.
 */
export function checkInput<T>(call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (error instanceof TypeError || error instanceof RangeError) {
      throw new UsageError(error.message, { cause: error });
    }
    throw error;
  }
}
