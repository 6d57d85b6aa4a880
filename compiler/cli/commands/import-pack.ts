// lictor import-pack: a rule pack of others becomes a policy on standard output. What it refuses stands there as comments, by name.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readThreatRules } from '../../packs/atr.ts';
import { readGitleaks, readPiiList } from '../../packs/lists.ts';
import type { Pack } from '../../packs/pack.ts';
import { type PackOptions, packPolicy } from '../../packs/policy.ts';
import { type ExitCode, UsageError } from '../failure.ts';
import { kindOf, readText } from '../read.ts';
import type { Terminal } from '../terminal.ts';

export function addImportPack(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('import-pack')
    .description(
      'write a policy made of a rule pack: a folder of agent-threat-rules, a gitleaks `.toml`, a list of patterns `.yml`',
    )
    .argument('<pack>', 'the folder or file')
    .option('--attribute <path>', 'the text that is looked at', 'args.text')
    .option('--tool <glob>', 'the tools it is about', '*')
    .addOption(new Option('--effect <effect>', 'of every rule').choices(['deny', 'escalate', 'warn']).default('deny'))
    .action((path: string, options: PackOptions) => {
      const pack = readPack(path);
      terminal.out(packPolicy(pack, options));
      const { patternCount, refused, rules } = pack;
      terminal.error(`${rules.length} rules; ${patternCount - refused.length} of ${patternCount} patterns\n`);
      done(0);
    });
}

function readPack(path: string): Pack {
  if (kindOf(path) === 'folder') {
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name));
    return readThreatRules(names.sort().map((name) => ({ path: name, text: readText(join(path, name)) })));
  }
  if (path.endsWith('.toml')) return readGitleaks(readText(path));
  if (/\.ya?ml$/.test(path)) return readPiiList(readText(path));
  throw new UsageError(
    `${path} is no rule pack`,
    'name a folder of YAML rules, a gitleaks `.toml` or a `.yml` list of patterns',
  );
}
