import {
  denoArgv,
  type Finished,
  ROOT,
  run,
  type RunOptions,
  type TemporaryFolder,
} from "@procctl/testing";

/** What starts the censor. */
export const CENSOR: readonly string[] = denoArgv(
  `${ROOT}/apps/censor/main.ts`,
);

/** Runs a command under the censor to its end. */
export function censor(
  word: string,
  command: readonly string[],
  options: RunOptions = {},
): Finished {
  return run([...CENSOR, word, "--", ...command], options);
}

/** Compiles a program in C, and returns its path. */
export function compile(
  folder: TemporaryFolder,
  source: string,
  ...flags: string[]
): string {
  const program = folder.join("program");
  const file = folder.write("program.c", PREAMBLE + source);
  const argv = ["gcc", "-w", "-pthread", "-o", program, file, ...flags];
  const { code, stderr } = run(argv);
  if (code !== 0) throw new Error(`Cannot compile: ${stderr}`);
  return program;
}

/** What the programs have in common. */
const PREAMBLE = `
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* It ends with the number of the line whose condition does not hold. */
#define CHECK(condition) do { if (!(condition)) _exit(__LINE__ - FIRST_LINE); } while (0)

/* The word, in a page that may only be read. */
static const char text[] = "the secret word\\n";
/* What it is to be compared with, spelled so that no stars can be in it. */
static int is_intact(const void *bytes) {
  static const unsigned char inverted[] = {
    ~'t' & 255, ~'h' & 255, ~'e' & 255, ~' ' & 255, ~'s' & 255, ~'e' & 255, ~'c' & 255, ~'r' & 255,
    ~'e' & 255, ~'t' & 255, ~' ' & 255, ~'w' & 255, ~'o' & 255, ~'r' & 255, ~'d' & 255, ~'\\n' & 255 };
  for (int i = 0; i < 16; i++)
    if ((((const unsigned char *)bytes)[i] ^ 255) != inverted[i]) return 0;
  return 1;
}
enum { FIRST_LINE = __LINE__ };
`;
