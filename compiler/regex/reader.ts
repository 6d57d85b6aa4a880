// Where a pattern's parser stands, and what it throws when it cannot go on. parse.ts catches it; nothing else sees it.

import type { Flags } from './parse.ts';
import type { Dialect, PatternProblem } from './tree.ts';

export interface Reader {
  readonly text: string;
  readonly dialect: Dialect;
  at: number;
  flags: Flags;
  depth: number;
}

export class PatternError extends Error implements PatternProblem {
  readonly start: number;
  readonly end: number;
  readonly kind: PatternProblem['kind'];
  readonly help: string;

  constructor(start: number, end: number, kind: PatternProblem['kind'], message: string, help: string) {
    super(message);
    this.start = start;
    this.end = end;
    this.kind = kind;
    this.help = help;
  }
}
