// What imported documents need of every engine: type tests, forms of attributes, the strict algorithm, requests without a tool.
// Policies are built as checked ones, so that no front-end stands between; the reference evaluator and the core must agree.

import { describe, expect, it } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import {
  type AttributeForm,
  type AttributePath,
  type CheckedPolicy,
  type CheckedRule,
  type Condition,
  type Effect,
  loneTree,
  type Value,
  type ValueType,
} from '../../compiler/check/typed.ts';
import { lower } from '../../compiler/ir/lower.ts';
import { plan } from '../../compiler/plan/plan.ts';
import { evaluate } from '../../compiler/reference/evaluate.ts';
import { load, type Verdict } from '../../host-js/index.ts';
import { interpret } from '../plan/interpreter.ts';

const span = { source: { path: 'x.yaml', text: '' }, start: 0, end: 0 };
const x = (form?: AttributeForm): AttributePath => ({
  root: 'context',
  segments: ['x'],
  ...(form === undefined ? {} : { form }),
});
const text = (value: string): Value => ({ kind: 'constant', constant: { kind: 'string', value }, span });
const isType = (...types: ValueType[]): Condition => ({ kind: 'is-type', path: x(), types, span });
const textIs = (value: string): Condition => ({
  kind: 'compare',
  op: '==',
  left: { kind: 'reading', reading: { kind: 'typed', path: x('text'), type: { kind: 'string' } }, span },
  right: text(value),
  span,
});
const numberIs = (value: number): Condition => ({
  kind: 'compare',
  op: '==',
  left: { kind: 'reading', reading: { kind: 'typed', path: x('number'), type: { kind: 'double' } }, span },
  right: { kind: 'constant', constant: { kind: 'double', value }, span },
  span,
});
const memberIs = (value: string): Condition => ({
  kind: 'member',
  element: text(value),
  list: {
    kind: 'reading',
    reading: { kind: 'typed', path: x('members'), type: { kind: 'list', element: { kind: 'string' } } },
    span,
  },
  span,
});

const environment = { catalogue: null, absent: [] };

function policyOf(rules: readonly (readonly [string, Effect, Condition])[], fallback: Effect = 'warn'): CheckedPolicy {
  return {
    name: 'test',
    version: '1',
    default: fallback,
    environment,
    tree: loneTree('strict-first-match'),
    rules: rules.map(
      ([id, effect, condition], index): CheckedRule => ({
        id,
        index,
        policy: 0,
        environment,
        scope: 'global',
        span,
        points: ['pre_tool_call'],
        target: { kind: 'every' },
        condition,
        effect,
        approvers: [],
        operations: [],
        reason: null,
        advice: null,
        onUnknown: 'restrict',
        priority: 0,
        final: false,
        enabled: true,
        examples: [],
      }),
    ),
    source: span,
  };
}

/** The core's verdict, after the reference and the plain reading of the tables have said the same. */
function decide(policy: CheckedPolicy, context: unknown): Verdict {
  const tables = plan(lower(policy));
  const engine = load(encode(tables));
  expect(engine.status).toBe('ok');
  const request = { context };
  const verdicts = [engine.decide(request), engine.session({ context }).decide({})];
  for (const form of ['positional', 'keyed'] as const)
    verdicts.push(engine.decideBytes(engine.encode(request, { form })));
  engine.dispose();
  const { decision, base, status, rules, determining, unknown } = evaluate(policy, request);
  for (const verdict of verdicts) {
    expect(verdict).toMatchObject({ decision, base, status, rules, determining, unknown });
  }
  expect(interpret(tables, request)).toMatchObject({ decision, base, status, rules, determining, unknown });
  const [first] = verdicts;
  if (first === undefined) throw new Error('no verdict');
  return first;
}

/** Whether the only rule, whose condition this is, matched. */
function holds(condition: Condition, context: unknown): boolean {
  return decide(policyOf([['r', 'deny', condition]]), context).determining.length > 0;
}

const VALUES: readonly (readonly [unknown, ValueType | null])[] = [
  [true, 'bool'],
  [0, 'number'],
  [Number.NaN, 'number'],
  ['', 'string'],
  ['a text that is longer than the short ones', 'string'],
  ['\ud800', 'string'],
  [[], 'list'],
  [[1, 'a'], 'list'],
  [{}, 'object'],
  [null, null],
  [undefined, null],
];

describe('type tests', () => {
  for (const type of ['bool', 'number', 'string', 'list', 'object'] as const) {
    it(`${type}: true of such values, false of all others and of nothing (LANGUAGE.md 15.3)`, () => {
      for (const [value, is] of VALUES) {
        expect(holds(isType(type), { x: value }), JSON.stringify(value)).toBe(is === type);
        expect(holds({ kind: 'not', operand: isType(type), span }, { x: value }), JSON.stringify(value)).toBe(
          is !== type,
        );
      }
    });
  }

  it('stand beside a dictionary of the same attribute (LANGUAGE.md 15.3)', () => {
    const plain: Value = { kind: 'reading', reading: { kind: 'typed', path: x(), type: { kind: 'string' } }, span };
    const equals: Condition = { kind: 'compare', op: '==', left: plain, right: text('a'), span };
    const both: Condition = { kind: 'and', operands: [isType('string', 'number'), equals], span };
    expect(holds(both, { x: 'a' })).toBe(true);
    expect(holds(both, { x: 'b' })).toBe(false);
    expect(holds(both, { x: true })).toBe(false);
    expect(decide(policyOf([['r', 'deny', both]]), { x: 1 })).toMatchObject({ status: 'condition-error' });
  });
});

