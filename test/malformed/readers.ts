// The parsers of text from outside that `compile` does not reach: each with a good text and whether it takes a text whole. In: a text.
// Out: yes or no; what a reader throws for a text, rather than saying so in its own way, is a mistake that the tests find.

import { checkParseEntities, type EntityJson } from '../../compiler/cedar/index.ts';
import { readTraces } from '../../compiler/cli/traces.ts';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { readThreatRules } from '../../compiler/packs/atr.ts';
import { readGitleaks, readPiiList } from '../../compiler/packs/lists.ts';
import type { Pack } from '../../compiler/packs/pack.ts';
import { parsePattern } from '../../compiler/regex/parse.ts';
import { formatPolicy } from '../../compiler/syntax/format.ts';
import { RULES } from './texts.ts';

export interface TextReader {
  readonly name: string;
  readonly text: string;
  /** Whether nothing of the text was refused. */
  readonly takes: (text: string) => boolean;
}

const THREAT = [
  'title: An order to forget',
  'id: ATR-1',
  'detection:',
  '  condition: any',
  '  conditions:',
  '    - { field: content, operator: regex, value: "(?i)ignore\\\\s+all" }',
  '    - field: content',
  '      operator: regex',
  "      value: 'disregard (?:the|your) rules'",
].join('\n');

const GITLEAKS = [
  'title = "secrets"',
  '[[rules]]',
  'id = "token"',
  'description = "A token"',
  "regex = '''\\b(tok_[a-z0-9]{20})\\b'''",
  'keywords = ["tok_"]',
  '[[rules.allowlists]]',
  'stopwords = [',
  '    "example",',
  ']',
].join('\n');

const PII = ['patterns:', '  - pattern:', '      name: E-mail', '      regex: "[a-z]+@[a-z]+\\.com"'].join('\n');

const TRACES = [
  '{"messages":[{"role":"assistant","tool_calls":[{"function":{"name":"pay","arguments":"{\\"amount\\": 1}"}}]}]}',
  '{"tool":"read","args":{"path":"a"},"principal":{"id":"x"}}',
  '{"traj":[{"role":"assistant","tool_calls":null}]}',
].join('\n');

const ENTITIES = JSON.stringify([
  { uid: { type: 'User', id: 'a' }, attrs: { age: 3, tags: ['x', { __entity: { type: 'T', id: 'b' } }] }, parents: [] },
  {
    uid: { __entity: { type: 'User', id: 'b' } },
    attrs: { ip: { __extn: { fn: 'ip', arg: '::1' } } },
    parents: [{ type: 'User', id: 'a' }],
  },
]);

export const READERS: readonly TextReader[] = [
  {
    name: 'the layout of a policy',
    text: RULES,
    takes: (text) => formatPolicy({ path: 'example.policy.yaml', text }, new DiagnosticSink()) !== null,
  },
  { name: 'a threat rule', text: THREAT, takes: (text) => isWhole(readThreatRules([{ path: 'a.yaml', text }]), 2) },
  { name: 'a list of secrets', text: GITLEAKS, takes: (text) => isWhole(readGitleaks(text), 1) },
  { name: 'a list of personal data', text: PII, takes: (text) => isWhole(readPiiList(text), 1) },
  { name: 'call traces', text: TRACES, takes: (text) => readTraces('a.jsonl', text).problems.length === 0 },
  { name: 'Cedar entities', text: ENTITIES, takes: takesEntities },
  ...(['re2', 'js', 'python'] as const).map((dialect) => ({
    name: `a pattern in the ${dialect} dialect`,
    text: '(?i)^(a|b\\d+?){2,3}[^x-z\\W]\\b(?:c.*|\\x41)$',
    takes: (text: string) => parsePattern(text, dialect).ok,
  })),
];

function isWhole({ patternCount, refused }: Pack, count: number): boolean {
  return patternCount === count && refused.length === 0;
}

function takesEntities(text: string): boolean {
  let entities: unknown;
  try {
    entities = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return false;
  }
  // Whatever came as JSON may be given.
  return checkParseEntities({ entities: entities as readonly EntityJson[] }).type === 'success';
}
