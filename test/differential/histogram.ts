// In: a policy and the verdicts on its requests. Out: how many core decisions met each thing worth meeting: proof that a run's
// agreement is about something. A decision is one verdict of one core by one route.

import { survey } from '../../compiler/check/survey.ts';
import { type ArgumentSchema, type AttributePath, pathText } from '../../compiler/check/typed.ts';
import { type CheckedPolicy, decode, type ReferenceVerdict } from '../../compiler/index.ts';
import { PARTITION_AUTOMATON } from '../../wasm-core/contract/codes.ts';
import { ALGORITHMS, operatorsByRule, POINTS, type Policy } from './generate.ts';

/** Every cell that a run must fill; others are counted as they come. */
export const CELLS: readonly string[] = [
  ...['deny', 'escalate', 'warn', 'allow'].flatMap((decision) => ALGORITHMS.map((a) => `${a} → ${decision}`)),
  ...[
    '==',
    '!=',
    '<',
    '<=',
    '>',
    '>=',
    'string <',
    'string <=',
    'string >',
    'string >=',
    'bool ==',
    'bool !=',
    'truth',
  ].map((op) => `operator ${op}`),
  ...[
    'startsWith',
    'endsWith',
    'contains',
    'in constants',
    'in list',
    'attribute pair',
    'size',
    'has',
    'null',
    'let',
  ].map((op) => `operator ${op}`),
  ...['+', '-', '*', '/', '%', 'negate', 'exists', 'all', 'quantifier over constants', 'choose value'].map(
    (op) => `operator ${op}`,
  ),
  ...['not', 'and', 'or', 'choose', 'same'].map((op) => `operator ${op}`),
  ...['missing', 'null', 'type', 'enum', 'encoding', 'limit', 'computation'].map((cause) => `unknown ${cause}`),
  ...[
    'ok',
    'not-governed',
    'tool-unknown',
    'only-one-conflict',
    'tool-missing',
    'point-unknown',
    'request-invalid',
    'host-error',
  ].map((s) => `status ${s}`),
  ...POINTS.map((point) => `point ${point}`),
  ...[
    'matched',
    'determined by unknown',
    'inapplicable',
    'residual',
    'wide cluster',
    'automaton',
    'absent',
    'default',
    'nested',
    'final',
  ].map((s) => `met ${s}`),
];

/** What only policies of the shape `whole` have, as operators of the rules that matched or were unknown. */
export const RARITIES: readonly string[] = [
  'two steps of [*]',
  'scope of nobody',
  'types of its file',
  'typed argument',
  'typed absent',
];

export class Histogram {
  readonly counts: Map<string, number> = new Map(CELLS.map((cell) => [cell, 0]));

  add(cell: string, count: number): void {
    this.counts.set(cell, (this.counts.get(cell) ?? 0) + count);
  }

  /** Required cells below `least`. */
  missing(least: number): string[] {
    return CELLS.filter((cell) => (this.counts.get(cell) ?? 0) < least);
  }

  /** A table a person can read. */
  text(): string {
    const groups = new Map<string, string[]>();
    for (const [cell, count] of this.counts) {
      const [group = '', ...rest] = cell.split(' ');
      const key = rest[0] === '→' ? 'decision' : group;
      const label = rest[0] === '→' ? cell : rest.join(' ');
      groups.set(key, [...(groups.get(key) ?? []), `${label} ${count.toLocaleString('en')}`]);
    }
    return [...groups].map(([group, cells]) => `${group}:\n${columns(cells)}`).join('\n');
  }
}

function columns(cells: readonly string[]): string {
  const width = Math.max(...cells.map((cell) => cell.length)) + 3;
  const perLine = Math.max(1, Math.floor(110 / width));
  const lines: string[] = [];
  for (let i = 0; i < cells.length; i += perLine) {
    lines.push(
      `  ${cells
        .slice(i, i + perLine)
        .map((cell) => cell.padEnd(width))
        .join('')
        .trimEnd()}`,
    );
  }
  return lines.join('\n');
}

/** What one policy's decisions are counted by. */
export class Tally {
  readonly #histogram: Histogram;
  readonly #policy: CheckedPolicy;
  readonly #combine: string;
  readonly #finals: ReadonlySet<string>;
  readonly #operators: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #traits = new Map<string, ReadonlySet<string>>();
  readonly #inapplicable = new Map<string, readonly AttributePath[]>();

