// lictor compile: a policy and its catalogues become one artifact file. Nothing is written if the policy has errors.

import { writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Command, Option } from 'commander';
import { load } from '../../../host-js/full.ts';
import { STRATEGIES } from '../../agt/words.ts';
import { predictedCostOf } from '../../index.ts';
import { isAgtFile, readAgt } from '../agt-files.ts';
import { namesCedar, readCedar, refuseSchema } from '../cedar.ts';
import { validated } from '../cedar-validator.ts';
import { type ExitCode, PolicyErrors, UsageError } from '../failure.ts';
import { messageOf } from '../files.ts';
import { compilePolicy, maxCostOf } from '../policy.ts';
import { readPolicies } from '../read.ts';
import { count, counted, findingTexts } from '../show.ts';
import type { Terminal } from '../terminal.ts';
import { readTraffic } from '../traffic.ts';

export function addCompile(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('compile')
    .description('compile one policy to an artifact')
    .argument(
      '<files...>',
      'the policy (or its folder), and catalogues that its `tools:` names elsewhere; toolkit documents, compiled together; or `.cedar` files',
    )
    .option('--schema <path>', 'of Cedar policies: a `.cedarschema`, or its JSON form')
    .option('-o, --output <path>', 'where the artifact goes; beside the policy if left out')
    .option('--max-cost <N>', 'fail if a decision may cost more than this many instructions')
    .option('--traffic <FILE>', 'calls as they come, as `lictor replay` reads them: what they ask for is made cheap')
    .addOption(new Option('--conflict-strategy <name>', 'of toolkit documents that name none').choices([...STRATEGIES]))
    .action((files: string[], options: Options) => {
      if (!namesCedar(files)) refuseSchema(options.schema);
      const all = options.schema === undefined ? files : [...files, options.schema];
      done(compileCommand(all, options, terminal));
    });
}

interface Options {
  readonly output?: string;
  readonly schema?: string;
  readonly conflictStrategy?: string;
  readonly maxCost?: string;
  readonly traffic?: string;
}

function compileCommand(files: readonly string[], options: Options, terminal: Terminal): ExitCode {
  const together = files.length > 1 && files.every(isAgtFile);
  const one = namesCedar(files) ? readCedar(files) : together ? readAgt(files) : null;
  const [policy, second] = one === null ? readPolicies(files) : [one];
  if (policy === undefined || second !== undefined) {
    throw new UsageError(`${files.length} policies for one artifact`, 'compile them one at a time');
  }
  if (options.conflictStrategy !== undefined && !isAgtFile(policy.path)) {
    throw new UsageError('`--conflict-strategy` belongs to toolkit documents', 'a policy says `combine:`');
  }
  const conflictStrategy = STRATEGIES.find((known) => known === options.conflictStrategy);
  const { artifact, warnings, compileMs } = compilePolicy(policy, {
    ...(conflictStrategy === undefined ? {} : { conflictStrategy }),
    ...maxCostOf(options.maxCost),
    ...(options.traffic === undefined ? {} : { traffic: readTraffic(options.traffic, policy.path) }),
  });
  const validation = validated(policy);
  if (validation.some(({ severity }) => severity === 'error')) throw new PolicyErrors([...warnings, ...validation]);
  for (const text of findingTexts([...warnings, ...validation], terminal.errorColours)) terminal.error(`${text}\n`);
  const path =
    options.output ??
    join(
      dirname(policy.path),
      `${basename(policy.path).replace(/(?:\.policy|\.cedar)?\.(?:ya?ml|json)$|\.cedar$/i, '')}.lctr`,
    );
  try {
    writeFileSync(path, artifact);
  } catch (error) {
    throw new UsageError(`${path} cannot be written: ${messageOf(error)}`, 'name another place with `-o`');
  }
  const engine = load(artifact);
  const { colours } = terminal;
  terminal.out(
    `${colours.green('compiled')} ${engine.name} ${engine.version}: ${counted(engine.rules.length, 'rule')}, ` +
      `${count(artifact.length)} bytes, ${compileMs.toFixed(0)} ms ${colours.dim('→')} ${path}`,
  );
  terminal.out(`a decision costs at most ${count(predictedCostOf(artifact))} instructions of the core, by prediction`);
  if (engine.needsFullCore) {
    terminal.out(`it needs the full core: load it with \`${engine.isCedar ? 'lictor/cedar' : 'lictor/full'}\``);
  }
  terminal.out(colours.dim(`sha-256 ${engine.artifactHash}`));
  return 0;
}
