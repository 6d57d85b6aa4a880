// The two ways a command ends early. In: what went wrong. Out: an error that `main` turns into an exit code and a text.
// A mistake of ours is neither: it is thrown as it is, with its stack.

import type { Diagnostic } from '../index.ts';

/** 0 fine; 1 findings or failed expectations; 2 the command cannot be carried out as given. */
export type ExitCode = 0 | 1 | 2;

/** The command line, or a file it names, is not usable: exit code 2. The message names the path and what to do. */
export class UsageError extends Error {
  readonly help: string | undefined;

  constructor(message: string, help?: string) {
    super(message);
    this.help = help;
  }
}

/** The policy has errors: exit code 1. Carries warnings too. */
export class PolicyErrors extends Error {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[]) {
    super('the policy has errors');
    this.diagnostics = diagnostics;
  }
}
