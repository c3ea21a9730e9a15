/** What an assertion throws when it fails. */
export class AssertionError extends Error {
  /** Makes an error with a message and, if wanted, a cause. */
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "AssertionError";
  }
}