describe('forms of an attribute', () => {
  const TEXTS: readonly (readonly [unknown, string])[] = [
    ['as it is', 'as it is'],
    [true, 'True'],
    [false, 'False'],
    [7, '7'],
    [-0, '0'],
    [3.5, '3.5'],
    [1e20, '100000000000000000000'],
    [0.00001234, '1.234e-05'],
    [0.0001, '0.0001'],
    [1e-200, '1e-200'],
    [['a', 'b'], "['a', 'b']"],
    [[], '[]'],
    [{}, '{}'],
    [{ k: 'v' }, "{'k': 'v'}"],
    [{ k: [1, null, true] }, "{'k': [1, None, True]}"],
    [["it's"], '["it\'s"]'],
    [['it\'s "so"'], "['it\\'s \"so\"']"],
    [['\n\u0007\u00e9\u00a0\u200b\u{e0001}\\'], "['\\n\\x07\u00e9\\xa0\\u200b\\U000e0001\\\\']"],
  ];
  it('text is what Python would write (LANGUAGE.md 15.4)', () => {
    for (const [value, written] of TEXTS) expect(holds(textIs(written), { x: value }), written).toBe(true);
  });

  it('a text that is too deep or too long is unknown (LANGUAGE.md 15.4)', () => {
    let deep: unknown = 'x';
    for (let i = 0; i < 40; i += 1) deep = [deep];
    const cyclic: Record<string, unknown> = {};
    cyclic['x'] = cyclic;
    for (const value of [deep, cyclic, Array.from({ length: 9000 }, () => 'a long element')]) {
      const unknown = [{ rule: 'r', path: 'text(context.x)', cause: 'limit' }];
      expect(decide(policyOf([['r', 'deny', textIs('x')]]), { x: value })).toMatchObject({ unknown });
    }
  });

  const NUMBERS: readonly (readonly [unknown, number])[] = [
    [true, 1],
    [false, 0],
    [2.5, 2.5],
    [' 12 ', 12],
    ['1_000.5', 1000.5],
    ['-1e3', -1000],
    ['.5', 0.5],
    ['5.', 5],
    ['-Infinity', -Number.MAX_VALUE],
  ];
  it('number is what Python would read (LANGUAGE.md 15.4)', () => {
    for (const [value, read] of NUMBERS) expect(holds(numberIs(read), { x: value }), String(value)).toBe(true);
    for (const value of ['', 'abc', '1__0', '_1', '0x10', '1 2', [1], { n: 1 }, Number.NaN, 'nan']) {
      expect(decide(policyOf([['r', 'deny', numberIs(1)]]), { x: value }), JSON.stringify(value)).toMatchObject({
        unknown: [{ path: 'number(context.x)', cause: 'type' }],
      });
    }
  });

  it('members are the texts of a list and the keys of an object (LANGUAGE.md 15.4)', () => {
    expect(holds(memberIs('a'), { x: [1, 'a', null] })).toBe(true);
    expect(holds(memberIs('b'), { x: [1, 'a', null] })).toBe(false);
    expect(holds(memberIs('a'), { x: { a: 1 } })).toBe(true);
    expect(decide(policyOf([['r', 'deny', memberIs('a')]]), { x: 1 })).toMatchObject({ status: 'condition-error' });
  });

  it('null and missing stay what they are (LANGUAGE.md 15.4)', () => {
    const policy = policyOf([['r', 'deny', textIs('None')]]);
    expect(decide(policy, { x: null })).toMatchObject({ unknown: [{ cause: 'null' }] });
    expect(decide(policy, {})).toMatchObject({ unknown: [{ cause: 'missing' }] });
  });
});

describe('strict first match', () => {
  const plain: Value = { kind: 'reading', reading: { kind: 'typed', path: x(), type: { kind: 'double' } }, span };
  const above: Condition = {
    kind: 'compare',
    op: '>',
    left: plain,
    right: { kind: 'constant', constant: { kind: 'double', value: 5 }, span },
    span,
  };
  const always: Condition = { kind: 'constant', value: true, span };

  it('the first true rule decides, whatever the effects (LANGUAGE.md 15.2)', () => {
    const policy = policyOf([
      ['a', 'allow', above],
      ['b', 'deny', always],
    ]);
    expect(decide(policy, { x: 6 })).toMatchObject({ decision: 'allow', determining: ['a'], rules: ['a', 'b'] });
    expect(decide(policy, { x: 5 })).toMatchObject({ decision: 'deny', determining: ['b'] });
  });

  it('an unknown rule before it denies, of whatever effect, and determines nothing (LANGUAGE.md 15.2, 10.1)', () => {
    for (const effect of ['allow', 'warn', 'deny'] as const) {
      const policy = policyOf([
        ['a', effect, above],
        ['b', 'allow', always],
      ]);
      expect(decide(policy, { x: 'six' })).toMatchObject({
        decision: 'deny',
        status: 'condition-error',
        determining: [],
        unknown: [{ rule: 'a', path: 'context.x', cause: 'type' }],
      });
    }
  });

  it('an unknown rule after it does nothing, and one where none is true denies (LANGUAGE.md 15.2)', () => {
    const after = policyOf([
      ['a', 'allow', isType('string')],
      ['b', 'deny', above],
    ]);
    expect(decide(after, { x: 'six' })).toMatchObject({ decision: 'allow', status: 'ok', determining: ['a'] });
    const alone = policyOf([['a', 'allow', above]], 'allow');
    expect(decide(alone, { x: 'six' })).toMatchObject({ decision: 'deny', status: 'condition-error', base: 'allow' });
    expect(decide(alone, { x: 1 })).toMatchObject({ decision: 'allow', status: 'ok', determining: [] });
  });

  it('a request needs no tool (LANGUAGE.md 15.1)', () => {
    expect(decide(policyOf([], 'allow'), {})).toMatchObject({ decision: 'allow', status: 'ok' });
  });
});
