// lictor import-pack: a rule pack of others becomes a policy on standard output. What it refuses stands there as comments, by name.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { readThreatRules } from '../../packs/atr.ts';
import { readGitleaks, readPiiList } from '../../packs/lists.ts';
import { acceptedCount, type Pack } from '../../packs/pack.ts';
import { type PackOptions, packPolicy } from '../../packs/policy.ts';
import { type ExitCode, UsageError } from '../failure.ts';
import { kindOf, readText } from '../files.ts';
import { counted } from '../show.ts';
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
      // A policy without rules would let everything through.
      if (pack.rules.length === 0) throw new UsageError(`${path} holds no patterns that could be read`, PACKS);
      terminal.out(packPolicy(pack, options).trimEnd());
      const refusals = pack.refused.length === 0 ? '' : '; what is refused stands in comments';
      terminal.error(
        `${counted(pack.rules.length, 'rule')}; ${acceptedCount(pack)} of ${counted(pack.patternCount, 'pattern')}${refusals}`,
      );
      done(0);
    });
}

const PACKS = 'name a folder of YAML rules, a gitleaks `.toml` or a `.yml` list of patterns';

function readPack(path: string): Pack {
  if (kindOf(path) === 'folder') {
    const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name));
    return readThreatRules(names.sort().map((name) => ({ path: name, text: readText(join(path, name)) })));
  }
  if (path.endsWith('.toml')) return readGitleaks(readText(path));
  if (/\.ya?ml$/.test(path)) return readPiiList(readText(path));
  if (kindOf(path) === null) readText(path); // says that it is not there
  throw new UsageError(`${path} is no rule pack`, PACKS);
}
