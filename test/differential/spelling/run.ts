// In: a seed and a compiler. Out: how many policies compile to the same bytes however they are spelled, and what `lictor fmt` makes of them
// too; which forms were drawn; and the first difference, with the fewest forms that show it. The oracle is the plainly spelled text: the
// readers of YAML, JSON, CEL and schemas must make the same of both. The same seed gives the same run.

import { decode } from '../../../compiler/artifact/decode.ts';
import { encode } from '../../../compiler/artifact/encode.ts';
import { DiagnosticSink } from '../../../compiler/diagnostic.ts';
import type { Compilation } from '../../../compiler/index.ts';
import type { Source } from '../../../compiler/source.ts';
import { formatPolicy } from '../../../compiler/syntax/format.ts';
import { leaf } from '../expr.ts';
import { generatePolicy, type Policy, type Shape } from '../generate.ts';
import { Random, subSeed } from '../random.ts';
import { sourcesOf } from '../sources.ts';
import { Forms } from './forms.ts';
import { spelledSources } from './policy.ts';

const SHAPES: readonly Shape[] = ['few', 'some', 'terms', 'language', 'language', 'patterns'];
/** Larger policies say nothing that smaller ones do not. */
const MOST_RULES = 14;
const SPELLINGS = 3;
const REASONS = [
  ...[
    'because',
    '  two blanks ',
    'a: b # c',
    'it\'s "quoted"',
    'back\\slash',
    'two\nlines',
    'ends\n',
    'three\n\n\nlines\n\n',
    '\ttab',
  ],
  ...[
    '- item',
    'é 日本 😀',
    'null',
    '12',
    '[x]',
    '{a: b}',
    '%',
    '@at',
    '`tick`',
    'nul\0',
    '\u2028',
    '\ufeff',
    'very long '.repeat(20).trim(),
  ],
  ...[
    '* a',
    '& b',
    '! c',
    '| d',
    '> e',
    '? f',
    '? ',
    ':',
    '#',
    '---',
    '... ',
    'a\n b\n  c\n',
    '~',
    'true',
    '0x1F',
    '.5',
    '=',
    '<<',
    ',',
  ],
];

export interface SpellingRun {
  readonly policies: number;
  readonly spellings: number;
  /** Laid out by `lictor fmt`; what it gives up is not. */
  readonly formatted: number;
  readonly refused: number;
  readonly forms: ReadonlyMap<string, number>;
  readonly difference: string | null;
}

export function runSpelling(
  seed: number,
  compile: (sources: readonly Source[]) => Compilation,
  goesOn: (policies: number) => boolean,
): SpellingRun {
  const forms = new Map<string, number>();
  const run = { policies: 0, spellings: 0, formatted: 0, refused: 0 };
  for (; goesOn(run.policies); run.policies += 1) {
    const random = new Random(subSeed(seed, run.policies));
    const policy = makePolicy(random);
    const plain = sourcesOf(policy);
    const meant = meaningOf(compile(plain));
    if (meant.startsWith('refused')) run.refused += 1;
    for (let i = 0; i < SPELLINGS; i += 1) {
      const formsSeed = random.next();
      const drawn = new Forms(new Random(formsSeed));
      const spelled = spelledSources(drawn, plain);
      for (const [form, count] of drawn.counts) forms.set(form, (forms.get(form) ?? 0) + count);
      run.spellings += 1;
      const found = fault(compile, meant, spelled);
      run.formatted += found.formatted;
      if (found.what === null) continue;
      const told = reduced(compile, policy, formsSeed);
      return { ...run, forms, difference: `seed ${seed}, policy ${run.policies}: ${found.what}\n${told}` };
    }
  }
  return { ...run, forms, difference: null };
}

/** More or fewer files are imported, and characters stand escaped or for themselves. */
const BY_SPELLING: readonly string[] = ['P0909', 'P0016'];
/** With conditions of constants, which other policies seldom have. */
const CONSTANTS = [
  'bytes("ab") == b"ab"',
  'b"a\\xff\\x00" < b"plain bytes"',
  'size(b"it is") + 17 > 0 && 3u != 12u',
  '"two\\nlines" + "tab\\t" != "a\\\\b"',
  '0.25 + 1.5e3 > 2.0e-7',
  'true',
];

