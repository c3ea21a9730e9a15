import { closeFile, O_PATH, openFile } from "@procctl/libc";
import { ROOT } from "@procctl/testing";
import { ARCHITECTURE_DEPENDENT } from "./selection.ts";

Deno.test("the selection names files and folders that are there", () => {
  for (const path of ARCHITECTURE_DEPENDENT) {
    // It fails with the name of what is not there.
    closeFile(openFile(`${ROOT}/${path}`, O_PATH));
  }
});
