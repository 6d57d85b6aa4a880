// Random checked policies and requests for tests of lowering and planning. In: a seed. Out: typed ASTs that `check` could have
// made, small domains so that values meet, and requests with missing, null and ill-typed attributes.

import type {
  AbsentDeclaration,
  Algorithm,
  ArgumentSchema,
  AttributePath,
  Catalogue,
  CheckedPolicy,
  CheckedRule,
  CompareOp,
  Condition,
  Constant,
  Effect,
  Environment,
  Point,
  PolicyNode,
  PropertySchema,
  ScalarType,
  ScopeLevel,
  Type,
  Value,
} from '../../compiler/check/typed.ts';
import type { Span } from '../../compiler/source.ts';
import type { TextOp } from '../../compiler/syntax/ast.ts';

const SPAN: Span = { source: { path: 'generated.policy.yaml', text: '' }, start: 0, end: 0 };
const TOOLS = ['files.read', 'files.write', 'mail.send', 'pay', 'pay.now'];
const TEXTS = ['', 'a', 'ab', 'abc', 'b', 'bc', 'ba', 'é', '\u{1f600}', '\uffff', 'files.read', 'aab', 'abab'];
const ENUM = ['dev', 'prod', 'staging'];
const INTS = [-3, -1, 0, 1, 2, 5, 64, 1000];
const DOUBLES = [-1.5, -0, 0, 0.5, 1, 2, 2.5, 1e308, 5e-324];

export class Random {
  #state: number;
  constructor(seed: number) {
    this.#state = seed | 0;
  }
  /** 0 to n − 1 (mulberry32). */
  below(n: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  }
  chance(percent: number): boolean {
    return this.below(100) < percent;
  }
  pick<T>(list: readonly T[]): T {
    const value = list[this.below(list.length)];
    if (value === undefined) throw new Error('nothing to pick from');
    return value;
  }
  some<T>(list: readonly T[], max: number): T[] {
    return [...new Set(Array.from({ length: 1 + this.below(max) }, () => this.pick(list)))];
  }
}

interface Attribute {
  readonly path: AttributePath;
  readonly type: Type;
}

const STRING: ScalarType = { kind: 'string' };
const ENUM_TYPE: ScalarType = { kind: 'enum', values: ENUM };
const attribute = (root: AttributePath['root'], name: string, type: Type): Attribute => ({
  path: { root, segments: name.split('/') },
  type,
});
const ATTRIBUTES: readonly Attribute[] = [
  attribute('principal', 'id', STRING),
  attribute('principal', 'roles', { kind: 'list', element: STRING }),
  attribute('context', 'env', ENUM_TYPE),
  attribute('context', 'risk', { kind: 'double' }),
  attribute('context', 'flags', { kind: 'list', element: { kind: 'bool' } }),
  attribute('context', 'envs', { kind: 'list', element: ENUM_TYPE }),
  attribute('args', 'path', STRING),
  attribute('args', 'amount', { kind: 'int' }),
  attribute('args', 'rate', { kind: 'double' }),
  attribute('args', 'force', { kind: 'bool' }),
  attribute('args', 'deep/er', STRING),
  attribute('args', 'to', { kind: 'list', element: STRING }),
  attribute('args', 'counts', { kind: 'list', element: { kind: 'int' } }),
  attribute('args', 'rates', { kind: 'list', element: { kind: 'double' } }),
];

export function generatePolicy(random: Random, ruleCount: number): CheckedPolicy {
  const environment = generateEnvironment(random);
  const environments = [environment, ...(random.chance(40) ? [generateEnvironment(random)] : [])];
  const { tree, homes } = generateTree(random, ruleCount);
  const rules = homes.map((policy, index) =>
    generateRule(random, index, policy, policy === 0 ? environment : random.pick(environments)),
  );
  const fallback = random.pick<Effect>(['deny', 'allow', 'escalate', 'warn']);
  return { name: 'generated', version: '1.0.0', default: fallback, environment, tree, rules, source: SPAN };
}

