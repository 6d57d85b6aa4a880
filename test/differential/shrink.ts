// In: a difference. Out: a smaller policy and request that still differ, by taking parts away as long as some difference stays.
// Asks the same compiler and cores; gives up after a while, never fails.

import { revive } from '../conformance/cases.ts';
import {
  decideEverywhere,
  dispose,
  type Mismatch,
  prepare,
  resolveEverywhere,
  type Subject,
  sessionsOf,
  withoutThrowing,
} from './engines.ts';
import type { Expr } from './expr.ts';
import { type Policy, type Rule } from './generate.ts';
import { guardsEverywhere } from './guarded.ts';
import { emptyObject, type Written, type WrittenObject } from './requests.ts';
import { callOf, type Difference } from './run.ts';
import { withoutFile } from './sets.ts';
import { sourcesOf } from './sources.ts';
import type { World } from './world.ts';

const MAX_ATTEMPTS = 3000;
const MAX_MS = 20_000;

export interface Shrunk {
  readonly policy: Policy;
  readonly request: Written | null;
  readonly what: string;
  readonly mismatch: Mismatch | null;
}

/** What differs for this policy and request on their own, or null. */
export function differs(
  subject: Subject,
  policy: Policy,
  request: Written | null,
): Omit<Shrunk, 'policy' | 'request'> | null {
  const prepared = prepare(subject, sourcesOf(policy), policy.world.maxStringBytes);
  if (prepared.kind === 'refused') return null;
  if (prepared.kind === 'broken') return { what: prepared.what, mismatch: null };
  const { fixture } = prepared;
  try {
    if (request === null) return null;
    const revived = revive(request);
    const sessions = sessionsOf(fixture, subjectOf(request));
    const mayThrow = withoutThrowing(request);
    const asked = { request: revived, call: callOf(revived), sessions, isKeyed: true, withoutThrowing: mayThrow };
    let { mismatch } = decideEverywhere(fixture, asked);
    if (mayThrow === null) mismatch ??= resolveEverywhere(fixture, asked);
    if (mayThrow === null) mismatch ??= guardsEverywhere(fixture, request, revived);
    return mismatch === null ? null : { what: `${mismatch.route}: ${mismatch.field}`, mismatch };
  } finally {
    dispose(fixture);
  }
}

function subjectOf(request: Written): unknown {
  const subject = emptyObject();
  if (isObject(request)) {
    for (const key of ['principal', 'context']) if (Object.hasOwn(request, key)) subject[key] = request[key] ?? null;
  }
  return revive(subject);
}

/** Null: policy and request alone show no difference, so it hangs on what was decided before. */
export function shrink(subject: Subject, { policy, request }: Difference): Shrunk | null {
  const first = differs(subject, policy, request);
  if (first === null) return null;
  let best: Shrunk = { policy, request, ...first };
  const endMs = Date.now() + MAX_MS;
  let attempts = 0;
  const tryOut = (next: Policy, written: Written | null): boolean => {
    attempts += 1;
    if (attempts > MAX_ATTEMPTS || Date.now() > endMs) return false;
    const found = differs(subject, next, written);
    if (found === null || (found.mismatch === null) !== (first.mismatch === null)) return false;
    best = { policy: next, request: written, ...found };
    return true;
  };
  for (let progress = true; progress; ) {
    progress = false;
    for (const next of smallerPolicies(best.policy)) {
      if (tryOut(next, best.request)) {
        progress = true;
        break;
      }
    }
    for (const written of best.request === null ? [] : smallerRequests(best.request)) {
      if (tryOut(best.policy, written)) {
        progress = true;
        break;
      }
    }
    if (attempts > MAX_ATTEMPTS || Date.now() > endMs) break;
  }
  return best;
}

