// In: words that the language knows a fixed list of. Out: the word, typed; or an error with the nearest one.
// Never takes a word of a later version for one of this.

import { didYouMean } from '../diagnostic.ts';
import type { Located } from '../source.ts';
import type { Report } from './report.ts';
import type { Algorithm, Effect, Point } from './typed.ts';

export const ALGORITHMS: readonly Algorithm[] = [
  'deny-overrides',
  'allow-overrides',
  'first-match',
  'priority',
  'most-specific',
  'only-one',
];
export const EFFECTS: readonly Effect[] = ['deny', 'escalate', 'transform', 'warn', 'allow'];
/** A default changes nothing: there is no rule that would say how. */
export const DEFAULTS: readonly Effect[] = ['deny', 'escalate', 'warn', 'allow'];
export const POINTS: readonly Point[] = [
  'agent_startup',
  'input',
  'pre_model_call',
  'post_model_call',
  'pre_tool_call',
  'post_tool_call',
  'output',
  'agent_shutdown',
];
export const ON_UNKNOWN: readonly ('skip' | 'match')[] = ['skip', 'match'];
export const UNLISTED: readonly ('deny' | 'evaluate')[] = ['deny', 'evaluate'];

/** `written` as one of `words`; `fallback` where nothing is written, or after an error. `what` names it in the message. */
export function wordOf<T extends string, F>(
  written: Located<string> | undefined,
  words: readonly T[],
  fallback: F,
  what: string,
  report: Report,
): T | F {
  if (written === undefined) return fallback;
  const word = words.find((candidate) => candidate === written.value);
  if (word !== undefined) return word;
  const near = didYouMean(written.value, words);
  report.error(
    'P0316',
    written.span,
    `expected ${what}, but found \`${written.value}\``,
    near === undefined ? `it is one of ${words.join(', ')}` : `did you mean \`${near}\`?`,
  );
  return fallback;
}

/** A name or id (2.2): letters, digits, `-`, `_`, `.`. One that is missing was reported by the parser. */
export function checkWord(word: Located<string> | undefined, what: string, report: Report): string | null {
  if (word === undefined) return null;
  if (/^[A-Za-z0-9._-]+$/.test(word.value)) return word.value;
  report.error(
    'P0316',
    word.span,
    `${what} is a word of letters, digits, \`-\`, \`_\` and \`.\`, but found \`${word.value}\``,
  );
  return null;
}
