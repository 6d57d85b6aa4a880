// In: what ended a command early. Out: its text on standard error, and the exit code. A mistake of ours is thrown on.

import { type ExitCode, PolicyErrors, UsageError } from './failure.ts';
import { findingsText, findingTexts } from './show.ts';
import type { Terminal } from './terminal.ts';

export function explainFailure(error: unknown, terminal: Terminal): ExitCode {
  const colours = terminal.errorColours;
  if (error instanceof PolicyErrors) {
    for (const text of findingTexts(error.diagnostics, colours)) terminal.error(`${text}\n`);
    terminal.error(findingsText(error.diagnostics));
    return 1;
  }
  if (error instanceof UsageError) {
    terminal.error(`${colours.red('error')}: ${error.message}`);
    if (error.help !== undefined) terminal.error(`  ${colours.cyan(`help: ${error.help}`)}`);
    return 2;
  }
  throw error;
}
