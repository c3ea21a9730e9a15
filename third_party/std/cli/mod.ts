/**
 * An offline stand-in for `@std/cli`: parsing of command line arguments.
 *
 * @module
 */

export * from "./parse_args.ts";
