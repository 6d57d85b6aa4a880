// In: documents, and a seed. Out: evaluation contexts that come near what their rules test: their own constants and texts that
// match their patterns, values just beside them, other types, null, nothing. The same seed gives the same contexts.

import { parsePattern } from '../regex/parse.ts';
import type { Tree } from '../regex/tree.ts';
import type { JsonValue } from '../syntax/ast.ts';
import type { AgtDocument, Expression, Operator } from './ast.ts';

export type Context = { readonly [key: string]: JsonValue };

/** An attribute and what the rules compare it with. */
interface Field {
  readonly segments: readonly string[];
  readonly values: JsonValue[];
}

export function* contextsFor(documents: readonly AgtDocument[], seed: number, count: number): Generator<Context> {
  const random = randomFrom(seed);
  const fields = fieldsOf(documents, random);
  for (let i = 0; i < count; i += 1) {
    const context: { [key: string]: JsonValue } = {};
    // Most calls carry few of the fields; the first of them comes round in turn, so that every rule is met.
    const wanted = new Set([fields[i % Math.max(1, fields.length)], ...pick(fields, random, 1 + random(3))]);
    for (const field of wanted) if (field !== undefined) place(context, field.segments, valueOf(field, random));
    yield context;
  }
}

type Random = (below: number) => number;

function fieldsOf(documents: readonly AgtDocument[], random: Random): readonly Field[] {
  const fields = new Map<string, Field>();
  const add = (segments: readonly string[], ...values: readonly JsonValue[]): void => {
    const key = JSON.stringify(segments);
    const field = fields.get(key) ?? { segments, values: [] };
    field.values.push(...values);
    fields.set(key, field);
  };
  const walk = (expression: Expression): void => {
    if ('operands' in expression) for (const operand of expression.operands) walk(operand);
    else if (expression.kind === 'among') add(expression.path, ...expression.values);
    else add(expression.path, ...('value' in expression ? [expression.value] : [true]));
  };
  for (const { condition } of documents.flatMap(({ rules }) => rules)) {
    if (condition.kind !== 'structured') walk(condition);
    else add([condition.field.value], ...constantsOf(condition.operator.value, condition.value.value, random));
  }
  return [...fields.values()];
}

function constantsOf(operator: Operator, value: JsonValue, random: Random): readonly JsonValue[] {
  if (operator === 'matches') return typeof value === 'string' ? textsOf(value, random) : [];
  return isList(value) ? value : [value];
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** A constant, something beside it, something else. */
function valueOf(field: Field, random: Random): JsonValue {
  const constant = field.values[random(field.values.length)] ?? null;
  const roll = random(20);
  if (roll < 9) return constant;
  if (roll < 15) return beside(constant, random);
  if (roll < 16) return null;
  return OTHER[random(OTHER.length)] ?? null;
}

const OTHER: readonly JsonValue[] = ['', 'other', 0, 1, -1, 3.5, true, false, [], ['a'], {}, { k: 'v' }, 'é ١', 'a\n'];

function beside(value: JsonValue, random: Random): JsonValue {
  if (typeof value === 'number') return value + ([1, -1, 0.001, -0.001][random(4)] ?? 0);
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return [value];
  const at = random(value.length + 1);
  const ways = [
    value.toUpperCase(),
    value.toLowerCase(),
    `${value} `,
    `x${value}`,
    value.slice(0, -1),
    `${value.slice(0, at)}-${value.slice(at)}`,
    `${value}\n`,
    [value],
  ];
  return ways[random(ways.length)] ?? value;
}

/** Texts that the pattern matches, but for what assertions ask. */
function textsOf(pattern: string, random: Random): string[] {
  const parsed = parsePattern(pattern, 'python');
  if (!parsed.ok) return [];
  return Array.from({ length: 3 }, () => sample(parsed.pattern.tree, random).slice(0, 500));
}

function sample(tree: Tree, random: Random): string {
  switch (tree.kind) {
    case 'set': {
      const range = random(Math.max(1, tree.ranges.length / 2)) * 2;
      const [from = 0x78, to = from + 1] = tree.ranges.slice(range, range + 2);
      const code = from + random(Math.min(to - from, 0x60));
      return code >= 0xd800 && code < 0xe000 ? 'x' : String.fromCodePoint(code < 0x20 && to > 0x61 ? 0x61 : code);
    }
    case 'concat':
      return tree.items.map((item) => sample(item, random)).join('');
    case 'alternate':
      return tree.items.length === 0 ? '' : sample(tree.items[random(tree.items.length)] ?? tree, random);
    case 'repeat': {
      const count = Math.min(tree.min + random(3), tree.max ?? Number.POSITIVE_INFINITY, 100);
      return Array.from({ length: count }, () => sample(tree.item, random)).join('');
    }
    case 'assert':
      return '';
  }
}

function place(context: { [key: string]: JsonValue }, segments: readonly string[], value: JsonValue): void {
  const [first = '', ...rest] = segments;
  if (rest.length === 0) {
    context[first] = value;
    return;
  }
  const before = context[first] ?? null;
  const inner = isRecord(before) ? { ...before } : {};
  place(inner, rest, value);
  context[first] = inner;
}

function isRecord(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function pick<T>(items: readonly T[], random: Random, count: number): T[] {
  return Array.from({ length: count }, () => items[random(items.length)]).filter((item) => item !== undefined);
}

/** Mulberry32: small, seeded, the same everywhere. */
function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return below <= 1 ? 0 : ((t ^ (t >>> 14)) >>> 0) % below;
  };
}
