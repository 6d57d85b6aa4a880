// In: a rule as written. Out: the rule typed, with its target and examples filled in (LANGUAGE.md 2.3, 6, 9.1).
// Never decides whether an example holds: that takes the reference evaluator.

import type { Span } from '../source.ts';
import type { ExamplesAst, Expr, JsonValue, RuleAst } from '../syntax/ast.ts';
import { BROKEN_CATALOGUE } from './catalogue.ts';
import { condition } from './expressions.ts';
import { type Context, type Env, MAX_STEPS } from './names.ts';
import { checkOperations } from './operations.ts';
import { isPayload, PAYLOADS } from './paths.ts';
import type { Audience } from './scopes.ts';
import { type Survey, survey } from './survey.ts';
import { checkTarget, Scope } from './tools.ts';
import type {
  Algorithm,
  Catalogue,
  CheckedExample,
  CheckedRule,
  Condition,
  Effect,
  Environment,
  ExampleRequest,
  OnUnknown,
  Point,
  ScopeLevel,
  ToolTarget,
} from './typed.ts';
import { pathText } from './typed.ts';
import { checkWord, EFFECTS, ON_UNKNOWN, POINTS, wordOf } from './words.ts';

const MAX_LITERALS = 4096;
const MAX_POINTS = 32;

/** What all rules of a policy share. `scopes` holds one per distinct target. */
export interface RuleContext extends Pick<Context, 'lets' | 'declarations' | 'report'> {
  readonly algorithm: Algorithm;
  readonly onUnknown: 'skip' | 'match' | null;
  readonly catalogue: Catalogue | null;
  readonly environment: Environment;
  /** Whom it is about: each rule asks all of these first. */
  readonly audiences: readonly Audience[];
  readonly place: { readonly policy: number; readonly prefix: string; readonly scope: ScopeLevel };
  readonly scopes: Map<string, Scope>;
  /** Path texts that the policy reads or guards. */
  readonly paths: Set<string>;
}

/** Null if the rule has no usable id or effect. */
export function checkRule(rule: RuleAst, index: number, rx: RuleContext): CheckedRule | null {
  const place = rule.id?.span ?? firstLine(rule.span);
  const id = checkWord(rule.id, 'the `id` of a rule', rx.report);
  const effect = wordOf(rule.effect, EFFECTS, null, 'effect deny, escalate, transform, warn or allow', rx.report);
  const points = checkPoints(rule, place, rx);
  const target = checkTarget(rule.tool, place, rx.catalogue, rx.report);
  const onUnknown = checkOnUnknown(rule, effect, rx);
  const when = checkCondition(rule.when, place, target, rx);
  checkApprovers(rule, effect, rx);
  if (rule.final?.value === true && effect !== null && effect !== 'deny') {
    rx.report.error(
      'P0911',
      rule.final.span,
      `only a deny can be \`final\`, but this rule says \`${effect}\``,
      'leave `final` out: what permits or asks must stay open to a more severe rule',
    );
  }
  const operations = checkOperations(rule, effect, points, scopeOf(target, rx), place, rx);
  if (rule.priority !== undefined && rx.algorithm !== 'priority') {
    rx.report.warning(
      'P0506',
      rule.priority.span,
      `\`priority\` means nothing under \`combine: ${rx.algorithm}\``,
      'say `combine: priority`, or leave it out',
    );
  }
  const examples = checkExampleForms(rule.examples, target, points, rx);
  if (effect !== null) checkMeaning(rule, effect, onUnknown, target, when, survey(when), points, place, rx);
  if (id === null || effect === null) return null;
  return {
    id: rx.place.prefix + id,
    index,
    policy: rx.place.policy,
    environment: rx.environment,
    scope: rx.place.scope,
    span: rule.span,
    points,
    target,
    condition: withAudiences(when, rx.audiences),
    effect,
    approvers: [...new Set(rule.approvers?.map((approver) => approver.value))],
    operations,
    reason: rule.reason?.value ?? null,
    advice: rule.advice?.value ?? null,
    onUnknown,
    priority: rule.priority?.value ?? 0,
    final: rule.final?.value ?? false,
    enabled: rule.enabled?.value ?? true,
    examples,
  };
}

/** 12.6. */
function withAudiences(when: Condition, audiences: readonly Audience[]): Condition {
  if (audiences.length === 0) return when;
  return { kind: 'and', operands: [...audiences.map(({ condition }) => condition), when], span: when.span };
}

