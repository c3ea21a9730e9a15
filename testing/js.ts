/**
 * Writes JavaScript for a child, with the values in it as literals.
 *
 * @param strings The source.
 * @param values What stands in it: anything that JSON can hold, or bytes.
 * @returns The source, whole.
 *
 * @example Usage
 * ```ts
 * import { js } from "@procctl/testing";
 *
 * console.log(js`f(${"a"}, ${new Uint8Array([1])})`); // prints: f("a", Uint8Array.of(1))
 * ```
 */
export function js(strings: TemplateStringsArray, ...values: unknown[]) {
  return String.raw({ raw: strings }, ...values.map(literal));
}

function literal(value: unknown): string {
  return value instanceof Uint8Array
    ? `Uint8Array.of(${value.join()})`
    : JSON.stringify(value);
}