  constructor(histogram: Histogram, generated: Policy, policy: CheckedPolicy, artifact: Uint8Array) {
    this.#histogram = histogram;
    this.#policy = policy;
    this.#finals = new Set(policy.rules.filter((rule) => rule.final).map((rule) => rule.id));
    this.#combine = generated.combine;
    this.#operators = operatorsByRule(generated);
    const { nodes, bits, rules, columns: columnTables, partitions } = decode(artifact).tables;
    const traits = rules.map(() => new Set<string>());
    for (const node of nodes) {
      if (node.kind !== 'cluster') continue;
      const isTextual = columnTables
        .slice(node.columnFirst, node.columnFirst + node.columnCount)
        .some(({ partition }) => partitions[partition]?.kind === PARTITION_AUTOMATON);
      for (const bit of bits.slice(node.bitFirst, node.bitFirst + node.bitCount)) {
        const found = traits[bit.rule];
        if (node.bitCount > 128) found?.add('met wide cluster');
        if (bit.code >= 0) found?.add('met residual');
        if (isTextual) found?.add('met automaton');
      }
    }
    rules.forEach(({ id }, i) => this.#traits.set(id, traits[i] ?? new Set()));
  }

  count(request: unknown, verdict: ReferenceVerdict, decisions: number): void {
    const cells = new Set([`${this.#combine} → ${verdict.decision}`, `status ${verdict.status}`]);
    const point = pointOf(request);
    if (point !== null) cells.add(`point ${point}`);
    const listed = new Set([...verdict.rules, ...verdict.unknown.map(({ rule }) => rule)]);
    for (const id of listed) {
      for (const op of this.#operators.get(id) ?? []) cells.add(`operator ${op}`);
      for (const trait of this.#traits.get(id) ?? []) cells.add(trait);
    }
    for (const { cause } of verdict.unknown) cells.add(`unknown ${cause}`);
    if (verdict.rules.length > 0) cells.add('met matched');
    if (verdict.determining.some((id) => id.includes('/'))) cells.add('met nested');
    if (verdict.determining.some((id) => this.#finals.has(id))) cells.add('met final');
    if (verdict.status === 'ok' && verdict.determining.length === 0) cells.add('met default');
    if (verdict.decision !== verdict.base) cells.add('met determined by unknown');
    this.#countAbsence(request, cells);
    for (const cell of cells) this.#histogram.add(cell, decisions);
  }

  /** Attributes that an applying rule reads and the request leaves out. */
  #countAbsence(request: unknown, cells: Set<string>): void {
    const tool = textOf(request, 'tool');
    const known = tool === null ? undefined : this.#policy.environment.catalogue?.tools.get(tool);
    const point = pointOf(request);
    if (point === null) return;
    const key = `${point} ${tool}`;
    let paths = this.#inapplicable.get(key);
    if (paths === undefined) {
      paths = pathsOf(this.#policy, point, tool);
      this.#inapplicable.set(key, paths);
    }
    for (const path of paths) {
      if ([path.root, ...path.segments].reduce(ownData, request) !== undefined) continue;
      const isDeclared = known === undefined || path.root !== 'args' || declares(known.args, path.segments);
      if (!isDeclared) cells.add('met inapplicable');
      else if (this.#policy.environment.absent.some((one) => pathText(one.path) === pathText(path)))
        cells.add('met absent');
    }
  }
}

function pathsOf(policy: CheckedPolicy, point: string, tool: string | null): AttributePath[] {
  const found = new Map<string, AttributePath>();
  for (const { enabled, points, target, condition } of policy.rules) {
    const isHere = points.some((one) => one === point);
    const covers = target.kind === 'every' || (tool !== null && target.names.includes(tool)); // globs apart: counted too low
    if (!enabled || !isHere || !covers) continue;
    for (const [text, { path }] of survey(condition).reads) found.set(text, path);
  }
  return [...found.values()];
}

function declares(schema: ArgumentSchema, [first = '', ...rest]: readonly string[]): boolean {
  const property = schema.properties.get(first);
  if (property === undefined) return schema.open;
  if (rest.length === 0) return true;
  return property.type.kind === 'object' ? declares(property.type.schema, rest) : property.type.kind === 'any';
}

function pointOf(request: unknown): string | null {
  const at = ownData(request, 'at');
  const point = at === undefined ? 'pre_tool_call' : at;
  return typeof point === 'string' && POINTS.includes(point) ? point : null;
}

function textOf(request: unknown, name: string): string | null {
  const value = ownData(request, name);
  return typeof value === 'string' ? value : null;
}

function ownData(request: unknown, name: string): unknown {
  if (typeof request !== 'object' || request === null) return undefined;
  try {
    const descriptor = Object.getOwnPropertyDescriptor(request, name);
    return descriptor !== undefined && 'value' in descriptor ? descriptor.value : undefined;
  } catch {
    return null;
  }
}
