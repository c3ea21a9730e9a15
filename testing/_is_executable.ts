import { encodeCString } from "@procctl/libc/encode";
import { lazySymbols } from "@procctl/libc/library";

const libc = lazySymbols({
  // int access(const char *pathname, int mode)
  access: { parameters: ["buffer", "i32"], result: "i32" },
});

const X_OK = 1;

/** Whether a file exists and may be executed. */
export function isExecutable(path: string): boolean {
  return libc.access(encodeCString(path, "path"), X_OK) === 0;
}