function checkPoints(rule: RuleAst, place: Span, rx: RuleContext): readonly Point[] {
  if (rule.at === undefined) return ['pre_tool_call'];
  if (rule.at.length === 0)
    rx.report.error('P0503', place, '`at: []` can never match', 'leave `at` out to speak of `pre_tool_call`');
  if (rule.at.length > MAX_POINTS)
    rx.report.error('P0705', place, `\`at\` has at most ${MAX_POINTS} entries, this one has ${rule.at.length}`);
  const points = rule.at.map((point) => wordOf(point, POINTS, null, 'an intervention point', rx.report));
  return [...new Set(points.filter((point) => point !== null))];
}

/** 6.4: the rule's own, else the policy's, whose `match` does not speak of allow rules. */
function checkOnUnknown(rule: RuleAst, effect: Effect | null, rx: RuleContext): OnUnknown {
  const own = wordOf(rule.onUnknown, ON_UNKNOWN, null, '`skip` or `match`', rx.report);
  if (own === 'match' && effect === 'allow' && rule.onUnknown !== undefined) {
    rx.report.error(
      'P0505',
      rule.onUnknown.span,
      '`onUnknown: match` on an allow rule would permit what is not known',
      'leave it out: an allow rule that is unknown does not permit',
    );
    return 'restrict';
  }
  const inherited = rx.onUnknown === 'match' && effect === 'allow' ? null : rx.onUnknown;
  return own ?? inherited ?? 'restrict';
}

function checkApprovers(rule: RuleAst, effect: Effect | null, rx: RuleContext): void {
  if (rule.approvers === undefined) return;
  const place = rule.approvers[0]?.span ?? rule.id?.span ?? rule.span;
  if (rule.approvers.length === 0)
    rx.report.error('P0503', place, '`approvers: []` names nobody', 'leave `approvers` out, or name who may approve');
  if (effect !== null && effect !== 'escalate') {
    rx.report.error('P0504', place, `\`approvers\` go with \`effect: escalate\`, but this rule says \`${effect}\``);
  }
}

function checkCondition(when: Expr | undefined, place: Span, target: ToolTarget, rx: RuleContext): Condition {
  if (when === undefined) return { kind: 'constant', value: true, span: place };
  const scope = scopeOf(target, rx);
  const { lets, declarations, report } = rx;
  const cx: Context = { lets, declarations, report, scope, condition, span: when.span, budget: { steps: 0 } };
  const env: Env = { variables: new Map(), letLimit: lets.list.length, insideQuantifier: false, depth: 0 };
  const typed = condition(when, env, cx);
  return cx.budget.steps > MAX_STEPS ? { kind: 'constant', value: false, span: when.span } : typed;
}

function scopeOf(target: ToolTarget, rx: RuleContext): Scope {
  const key = target.kind === 'every' ? '' : JSON.stringify([target.names, target.globs]);
  let scope = rx.scopes.get(key);
  if (scope === undefined) {
    scope = new Scope(rx.catalogue, rx.declarations, target);
    rx.scopes.set(key, scope);
  }
  return scope;
}

/** What a rule may not mean, and what its author should know that it means. */
function checkMeaning(
  rule: RuleAst,
  effect: Effect,
  onUnknown: OnUnknown,
  target: ToolTarget,
  when: Condition,
  seen: Survey,
  points: readonly Point[],
  place: Span,
  rx: RuleContext,
): void {
  if (seen.literalCount > MAX_LITERALS) {
    rx.report.error(
      'P0703',
      when.span,
      `a condition has at most ${MAX_LITERALS} literals, this one has ${seen.literalCount}`,
      'split the rule, or compare with a list of constants',
    );
  }
  for (const text of [...seen.reads.keys(), ...seen.guarded.keys()]) rx.paths.add(text);
  checkPayloads(seen, points, rx);
  if (when.kind === 'constant' && !when.value && rule.when?.kind === 'bool') {
    rx.report.warning('P0508', when.span, 'this rule can never match', 'say `enabled: false` to keep it for later');
  }
  if (effect === 'allow') {
    const missing = seen.heldByMissing;
    if (missing !== null) {
      rx.report.warning(
        'P0509',
        missing.span,
        `this rule may allow a call because \`${pathText(missing.path)}\` is left out of it (LANGUAGE.md 8.6)`,
      );
    }
    return;
  }
  if (onUnknown === 'skip') {
    rx.report.warning(
      'P0510',
      rule.onUnknown?.span ?? place,
      `this ${effect} rule does not restrict a call that leaves out what it reads (LANGUAGE.md 8.6)`,
    );
  }
  if (onUnknown !== 'restrict' || !coversUncatalogued(target, rx.catalogue)) return;
  for (const [text, { path, span }] of seen.reads) {
    if (path.root !== 'args' || seen.guarded.has(text)) continue;
    rx.report.error(
      'P0502',
      span,
      `this ${effect} rule reads \`${text}\` of tools without a catalogue, and would restrict every call that lacks it`,
      `name the tools with \`tool\`, write \`has(${text}) && …\`, or set \`onUnknown\``,
    );
  }
}

