// A pack of detection rules, read from whatever form it has: rules with patterns, and the patterns that were refused, by name.
// Data, and the one step that all packs share: a pattern of another engine becomes one in RE2 syntax, or a refusal.

import { NO_FLAGS, parsePattern } from '../regex/parse.ts';
import { printed } from '../regex/print.ts';
import type { Dialect } from '../regex/tree.ts';
import { withoutEdges } from './edges.ts';

export interface PackRule {
  readonly id: string;
  readonly title: string;
  /** `all`: every pattern must match. */
  readonly condition: 'any' | 'all';
  /** In RE2 syntax. */
  readonly patterns: readonly string[];
  /** Of a secret scanner: one of these words must be there too, in any case. Empty: none is asked for. */
  readonly keywords: readonly string[];
  /** A text that one of these matches is none. */
  readonly exceptions: readonly string[];
}

export interface Refusal {
  readonly rule: string;
  readonly pattern: string;
  readonly reason: string;
}

/** What a rule asks for besides, and a search of one text cannot ask: without it the rule finds more, never less. */
export interface Unread {
  /** Null: of all rules. */
  readonly rule: string | null;
  readonly what: string;
}

export interface Pack {
  readonly name: string;
  readonly rules: readonly PackRule[];
  readonly refused: readonly Refusal[];
  readonly unread: readonly Unread[];
  /** Patterns read, those refused included. */
  readonly patternCount: number;
}

/** Patterns that the policy has or could have had; refusals without a pattern are about something else that a rule asks for. */
export function acceptedCount({ patternCount, refused }: Pack): number {
  return patternCount - refused.filter(({ pattern }) => pattern !== '').length;
}

export type Translated = { readonly pattern: string } | { readonly reason: string };

/** The pattern in RE2 syntax: as it stands where that means the same, else written anew. */
export function translated(text: string, dialect: Dialect, ignoreCase: boolean): Translated {
  const flags = { ...NO_FLAGS, ignoreCase };
  const parsed = parsePattern(text, dialect, flags);
  if (!parsed.ok) {
    const without = withoutEdges(text, dialect);
    const made = without === null ? null : translated(without, dialect, ignoreCase);
    return made !== null && 'pattern' in made ? made : { reason: parsed.problem.message };
  }
  const asWritten = ignoreCase ? `(?i)${text}` : text;
  const same = parsePattern(asWritten, 're2');
  if (same.ok && JSON.stringify(same.pattern) === JSON.stringify(parsed.pattern)) return { pattern: asWritten };
  const pattern = printed(parsed.pattern);
  return pattern === null ? { reason: 'RE2 syntax cannot say what it means' } : { pattern };
}