/** One policy alone, or several: policies open and close between rules, as a set in source order has them. */
function generateTree(random: Random, ruleCount: number): { tree: CheckedPolicy['tree']; homes: number[] } {
  const node = (parent: number, position: number): PolicyNode => ({
    parent,
    algorithm: random.pick<Algorithm>([
      'deny-overrides',
      'allow-overrides',
      'first-match',
      'priority',
      'most-specific',
      'only-one',
    ]),
    priority: random.below(3) - 1,
    scope: random.pick<ScopeLevel>(['global', 'tenant', 'team', 'agent']),
    position,
  });
  const tree: [PolicyNode, ...PolicyNode[]] = [node(-1, 0)];
  const nests = random.chance(50);
  const open = [0];
  const homes = Array.from({ length: ruleCount }, (_, index) => {
    while (nests && open.length > 1 && random.chance(35)) open.pop();
    while (nests && tree.length < 8 && random.chance(35)) {
      tree.push(node(open.at(-1) ?? 0, index));
      open.push(tree.length - 1);
    }
    return open.at(-1) ?? 0;
  });
  return { tree, homes };
}

function generateEnvironment(random: Random): Environment {
  return {
    catalogue: random.chance(60) ? generateCatalogue(random) : null,
    absent: ATTRIBUTES.flatMap((a): AbsentDeclaration[] => {
      if (!random.chance(15)) return [];
      if (random.chance(30)) return [{ path: a.path, value: { kind: 'schema' } }];
      const value = a.type.kind === 'list' ? ({ kind: 'empty-list' } as const) : constantOf(random, a.type);
      return [{ path: a.path, value }];
    }),
  };
}

function generateCatalogue(random: Random): Catalogue {
  const tools = TOOLS.slice(0, 2 + random.below(4));
  return {
    closed: random.chance(60),
    tools: new Map(tools.map((name) => [name, { name, args: generateSchema(random), schema: {} }])),
  };
}

function generateSchema(random: Random): ArgumentSchema {
  const properties = new Map<string, PropertySchema>();
  for (const { path, type } of ATTRIBUTES) {
    if (path.root !== 'args' || random.chance(40)) continue;
    const [first = '', second] = path.segments;
    if (second === undefined) {
      const fallback = random.chance(40) ? rawOf(random, type) : undefined;
      properties.set(first, { type: random.chance(20) ? { kind: 'any' } : type, default: fallback });
    } else {
      const inner = new Map<string, PropertySchema>(random.chance(50) ? [[second, { type, default: 'ab' }]] : []);
      properties.set(first, {
        type: { kind: 'object', schema: { properties: inner, open: random.chance(20) } },
        default: undefined,
      });
    }
  }
  return { properties, open: random.chance(15) };
}

function generateRule(random: Random, index: number, policy: number, environment: Environment): CheckedRule {
  const { catalogue } = environment;
  const names = catalogue?.closed === true ? [...catalogue.tools.keys()] : TOOLS;
  const globs = ['files.*', '*.send', 'pay*', '*', '*a*', 'f*s.*d', '*e*d*'];
  const effect = random.pick<Effect>(['deny', 'allow', 'escalate', 'warn']);
  const onUnknown = random.pick(['restrict', 'restrict', 'skip', 'match'] as const);
  return {
    id: `r${index}`,
    index,
    policy,
    environment,
    scope: random.pick<ScopeLevel>(['global', 'tenant', 'team', 'agent']),
    span: SPAN,
    points: random.chance(80)
      ? ['pre_tool_call']
      : random.some<Point>(['pre_tool_call', 'input', 'post_tool_call', 'output'], 3),
    target: random.chance(35)
      ? { kind: 'every' }
      : {
          kind: 'listed',
          names: random.chance(70) ? random.some(names, 3) : [],
          globs: random.chance(40) ? random.some(globs, 3) : ['pay*'],
        },
    condition: generateCondition(random, 1 + random.below(4), null),
    effect,
    approvers: [],
    operations: [],
    reason: null,
    advice: null,
    onUnknown: effect === 'allow' && onUnknown === 'match' ? 'restrict' : onUnknown,
    priority: random.below(3) - 1,
    final: effect === 'deny' && random.chance(20),
    enabled: random.chance(95),
    examples: [],
  };
}

