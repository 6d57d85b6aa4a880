// In: what a toolkit document and the policy made of it say of one call. Out: null where they say the same, else why they may differ:
// the first known cause that this call has, or none.

import type { Engine, Verdict } from '../../host-js/full.ts';
import type { Call } from '../agt/calls.ts';
import type { Migrated } from '../agt/migrate.ts';
import type { AttributePath } from '../check/typed.ts';

export interface Difference {
  /** Null: nothing that is known. */
  readonly cause: string | null;
  readonly call: Call;
  readonly document: string;
  readonly policy: string;
}

export interface Both {
  readonly document: Pick<Engine, 'decide'>;
  readonly policy: Pick<Engine, 'decide'>;
  readonly migrated: Migrated;
}

/**
 * The policy's rules by their names in the document; what is none there, an error or a default, is left out. Of an error of the document
 * the decision counts alone: it names no rule, while the policy names those that are in doubt.
 */
export function differenceOn(call: Call, { document, policy, migrated }: Both): Difference | null {
  const before = document.decide(call);
  // A document needs no tool, a policy does.
  const after = policy.decide({ ...call, tool: 'a-tool' });
  const determining = after.determining.map((id) => migrated.nameOf.get(id)).filter((name) => typeof name === 'string');
  const isAlike = before.status === 'condition-error' || before.determining.join('\n') === determining.join('\n');
  if (isAlike && before.decision === after.decision) return null;
  const said = ({ decision, determining: rules }: Verdict): string => `${decision} by ${rules.join(', ') || 'no rule'}`;
  return { cause: causeOf(call, migrated), call, document: said(before), policy: said(after) };
}

function causeOf(call: object, { searched, converted, wordwise }: Migrated): string | null {
  const valuesOf = (paths: readonly AttributePath[]): unknown[] =>
    paths.map(({ root, segments }) => valueAt(call, [root, ...segments]));
  if (valuesOf(searched).some((value) => typeof value === 'object' && value !== null)) {
    return '`matches` of a list or a mapping: the document searches what Python writes of it, CEL has no such text, and the policy denies';
  }
  if (valuesOf(searched).some((value) => typeof value === 'number' && isWrittenOtherwise(value))) {
    return '`matches` of a number from 1e21 on or nearer to 0 than 0.0001: Python and CEL write it differently';
  }
  if (valuesOf(converted).some((value) => typeof value === 'string' && isOutOfRange(value))) {
    return 'a text of a number beyond what `double()` reads: to the policy it is unknown, to the document the largest number';
  }
  if (textsIn(call).some((text) => /\p{Cs}/u.test(text) || text.length > 65_536)) {
    return 'a text that is too long or has half a character: unknown to both, and an unknown rule ends the search of the document only';
  }
  if (valuesOf(wordwise).some((value) => typeof value === 'string' && /[^\0-\x7f]/.test(value))) {
    return 'characters beyond ASCII next to `\\b`: it knows them in the document, in RE2 it does not';
  }
  return null;
}

function isWrittenOtherwise(value: number): boolean {
  return Math.abs(value) >= 1e21 || (value !== 0 && Math.abs(value) < 1e-4);
}

function isOutOfRange(text: string): boolean {
  return !Number.isFinite(Number(text.trim().replaceAll('_', ''))) || text.trim().length > 128;
}

function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null
    ? [...Object.keys(value), ...Object.values(value).flatMap(textsIn)]
    : [];
}

function valueAt(call: object, segments: readonly string[]): unknown {
  let value: unknown = call;
  for (const name of segments) {
    value =
      typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
  }
  return value;
}
