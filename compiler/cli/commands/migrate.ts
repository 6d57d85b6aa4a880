// lictor migrate: a document of the Agent Governance Toolkit as a Lictor policy, and the two held against each other on calls made
// of the document's own constants. What they decide differently is listed by cause; a difference without a known cause fails.

import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Command } from 'commander';
import { type Engine, load } from '../../../host-js/full.ts';
import { contextsFor } from '../../agt/calls.ts';
import { readDocument } from '../../agt/document.ts';
import { isFolderSet } from '../../agt/folders.ts';
import { type Migrated, migrate } from '../../agt/migrate.ts';
import { withParents } from '../../agt/parents.ts';
import { DiagnosticSink } from '../../diagnostic.ts';
import { compile } from '../../index.ts';
import { differenceOf, type Explained } from '../agt-differences.ts';
import { isAgtFile, readAgt } from '../agt-files.ts';
import { type ExitCode, PolicyErrors, UsageError } from '../failure.ts';
import { messageOf } from '../files.ts';
import { compilePolicy } from '../policy.ts';
import { shownFrom } from '../read.ts';
import { count, counted, findingTexts } from '../show.ts';
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
  const documents = withParents(
    policy.sources.map((source) => readDocument(source, new DiagnosticSink())).filter((one) => one !== null),
    new DiagnosticSink(),
  );
  if (isFolderSet(documents)) {
    throw new UsageError('documents in folders are not migrated in this version', 'compile them as they are');
  }
  const migrated = migrate(documents, sink);
  if (migrated === null) throw new PolicyErrors(sink.sorted().map((found) => shownFrom(policy.folder, found)));
  const name = `${basename(policy.path).replace(/(?:\.policy)?\.(?:ya?ml|json)$/i, '')}.policy.yaml`;
  const written = compile([{ path: name, text: migrated.text }]);
  if (written.artifact === null) throw new PolicyErrors(written.diagnostics);

  const calls = numberOf(options.calls, '--calls');
  const contexts = contextsFor(documents, numberOf(options.seed, '--seed'), calls);
  const both: Both = { document: load(document.artifact), policy: load(written.artifact), migrated };
  const differences = [...contexts].map((context) => differenceOn(both, context)).filter((found) => found !== null);
  const path = options.output ?? join(dirname(policy.path), name);
  if (path === '-') terminal.out(migrated.text.trimEnd());
  else write(path, migrated.text);
  report({ path, rules: migrated.nameOf.size, calls, differences }, terminal);
  return differences.some(({ cause }) => cause === null) ? 1 : 0;
}

interface Both {
  readonly document: Engine;
  readonly policy: Engine;
  readonly migrated: Migrated;
}

/** A document needs no tool, a policy does: it is called by the name that the context gives, if any. */
function differenceOn({ document, policy, migrated }: Both, context: object): Explained | null {
  const before = document.decide({ context });
  const after = policy.decide({ tool: 'a-tool', context });
  const nameOf = (id: string): string => migrated.nameOf.get(id) ?? id;
  // first-match lists one rule; under doubt there may be more.
  return differenceOf(context, before, { ...after, determining: after.determining.map(nameOf) }, migrated.attributes);
}

interface Report {
  readonly path: string;
  readonly rules: number;
  readonly calls: number;
  readonly differences: readonly Explained[];
}

function report({ path, rules, calls, differences }: Report, terminal: Terminal): void {
  const { colours } = terminal;
  const print = path === '-' ? (line: string) => terminal.error(`${line}\n`) : (line: string) => terminal.out(line);
  const alike = calls - differences.length;
  print(`${colours.green('migrated')} ${counted(rules, 'rule')} ${colours.dim('→')} ${path}`);
  print(`${counted(calls, 'generated call')}: ${count(alike)} decided alike, ${count(differences.length)} not`);
  const byCause = new Map<string, Explained[]>();
  for (const difference of differences) {
    const cause = difference.cause ?? 'NO KNOWN CAUSE';
    byCause.set(cause, [...(byCause.get(cause) ?? []), difference]);
  }
  for (const [cause, found] of byCause) {
    const [first] = found;
    const mark = first?.cause === null ? colours.red('✗') : colours.yellow('≠');
    print(`  ${mark} ${count(found.length)}: ${cause}`);
    if (first !== undefined) print(colours.dim(`      ${first.example}`));
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