function makePolicy(random: Random): Policy {
  const policy = generatePolicy(random.next(), random.pick(SHAPES));
  const rules = policy.rules.slice(0, MOST_RULES).map((rule) => ({
    ...rule,
    when: random.chance(0.1) ? leaf(random.pick(CONSTANTS), [], []) : rule.when,
    reason: random.chance(0.4) ? random.pick(REASONS) : rule.reason,
    advice: random.chance(0.3) ? random.pick(REASONS) : rule.advice,
  }));
  return { ...policy, rules };
}

/** The bytes but for places in the text, or why there are none; warnings as well, but those about characters in the text itself (LANGUAGE.md 2.7). */
function meaningOf({ artifact, diagnostics }: Compilation): string {
  const codes = diagnostics
    .map(({ code }) => code)
    .filter((code) => !BY_SPELLING.includes(code))
    .sort()
    .join(' ');
  if (artifact === null) return `refused ${codes}`;
  const { tables } = decode(artifact);
  const rules = tables.rules.map((rule) => ({ ...rule, place: { ...rule.place, line: 1, column: 1 } }));
  return `${Buffer.from(encode({ ...tables, rules })).toString('base64')} ${codes}`;
}

interface Fault {
  readonly formatted: number;
  readonly what: string | null;
}

function fault(compile: (sources: readonly Source[]) => Compilation, meant: string, spelled: readonly Source[]): Fault {
  const found = compile(spelled);
  if (meaningOf(found) !== meant)
    return { formatted: 0, what: `spelled anew it is ${told(found)}, plainly ${meant.slice(0, 60)}` };
  let formatted = 0;
  const laidOut = spelled.map((source): Source => {
    const text = source.path.endsWith('.json') ? null : formatPolicy(source, new DiagnosticSink());
    if (text === null) return source;
    formatted += 1;
    return { path: source.path, text };
  });
  if (formatted === 0) return { formatted, what: null };
  const again = compile(laidOut);
  return {
    formatted,
    what: meaningOf(again) === meant ? null : `after \`fmt\` it is ${told(again)}\n${textOf(laidOut)}`,
  };
}

function told({ artifact, diagnostics }: Compilation): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').slice(0, 3);
  return artifact === null
    ? `refused: ${errors.map(({ code, message }) => `${code} ${message}`).join('; ')}`
    : 'another artifact';
}

/** The same with fewer rules and fewer forms, as long as something differs. */
function reduced(compile: (sources: readonly Source[]) => Compilation, policy: Policy, formsSeed: number): string {
  const tryOut = (rules: Policy['rules'], forbidden: ReadonlySet<string>, seed: number) => {
    const plain = sourcesOf({ ...policy, rules });
    const forms = new Forms(new Random(seed), forbidden);
    const spelled = spelledSources(forms, plain);
    const { what } = fault(compile, meaningOf(compile(plain)), spelled);
    return what === null ? null : { what, plain, spelled, forms: forms.counts };
  };
  let rules = policy.rules;
  let forbidden: ReadonlySet<string> = new Set();
  let best = tryOut(rules, forbidden, formsSeed);
  const first = new Random(formsSeed);
  const seeds = [formsSeed, ...Array.from({ length: 12 }, () => first.next())];
  for (let i = rules.length - 1; i >= 0; i -= 1) {
    const fewer = rules.filter((_, at) => at !== i);
    const shown = seeds.map((seed) => tryOut(fewer, forbidden, seed)).find((one) => one !== null);
    if (shown === undefined || shown === null) continue;
    [rules, best] = [fewer, shown];
  }
  for (const form of best?.forms.keys() ?? []) {
    const fewer = new Set([...forbidden, form]);
    const shown = seeds.map((seed) => tryOut(rules, fewer, seed)).find((one) => one !== null);
    if (shown === undefined || shown === null) continue;
    [forbidden, best] = [fewer, shown];
  }
  if (best === null) return 'not seen a second time';
  return `${best.what}\nforms: ${[...best.forms.keys()].join(', ')}\nplain:\n${textOf(best.plain)}\nspelled:\n${textOf(best.spelled)}`;
}

function textOf(sources: readonly Source[]): string {
  return sources.map(({ path, text }) => `--- ${path}\n${text.length > 60_000 ? text.slice(-3000) : text}`).join('\n');
}
