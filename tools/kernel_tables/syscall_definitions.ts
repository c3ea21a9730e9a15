/**
 * Reading the definitions of system calls in the kernel's C.
 *
 * @module
 */

/** A parameter of a system call. */
export interface Parameter {
  /** Its type, in C. */
  type: string;
  /** Its name. */
  name: string;
}

/** A definition. */
export interface Definition {
  /** The function: `sys_openat`, or `compat_sys_openat` for 32-bit programs. */
  entry: string;
  /** Its parameters. */
  parameters: Parameter[];
}

/** The macros that define system calls, each with what its functions begin. */
const PREFIXES: Readonly<Record<string, string>> = {
  SYSCALL_DEFINE: "sys_",
  SYSCALL32_DEFINE: "compat_sys_",
  COMPAT_SYSCALL_DEFINE: "compat_sys_",
};

/**
 * Finds the definitions in a file.
 *
 * @param text The file's text.
 * @returns The definitions, in their order. A call that is defined once for
 * each of several configurations is there as often.
 */
export function definitionsIn(text: string): Definition[] {
  const macros = /^((?:COMPAT_)?SYSCALL(?:32)?_DEFINE)(\d)\s*\(([^()]*)\)/gm;
  return Array.from(
    expand64(withoutComments(text)).matchAll(macros),
    ([line, macro, count, list]) => {
      const [name, ...rest] = list!.split(",").map(words);
      if (rest.length !== 2 * Number(count)) {
        throw new Error(`Cannot read the parameters of "${line}"`);
      }
      const parameters = Array.from({ length: Number(count) }, (_, index) => ({
        type: typeOf(rest[2 * index]!),
        name: rest[2 * index + 1]!,
      }));
      return { entry: `${PREFIXES[macro!]}${name}`, parameters };
    },
  );
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, " ").replace(/\/\/.*/g, "");
}

/** A 64-bit parameter of a 32-bit program takes two, the lower half first. */
function expand64(text: string): string {
  return text.replace(/\bSC_ARG64\((\w+)\)/g, "u32, $1_lo, u32, $1_hi");
}

function words(text: string): string {
  return text.trim().replace(/\s+/g, " ");
}

/** A type as its user sees it: without what only the kernel's checkers read. */
function typeOf(text: string): string {
  return words(text.replace(/\b__user\b/g, " "))
    .replace(/\bunsigned(?! (?:int|long|char|short))/g, "unsigned int")
    .replace(/ ?\* ?/g, "*").replace(/(?<!\*)\*/g, " *");
}
