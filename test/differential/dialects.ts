// In: a seed and cores. Out: how often reference and cores find patterns of the dialects `js` and `python` (LANGUAGE.md 4.22) where the
// engine's own RegExp finds them, and the first difference. Each piece of a pattern is drawn with its spelling for RegExp; of the two
// dialects no CEL speaks, so the pattern is put into a checked policy. The same seed gives the same run.

import { encode } from '../../compiler/artifact/encode.ts';
import type { CheckedPolicy } from '../../compiler/check/typed.ts';
import { analyse, evaluate } from '../../compiler/index.ts';
import { lower } from '../../compiler/ir/lower.ts';
import { plan } from '../../compiler/plan/plan.ts';
import { parsePattern } from '../../compiler/regex/parse.ts';
import { type CoreInstance, load } from '../../host-js/full.ts';
import { Random, subSeed } from './random.ts';

type Dialect = 'js' | 'python';

/** As the dialect writes it, and as RegExp with the flag `u` does. */
type Piece = readonly [own: string, oracle: string];

const PATTERNS = 6;
const TEXTS = 25;
/** Upper and lower case, borders of words and lines, one to four bytes; what the two folds of `i` treat alike. */
const CHARACTERS = [
  'a',
  'b',
  'A',
  'k',
  's',
  '_',
  '1',
  '-',
  ' ',
  '\n',
  'é',
  'É',
  '√',
  '😀',
  '\u2028',
  '\r',
  '٣',
  '\u00a0',
];
const LITERALS: readonly Piece[] = [
  'a',
  'b',
  'A',
  'k',
  's',
  '_',
  '1',
  '-',
  ' ',
  'é',
  'É',
  '√',
  '\\n',
  '\\x41',
  '\\.',
  '😀',
  '\\u0061',
].map((text): Piece => [text, text]);
const WORD = '\\p{L}\\p{N}_';
const ATOMS: Readonly<Record<Dialect, readonly Piece[]>> = {
  js: [
    '.',
    '\\d',
    '\\D',
    '\\w',
    '\\W',
    '\\s',
    '\\S',
    '[ab]',
    '[^a]',
    '[a-k1]',
    '[^\\w\\n]',
    '[\\d_]',
    '[é-√]',
    '[^A-Z]',
    '[\\b]',
    '\\cJ',
    '[^]',
  ].map((text): Piece => [text, text]),
  python: [
    ['.', '[^\\n]'],
    ['\\d', '\\p{Nd}'],
    ['\\D', '\\P{Nd}'],
    ['\\w', `[${WORD}]`],
    ['\\W', `[^${WORD}]`],
    ['\\s', '\\s'],
    ['\\S', '\\S'],
    ['[^\\w\\n]', `[^${WORD}\\n]`],
    ['[\\d_]', '[\\p{Nd}_]'],
    ['[ab]', '[ab]'],
    ['[^a]', '[^a]'],
    ['[é-√]', '[é-√]'],
    ['[]a]', '[\\]a]'],
    ['(?P<name>a|b)', '(?:a|b)'],
    ['(?i:[a-k])', '[a-kA-K]'],
  ],
};
const EDGES: Readonly<Record<Dialect, readonly Piece[]>> = {
  js: ['^', '$', '\\b', '\\B'].map((text): Piece => [text, text]),
  python: [
    ['^', '^'],
    ['$', '(?=\\n?(?![^]))'],
    ['\\A', '^'],
    ['\\Z', '$'],
    ['\\b', `(?:(?<=[${WORD}])(?![${WORD}])|(?<![${WORD}])(?=[${WORD}]))`],
  ],
};
const REPEATS: Readonly<Record<Dialect, readonly Piece[]>> = {
  js: ['*', '+', '?', '{2}', '{1,}', '{0,2}', '*?', '+?', '??'].map((text): Piece => [text, text]),
  python: [
    ['*', '*'],
    ['+?', '+?'],
    ['?', '?'],
    ['{,2}', '{0,2}'],
    ['{2}', '{2}'],
    ['{1,}', '{1,}'],
  ],
};

export interface DialectRun {
  readonly patterns: number;
  readonly decisions: number;
  /** Patterns by dialect, and texts in which they were found or not. */
  readonly counts: ReadonlyMap<string, number>;
  readonly difference: string | null;
}

