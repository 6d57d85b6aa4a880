// In: what documents ask of a request, and a seed. Out: calls that come near it. Most are as calls really are: values of the types
// that the rules speak of, at their constants, just beside them, and ordinary ones. The rest is odd, and marked so: another type,
// null, a text that no one would expect. The same seed gives the same calls.

import type { AttributePath, Condition, Point, Reading } from '../check/typed.ts';
import { pathText } from '../check/typed.ts';
import { parsePattern } from '../regex/parse.ts';
import { pairsOf } from '../regex/sets.ts';
import type { Tree } from '../regex/tree.ts';
import type { JsonValue } from '../syntax/ast.ts';
import { pathOf, readingOf } from './formula.ts';

/** The most fields that one call carries on purpose. */
const MOST_FIELDS = 6;
/** Of a hundred calls. */
const ODD_SHARE = 15;

export interface Call {
  readonly at: Point;
  readonly principal: Members;
  readonly context: Members;
}

export type Members = { readonly [key: string]: JsonValue };
type Mutable = { [key: string]: JsonValue };

type Wanted = 'string' | 'number' | 'bool' | 'list' | 'object';

/** An attribute, what the rules compare it with, and the types of that. */
interface Field {
  readonly path: AttributePath;
  readonly values: JsonValue[];
  readonly wanted: Set<Wanted>;
}

export function* callsFor(
  conditions: readonly Condition[],
  points: readonly Point[],
  seed: number,
  count: number,
): Generator<{ readonly call: Call; readonly isOdd: boolean }> {
  const random = randomFrom(seed);
  const fields = fieldsOf(conditions, random);
  for (let i = 0; i < count; i += 1) {
    const call = { principal: {} as Mutable, context: {} as Mutable };
    // The first field comes round in turn, so that every rule is met.
    const wanted = [...new Set([fields[i % Math.max(1, fields.length)], ...pick(fields, random, random(MOST_FIELDS))])];
    const isOdd = random(100) < ODD_SHARE;
    const oddOne = isOdd ? random(wanted.length) : -1;
    for (const [at, field] of wanted.entries()) {
      if (field === undefined) continue;
      const value = at === oddOne ? odd(field, random) : usual(field, random);
      place(field.path.root === 'principal' ? call.principal : call.context, field.path.segments, value);
    }
    const at = random(10) === 0 ? (points[random(points.length)] ?? 'pre_tool_call') : 'pre_tool_call';
    yield { call: { at, ...call }, isOdd };
  }
}

type Random = (below: number) => number;

function fieldsOf(conditions: readonly Condition[], random: Random): readonly Field[] {
  const fields = new Map<string, Field>();
  const walk = (condition: Condition): void => {
    if (condition.kind === 'not') return walk(condition.operand);
    if (condition.kind === 'and' || condition.kind === 'or') return condition.operands.forEach(walk);
    const path = pathOf(condition);
    const reading = readingOf(condition);
    if (path === null || reading === undefined) return;
    const field = fields.get(pathText(path)) ?? { path, values: [], wanted: new Set<Wanted>() };
    fields.set(pathText(path), field);
    field.wanted.add(wantedBy(reading));
    field.values.push(...constantsOf(condition, random));
  };
  for (const condition of conditions) walk(condition);
  // `contains` takes lists too; where a text is asked for, a list is not what calls have.
  for (const { wanted } of fields.values()) if (wanted.has('string')) wanted.delete('list');
  return [...fields.values()];
}

function wantedBy(reading: Reading): Wanted {
  if (reading.kind === 'size') return reading.of === 'object' ? 'object' : 'list';
  if (reading.path.form === 'members') return 'list';
  const { kind } = reading.type;
  return kind === 'bool' ? 'bool' : kind === 'double' || kind === 'int' ? 'number' : 'string';
}

