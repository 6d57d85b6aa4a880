// lictor test: the expectations beside policies, held against the core. A line for each; what fails says how.

import { join } from 'node:path';
import type { Command } from 'commander';
import { type Difference, differences, readExpectations } from '../expectations.ts';
import { type ExitCode, UsageError } from '../failure.ts';
import { kindOf } from '../files.ts';
import { openPolicy } from '../policy.ts';
import { callText, counted, elide, findingTexts } from '../show.ts';
import type { Terminal } from '../terminal.ts';

export function addTest(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('test')
    .description('run the expectations in the `requests.json` of policy folders')
    .argument('<folders...>', 'folders that hold one policy and its `requests.json`')
    .action((folders: string[]) => done(testCommand(folders, terminal)));
}

function testCommand(folders: readonly string[], terminal: Terminal): ExitCode {
  const { colours } = terminal;
  let passed = 0;
  let failed = 0;
  for (const folder of folders) {
    if (kindOf(folder) !== 'folder') {
      throw new UsageError(`${folder} is no folder`, 'name a folder that holds a policy and its `requests.json`');
    }
    const { engine, warnings } = openPolicy(folder);
    for (const text of findingTexts(warnings, terminal.errorColours)) terminal.error(`${text}\n`);
    terminal.out(colours.bold(`${engine.name} ${engine.version}`));
    for (const expectation of readExpectations(join(folder, 'requests.json'))) {
      const found = differences(expectation, engine);
      if (found.length === 0) {
        passed += 1;
        terminal.out(`  ${colours.green('✓')} ${expectation.name}`);
        continue;
      }
      failed += 1;
      terminal.out(`  ${colours.red('✗')} ${colours.bold(expectation.name)}`);
      terminal.out(colours.dim(`      ${elide(callText(expectation.request), terminal.columns - 6)}`));
      for (const difference of found) terminal.out(differenceText(difference, terminal));
    }
    engine.dispose();
  }
  const paint = failed > 0 ? colours.red : colours.green;
  terminal.out(`\n${paint(`${counted(passed + failed, 'expectation')}: ${passed} passed, ${failed} failed`)}`);
  return failed > 0 ? 1 : 0;
}

function differenceText({ key, expected, actual }: Difference, { colours }: Terminal): string {
  const indent = ' '.repeat(6);
  return [
    `${indent}${key}: expected ${colours.green(JSON.stringify(expected))}`,
    `${indent}${' '.repeat(key.length)}    actual ${colours.red(JSON.stringify(actual))}`,
  ].join('\n');
}
