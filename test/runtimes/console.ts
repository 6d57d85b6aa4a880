// The program for runtimes that print with `console.log`: Node, Deno, Bun, and pages. Prints the report as one line of JSON.

import { inlinedHost } from './inlined.ts';
import { runCases } from './runner.ts';

/** The text of cases-file.ts, which the bundler puts here. */
declare const CASES: string;

console.log(JSON.stringify(runCases(CASES, inlinedHost())));