/** Coarse steps first. */
function* smallerPolicies(policy: Policy): Generator<Policy> {
  const { rules, world } = policy;
  for (let size = Math.ceil(rules.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < rules.length; at += size)
      yield { ...policy, rules: [...rules.slice(0, at), ...rules.slice(at + size)] };
  }
  for (const [i, rule] of rules.entries()) {
    for (const smaller of smallerRules(rule)) yield { ...policy, rules: rules.with(i, smaller) };
  }
  for (const i of policy.files.keys()) {
    const { files, move } = withoutFile(policy.files, i + 1);
    yield { ...policy, files, rules: rules.map((rule) => ({ ...rule, file: move(rule.file) })) };
  }
  for (const [i, file] of policy.files.entries()) {
    if (file.combine !== 'deny-overrides')
      yield { ...policy, files: policy.files.with(i, { ...file, combine: 'deny-overrides' }) };
    if (file.scope !== null) yield { ...policy, files: policy.files.with(i, { ...file, scope: null }) };
    if (file.priority !== null) yield { ...policy, files: policy.files.with(i, { ...file, priority: null }) };
  }
  for (const i of policy.lets.keys()) yield { ...policy, lets: policy.lets.filter((_, at) => at !== i) };
  if (policy.scope !== null) yield { ...policy, scope: null };
  if (policy.onUnknown !== null) yield { ...policy, onUnknown: null };
  if (policy.combine !== 'deny-overrides') yield { ...policy, combine: 'deny-overrides' };
  for (const smaller of smallerWorlds(world)) yield { ...policy, world: smaller };
}

function* smallerRules(rule: Rule): Generator<Rule> {
  for (const key of ['when', 'at', 'tools', 'reason', 'advice', 'onUnknown', 'priority'] as const) {
    if (rule[key] !== null) yield { ...rule, [key]: null };
  }
  if (rule.final) yield { ...rule, final: false };
  if (rule.approvers.length > 0) yield { ...rule, approvers: [] };
  if (rule.tools !== null && rule.tools.length > 1) for (const tool of rule.tools) yield { ...rule, tools: [tool] };
  if (rule.at !== null && rule.at.length > 1) for (const point of rule.at) yield { ...rule, at: [point] };
  if (rule.when !== null) for (const when of smallerExprs(rule.when)) yield { ...rule, when };
}

function* smallerExprs(expr: Expr): Generator<Expr> {
  if (expr.kind === 'leaf') return;
  yield* expr.parts;
  if (expr.kind === 'and' || expr.kind === 'or') {
    const { kind, parts } = expr;
    if (parts.length > 2) for (const i of parts.keys()) yield { kind, parts: parts.filter((_, at) => at !== i) };
    for (const [i, part] of parts.entries())
      for (const smaller of smallerExprs(part)) yield { kind, parts: parts.with(i, smaller) };
  } else if (expr.kind === 'not') {
    for (const smaller of smallerExprs(expr.parts[0])) yield { kind: 'not', parts: [smaller] };
  }
}

function* smallerWorlds(world: World): Generator<World> {
  const { attributes, tools } = world;
  for (const one of world.typed) yield { ...world, typed: world.typed.filter((other) => other !== one) };
  if (world.catalogue !== 'none') yield { ...world, catalogue: 'none' };
  for (const attribute of attributes) {
    const rest = tools.map((tool) => ({
      ...tool,
      properties: tool.properties.filter((one) => one.attribute !== attribute),
    }));
    yield { ...world, attributes: attributes.filter((one) => one !== attribute), tools: rest };
  }
  for (const [i, attribute] of attributes.entries()) {
    if (attribute.absent !== null) yield { ...world, attributes: attributes.with(i, { ...attribute, absent: null }) };
  }
  if (world.catalogue === 'none') return;
  for (const [i, tool] of tools.entries()) {
    yield { ...world, tools: tools.filter((_, at) => at !== i) };
    for (const property of tool.properties) {
      yield {
        ...world,
        tools: tools.with(i, { ...tool, properties: tool.properties.filter((one) => one !== property) }),
      };
    }
  }
}

function* smallerRequests(written: Written): Generator<Written> {
  if (isList(written)) {
    for (const i of written.keys()) yield written.filter((_, at) => at !== i);
    for (const [i, item] of written.entries())
      for (const smaller of smallerRequests(item)) yield written.with(i, smaller);
  } else if (isObject(written)) {
    for (const key of Object.keys(written)) {
      const copy: WrittenObject = Object.assign(emptyObject(), written);
      delete copy[key];
      yield copy;
      for (const smaller of smallerRequests(written[key] ?? null))
        yield Object.assign(emptyObject(), written, { [key]: smaller });
    }
  }
}

function isList(written: Written): written is readonly Written[] {
  return Array.isArray(written);
}

/** An object that stands for itself. */
function isObject(written: Written): written is { readonly [key: string]: Written } {
  return (
    typeof written === 'object' &&
    written !== null &&
    !isList(written) &&
    !Object.keys(written).some((key) => key.startsWith('$'))
  );
}
