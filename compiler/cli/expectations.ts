// In: the `requests.json` of a policy's folder. Out: its expectations as data, and where a verdict differs from one.
// Never prints; a file of another form is a UsageError that names the entry.

import { type Engine, resolve, type Verdict } from '../../host-js/index.ts';
import { ACTIONS } from '../agt/words.ts';
import { UsageError } from './failure.ts';
import { readExactJson } from './files.ts';

/** A request and what its verdict must be. What `wanted` does not name is not compared, but `status`, which is then `ok`. */
export interface Expectation {
  readonly name: string;
  readonly request: unknown;
  readonly wanted: ReadonlyMap<ComparedKey, unknown>;
  /** What is done in the end: decision and status, and members of the request that may proceed. Empty: not compared. */
  readonly resolved: ReadonlyMap<string, unknown>;
}

/** One part of a verdict that is not as expected. */
export interface Difference {
  readonly key: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Parts of a verdict that an expectation may name. */
export type ComparedKey = Exclude<keyof Verdict, 'artifactHash'>;

const COMPARED: readonly ComparedKey[] = [
  ...(['decision', 'base', 'status', 'rules', 'determining'] as const),
  ...(['unknown', 'reason', 'advice', 'approvers', 'transforms'] as const),
];

export function readExpectations(path: string): readonly Expectation[] {
  // Integers beyond 2^53 stay what they are.
  const value = readExactJson(path);
  if (!Array.isArray(value) || value.length === 0) throw new UsageError(`${path} is not a list of expectations`, FORM);
  return value.map((entry: unknown, index) => expectationOf(entry, `${path}: entry ${index + 1}`));
}

/** Empty if the verdict is as expected, and so is what is done in the end where that is expected. */
export function differences({ request, wanted, resolved }: Expectation, engine: Engine): readonly Difference[] {
  const verdict = engine.decide(request);
  const found = [...wanted].flatMap(([key, expected]) => difference(key, expected, verdict[key]));
  if (resolved.size === 0) return found;
  const end = resolve(engine, request);
  const members = new Map(partsOf(end.request, 'a request'));
  const later = [...resolved].flatMap(([key, expected]) => {
    const actual = key === 'decision' || key === 'status' ? end.verdict[key] : members.get(key);
    return difference(`resolved.${key}`, expected, actual);
  });
  return [...found, ...later];
}

function difference(key: string, expected: unknown, actual: unknown): readonly Difference[] {
  return isSame(expected, actual) ? [] : [{ key, expected, actual }];
}

const FORM = 'write `[{"name": "…", "request": {"tool": …}, "expect": {"decision": …, "rules": […]}}, …]`';

function expectationOf(entry: unknown, place: string): Expectation {
  const parts = partsOf(entry, place);
  const fixture = fixtureOf(parts);
  if (fixture !== null) return fixture;
  const name = parts.get('name');
  if (typeof name !== 'string') throw new UsageError(`${place} has no name`, FORM);
  if (!parts.has('request')) throw new UsageError(`${place} (${name}) has no request`, FORM);
  const wanted = new Map<ComparedKey, unknown>([['status', 'ok']]);
  let resolved: ReadonlyMap<string, unknown> = new Map();
  for (const [key, value] of partsOf(parts.get('expect'), `${place} (${name}): \`expect\``)) {
    if (key === 'resolved') {
      resolved = resolutionOf(value, `${place} (${name}): \`resolved\``);
      continue;
    }
    const known = COMPARED.find((compared) => compared === key);
    if (known === undefined) {
      throw new UsageError(
        `${place} (${name}) expects \`${key}\`, which no verdict has`,
        `one of ${COMPARED.join(', ')}`,
      );
    }
    wanted.set(known, value);
  }
  if (!wanted.has('decision')) throw new UsageError(`${place} (${name}) expects no decision`, FORM);
  return { name, request: parts.get('request'), wanted, resolved };
}

const RESOLVED: readonly string[] = ['decision', 'status', 'args', 'result', 'message', 'output'];

function resolutionOf(value: unknown, place: string): ReadonlyMap<string, unknown> {
  const parts = partsOf(value, place);
  const odd = [...parts.keys()].find((key) => !RESOLVED.includes(key));
  if (odd !== undefined) throw new UsageError(`${place} expects \`${odd}\``, `one of ${RESOLVED.join(', ')}`);
  if (!parts.has('decision')) throw new UsageError(`${place} expects no decision`, FORM);
  return parts;
}

/** A fixture of the Agent Governance Toolkit: `id`, `input`, `expected_verdict`, maybe `expected_rule`. */
function fixtureOf(parts: ReadonlyMap<string, unknown>): Expectation | null {
  const verdict = parts.get('expected_verdict');
  const decision = typeof verdict === 'string' ? ACTIONS.get(verdict) : undefined;
  if (decision === undefined || !parts.has('input')) return null;
  const wanted = new Map<ComparedKey, unknown>([
    ['status', 'ok'],
    ['decision', decision],
  ]);
  const rule = parts.get('expected_rule');
  const id = parts.get('id');
  if (typeof rule === 'string') wanted.set('determining', [rule]);
  return {
    name: typeof id === 'string' || typeof id === 'number' ? String(id) : '',
    request: { context: parts.get('input') },
    wanted,
    resolved: new Map(),
  };
}

function partsOf(value: unknown, place: string): ReadonlyMap<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${place} is not an object`, FORM);
  }
  return new Map<string, unknown>(Object.entries(value));
}

/** By value; the order of keys does not count. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const left = new Map<string, unknown>(Object.entries(a));
  const right = new Map<string, unknown>(Object.entries(b));
  if (Array.isArray(a) !== Array.isArray(b) || left.size !== right.size) return false;
  return [...left].every(([key, value]) => right.has(key) && isSame(value, right.get(key)));
}
