// Lowering and planning against the reference evaluator: the tables, read plainly, must mean what the policy means.

import { describe, expect, it } from 'vitest';
import {
  type CheckedPolicy,
  type CheckedRule,
  type Condition,
  type Environment,
  loneTree,
  type Value,
} from '../../compiler/check/typed.ts';
import { lower } from '../../compiler/ir/lower.ts';
import { PolicyTooLargeError } from '../../compiler/ir/types.ts';
import { plan } from '../../compiler/plan/plan.ts';
import type { DecisionTables } from '../../compiler/plan/tables.ts';
import { evaluate } from '../../compiler/reference/evaluate.ts';
import type { Span } from '../../compiler/source.ts';
import {
  PARTITION_DICTIONARY,
  PARTITION_LIST_ALL,
  PARTITION_LIST_ANY,
  PARTITION_LIST_BIT,
} from '../../wasm-core/contract/codes.ts';
import { generatePolicy, generateRequest, Random } from './generate.ts';
import { interpret } from './interpreter.ts';

function expectSameVerdicts(policy: CheckedPolicy, requests: readonly unknown[], what: string): DecisionTables {
  const tables = plan(lower(policy));
  for (const request of requests) {
    const { decision, base, status, rules, determining, unknown } = evaluate(policy, request);
    const expected = { decision, base, status, rules, determining, unknown };
    const got = interpret(tables, request);
    if (JSON.stringify(got) !== JSON.stringify(expected)) {
      expect(got, `${what}: ${policy.tree[0].algorithm}, ${JSON.stringify(request).slice(0, 2000)}`).toEqual(expected);
    }
  }
  return tables;
}

describe('tables mean what the reference evaluator says (LANGUAGE.md 5, 6, 8)', () => {
  it('for small policies of every algorithm, with all conditions, catalogues, absents and points', () => {
    for (let seed = 1; seed <= 250; seed += 1) {
      const random = new Random(seed);
      const policy = generatePolicy(random, 1 + random.below(12));
      expectSameVerdicts(
        policy,
        Array.from({ length: 20 }, () => generateRequest(random)),
        `seed ${seed}`,
      );
    }
  });

  it('for policies whose bits fill several vectors and several keys', () => {
    let wide = 0;
    let keyed = 0;
    for (let seed = 1001; seed <= 1008; seed += 1) {
      const random = new Random(seed);
      const policy = generatePolicy(random, 250);
      const tables = expectSameVerdicts(
        policy,
        Array.from({ length: 20 }, () => generateRequest(random)),
        `seed ${seed}`,
      );
      wide += tables.nodes.filter((node) => node.kind === 'cluster' && node.bitCount > 128).length;
      keyed += tables.nodes.filter((node) => node.kind === 'key').length;
    }
    expect(wide).toBeGreaterThan(0);
    expect(keyed).toBeGreaterThan(0);
  });
});