/** `variable`: the type of the quantifier's variable, if within one. */
export function generateCondition(random: Random, depth: number, variable: ScalarType | null): Condition {
  if (depth <= 0 || random.chance(25)) return generateLiteral(random, variable);
  const sub = (): Condition => generateCondition(random, depth - 1, variable);
  switch (random.below(8)) {
    case 0:
    case 1:
      return { kind: 'and', operands: [sub(), sub(), ...(random.chance(30) ? [sub()] : [])], span: SPAN };
    case 2:
    case 3:
      return { kind: 'or', operands: [sub(), sub(), ...(random.chance(30) ? [sub()] : [])], span: SPAN };
    case 4:
      return { kind: 'not', operand: sub(), span: SPAN };
    case 5:
      return { kind: 'choose', test: sub(), then: sub(), else: sub(), span: SPAN };
    case 6:
      return { kind: 'same', left: sub(), right: sub(), span: SPAN };
    default:
      return variable === null ? generateQuantifier(random, depth) : sub();
  }
}

function generateQuantifier(random: Random, depth: number): Condition {
  const list = random.pick(ATTRIBUTES.filter((a) => a.type.kind === 'list'));
  if (list.type.kind !== 'list') throw new Error('not a list');
  const { element } = list.type;
  return {
    kind: 'quantifier',
    op: random.pick(['exists', 'all'] as const),
    list: { kind: 'reading', reading: { kind: 'typed', path: list.path, type: list.type }, span: SPAN },
    variable: 0,
    variableType: element,
    body: random.chance(50) ? generateLiteral(random, element, true) : generateCondition(random, depth - 1, element),
    span: SPAN,
  };
}

function generateLiteral(random: Random, variable: ScalarType | null, onVariable = false): Condition {
  const type =
    variable !== null && (onVariable || random.chance(60))
      ? variable
      : random.pick([STRING, ENUM_TYPE, { kind: 'int' }, { kind: 'double' }, { kind: 'bool' }] as const);
  const subject = (): Value =>
    onVariable && variable !== null ? variableOf(variable) : generateValue(random, type, variable, 2);
  const constant = (): Value => ({ kind: 'constant', constant: constantOf(random, type), span: SPAN });
  const kind = random.below(12);
  if (kind === 0 && !onVariable) return { kind: 'constant', value: random.chance(50), span: SPAN };
  if (kind === 1 && !onVariable) return { kind: 'has', path: random.pick(ATTRIBUTES).path, span: SPAN };
  if (kind === 2 && !onVariable) return { kind: 'is-null', path: random.pick(ATTRIBUTES).path, span: SPAN };
  if (kind === 3 && !onVariable) {
    const lists = ATTRIBUTES.filter((a) => a.type.kind === 'list' && a.type.element.kind === type.kind);
    const list = lists.length > 0 ? random.pick(lists) : null;
    if (list !== null) {
      const reading = { kind: 'typed', path: list.path, type: list.type } as const;
      return {
        kind: 'member',
        element: random.chance(60) ? constant() : subject(),
        list: { kind: 'reading', reading, span: SPAN },
        span: SPAN,
      };
    }
  }
  if (type.kind === 'bool') return { kind: 'truth', value: subject(), span: SPAN };
  if (kind <= 5) {
    return {
      kind: 'one-of',
      value: subject(),
      constants: Array.from({ length: 1 + random.below(3) }, () => constantOf(random, type)),
      span: SPAN,
    };
  }
  const isText = type.kind === 'string' || type.kind === 'enum';
  if (isText && kind <= 9) {
    const op = random.pick<TextOp>(['startsWith', 'endsWith', 'contains']);
    const subjectValue = random.chance(90) ? subject() : constant();
    return {
      kind: 'text',
      op,
      subject: subjectValue,
      argument: random.chance(75) ? constant() : subject(),
      span: SPAN,
    };
  }
  const op = random.pick<CompareOp>(['==', '==', '<', '<=', '>', '>=']);
  const sides = [subject(), random.chance(75) ? constant() : subject()] as const;
  const [left, right] = random.chance(80) ? sides : [sides[1], sides[0]];
  return { kind: 'compare', op, left, right, span: SPAN };
}