function constantsOf(condition: Condition, random: Random): readonly JsonValue[] {
  switch (condition.kind) {
    case 'compare': {
      const { right } = condition;
      return right.kind === 'constant' && typeof right.constant.value !== 'bigint' ? [right.constant.value] : [];
    }
    case 'one-of':
      return condition.constants.flatMap(({ value }) => (typeof value === 'bigint' ? [] : [value]));
    case 'text':
    case 'member': {
      const constant = condition.kind === 'text' ? condition.argument : condition.element;
      if (constant.kind !== 'constant' || typeof constant.constant.value !== 'string') return [];
      const text = constant.constant.value;
      return condition.kind === 'member' ? [[text], ['other', text]] : [text, `before ${text} after`];
    }
    case 'matches':
      return textsOf(condition.pattern, random);
    case 'truth':
      return [true];
    default:
      return [];
  }
}

/** A value of a type that the rules speak of. */
function usual(field: Field, random: Random): JsonValue {
  const of = [...field.wanted][random(field.wanted.size)] ?? 'string';
  const constants = field.values.filter((value) => typeOf(value) === of);
  const constant = constants[random(constants.length)];
  const roll = random(10);
  if (constant === undefined || roll === 0) return ORDINARY[of][random(ORDINARY[of].length)] ?? null;
  return roll < 6 ? constant : beside(constant, random);
}

const ORDINARY: { readonly [of in Wanted]: readonly JsonValue[] } = {
  string: ['other', 'read', 'a longer text of several words', 'a.txt', ''],
  number: [0, 1, -1, 3.5, 100, 1_000_000],
  bool: [true, false],
  list: [[], ['a'], ['a', 'b']],
  object: [{ k: 'v' }, {}],
};

function typeOf(value: JsonValue): Wanted {
  if (Array.isArray(value)) return 'list';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'number') return 'number';
  return typeof value === 'boolean' ? 'bool' : 'object';
}

function beside(value: JsonValue, random: Random): JsonValue {
  if (typeof value === 'number') return value + ([1, -1, 0.001, -0.001][random(4)] ?? 0);
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return [];
  const at = random(value.length + 1);
  const ways = [
    value.toUpperCase(),
    value.toLowerCase(),
    `${value} `,
    `x${value}`,
    value.slice(0, -1),
    `${value.slice(0, at)}-${value.slice(at)}`,
  ];
  return ways[random(ways.length)] ?? value;
}

const ODD: readonly JsonValue[] = [
  ...['', 0, 1, -1, 3.5, 1e-5, 1e21, true, false, null, [], ['a'], [1, 'a'], {}, { k: 'v' }],
  ...['é ١', 'a\n', '7', ' 1_0.5 ', '1e400', 'inf', '\ud800', 'true'],
];

function odd(field: Field, random: Random): JsonValue {
  const constant = field.values[random(field.values.length)];
  const ways = [
    ODD[random(ODD.length)] ?? null,
    ODD[random(ODD.length)] ?? null,
    ...(typeof constant === 'string'
      ? [`${constant}\n`, [constant], `é${constant}`, constant.replace(/\d/g, '٣'), { [constant]: 1 }]
      : []),
    ...(typeof constant === 'number' ? [String(constant), [constant]] : []),
  ];
  return ways[random(ways.length)] ?? null;
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
      const pairs = pairsOf(tree.ranges);
      // Letters, digits and marks of ASCII where the set has some.
      const plain = pairs.map(([from, to]) => [Math.max(from, 0x20), Math.min(to, 0x7f)] as const);
      const usual = plain.filter(([from, to]) => from < to);
      const choice = usual.length > 0 ? usual : pairs;
      const [from, to] = choice[random(choice.length)] ?? [0x78, 0x79];
      const code = from + random(Math.min(to - from, 0x60));
      return code >= 0xd800 && code < 0xe000 ? 'x' : String.fromCodePoint(code);
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

function place(members: Mutable, segments: readonly string[], value: JsonValue): void {
  const [first = '', ...rest] = segments;
  if (rest.length === 0) {
    members[first] = value;
    return;
  }
  const before = members[first] ?? null;
  const inner = isRecord(before) ? { ...before } : {};
  place(inner, rest, value);
  members[first] = inner;
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
