// Generated patterns and texts for the searches to agree on: small alphabets, so that they meet; boundaries of words, lines and
// encodings among them. Patterns are text in the syntax that RE2 and ECMAScript have in common, `common`, or RE2's own.

import fc from 'fast-check';

const PIECES = ['a', 'b', 'A', 'k', 's', '_', '1', '-', ' ', '\n', 'é', 'É', 'ſ', '\u212a', '√', '😀', '\u2028', '\r'];

export const texts: fc.Arbitrary<string> = fc
  .array(fc.constantFrom(...PIECES), { maxLength: 10 })
  .map((pieces) => pieces.join(''));

const LITERALS = ['a', 'b', 'A', 'k', 's', '_', '1', '-', ' ', 'é', 'É', '√', '\\n', '\\x41', '\\.'];
const ANY = [
  '.',
  '\\d',
  '\\D',
  '\\w',
  '\\W',
  '[ab]',
  '[^a]',
  '[a-k1]',
  '[^\\w\\n]',
  '[\\d_]',
  '[^\\d-]',
  '[é-√]',
  '[^A-Z]',
];
const ASSERTIONS = ['^', '$', '\\b', '\\B'];
const REPEATS = ['*', '+', '?', '{2}', '{1,}', '{0,2}', '{1,3}', '*?', '+?', '??', '{0,3}?', '{0}'];
const OWN = [
  '(?i:a)',
  '(?i:[^k])',
  '(?s:.)',
  '(?m:^)',
  '(?m:$)',
  '\\A',
  '\\z',
  '[[:alpha:]]',
  '[[:^space:]]',
  '\\pL',
  '\\PL',
  '\\p{Greek}',
  '\\s',
  '\\S',
  '\\Qa.\\E',
  '😀',
  '[√😀]',
  '(?i:\\w)',
  '(?i:É)',
  '(?i:\\W)',
];

function patterns(atoms: readonly string[], assertions: readonly string[] = ASSERTIONS): fc.Arbitrary<string> {
  return fc.letrec<{ pattern: string; item: string; atom: string; group: string }>((tie) => ({
    atom: fc.oneof(
      { weight: 4, arbitrary: fc.constantFrom(...LITERALS) },
      { weight: 3, arbitrary: fc.constantFrom(...atoms) },
    ),
    group: tie('pattern').map((inner) => `(?:${inner})`),
    item: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'pattern' },
      { weight: 5, arbitrary: tie('atom') },
      { weight: 2, arbitrary: fc.constantFrom(...assertions) },
      { weight: 3, arbitrary: fc.tuple(tie('atom'), fc.constantFrom(...REPEATS)).map(([a, r]) => a + r) },
      { weight: 2, arbitrary: tie('group') },
      { weight: 2, arbitrary: fc.tuple(tie('group'), fc.constantFrom(...REPEATS)).map(([g, r]) => g + r) },
    ),
    pattern: fc
      .array(
        fc.array(tie('item'), { maxLength: 4 }).map((items) => items.join('')),
        { minLength: 1, maxLength: 3 },
      )
      .map((ways) => ways.join('|')),
  })).pattern;
}

export const commonPatterns: fc.Arbitrary<string> = patterns(ANY);

export const plainPatterns: fc.Arbitrary<string> = patterns(ANY, ['']);

export const re2Patterns: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom('', '', '', '(?i)', '(?m)', '(?s)', '(?ims)'), patterns([...ANY, ...OWN]))
  .map(([flags, pattern]) => flags + pattern);