describe('plan', () => {
  it('is deterministic: the same policy gives the same tables', () => {
    const policy = generatePolicy(new Random(77), 60);
    expect(plan(lower(policy))).toEqual(plan(lower(policy)));
  });

  it('writes residual code only for bits, so that residual numbers stay below their number (layout.ts, BIT_RESIDUAL)', () => {
    const id = reading('principal', 'id');
    const other: Condition = { kind: 'compare', op: '==', left: id, right: reading('context', 'x'), span: SPAN };
    const more: Condition = { kind: 'compare', op: '<', left: id, right: reading('context', 'y'), span: SPAN };
    // The first can never be true, and its doubt is skipped: it needs no bit at all.
    const never = rule(0, { kind: 'and', operands: [equals(id, 'a'), equals(id, 'b'), other], span: SPAN });
    const tables = plan(
      lower(
        policyOf([
          { ...never, onUnknown: 'skip' },
          { ...rule(1, more), onUnknown: 'skip' },
        ]),
      ),
    );
    expect(tables.bits.map((bit) => bit.residual)).toEqual([0]);
  });

  it('puts children and successors after their node, levels as layout.ts says', () => {
    const tables = plan(lower(generatePolicy(new Random(78), 200)));
    tables.nodes.forEach((node, index) => {
      if (node.next >= 0) {
        expect(node.next).toBeGreaterThan(index);
        expect(tables.nodes[node.next]?.level).toBe(node.level);
      }
      if (node.kind !== 'key') return;
      for (let i = 0; i < node.entryCount; i += 1) {
        const child = (tables.words[node.table + (node.dense ? i : 2 * i + 1)] ?? 0) - 1;
        if (child < 0) continue;
        expect(child).toBeGreaterThan(index);
        expect(tables.nodes[child]?.level).toBe(node.level + 1);
      }
    });
  });

  it('keeps an unknown deny reachable under a key: the tool known, the key attribute missing (LANGUAGE.md 8.2)', () => {
    // 200 rules on one attribute make it a key; the request lacks it, so every one of them is unknown.
    const rules = Array.from({ length: 200 }, (_, i) => rule(i, equals(reading('principal', 'id'), `user${i}`)));
    const tables = expectSameVerdicts(
      policyOf(rules),
      [{ tool: 'pay' }, { tool: 'pay', principal: { id: 'user7' } }],
      'keyed',
    );
    expect(tables.nodes.some((node) => node.kind === 'key')).toBe(true);
  });

  it('splits the tests of one list over views once its bits are full', () => {
    const rules = Array.from({ length: 1100 }, (_, i) => rule(i, member(`role${i}`)));
    const requests = [
      { tool: 'pay', principal: { roles: ['role3', 'role1050', 'none'] } },
      { tool: 'pay', principal: { roles: 'x' } },
    ];
    const tables = expectSameVerdicts(policyOf(rules), requests, 'many roles');
    expect(tables.views.filter((view) => view.bitWords > 0).length).toBe(2);
  });

  it('takes an `or` of elements of one list as one term of one column, and an `and` of their absences as another', () => {
    const any = or(member('a'), member('b'), member('c'));
    const none = not(or(member('d'), member('e')));
    const tables = expectSameVerdicts(policyOf([rule(0, and(any, none))]), LISTS, 'one term');
    expect(tables.bits.map(({ maybe, code }) => ({ maybe, code }))).toEqual([
      { maybe: false, code: -1 },
      { maybe: true, code: -1 },
    ]);
    expect(columnKinds(tables)).toEqual([PARTITION_LIST_ALL, PARTITION_LIST_ANY]);
  });

  it('does not intersect what a rule asks of several elements of one list: each gets a column, beyond four code', () => {
    const pairs = ['ab', 'bc', 'cd', 'de', 'ea', 'ac'].map(([x = '', y = '']) => or(member(x), member(y)));
    for (let count = 2; count <= pairs.length; count += 1) {
      const tables = expectSameVerdicts(policyOf([rule(0, and(...pairs.slice(0, count)))]), LISTS, `${count} pairs`);
      expect(columnKinds(tables)).toEqual(Array.from({ length: Math.min(count, 4) }, () => PARTITION_LIST_ANY));
      expect(tables.bits.every(({ code }) => code >= 0 === count > 4)).toBe(true);
    }
  });

  it('takes the narrower of two tests of a list where one implies the other', () => {
    const wide = or(member('a'), member('b'));
    const tables = expectSameVerdicts(
      policyOf([rule(0, and(wide, member('a'))), rule(1, or(not(wide), not(member('a'))))]),
      LISTS,
      'implied',
    );
    expect(tables.bits).toHaveLength(4);
    expect(tables.columns).toHaveLength(2);
  });

  it('writes tests of lists out bit by bit in code, where a condition has too many terms', () => {
    const choices = Array.from({ length: 5 }, (_, i) =>
      or(equals(reading('principal', `a${i}`), 'v'), not(member('abcde'[i] ?? '')), and(member('a'), member('b'))),
    );
    const requests = LISTS.flatMap((request) => [
      request,
      { ...request, principal: { ...request.principal, a0: 'v', a1: 'v', a2: 'no', a3: 'v', a4: 'v' } },
    ]);
    const tables = expectSameVerdicts(policyOf([rule(0, and(...choices))]), requests, 'code');
    expect(tables.bits.some(({ code }) => code >= 0)).toBe(true);
    expect(tables.partitions.some(({ kind }) => kind === PARTITION_LIST_BIT)).toBe(true);
  });

  it('keeps targets of many tools apart from those of few, exactly (LANGUAGE.md 6.1)', () => {
    const names = Array.from({ length: 90 }, (_, i) => `group${Math.floor(i / 9)}.tool${i}`);
    const tools = new Map(
      names.map((name) => [name, { name, args: { properties: new Map(), open: true }, schema: {} }]),
    );
    const rules = Array.from({ length: 60 }, (_, i): CheckedRule => {
      const target: CheckedRule['target'] =
        i % 3 === 0
          ? { kind: 'listed', names: [], globs: [`group${i % 10}.*`] }
          : { kind: 'listed', names: names.slice(i, i + (i % 7)), globs: i % 2 === 0 ? [`*${i}`] : [] };
      return { ...rule(i, or(member('a'), member('b'))), target };
    });
    const requests = [...names, 'group1.other'].map((tool) => ({ tool, principal: { roles: ['b'] } }));
    for (const closed of [true, false]) {
      const environment = { catalogue: { tools, closed }, absent: [] };
      const policy = { ...policyOf(rules.map((one) => ({ ...one, environment }))), environment };
      const tables = expectSameVerdicts(policy, requests, 'many tools');
      const ofTool = tables.partitions.filter(({ view, kind }) => view === 0 && kind === PARTITION_DICTIONARY);
      expect(ofTool).toHaveLength(2);
    }
  });

  it('separates numbers at a bound from their neighbours by one unit in the last place (LANGUAGE.md 4.3)', () => {
    const amount: Value = {
      kind: 'reading',
      reading: { kind: 'typed', path: { root: 'args', segments: ['amount'] }, type: { kind: 'double' } },
      span: SPAN,
    };
    const bounds = [-1.5, 0, 5e-324, 0.1, 1, 2 ** 53];
    const ops = ['<', '<=', '==', '>=', '>'] as const;
    const rules = bounds.flatMap((value, b) =>
      ops.map((op, o) => {
        const right: Value = { kind: 'constant', constant: { kind: 'double', value }, span: SPAN };
        return rule(b * ops.length + o, { kind: 'compare', op, left: amount, right, span: SPAN });
      }),
    );
    const values = [...bounds, -0].flatMap((value) => [nextAfter(value, -1), value, nextAfter(value, 1)]);
    expectSameVerdicts(
      policyOf(rules),
      values.map((value) => ({ tool: 'pay', args: { amount: value } })),
      'bounds',
    );
  });

  it('keeps a condition of more terms than its budget exact, as residual code beside what it implies', () => {
    const text = reading('context', 'x');
    const pair = (i: number): Condition => ({
      kind: 'or',
      operands: [equals(reading('principal', `a${i}`), `v${i}`), equals(reading('principal', `b${i}`), `v${i}`)],
      span: SPAN,
    });
    const condition: Condition = {
      kind: 'and',
      operands: [equals(text, 'go'), ...Array.from({ length: 8 }, (_, i) => pair(i))],
      span: SPAN,
    };
    const principal = Object.fromEntries(
      Array.from({ length: 8 }, (_, i) => [i % 2 === 0 ? `a${i}` : `b${i}`, `v${i}`]),
    );
    const requests = [
      { tool: 'pay', context: { x: 'go' }, principal },
      { tool: 'pay', context: { x: 'no' }, principal },
      { tool: 'pay', context: { x: 'go' }, principal: { ...principal, a0: 'other', b0: 'other' } },
    ];
    const tables = expectSameVerdicts(policyOf([rule(0, condition)]), requests, 'budget');
    expect(tables.bits.every((bit) => bit.code >= 0)).toBe(true);
    expect(tables.columns.length).toBeGreaterThan(0);
  });

  it('counts the steps of each `contains` as written once, also where `==` writes it out twice (LANGUAGE.md 5.8)', () => {
    const roles: Value & { kind: 'reading' } = {
      kind: 'reading',
      reading: { kind: 'typed', path: { root: 'principal', segments: ['roles'] }, type: LIST },
      span: SPAN,
    };
    const variable: Value = { kind: 'variable', variable: 0, type: LIST.element, span: SPAN };
    const contains = (subject: Value): Condition => ({
      kind: 'text',
      op: 'contains',
      subject,
      argument: variable,
      span: SPAN,
    });
    const exists = (body: Condition): Condition => ({
      kind: 'quantifier',
      op: 'exists',
      list: roles,
      variable: 0,
      variableType: LIST.element,
      body,
      span: SPAN,
    });
    const note = reading('context', 'note');
    const same: Condition = { kind: 'same', left: contains(note), right: equals(variable, 'a'), span: SPAN };
    const rules = [
      rule(0, exists(contains(note))),
      rule(1, exists(same)),
      rule(2, exists({ kind: 'or', operands: [contains(note), contains(note), equals(variable, 'zz')], span: SPAN })),
      rule(3, exists(contains(constant('a'.repeat(100))))),
    ];
    // 64 bytes a step and one byte more to begin with: 64 × 1,024 elements is the last that fits.
    const requests = [2047, 4095, 4096].flatMap((bytes) =>
      [1, 1024].map((count) => ({
        tool: 'pay',
        context: { note: 'x'.repeat(bytes) },
        principal: { roles: Array.from({ length: count }, () => 'b') },
      })),
    );
    expectSameVerdicts(policyOf(rules), requests, 'steps');
  });

  it('throws a typed error when `==` between conditions explodes, instead of running out of memory', () => {
    let condition: Condition = equals(reading('principal', 'a0'), 'v');
    for (let i = 1; i < 40; i += 1) {
      condition = { kind: 'same', left: condition, right: equals(reading('principal', `a${i}`), 'v'), span: SPAN };
    }
    expect(() => lower(policyOf([rule(0, condition)]))).toThrow(PolicyTooLargeError);
  });
});

