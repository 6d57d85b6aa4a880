// lictor schema: the JSON Schema of policy files, for editors.

import type { Command } from 'commander';
import type { ExitCode } from '../failure.ts';
import { policySchema } from '../policy-schema.ts';
import type { Terminal } from '../terminal.ts';

export function addSchema(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('schema')
    .description('print the JSON Schema of policy files, with which an editor completes and checks them')
    .action(() => {
      terminal.out(JSON.stringify(policySchema(), null, 2));
      done(0);
    });
}
