// `lictor fmt` (compiler/syntax/format.ts): values, order and comments stay; what is laid out stays as it is.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { compile } from '../../compiler/index.ts';
import { formatPolicy } from '../../compiler/syntax/format.ts';
import { loadCases } from '../conformance/cases.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const shipped = readdirSync(join(root, 'policies')).flatMap((folder) =>
  readdirSync(join(root, 'policies', folder))
    .filter((name) => name.endsWith('.policy.yaml'))
    .map((name) => join('policies', folder, name)),
);

function laidOut(text: string): string | null {
  return formatPolicy({ path: 'a.policy.yaml', text }, new DiagnosticSink());
}

describe('lictor fmt', () => {
  for (const path of shipped) {
    it(`${path} is laid out`, () => {
      const text = readFileSync(join(root, path), 'utf8');
      expect(laidOut(text)).toBe(text);
    });
  }

  it('indents, spaces and aligns, and keeps the lines of a condition', () => {
    const written = [
      'lictor:   1',
      'name: x   # trailing',
      '',
      '',
      '',
      'attributes:',
      '    args.a:   {enum:  [ p,q ]}   # one',
      '    args.long: string # two',
      'rules:',
      '# before a rule',
      '- id: a',
      '  effect:   deny',
      '  when: args.i < 5',
      '    && args.n < 5.0',
      '  # after its keys',
      '- id: b',
      '  when: >-',
      '      args.i > 1',
      '        && args.n > 1.0',
      '  effect: allow',
    ];
    expect(laidOut(written.join('\n'))).toBe(
      [
        'lictor: 1',
        'name: x # trailing',
        '',
        'attributes:',
        '  args.a: { enum: [p, q] } # one',
        '  args.long: string        # two',
        'rules:',
        '  # before a rule',
        '  - id: a',
        '    effect: deny',
        '    when: args.i < 5',
        '      && args.n < 5.0',
        '    # after its keys',
        '  - id: b',
        '    when: >-',
        '      args.i > 1',
        '        && args.n > 1.0',
        '    effect: allow',
        '',
      ].join('\n'),
    );
  });

  it('says what is wrong with a file that is no YAML, and writes nothing', () => {
    const sink = new DiagnosticSink();
    expect(formatPolicy({ path: 'a.policy.yaml', text: 'a: [' }, sink)).toBeNull();
    expect(sink.sorted().map(({ code }) => code)).toEqual(['P0001']);
  });

  it('every policy of the conformance cases compiles to the same rules afterwards', () => {
    const seen = new Set<string>();
    for (const { sources } of loadCases()) {
      const [policy, ...others] = sources;
      if (policy === undefined || seen.has(policy.text) || policy.text.length > 20_000) continue;
      seen.add(policy.text);
      const text = laidOut(policy.text);
      expect(text).not.toBeNull();
      const before = compile(sources);
      const after = compile([{ ...policy, text: text ?? '' }, ...others]);
      expect(after.diagnostics.map(({ code }) => code)).toEqual(before.diagnostics.map(({ code }) => code));
    }
    expect(seen.size).toBeGreaterThan(25);
  });

  it('comments and blank lines anywhere: either kept, or the file is refused and left alone', () => {
    const text = readFileSync(join(root, shipped[0] ?? ''), 'utf8');
    const lines = text.split('\n').slice(0, 60);
    let formatted = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(lines.length), fc.constantFrom('# note', '', '      # deep', '  # two')), {
          maxLength: 6,
        }),
        (edits) => {
          const edited = [...lines];
          for (const [at, line] of edits) edited.splice(at, 0, line);
          const result = laidOut(edited.join('\n'));
          if (result === null) return;
          formatted += 1;
          expect(laidOut(result)).toBe(result);
          expect(result.match(/# note/g)?.length).toBe(edited.join('\n').match(/# note/g)?.length);
        },
      ),
      { numRuns: 200, seed: 7 },
    );
    expect(formatted).toBeGreaterThan(100);
  });
});