/** 3.9: a payload is read only where every point of the rule carries it. */
function checkPayloads(seen: Survey, points: readonly Point[], rx: RuleContext): void {
  for (const [text, { path, span }] of [...seen.reads, ...seen.guarded]) {
    if (!isPayload(path.root)) continue;
    const carrying = PAYLOADS[path.root];
    const without = points.find((point) => !carrying.includes(point));
    if (without === undefined) continue;
    rx.report.error(
      'P1001',
      span,
      `this rule reads \`${text}\`, but a request at \`${without}\` carries no \`${path.root}\``,
      points.length > 1
        ? `write a rule of its own with \`at: ${carrying.join('` or `at: ')}\``
        : `write \`at: ${carrying.join('` or `at: ')}\``,
    );
  }
}

/** 6.5: tools whose arguments nobody has declared, and that the rule does not name. */
function coversUncatalogued(target: ToolTarget, catalogue: Catalogue | null): boolean {
  if (catalogue?.closed === true || catalogue === BROKEN_CATALOGUE) return false;
  return target.kind === 'every' || target.globs.some((glob) => /^\*+$/.test(glob));
}

/** 9.1: every example as a request, with what the rule itself says filled in. */
function checkExampleForms(
  examples: ExamplesAst | undefined,
  target: ToolTarget,
  points: readonly Point[],
  rx: RuleContext,
): readonly CheckedExample[] {
  const checked: CheckedExample[] = [];
  for (const expect of ['match', 'miss'] as const) {
    for (const written of examples?.[expect] ?? []) {
      const request = exampleRequest(written.value, written.span, target, points, rx);
      if (request !== null) checked.push({ expect, request, span: written.span });
    }
  }
  return checked;
}

function exampleRequest(
  written: JsonValue,
  span: Span,
  target: ToolTarget,
  points: readonly Point[],
  rx: RuleContext,
): ExampleRequest | null {
  if (!isMapping(written)) return null; // syntax/policy.ts has said so
  const at = pointOf(written['at'], span, points, rx);
  const tool = toolOf(written['tool'], span, target, rx);
  if (at === undefined || tool === undefined) return null;
  const { principal = {}, args = {}, context = {} } = written;
  const { result, message, output } = written;
  return {
    ...{ at, tool, principal: withAudience(principal, rx.audiences), args, context },
    ...(result === undefined ? {} : { result }),
    ...(message === undefined ? {} : { message }),
    ...(output === undefined ? {} : { output }),
  };
}

/** 12.6: what the scopes ask, where there is one answer and the example gives none. */
function withAudience(principal: JsonValue, audiences: readonly Audience[]): JsonValue {
  if (!isMapping(principal)) return principal;
  const asked: { [name: string]: JsonValue } = {};
  for (const { example } of audiences) if (example !== undefined) asked[example.name] = example.value;
  return { ...asked, ...principal };
}

function pointOf(
  written: JsonValue | undefined,
  span: Span,
  points: readonly Point[],
  rx: RuleContext,
): Point | undefined {
  if (typeof written === 'string')
    return wordOf({ value: written, span }, POINTS, undefined, 'an intervention point', rx.report);
  const [only] = points;
  if (written === undefined && points.length === 1) return only;
  // Without any point the rule has an error already.
  if (points.length > 0)
    rx.report.error(
      'P0611',
      span,
      'this example needs `at`, since its rule names several points',
      `write \`at: ${points.join('` or `at: ')}\``,
    );
  return undefined;
}

function toolOf(
  written: JsonValue | undefined,
  span: Span,
  target: ToolTarget,
  rx: RuleContext,
): string | null | undefined {
  if (typeof written === 'string') return written;
  if (written === undefined) {
    if (target.kind === 'every') return null;
    const [only] = target.names;
    if (target.names.length === 1 && target.globs.length === 0) return only;
    if (target.names.length + target.globs.length === 0) return undefined;
  }
  rx.report.error(
    'P0612',
    span,
    'this example needs `tool`, the name of one tool',
    'it can be left out where the rule names exactly one',
  );
  return undefined;
}

function isMapping(value: JsonValue): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function firstLine(span: Span): Span {
  const line = span.source.text.indexOf('\n', span.start);
  return line < 0 || line > span.end ? span : { ...span, end: line };
}
