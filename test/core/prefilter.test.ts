// Many literals and regular expressions over one text: what the prefilter and the scans behind it find is what V8's own engine finds, on
// texts made of pieces of the patterns, by both cores; and what each pattern finds alone, where nothing is looked for together.

import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { CoreInstance, type Engine, load } from '../../host-js/index.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';
import { scalarModule } from '../../host-js/runtimes/inline-scalar.ts';
import { Random } from '../plan/generate.ts';

const SETS = 60;
const TEXTS = 40;
const CORES = [new CoreInstance(inlineModule()), new CoreInstance(scalarModule())];

interface Searched {
  readonly condition: string;
  readonly finds: (text: string) => boolean;
  /** What texts are made of. */
  readonly pieces: readonly string[];
}

const SYLLABLES = ['ab', 'key', 'aa', 'sk', 'to', '-', 'K', 'xyz', '日', 'é', '0', ' = ', 'S', '::', 'a', 'é日'];

function wordOf(random: Random, least: number): string {
  let word = '';
  while (word.length < least) word += random.pick(SYLLABLES);
  return word;
}

function searched(random: Random, subject: string): Searched {
  const word = wordOf(random, 1 + random.below(8));
  if (random.chance(50)) {
    return {
      condition: `${subject}.contains(${JSON.stringify(word)})`,
      finds: (text) => text.includes(word),
      pieces: [word],
    };
  }
  const [other, third] = [wordOf(random, 3), wordOf(random, 1)];
  const quoted = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const [a, b, c] = [quoted(word), quoted(other), quoted(third)];
  const body = random.pick([
    a,
    `(?:${a}|${b})`,
    `[a-z]{0,3}${a}(?:${c})?`,
    `${a}[0-9a-k]{2,4}${c}`,
    `(?:${a}|${b})+${c}`,
    `^${a}`,
    `${a}$`,
    `(?:${c})*${a}.{0,4}(?:${b})`,
    `[ab]${a}|[k-s]+${b}`,
    `[0-9]{2}`,
    `\\b(?:${a})\\b`,
    `(?:${a}){1,3}x?`,
  ]);
  const ignoresCase = random.chance(40);
  // `iu`, since what `i` alone makes of the Kelvin sign and long s is not what RE2 does.
  const regExp = new RegExp(body, ignoresCase ? 'iu' : 'u');
  return {
    condition: `${subject}.matches(${JSON.stringify(ignoresCase ? `(?i)${body}` : body)})`,
    finds: (text) => regExp.test(text),
    pieces: [word, other, third, '42', 'x'],
  };
}

function textOf(random: Random, all: readonly Searched[]): string {
  const length = random.pick([0, 2, 15, 16, 17, 40, 100, 300]);
  let text = '';
  while (text.length < length) {
    const piece = random.pick(random.pick(all).pieces);
    const cut = random.chance(30) ? piece.slice(0, -1) : piece;
    const cased = random.chance(30) ? cut.toUpperCase() : cut;
    text += random.chance(10) ? cased.replaceAll('k', '\u212a').replaceAll('s', '\u017f') : cased;
    if (random.chance(50)) text += random.pick([' ', '.', 'q', '\n', '日', '..........']);
  }
  return random.chance(50) ? text : text.slice(0, length);
}

