// lictor fmt: policies in the one layout, in place; with `--check` only which ones are not. `-` is standard input, to standard output.

import { writeFileSync } from 'node:fs';
import type { Command } from 'commander';
import { DiagnosticSink } from '../../diagnostic.ts';
import { formatPolicy } from '../../syntax/format.ts';
import { type ExitCode, UsageError } from '../failure.ts';
import { readText, shownName } from '../files.ts';
import { isPolicyFile, policyPath } from '../read.ts';
import { findingTexts } from '../show.ts';
import type { Terminal } from '../terminal.ts';

export function addFmt(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('fmt')
    .description('lay policies out; comments and values stay')
    .argument('<files...>', 'policies (or their folders), or `-`: standard input to standard output')
    .option('--check', 'write nothing; exit code 1 if a file is not laid out')
    .action((files: string[], options: { readonly check?: true }) => {
      const codes = files.map((path) =>
        formatFile(path === '-' ? path : policyPath(path), options.check === true, terminal),
      );
      done(codes.includes(1) ? 1 : 0);
    });
}

function formatFile(path: string, checkOnly: boolean, terminal: Terminal): ExitCode {
  const { colours } = terminal;
  const before = readText(path);
  if (path !== '-' && !isPolicyFile(path)) {
    throw new UsageError(
      `${path} is no Lictor policy`,
      'a policy file is named `NAME.policy.yaml`; other files stay as they are',
    );
  }
  const sink = new DiagnosticSink();
  const after = formatPolicy({ path: shownName(path), text: before }, sink);
  if (after === null) {
    for (const text of findingTexts(sink.sorted(), terminal.errorColours)) terminal.error(`${text}\n`);
    return 1;
  }
  if (path === '-' && !checkOnly) terminal.out(after.trimEnd());
  else if (after === before) terminal.out(`${colours.green('✓')} ${shownName(path)}`);
  else if (checkOnly)
    terminal.out(`${colours.red('✗')} ${shownName(path)} is not laid out: run \`lictor fmt ${path}\``);
  else {
    writeFileSync(path, after);
    terminal.out(`${colours.green('✓')} ${path}: laid out`);
  }
  return checkOnly && after !== before ? 1 : 0;
}