const SPAN: Span = { source: { path: 'test.policy.yaml', text: '' }, start: 0, end: 0 };
const LIST = { kind: 'list', element: { kind: 'string' } } as const;

function reading(root: 'principal' | 'context', name: string): Value {
  return {
    kind: 'reading',
    reading: { kind: 'typed', path: { root, segments: [name] }, type: { kind: 'string' } },
    span: SPAN,
  };
}

function member(text: string): Condition {
  const roles = { kind: 'typed', path: { root: 'principal', segments: ['roles'] }, type: LIST } as const;
  return { kind: 'member', element: constant(text), list: { kind: 'reading', reading: roles, span: SPAN }, span: SPAN };
}

function and(...operands: Condition[]): Condition {
  return { kind: 'and', operands, span: SPAN };
}

function or(...operands: Condition[]): Condition {
  return { kind: 'or', operands, span: SPAN };
}

function not(operand: Condition): Condition {
  return { kind: 'not', operand, span: SPAN };
}

/** Every list of roles out of five, and what is no list of strings. */
const LISTS = [
  ...Array.from({ length: 32 }, (_, mask) => Array.from('abcde').filter((_, i) => (mask >> i) & 1)),
  ['other'],
  null,
  'a',
  ['a', 1],
  undefined,
].map((roles) => ({ tool: 'pay', principal: roles === undefined ? {} : { roles } }));

