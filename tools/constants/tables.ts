import { FILES } from "./files.ts";
import { MEMORY } from "./memory.ts";
import { PLAIN } from "./plain.ts";
import { PROCESSES } from "./processes.ts";
import { SIGNAL_CODES } from "./signal_codes.ts";
import { SOCKETS } from "./sockets.ts";
import type { Specs } from "./spec.ts";
import { SYSTEM } from "./system.ts";

/** All tables of constants. */
export const TABLES: Specs = {
  ...FILES,
  ...MEMORY,
  ...PLAIN,
  ...PROCESSES,
  ...SIGNAL_CODES,
  ...SOCKETS,
  ...SYSTEM,
};