export function runDialects(
  seed: number,
  cores: readonly CoreInstance[],
  goesOn: (patterns: number) => boolean,
): DialectRun {
  const counts = new Map<string, number>();
  const count = (what: string): void => {
    counts.set(what, (counts.get(what) ?? 0) + 1);
  };
  let [patterns, decisions] = [0, 0];
  for (let round = 0; goesOn(patterns); round += 1) {
    const random = new Random(subSeed(seed, round));
    const drawn = Array.from({ length: PATTERNS }, () => {
      const dialect = random.pick<Dialect>(['js', 'python']);
      count(dialect);
      return { dialect, piece: grown(random, dialect, 2) };
    });
    patterns += drawn.length;
    const refused = drawn.find(({ dialect, piece: [own] }) => !parsePattern(own, dialect).ok);
    if (refused !== undefined) {
      return {
        patterns,
        decisions,
        counts,
        difference: `seed ${seed}: ${refused.dialect} refused ${refused.piece[0]}`,
      };
    }
    const oracles = drawn.map(({ piece }) => new RegExp(piece[1], 'u'));
    const policy = policyOf(drawn.map(({ dialect, piece: [pattern] }) => ({ dialect, pattern })));
    const engines = cores.map((core) => load(encode(plan(lower(policy))), { core }));
    for (let i = 0; i < TEXTS; i += 1) {
      const text = Array.from({ length: random.between(0, 9) }, () => random.pick(CHARACTERS)).join('');
      const request = { tool: 'x', context: { s: text } };
      const expected = oracles.flatMap((oracle, at) => (oracle.test(text) ? [`r${at}`] : []));
      oracles.forEach((_, at) => count(expected.includes(`r${at}`) ? 'found' : 'not found'));
      for (const found of [
        evaluate(policy, request, {}).rules,
        ...engines.map((engine) => engine.decide(request).rules),
      ]) {
        decisions += 1;
        if (found.join() === expected.join()) continue;
        const wrong = drawn.filter((_, at) => found.includes(`r${at}`) !== expected.includes(`r${at}`));
        const said = wrong.map(({ dialect, piece }) => `${dialect} ${piece[0]}, as RegExp ${piece[1]}`).join('; ');
        for (const engine of engines) engine.dispose();
        return { patterns, decisions, counts, difference: `seed ${seed}: in ${JSON.stringify(text)}: ${said}` };
      }
    }
    for (const engine of engines) engine.dispose();
  }
  return { patterns, decisions, counts, difference: null };
}

/** One rule for each. */
function policyOf(patterns: readonly { readonly dialect: Dialect; readonly pattern: string }[]): CheckedPolicy {
  const rules = patterns.map((_, i) => `  - { id: r${i}, effect: warn, when: 'context.s.matches("a")' }\n`);
  const text = `lictor: 1\nname: p\ndefault: allow\nattributes: { context.s: string }\nrules:\n${rules.join('')}`;
  const { policy } = analyse([{ path: 'p.policy.yaml', text }]);
  if (policy === null) throw new Error('the policy was refused');
  return {
    ...policy,
    rules: policy.rules.map((rule, i) => {
      const { condition } = rule;
      if (condition.kind !== 'matches') throw new Error('the condition is no pattern');
      return { ...rule, condition: { ...condition, ...patterns[i] } };
    }),
  };
}

function grown(random: Random, dialect: Dialect, depth: number): Piece {
  const ways = Array.from({ length: random.pick([1, 1, 2, 3]) }, () =>
    joined(
      Array.from({ length: random.between(depth === 2 ? 1 : 0, 4) }, () => item(random, dialect, depth)),
      '',
    ),
  );
  return joined(ways, '|');
}

function joined(pieces: readonly Piece[], by: string): Piece {
  return [pieces.map(([own]) => own).join(by), pieces.map(([, oracle]) => oracle).join(by)];
}

function item(random: Random, dialect: Dialect, depth: number): Piece {
  const kind = random.weighted({ literal: 5, atom: 4, edge: 2, group: depth > 0 ? 3 : 0 });
  if (kind === 'edge') return random.pick(EDGES[dialect]);
  const inner =
    kind === 'group' ? grown(random, dialect, depth - 1) : random.pick(kind === 'atom' ? ATOMS[dialect] : LITERALS);
  const open = random.pick(['(', '(?:']);
  const unit: Piece = kind === 'group' ? [`${open}${inner[0]})`, `(?:${inner[1]})`] : inner;
  return random.chance(0.35) ? joined([unit, random.pick(REPEATS[dialect])], '') : unit;
}
