// lictor check: everything that is wrong with policies, errors and warnings, at its place.

import type { Command } from 'commander';
import { analyse, compile } from '../../index.ts';
import { namesCedar, readCedar, refuseSchema } from '../cedar.ts';
import { validated } from '../cedar-validator.ts';
import type { ExitCode } from '../failure.ts';
import { maxCostOf } from '../policy.ts';
import { readPolicies, shownFrom } from '../read.ts';
import { counted, findingsText, findingTexts } from '../show.ts';
import type { Terminal } from '../terminal.ts';

export function addCheck(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('check')
    .description('report every error and warning of policies')
    .argument('<files...>', 'policies (or their folders); catalogues under `tools:` are read too')
    .option('--schema <path>', 'of Cedar policies: a `.cedarschema`, or its JSON form')
    .option(
      '--max-cost <N>',
      'an error if a decision may cost more than this many instructions; the policies are compiled for it',
    )
    .option('--json', 'findings as one JSON document')
    .action((files: string[], options: { json?: true; schema?: string; maxCost?: string }) => {
      if (!namesCedar(files)) refuseSchema(options.schema);
      const all = options.schema === undefined ? files : [...files, options.schema];
      done(checkCommand(all, options.json === true, maxCostOf(options.maxCost), terminal));
    });
}

function checkCommand(
  files: readonly string[],
  asJson: boolean,
  limit: { readonly maxCost?: number },
  terminal: Terminal,
): ExitCode {
  const { colours } = terminal;
  const policies = namesCedar(files) ? [readCedar(files)] : readPolicies(files);
  const checked = policies.map((policy) => {
    const found = analyse(policy.sources);
    const all = limit.maxCost === undefined ? found : compile(policy.sources, limit);
    const own = all.diagnostics.map((diagnostic) => shownFrom(policy.folder, diagnostic));
    const diagnostics = found.policy === null ? own : [...own, ...validated(policy)];
    return { path: policy.path, rules: found.policy?.rules.length ?? 0, diagnostics };
  });
  const all = checked.flatMap(({ diagnostics }) => diagnostics);
  if (asJson) terminal.out(JSON.stringify({ files: checked.map(({ path }) => path), diagnostics: all }, null, 2));
  else {
    for (const { path, rules, diagnostics } of checked) {
      for (const text of findingTexts(diagnostics, colours)) terminal.out(`${text}\n`);
      const hasErrors = diagnostics.some(({ severity }) => severity === 'error');
      const mark = hasErrors ? colours.red('✗') : colours.green('✓');
      terminal.out(`${mark} ${path}: ${hasErrors ? '' : `${counted(rules, 'rule')}, `}${findingsText(diagnostics)}`);
    }
  }
  return all.some(({ severity }) => severity === 'error') ? 1 : 0;
}
