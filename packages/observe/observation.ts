/**
 * An observation, and reading what it sees.
 *
 * @module
 */

export type { Events, Observation } from "./_observation.ts";
