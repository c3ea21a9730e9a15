/**
 * What procctl's own tests are made of: temporary folders, children, and skips
 * that say why. Private: it is not published.
 *
 * All of it works through libc, so that `deno test --allow-ffi` needs no other
 * permission.
 *
 * @module
 */

export * from "./argv_dumper.ts";
export * from "./deno.ts";
export * from "./elf_file.ts";
export * from "./js.ts";
export * from "./mounts.ts";
export * from "./needs.ts";
export * from "./run.ts";
export * from "./seeded_random.ts";
export * from "./settle_deno.ts";
export * from "./sleeper.ts";
export * from "./slowness.ts";
export * from "./spawner.ts";
export * from "./static_program.ts";
export * from "./temporary_folder.ts";
export * from "./terminal.ts";
export * from "./user_namespaces.ts";
export * from "./users.ts";
