#!/usr/bin/env node
// In: a command line. Out: what its command prints, and an exit code: 0 fine, 1 findings or failed expectations, 2 not usable.
// Never decides anything itself: one file per command in commands/.

import { Command, CommanderError } from 'commander';
import { COMPILER_VERSION } from '../artifact/version.ts';
import { addBench } from './commands/bench.ts';
import { addCheck } from './commands/check.ts';
import { addCompile } from './commands/compile.ts';
import { addEval } from './commands/eval.ts';
import { addExplain } from './commands/explain.ts';
import { addFmt } from './commands/fmt.ts';
import { addImportPack } from './commands/import-pack.ts';
import { addInspect } from './commands/inspect.ts';
import { addMcp } from './commands/mcp.ts';
import { addMigrate } from './commands/migrate.ts';
import { addReplay } from './commands/replay.ts';
import { addSchema } from './commands/schema.ts';
import { addTest } from './commands/test.ts';
import { explainFailure } from './explain.ts';
import type { ExitCode } from './failure.ts';
import { openTerminal, type Terminal } from './terminal.ts';

/** Adds one command; `done` takes its exit code. */
export type AddCommand = (program: Command, terminal: Terminal, done: (code: ExitCode) => void) => void;

const ADD_COMMANDS: readonly AddCommand[] = [
  addCompile,
  addCheck,
  addEval,
  addInspect,
  addTest,
  addReplay,
  addBench,
  addMigrate,
  addMcp,
  addFmt,
  addExplain,
  addSchema,
  addImportPack,
];

process.exitCode = run(process.argv, openTerminal());

function run(argv: readonly string[], terminal: Terminal): ExitCode {
  let code: ExitCode = 0;
  const program = new Command('lictor')
    .description('Policies for AI agents: compile, check, try, and replay recorded tool calls against them.')
    .version(COMPILER_VERSION)
    .showHelpAfterError('(`lictor help COMMAND` explains)')
    .exitOverride()
    .addHelpText(
      'after',
      '\nPOLICY is a policy file, a folder holding one `*.policy.yaml` or `*.cedar` files, or a compiled `.lctr`.' +
        '\nExit codes: 0 fine, 1 findings or failed expectations, 2 usage or an unreadable file.',
    );
  for (const add of ADD_COMMANDS) {
    add(program, terminal, (result) => {
      code = result;
    });
  }
  try {
    program.parse(argv);
    return code;
  } catch (error) {
    return exitCodeOf(error, terminal);
  }
}

function exitCodeOf(error: unknown, terminal: Terminal): ExitCode {
  // Commander has printed already; help and version that were asked for are fine.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  return explainFailure(error, terminal);
}
