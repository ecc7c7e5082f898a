// npm's packages, by the lock file, in the build folder: where ctest has them, which is not beside the tests.
import { createRequire } from "node:module";
import { join } from "node:path";

/// The build folder of these tests.
export const folder = process.env.TLSWATCH_PAGE_FOLDER;
if (!folder) throw new Error("TLSWATCH_PAGE_FOLDER names no folder: run it by ctest -L page");

/// A package, by its name.
export const installed = createRequire(join(folder, "package.json"));
