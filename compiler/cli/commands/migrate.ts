// lictor migrate: a document of the Agent Governance Toolkit as a Lictor policy, and the two held against each other on calls made
// of the document's own constants. What they decide differently is listed by cause; a difference without a known cause fails.

import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { load } from '../../../host-js/full.ts';
import { callsFor } from '../../agt/calls.ts';
import { type Migrated, migrate } from '../../agt/migrate.ts';
import { DiagnosticSink } from '../../diagnostic.ts';
import { compile } from '../../index.ts';
import { type Difference, differenceOn } from '../agt-differences.ts';
import { isAgtFile, readAgt } from '../agt-files.ts';
import { type ExitCode, PolicyErrors, UsageError } from '../failure.ts';
import { messageOf } from '../files.ts';
import { compilePolicy } from '../policy.ts';
import { shownFrom } from '../read.ts';
import { count, counted, elide, findingTexts } from '../show.ts';
import type { Terminal } from '../terminal.ts';

const CALLS = 2000;
const SEED = 1;

interface MigrateOptions {
  readonly output?: string;
  readonly calls: string;
  readonly seed: string;
}

export function addMigrate(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('migrate')
    .description('rewrite Agent Governance Toolkit documents as a Lictor policy, and compare the two')
    .argument('<files...>', 'PolicyDocument or governance.toolkit/v1 documents; several are loaded side by side')
    .option('-o, --output <path>', 'where the policy goes; beside the first document if left out; `-`: standard output')
    .option('--calls <count>', 'how many generated calls both decide', String(CALLS))
    .option('--seed <number>', 'of the generator', String(SEED))
    .addHelpText('after', '\nExit code 1: the two differ on a call, and nothing that is known explains it.')
    .action((files: string[], options: MigrateOptions) => done(migrateCommand(files, options, terminal)));
}

function migrateCommand(files: readonly string[], options: MigrateOptions, terminal: Terminal): ExitCode {
  const stray = files.find((file) => !isAgtFile(file));
  if (stray !== undefined) {
    throw new UsageError(
      `${stray} is no document of the Agent Governance Toolkit`,
      'name PolicyDocument or governance.toolkit/v1 files',
    );
  }
  const policy = readAgt(files);
  const document = compilePolicy(policy);
  for (const text of findingTexts(document.warnings, terminal.errorColours)) terminal.error(`${text}\n`);
  const sink = new DiagnosticSink();
  const migrated = migrate(policy.sources, sink);
  if (migrated === null) throw new PolicyErrors(sink.sorted().map((found) => shownFrom(policy.folder, found)));
  const name = `${basename(policy.path).replace(/(?:\.policy)?\.(?:ya?ml|json)$/i, '')}.policy.yaml`;
  const written = compile([{ path: name, text: migrated.text }]);
  if (written.artifact === null) throw new PolicyErrors(written.diagnostics);

  const tally = new Tally();
  const both = { document: load(document.artifact), policy: load(written.artifact), migrated };
  const { conditions, governs } = migrated;
  const [seed, calls] = [numberOf(options.seed, '--seed'), numberOf(options.calls, '--calls')];
  for (const { call, isOdd } of callsFor(conditions, governs, seed, calls)) tally.add(isOdd, differenceOn(call, both));
  const path = options.output ?? join(dirname(policy.path), name);
  if (path === '-') terminal.out(migrated.text.trimEnd());
  else write(path, migrated.text);
  report(path, migrated, tally, terminal);
  return tally.byCause.has(null) ? 1 : 0;
}

/** How many calls of each share differ, and why. */
class Tally {
  readonly usual: Share = { calls: 0, different: 0 };
  readonly odd: Share = { calls: 0, different: 0 };
  readonly byCause = new Map<string | null, Difference[]>();

  add(isOdd: boolean, difference: Difference | null): void {
    const share = isOdd ? this.odd : this.usual;
    share.calls += 1;
    if (difference === null) return;
    share.different += 1;
    this.byCause.set(difference.cause, [...(this.byCause.get(difference.cause) ?? []), difference]);
  }
}

interface Share {
  calls: number;
  different: number;
}

function report(path: string, migrated: Migrated, { usual, odd, byCause }: Tally, terminal: Terminal): void {
  const { colours } = terminal;
  const print = path === '-' ? (line: string) => terminal.error(`${line}\n`) : (line: string) => terminal.out(line);
  const rules = [...migrated.nameOf.values()].filter((name) => name !== null).length;
  print(`${colours.green('migrated')} ${counted(rules, 'rule')} ${colours.dim('→')} ${path}`);
  const alike = usual.calls + odd.calls - usual.different - odd.different;
  print(`${counted(usual.calls + odd.calls, 'generated call')}: ${count(alike)} decided alike`);
  print(
    `  ${count(usual.different)} of ${count(usual.calls)} usual calls differ, ${count(odd.different)} of ${count(odd.calls)} odd ones`,
  );
  for (const [cause, found] of byCause) {
    const mark = cause === null ? colours.red('✗') : colours.yellow('≠');
    print(`  ${mark} ${count(found.length)}: ${cause ?? 'NO KNOWN CAUSE'}`);
    const [shortest] = found
      .map(({ call, document, policy }) => ({ text: elide(JSON.stringify(call), 160), document, policy }))
      .sort((a, b) => a.text.length - b.text.length);
    if (shortest !== undefined) {
      print(colours.dim(`      ${shortest.text}: document ${shortest.document}; policy ${shortest.policy}`));
    }
  }
}

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${messageOf(error)}`, 'name another place with `-o`');
  }
}

function numberOf(text: string, option: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0 && value <= 1_000_000) return value;
  throw new UsageError(`${option} ${text} is no number from 0 to 1,000,000`, 'write a whole number');
}
