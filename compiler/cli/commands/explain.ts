// lictor explain: why a diagnostic is given, what to try, and an example. All of them as DIAGNOSTICS.md with `--markdown`.

import type { Command } from 'commander';
import { didYouMean } from '../../diagnostic.ts';
import { catalogueDocument, codes, explainCode } from '../catalogue.ts';
import { type ExitCode, UsageError } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export function addExplain(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('explain')
    .description('say why a diagnostic is given, what to try, and show an example')
    .argument('[code]', 'a code, such as P0301; none: all of them')
    .option('--markdown', 'all of them as `compiler/DIAGNOSTICS.md` has them')
    .action((code: string | undefined, options: { readonly markdown?: true }) => {
      const all = options.markdown === true ? [catalogueDocument()] : codes().map(explained);
      terminal.out((code === undefined ? all : [explained(code)]).join('\n\n').trimEnd());
      done(0);
    });
}

function explained(code: string): string {
  const text = explainCode(code.toUpperCase());
  if (text !== null) return text;
  const near = didYouMean(code.toUpperCase(), codes());
  throw new UsageError(
    `no diagnostic has the code \`${code}\``,
    near === undefined ? '`lictor explain` lists all of them' : `did you mean \`${near}\`?`,
  );
}
