// The searches of patterns against engines of others, on generated patterns and texts: re2js (RE2's own semantics), the JavaScript
// engine's RegExp, and refa (automata of whole texts); and the compiled core against the reference.

import fc from 'fast-check';
import { RE2JS } from 're2js';
import { JS, NFA } from 'refa';
import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { matchesTree } from '../../compiler/reference/regex.ts';
import { parsePattern } from '../../compiler/regex/parse.ts';
import { positionsMatch, positionsOf } from '../../compiler/regex/positions.ts';
import type { Dialect, Pattern } from '../../compiler/regex/tree.ts';
import { load } from '../../host-js/index.ts';
import { commonPatterns, plainPatterns, re2Patterns, texts } from './arbitrary.ts';

const SEED = 20261124;
const RUNS = 800;

function parsed(text: string, dialect: Dialect): Pattern {
  const result = parsePattern(text, dialect);
  if (!result.ok) throw new Error(`${text}: ${result.problem.message}`);
  return result.pattern;
}

/** Every search of ours must say what the oracle says. */
function agree(source: string, dialect: Dialect, words: readonly string[], oracle: (text: string) => boolean): void {
  const pattern = parsed(source, dialect);
  const positions = positionsOf(pattern);
  for (const text of words) {
    const expected = oracle(text);
    const found = { reference: matchesTree(text, pattern), positions: positionsMatch(positions, text) };
    expect(found, `${source} on ${JSON.stringify(text)}`).toEqual({ reference: expected, positions: expected });
  }
}

describe('generated patterns (LANGUAGE.md 4.22)', () => {
  it('mean what re2js makes of them', () => {
    fc.assert(
      fc.property(re2Patterns, fc.array(texts, { minLength: 1, maxLength: 6 }), (source, words) => {
        const oracle = RE2JS.compile(source);
        agree(source, 're2', words, (text) => oracle.matcher(text).find());
      }),
      { seed: SEED, numRuns: RUNS },
    );
  });

  it('mean what RegExp makes of them, in dialect js', () => {
    fc.assert(
      fc.property(
        commonPatterns,
        fc.boolean(),
        fc.array(texts, { minLength: 1, maxLength: 6 }),
        (source, folds, words) => {
          // Without `u` the engine reads code units: texts of the basic plane alone are the same to both.
          const oracle = new RegExp(source, folds ? 'i' : 'u');
          const ours = folds ? words.map((text) => text.replaceAll('😀', '')) : words;
          agree(folds ? `(?i)${source}` : source, 'js', ours, (text) => oracle.test(text));
        },
      ),
      { seed: SEED + 1, numRuns: RUNS },
    );
  });

  it('are the languages that refa makes of them', () => {
    fc.assert(
      fc.property(plainPatterns, fc.array(texts, { minLength: 1, maxLength: 6 }), (source, words) => {
        const { expression, maxCharacter } = JS.Parser.fromLiteral(new RegExp(source, 'u')).parse();
        const nfa = NFA.fromRegex(expression, { maxCharacter });
        const oracle = (text: string): boolean => nfa.test(Array.from(text, (c) => c.codePointAt(0) ?? 0));
        agree(`^(?:${source})$`, 'js', words, oracle);
      }),
      { seed: SEED + 2, numRuns: 500 },
    );
  });

  it('mean the same to the compiled core: classes, scans and single elements', { timeout: 300_000 }, () => {
    const sources = [...new Set(fc.sample(re2Patterns, { seed: SEED + 3, numRuns: 120 }))];
    const words = [...new Set(fc.sample(texts, { seed: SEED + 4, numRuns: 80 }))];
    const rules = sources.flatMap((source, i) => [
      `  - { id: s${i}, effect: warn, tool: t, when: ${JSON.stringify(`args.s.matches(${JSON.stringify(source)})`)} }`,
      `  - { id: l${i}, effect: warn, tool: t, when: ${JSON.stringify(
        `args.l.exists(x, x.matches(${JSON.stringify(source)}) && x != args.none)`,
      )} }`,
    ]);
    const head = ['lictor: 1', 'name: p', 'attributes:', '  args.s: string', '  args.l: list<string>'];
    const text = [...head, "  args.none: { type: string, absent: 'none' }", 'rules:', ...rules, ''].join('\n');
    const { artifact, diagnostics } = compile([{ path: 'p.policy.yaml', text }]);
    if (artifact === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
    const engine = load(artifact);
    const patterns = sources.map((source) => parsed(source, 're2'));
    for (const word of words) {
      const found = engine.decide({ tool: 't', args: { s: word, l: [word] } }).rules;
      const expected = patterns.flatMap((pattern, i) => (matchesTree(word, pattern) ? [`s${i}`, `l${i}`] : []));
      expect(found, JSON.stringify(word)).toEqual(expected);
    }
    engine.dispose();
  });
});
