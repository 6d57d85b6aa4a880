// In: one literal of a document's condition. Out: where it holds and where it is in doubt, its test written in CEL; undefined where CEL
// has no words for it, which is reported. Python's conversions (LANGUAGE.md 15.4) are written out as far as CEL has them.

import type { AttributePath, Condition } from '../check/typed.ts';
import { parsePattern } from '../regex/parse.ts';
import { and, FALSE, type Formula, is, not, or, type Settled, TRUE } from './formula.ts';
import { mayMatch, re2Of } from './re2.ts';
import { holds } from './structured.ts';

const TEXTS_OF_NUMBERS = '0123456789+-.einfa';

/** `refuse` is told why. */
export function sayable(condition: Condition, path: AttributePath, refuse: (why: string) => void): Settled | undefined {
  switch (condition.kind) {
    case 'is-type':
      // That it is a number once converted is part of what `asNumber` says.
      return { holds: condition.path.form === 'number' ? TRUE : is(path, ...condition.types), doubt: FALSE };
    case 'truth':
      return of(path, 'bool', (text) => text);
    case 'text':
      return of(path, 'string', (text) => `${text}.${condition.op}(${constantOf(condition.argument)})`);
    case 'one-of': {
      const isText = condition.constants.every(({ kind }) => kind === 'string');
      const list = `[${condition.constants.map(({ value }) => literal(value)).join(', ')}]`;
      return of(path, isText ? 'string' : 'number', (text) => `${text} in ${list}`);
    }
    case 'compare':
      return comparison(condition, path);
    case 'member': {
      const member = constantOf(condition.element);
      const kinds = is(path, 'list', 'object');
      const found: Formula = { kind: 'test', path, says: (text) => `${member} in dyn(${text})` };
      return { holds: and(kinds, found), doubt: is(path, 'none', 'bool', 'number', 'string') };
    }
    case 'matches':
      return search(condition, path, refuse);
    default:
      refuse(`\`${condition.kind}\` is nothing that documents ask`);
      return undefined;
  }
}

function of(path: AttributePath, kind: 'bool' | 'number' | 'string', says: (text: string) => string): Settled {
  const others = (['none', 'bool', 'number', 'string', 'list', 'object'] as const).filter((other) => other !== kind);
  return { holds: and(is(path, kind), { kind: 'test', path, says }), doubt: is(path, ...others) };
}

function comparison(condition: Condition & { readonly kind: 'compare' }, path: AttributePath): Settled {
  const { left, right, op } = condition;
  const constant = right.kind === 'constant' ? right.constant : null;
  if (left.kind !== 'reading' || constant === null) throw new Error('a comparison that no document makes');
  const { reading } = left;
  if (reading.kind === 'size') {
    const kind = reading.of === 'list' ? 'list' : 'object';
    const size: Formula = { kind: 'test', path, says: (text) => `size(${text}) ${op} ${literal(constant.value)}` };
    return { holds: and(is(path, kind), size), doubt: FALSE };
  }
  // No text is a number: their evaluator cannot tell.
  if (reading.path.form === 'text') return { holds: FALSE, doubt: TRUE };
  if (reading.path.form === 'number' && constant.kind === 'double' && op !== '==') {
    return { holds: asNumber(path, op, constant.value), doubt: FALSE };
  }
  const kind = constant.kind === 'string' ? 'string' : 'number';
  return of(path, kind, (text) => `${text} ${op} ${literal(constant.value)}`);
}

const DIGITS = '[0-9]+(_[0-9]+)*';
const FLOAT = `^[+-]?(${DIGITS}[.]?(${DIGITS})?|[.]${DIGITS})([eE][+-]?${DIGITS})?$`;

/** What Python's `float` makes of the attribute: numbers, bools as 1 and 0, texts that are written as numbers. */
function asNumber(path: AttributePath, op: '<' | '<=' | '>' | '>=', bound: number): Formula {
  const test = (says: (text: string) => string): Formula => ({ kind: 'test', path, says });
  const bools = [
    holds(0, op, bound) ? test((text) => `!${text}`) : FALSE,
    holds(1, op, bound) ? test((text) => text) : FALSE,
  ];
  const sign = op === '>' || op === '>=' ? ['inf', 'infinity', '+inf', '+infinity'] : ['-inf', '-infinity'];
  return or(
    and(
      is(path, 'number'),
      test((text) => `${text} ${op} ${literal(bound)}`),
    ),
    and(is(path, 'bool'), bools.includes(FALSE) ? or(...bools) : TRUE),
    and(
      is(path, 'string'),
      or(
        and(
          test((text) => `${text}.trim().matches(${literal(FLOAT)})`),
          test((text) => `double(${text}.trim().replace("_", "")) ${op} ${literal(bound)}`),
        ),
        test((text) => `${text}.trim().lowerAscii() in ${literal(sign)}`),
      ),
    ),
  );
}

/** Of the text that Python makes of the attribute, if the condition asks for that; of lists and mappings CEL cannot make it. */
function search(
  condition: Condition & { readonly kind: 'matches' },
  path: AttributePath,
  refuse: (why: string) => void,
): Settled | undefined {
  const found = re2Of(condition.pattern);
  const parsed = parsePattern(condition.pattern, 'python');
  if (found === null || !parsed.ok) {
    refuse(`the pattern ${condition.pattern} has no counterpart in RE2`);
    return undefined;
  }
  const { tree } = parsed.pattern;
  const pattern = literal(found.pattern);
  const text = of(path, 'string', (written) => `${written}.matches(${pattern})`);
  const isConverted =
    condition.subject.kind === 'reading' &&
    condition.subject.reading.kind === 'typed' &&
    condition.subject.reading.path.form === 'text';
  if (!isConverted) return text;
  const converted = (says: (written: string) => string): Formula => ({ kind: 'test', path, says });
  const isNumber = is(path, 'number');
  const isAlike = converted((written) => ALIKE.map((part) => part.replaceAll('n', () => written)).join(' && '));
  const inNumber = converted((written) => `string(${written} + 0.0).matches(${pattern})`);
  const asksNumbers = mayMatch(tree, TEXTS_OF_NUMBERS);
  const inBool = converted((written) => `(${written} ? "True" : "False").matches(${pattern})`);
  const asksBools = mayMatch(tree, 'True') || mayMatch(tree, 'False');
  return {
    holds: or(
      text.holds,
      asksNumbers ? and(isNumber, isAlike, inNumber) : FALSE,
      asksBools ? and(is(path, 'bool'), inBool) : FALSE,
    ),
    doubt: or(is(path, 'none', 'list', 'object'), asksNumbers ? and(isNumber, not(isAlike)) : FALSE),
  };
}

/** Of these numbers Python and CEL write the same text; from the others on they use exponents in other places. `-0.0` is `0` in JSON. */
const ALIKE: readonly string[] = ['(n >= 0.0001 || n <= -0.0001 || n == 0)', 'n < 1e21', 'n > -1e21'];

function constantOf(value: { readonly kind: string; readonly constant?: { readonly value: unknown } }): string {
  if (value.constant === undefined) throw new Error('a constant that no document has');
  return literal(value.constant.value);
}

export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