function enginesOf(all: readonly Searched[], wrapped: (condition: string) => string): Engine[] {
  const lines = all.map(
    ({ condition }, i) => `  - { id: r${i}, tool: t, effect: warn, when: ${JSON.stringify(wrapped(condition))} }`,
  );
  const head = [
    'lictor: 1',
    'name: many',
    'default: allow',
    'attributes:',
    '  args.s: string',
    '  args.l: list<string>',
  ];
  const { artifact, diagnostics } = compile([
    { path: 'many.policy.yaml', text: [...head, 'rules:', ...lines].join('\n') },
  ]);
  if (artifact === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return CORES.map((core) => load(artifact, { core, remember: false }));
}

/** `\b` of V8 is about ASCII words and `u` with `i` about others too: patterns with it are for texts without the rare ones. */
function isComparable({ condition }: Searched, text: string): boolean {
  return !condition.includes('\\\\b') || !/[\u212a\u017f]/.test(text);
}

describe('many patterns over one text', () => {
  it('are found as V8 finds them (LANGUAGE.md 4.5, 4.22)', { timeout: 240_000 }, () => {
    const random = new Random(20261124);
    let found = 0;
    let compared = 0;
    for (let set = 0; set < SETS; set += 1) {
      const all = Array.from({ length: 9 + random.below(40) }, () => searched(random, 'args.s'));
      const engines = enginesOf(all, (condition) => condition);
      for (let i = 0; i < TEXTS; i += 1) {
        const text = textOf(random, all);
        for (const engine of engines) {
          const { rules } = engine.decide({ tool: 't', args: { s: text } });
          all.forEach((one, k) => {
            if (!isComparable(one, text)) return;
            compared += 1;
            if (rules.includes(`r${k}`)) found += 1;
            if (rules.includes(`r${k}`) !== one.finds(text)) expect.fail(`${one.condition} in ${JSON.stringify(text)}`);
          });
        }
      }
      for (const engine of engines) engine.dispose();
    }
    expect(found / compared).toBeGreaterThan(0.05);
    expect(found / compared).toBeLessThan(0.6);
  });

  it('are found in some element of a list, or in none (LANGUAGE.md 4.5, 4.22)', { timeout: 240_000 }, () => {
    const random = new Random(7);
    for (let set = 0; set < SETS / 3; set += 1) {
      const all = Array.from({ length: 9 + random.below(30) }, () => searched(random, 'x'));
      const forms = [
        ['exists', '', (texts: readonly string[], one: Searched) => texts.some((text) => one.finds(text))],
        ['exists', '!', (texts: readonly string[], one: Searched) => texts.some((text) => !one.finds(text))],
        ['all', '', (texts: readonly string[], one: Searched) => texts.every((text) => one.finds(text))],
        ['all', '!', (texts: readonly string[], one: Searched) => texts.every((text) => !one.finds(text))],
      ] as const;
      // Each form alone, and all of them in one policy: what is looked for and what must not be found share the tests of a list.
      for (const shown of [[0], [1], [2], [3], [0, 1, 2, 3]]) {
        const formOf = (k: number): (typeof forms)[number] => forms[shown[k % shown.length] ?? 0] ?? forms[0];
        const written = all.map((one, k) => {
          const [macro, not] = formOf(k);
          return { ...one, condition: `args.l.${macro}(x, ${not}${one.condition})` };
        });
        const engines = enginesOf(written, (condition) => condition);
        for (let i = 0; i < TEXTS / 2; i += 1) {
          const l = Array.from({ length: random.below(4) }, () => textOf(random, all));
          const comparable = all.map((one) => l.every((text) => isComparable(one, text)));
          const expected = all.map((one, k) => (comparable[k] === true ? formOf(k)[2](l, one) : null));
          for (const engine of engines) {
            const { rules } = engine.decide({ tool: 't', args: { l } });
            expect(all.map((_, k) => (comparable[k] === true ? rules.includes(`r${k}`) : null))).toEqual(expected);
          }
        }
        for (const engine of engines) engine.dispose();
      }
    }
  });

  it('where one of them must be found in all elements (LANGUAGE.md 5.5)', () => {
    const contains = Array.from({ length: 12 }, (_, i) => ({
      condition: `args.l.exists(x, x.contains("bad-domain-${i}"))`,
      finds: () => false,
      pieces: [],
    }));
    const outside = { condition: 'args.l.all(x, x.matches("@evil[.][a-z]+$"))', finds: () => true, pieces: [] };
    for (const engine of enginesOf([...contains, outside], (condition) => condition)) {
      expect(engine.decide({ tool: 't', args: { l: ['x@evil.com'] } }).rules).toEqual(['r12']);
      expect(engine.decide({ tool: 't', args: { l: ['x@evil.com', 'x@good.com'] } }).rules).toEqual([]);
    }
  });

  it('where there are more literals than one prefilter has room for, and halves of pairs, which no text has', {
    timeout: 120_000,
  }, () => {
    const pairs = Array.from({ length: 560 }, (_, i) =>
      String.fromCharCode(0x61 + (i % 26), 0x41 + (Math.floor(i / 26) % 26)),
    );
    const all = pairs.map((pair) => ({
      condition: `args.s.contains(${JSON.stringify(pair)})`,
      finds: (text: string) => text.includes(pair),
      pieces: [pair],
    }));
    const half = { condition: 'args.s.matches("\\\\x{D800}ab")', finds: () => false, pieces: ['\ufffdab'] };
    const random = new Random(5);
    for (const engine of enginesOf([...all, half], (condition) => condition)) {
      for (let i = 0; i < 10; i += 1) {
        const text = `${textOf(random, all)}\ufffdab`;
        const { rules } = engine.decide({ tool: 't', args: { s: text } });
        expect(rules).toEqual([...all, half].flatMap((one, k) => (one.finds(text) ? [`r${k}`] : [])));
      }
    }
  });

  it('and alone: eight patterns or fewer are classes, more are searched for together', { timeout: 240_000 }, () => {
    const random = new Random(11);
    for (let set = 0; set < 6; set += 1) {
      const all = Array.from({ length: 12 }, () => searched(random, 'args.s'));
      const together = enginesOf(all, (condition) => condition);
      const alone = all.map((one) => enginesOf([one], (condition) => condition));
      for (let i = 0; i < TEXTS; i += 1) {
        const request = { tool: 't', args: { s: textOf(random, all) } };
        const expected = alone.map(([engine]) => engine?.decide(request).rules.length === 1);
        for (const engine of together) {
          const { rules } = engine.decide(request);
          expect(all.map((_, k) => rules.includes(`r${k}`))).toEqual(expected);
        }
      }
      for (const engine of [...together, ...alone.flat()]) engine.dispose();
    }
  });
});
