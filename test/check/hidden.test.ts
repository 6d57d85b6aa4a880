// Characters that make a policy look like another text than it is (LANGUAGE.md 2.7), in the syntaxes that have no conformance cases.

import { describe, expect, it } from 'vitest';
import { compile, formatDiagnostic } from '../../compiler/index.ts';

const TEXTS: readonly (readonly [path: string, text: string])[] = [
  ['a.cedar', '// all\u202e\npermit (principal, action, resource) when { context.a == "\u2066x" };'],
  ['a.cedarschema', 'entity User; // \u2029'],
  [
    'a.yaml',
    'name: a\nrules:\n  - { name: a, condition: { field: x, operator: eq, value: "\u202dy" }, action: deny } # \u202c\ndefaults: { action: deny }\n',
  ],
];

describe('characters that make a policy look like another text than it is (LANGUAGE.md 2.7)', () => {
  for (const [path, text] of TEXTS) {
    it(`${path}: a warning for each line that has one, and none where it is an escape`, () => {
      const beside =
        path === 'a.cedarschema' ? [{ path: 'b.cedar', text: 'permit (principal, action, resource);' }] : [];
      const found = (written: string): readonly string[] =>
        compile([{ path, text: written }, ...beside])
          .diagnostics.filter(({ code }) => code === 'P0016')
          .map((one) => `${one.severity} ${one.line}:${one.column}`);
      const lines = text.split('\n');
      const expected = lines.flatMap((line, i) => {
        const column = line.search(/[\u2028-\u202e\u2066-\u2069]/) + 1;
        return column === 0 ? [] : [`warning ${i + 1}:${column}`];
      });
      expect(expected.length).toBeGreaterThan(0);
      expect(found(text)).toEqual(expected);
      expect(found(text.replace(/[\u2028-\u202e\u2066-\u2069]/g, '\\\\u2028'))).toEqual([]);
    });
  }

  it('a finding never shows such a character itself', () => {
    const { diagnostics } = compile([{ path: 'a.cedar', text: 'permit (principal, action, \u202eresource' }]);
    expect(diagnostics.length).toBeGreaterThan(0);
    for (const one of diagnostics) expect(formatDiagnostic(one)).not.toMatch(/[\u2028-\u202e\u2066-\u2069]/);
  });
});
