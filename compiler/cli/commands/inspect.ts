// lictor inspect: an artifact as a listing that a person can read.

import type { Command } from 'commander';
import { ArtifactError } from '../../artifact/decode.ts';
import { inspect } from '../../index.ts';
import { isAgtFile } from '../agt-files.ts';
import { type ExitCode, UsageError } from '../failure.ts';
import { kindOf, readBytes, shownName } from '../files.ts';
import { compilePolicy } from '../policy.ts';
import { isPolicyFile, readPolicy } from '../read.ts';
import type { Terminal } from '../terminal.ts';

export function addInspect(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('inspect')
    .description('list what a compiled artifact holds: slots, classes, clusters, rules')
    .argument('<artifact>', 'a compiled `.lctr`; a policy is compiled first')
    .action((path: string) => done(inspectCommand(path, terminal)));
}

function inspectCommand(path: string, terminal: Terminal): ExitCode {
  const isText = kindOf(path) === 'file' && (isPolicyFile(path) || isAgtFile(path));
  const bytes = isText ? compilePolicy(readPolicy(path)).artifact : readBytes(path);
  try {
    terminal.out(inspect(bytes).trimEnd());
    return 0;
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    throw new UsageError(
      `${shownName(path)} is no artifact, or a damaged one: ${error.message}`,
      'name a file that `lictor compile` wrote',
    );
  }
}
