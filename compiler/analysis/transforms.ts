// In: a checked policy. Out, into the sink: transforms that clash, that can never be stable, that nothing lets through (LANGUAGE.md
// 13.7). A clash is shown with a request on which the reference evaluator finds both rules true, where an example is one.
// Never changes the policy.

import type { CheckedPolicy, CheckedRule, Condition, Operation, ToolTarget } from '../check/typed.ts';
import { pathText, targetText } from '../check/typed.ts';
import type { DiagnosticSink } from '../diagnostic.ts';
import { evaluate } from '../reference/evaluate.ts';
import { redactText } from '../reference/redact.ts';
import { conflict } from '../reference/transform.ts';

/** Pairs of operations looked at, and clashes between rules reported. */
const MAX_PAIRS = 200_000;
const MAX_CLASHES = 50;

export function checkTransforms(policy: CheckedPolicy, sink: DiagnosticSink): void {
  const rules = policy.rules.filter(({ effect }) => effect === 'transform');
  for (const rule of rules) {
    for (const operation of rule.operations) checkStable(operation, sink);
    checkWithin(rule, sink);
    if (rule.enabled) checkLetThrough(rule, policy, sink);
  }
  const enabled = rules.filter((rule) => rule.enabled);
  checkBetween(enabled, policy, sink);
}

function checkStable(operation: Operation, sink: DiagnosticSink): void {
  if (operation.kind !== 'redact') return;
  const again = redactText(operation.with, operation.pattern, operation.with);
  if (again === operation.with) return;
  sink.error(
    'P1011',
    operation.span,
    `what this puts in the place of a match, \`${operation.with}\`, is matched again: the call would never be stable`,
  );
}

function checkWithin(rule: CheckedRule, sink: DiagnosticSink): void {
  for (const [i, one] of rule.operations.entries()) {
    const other = rule.operations.slice(0, i).find((before) => conflict(before, one));
    if (other === undefined) continue;
    sink.error('P1010', one.span, `${operationText(one)} and ${operationText(other)} of this rule clash`);
  }
}

/** A rule of another effect, or the default, could let a call of this one through. */
function checkLetThrough(rule: CheckedRule, policy: CheckedPolicy, sink: DiagnosticSink): void {
  if (policy.default !== 'deny') return;
  const isLet = policy.rules.some(
    (other) =>
      other.enabled &&
      (other.effect === 'allow' || other.effect === 'warn' || other.effect === 'escalate') &&
      other.points.some((point) => rule.points.includes(point)) &&
      overlap(rule.target, other.target),
  );
  if (isLet) return;
  sink.warning('P1012', rule.span, `no rule lets through what \`${rule.id}\` transforms, and the default is \`deny\``);
}

function checkBetween(rules: readonly CheckedRule[], policy: CheckedPolicy, sink: DiagnosticSink): void {
  const places = new Map<string, { readonly rule: CheckedRule; readonly operation: Operation }[]>();
  let pairs = 0;
  let clashes = 0;
  for (const rule of rules) {
    for (const operation of rule.operations) {
      const { root, segments } = operation.target;
      // Targets that meet begin alike; the whole of a root meets all of it.
      const key = `${root} ${segments[0] ?? ''}`;
      const others = segments.length === 0 ? [...places.values()].flat() : (places.get(key) ?? []);
      for (const other of [...others, ...(segments.length === 0 ? [] : (places.get(`${root} `) ?? []))]) {
        pairs += 1;
        if (pairs > MAX_PAIRS || clashes >= MAX_CLASHES) return;
        if (other.rule === rule || !canMeet(rule, other.rule) || !conflict(other.operation, operation)) continue;
        clashes += 1;
        const witness = requestOfBoth(rule, other.rule, policy);
        sink.warning(
          'P1013',
          operation.span,
          `${operationText(operation)} clashes with rule \`${other.rule.id}\`: a call that both match is denied`,
          witness === null ? 'let their conditions exclude each other' : `both match ${witness}`,
        );
      }
      places.set(key, [...(places.get(key) ?? []), { rule, operation }]);
    }
  }
}

function operationText({ kind, target }: Operation): string {
  return `\`${kind}: ${targetText(target)}\``;
}

function canMeet(a: CheckedRule, b: CheckedRule): boolean {
  return (
    a.points.some((point) => b.points.includes(point)) &&
    overlap(a.target, b.target) &&
    !exclude(demands(a.condition), demands(b.condition))
  );
}

/** Whether some tool could be covered by both; two globs may share one. */
function overlap(a: ToolTarget, b: ToolTarget): boolean {
  if (a.kind === 'every' || b.kind === 'every') return true;
  if (a.globs.length > 0 && b.globs.length > 0) return true;
  const covers = (target: typeof a, name: string): boolean =>
    target.names.includes(name) || target.globs.some((glob) => globCovers(glob, name));
  return a.names.some((name) => covers(b, name)) || b.names.some((name) => covers(a, name));
}

function globCovers(glob: string, name: string): boolean {
  const parts = glob.split('*');
  const last = parts.pop() ?? '';
  let end = 0;
  for (const [i, part] of parts.entries()) {
    const at = name.indexOf(part, end);
    if (at < 0 || (i === 0 && at > 0)) return false;
    end = at + part.length;
  }
  return name.endsWith(last) && name.length - last.length >= end;
}

/** Constants of which an attribute must be one for the condition to hold, by path. Nothing else is looked at. */
function demands(condition: Condition): ReadonlyMap<string, readonly unknown[]> {
  const found = new Map<string, readonly unknown[]>();
  const waiting = [condition];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (next.kind === 'and') waiting.push(...next.operands);
    const value = next.kind === 'compare' ? next.left : next.kind === 'one-of' ? next.value : null;
    if (value?.kind !== 'reading' || value.reading.kind !== 'typed') continue;
    const path = pathText(value.reading.path);
    const constants = next.kind === 'one-of' ? next.constants.map((constant) => constant.value) : null;
    if (constants !== null) found.set(path, constants);
    else if (next.kind === 'compare' && next.op === '==' && next.right.kind === 'constant')
      found.set(path, [next.right.constant.value]);
  }
  return found;
}

function exclude(a: ReadonlyMap<string, readonly unknown[]>, b: ReadonlyMap<string, readonly unknown[]>): boolean {
  return [...a].some(([path, values]) => {
    const others = b.get(path);
    // As text, an int and a double of one value are alike.
    return others !== undefined && !values.some((value) => others.some((other) => String(value) === String(other)));
  });
}

/** An example of either rule that both match, as JSON. */
function requestOfBoth(a: CheckedRule, b: CheckedRule, policy: CheckedPolicy): string | null {
  for (const { request } of [...a.examples, ...b.examples]) {
    const { rules } = evaluate(policy, request);
    if (rules.includes(a.id) && rules.includes(b.id)) return JSON.stringify(request);
  }
  return null;
}
