// The script: leaves the report in a global.

import { report } from '../entry.mjs';

globalThis.lictorReport = report();