function columnKinds(tables: DecisionTables): number[] {
  return tables.columns.map(({ partition }) => tables.partitions[partition]?.kind ?? -1).sort((a, b) => b - a);
}

function constant(value: string): Value {
  return { kind: 'constant', constant: { kind: 'string', value }, span: SPAN };
}

function equals(left: Value, text: string): Condition {
  return { kind: 'compare', op: '==', left, right: constant(text), span: SPAN };
}

const OPEN: Environment = { catalogue: null, absent: [] };

function rule(index: number, condition: Condition): CheckedRule {
  return {
    id: `r${index}`,
    index,
    policy: 0,
    environment: OPEN,
    scope: 'global',
    span: SPAN,
    points: ['pre_tool_call'],
    target: { kind: 'every' },
    condition,
    effect: index % 3 === 0 ? 'deny' : 'allow',
    approvers: [],
    operations: [],
    reason: null,
    advice: null,
    onUnknown: 'restrict',
    priority: 0,
    final: false,
    enabled: true,
    examples: [],
  };
}

function policyOf(rules: readonly CheckedRule[]): CheckedPolicy {
  return {
    name: 'test',
    version: '1.0.0',
    default: 'warn',
    environment: OPEN,
    tree: loneTree('deny-overrides'),
    rules,
    source: SPAN,
  };
}

/** The neighbouring double in the direction of `sign`. */
function nextAfter(value: number, sign: 1 | -1): number {
  if (value === 0) return sign * 5e-324;
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + BigInt(sign * Math.sign(value)));
  return view.getFloat64(0);
}
