import { TABLES } from "../constants/tables.ts";

/** Which table a parameter takes its values from. */
export interface ParameterTable {
  /** The table. */
  table: string;
  /** The parameter that decides whether it is this one, and its value. */
  when?: { parameter: string; value: number };
}

/** What the tables say where they are used, by `call.parameter`. */
const USES: ReadonlyMap<string, readonly ParameterTable[]> = (() => {
  const uses = new Map<string, ParameterTable[]>();
  for (const [table, { used = "" }] of Object.entries(TABLES)) {
    for (const word of used.split(/\s+/).filter((it) => it !== "")) {
      const [, where, parameter, value] = /^([\w*]+\.\w+)(?:\[(\w+)=(\d+)\])?$/
        .exec(word)!;
      const use = parameter === undefined
        ? { table }
        : { table, when: { parameter, value: Number(value) } };
      uses.set(where!, [...uses.get(where!) ?? [], use]);
    }
  }
  return uses;
})();

/**
 * The tables of a parameter.
 *
 * @param call The name of the call.
 * @param parameter The name of its parameter.
 * @returns The tables: one, or some that other parameters decide on.
 */
export function tablesOf(
  call: string,
  parameter: string,
): readonly ParameterTable[] {
  const own = USES.get(`${call}.${parameter}`) ??
    USES.get(`*.${parameter}`) ?? [];
  // What holds for some values of another parameter comes before the rest.
  return own.toSorted((a, b) =>
    Number(a.when === undefined) - Number(b.when === undefined)
  );
}

/**
 * Finds what the tables say of parameters that do not exist.
 *
 * @param parameters All parameters, as `call.parameter`.
 * @returns What they name wrongly.
 */
export function unusedTables(parameters: ReadonlySet<string>): string[] {
  const names = new Set([...parameters].map((it) => it.split(".")[1]));
  return [...USES.keys()].filter((where) =>
    where.startsWith("*.") ? !names.has(where.slice(2)) : !parameters.has(where)
  );
}