function variableOf(type: ScalarType): Value {
  return { kind: 'variable', variable: 0, type, span: SPAN };
}

function generateValue(random: Random, type: ScalarType, variable: ScalarType | null, depth: number): Value {
  if (variable !== null && variable.kind === type.kind && random.chance(50)) return variableOf(variable);
  if (depth > 0 && random.chance(12)) {
    const branch = (): Value => generateValue(random, type, variable, depth - 1);
    return { kind: 'choose', test: generateCondition(random, 1, variable), then: branch(), else: branch(), span: SPAN };
  }
  if (depth > 0 && (type.kind === 'int' || type.kind === 'double') && random.chance(25)) {
    const operand = (): Value =>
      random.chance(30)
        ? { kind: 'constant', constant: constantOf(random, type), span: SPAN }
        : generateValue(random, type, variable, depth - 1);
    if (random.chance(20)) return { kind: 'negate', type: type.kind, operand: operand(), span: SPAN };
    const op = random.pick(
      type.kind === 'int' ? (['+', '-', '*', '/', '%'] as const) : (['+', '-', '*', '/'] as const),
    );
    return { kind: 'arithmetic', op, type: type.kind, left: operand(), right: operand(), span: SPAN };
  }
  if (type.kind === 'int' && random.chance(20)) {
    if (variable !== null && variable.kind === 'string') return { kind: 'size', of: variableOf(variable), span: SPAN };
    return {
      kind: 'reading',
      reading: {
        kind: 'size',
        path: random.pick(ATTRIBUTES).path,
        of: random.pick(['string', 'list', 'object', 'any'] as const),
      },
      span: SPAN,
    };
  }
  const found = ATTRIBUTES.filter((a) => a.type.kind === type.kind);
  return { kind: 'reading', reading: { kind: 'typed', ...random.pick(found) }, span: SPAN };
}

function constantOf(random: Random, type: ScalarType): Constant {
  switch (type.kind) {
    case 'string':
      return { kind: 'string', value: random.pick(TEXTS) };
    case 'enum':
      return { kind: 'string', value: random.pick(type.values) };
    case 'bool':
      return { kind: 'bool', value: random.chance(50) };
    case 'int':
      return random.chance(5)
        ? { kind: 'int', value: random.pick([2n ** 53n, -(2n ** 63n), 2n ** 63n - 1n]) }
        : { kind: 'int', value: BigInt(random.pick(INTS)) };
    case 'double':
      return { kind: 'double', value: random.pick(DOUBLES) };
  }
}

function rawOf(random: Random, type: Type): string | number | boolean | (string | number | boolean)[] {
  if (type.kind === 'list') return Array.from({ length: random.below(4) }, () => rawScalar(random, type.element));
  return rawScalar(random, type);
}

function rawScalar(random: Random, type: ScalarType): string | number | boolean {
  const constant = constantOf(random, type);
  if (constant.kind === 'int') return Number(BigInt.asIntN(50, constant.value));
  return constant.kind === 'string' && random.chance(20) ? `${constant.value}${random.pick(TEXTS)}` : constant.value;
}

export function generateRequest(random: Random): unknown {
  const trees: Record<string, Record<string, unknown>> = { principal: {}, args: {}, context: {} };
  for (const { path, type } of ATTRIBUTES) {
    if (random.chance(15)) continue;
    const value = random.chance(8)
      ? random.pick([null, {}, 7.5, 'odd', [1], true, 'x'.repeat(70000), '\ud800'])
      : rawOf(random, type);
    const [first = '', second] = path.segments;
    const tree = trees[path.root] ?? {};
    tree[first] = second === undefined ? value : random.chance(90) ? { [second]: value } : value;
  }
  return {
    ...(random.chance(15) ? { at: random.pick(['input', 'post_tool_call', 'output', 'agent_startup']) } : {}),
    ...(random.chance(95)
      ? { tool: random.chance(90) ? random.pick(TOOLS) : random.pick(['files.delete', 'payme', '', 'x.send']) }
      : {}),
    ...trees,
  };
}
