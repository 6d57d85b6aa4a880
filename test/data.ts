// Out: where data of others lies that the project never holds a copy of, or null where it is absent. Suites that need it are
// then skipped, and counted as skipped.

import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = process.env['LICTOR_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));

/** Absolute path of the data folder: the environment's LICTOR_DATA, else `shared/data` beside the repository. */
export const dataRoot: string | null = existsSync(root) ? root : null;
