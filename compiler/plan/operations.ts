// In: an operation of a transform. Out: the same as the artifact carries it, its pattern as a program. Nothing here decides.

import type { Operation } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { parsePattern } from '../regex/parse.ts';
import { redactionProgram } from '../regex/program.ts';
import type { OperationTable } from './tables.ts';

export function operationTable(operation: Operation): OperationTable {
  const { kind, target } = operation;
  return { kind, target, detail: detailOf(operation), program: kind === 'redact' ? programOf(operation.pattern) : [] };
}

function detailOf(operation: Operation): string | null {
  switch (operation.kind) {
    case 'set':
      return JSON.stringify(operation.value);
    case 'remove':
      return null;
    case 'clamp':
      return JSON.stringify([operation.min, operation.max]);
    case 'redact':
      return JSON.stringify([operation.pattern, operation.with, operation.textsOnly]);
    default:
      return unreachable(operation);
  }
}

/** INVARIANT (check/operations.ts): the pattern parses and has a program. */
function programOf(pattern: string): readonly number[] {
  const parsed = parsePattern(pattern, 're2');
  const program = parsed.ok ? redactionProgram(parsed.pattern) : 'too-large';
  if (typeof program === 'string') throw new Error(`a pattern without a program: ${pattern}`);
  return program;
}
