// Structured conditions of PolicyDocument v4. In: field, operator, value. Out: a condition that is true, false, or unknown exactly
// where their evaluator gives true, false, or an error (LANGUAGE.md 15.5); undefined after a report.

import type { Condition, Effect } from '../check/typed.ts';
import { type DiagnosticSink, didYouMean } from '../diagnostic.ts';
import { parsePattern } from '../regex/parse.ts';
import type { JsonValue } from '../syntax/ast.ts';
import { clip } from '../syntax/clip.ts';
import type { StructuredCondition } from './ast.ts';
import { Builder } from './build.ts';
import { withoutLastLookahead } from './complement.ts';
import { widened } from './lookaround.ts';

/** `in` with a text: its parts are written out. */
const MAX_PARTS_OF = 64;

export function structuredCondition(
  condition: StructuredCondition,
  effect: Effect,
  sink: DiagnosticSink,
): Condition | undefined {
  const build = new Builder([condition.field.value], condition.span);
  const tested = test(condition, effect, build, sink);
  return tested === undefined ? undefined : build.and(build.present(), tested);
}

function test(
  condition: StructuredCondition,
  effect: Effect,
  build: Builder,
  sink: DiagnosticSink,
): Condition | undefined {
  const { value } = condition.value;
  switch (condition.operator.value) {
    case 'eq':
      return value === null ? useless(condition, sink) : equal(value, condition, build, sink);
    case 'ne': {
      const same = value === null ? build.constant(false) : equal(value, condition, build, sink);
      return same === undefined ? undefined : build.not(same);
    }
    case 'gt':
      return ordered('>', value, condition, build, sink);
    case 'lt':
      return ordered('<', value, condition, build, sink);
    case 'gte':
      return ordered('>=', value, condition, build, sink);
    case 'lte':
      return ordered('<=', value, condition, build, sink);
    case 'in':
      return among(value, condition, build, sink);
    case 'not_in': {
      const found = among(value, condition, build, sink);
      return found === undefined ? undefined : build.not(found);
    }
    case 'contains':
      return containing(value, condition, build, sink);
    case 'matches':
      return matching(value, condition, effect, build, sink);
  }
}

/** Exact, but a bool is a number too: true is 1. */
function equal(
  value: JsonValue,
  condition: StructuredCondition,
  build: Builder,
  sink: DiagnosticSink,
): Condition | undefined {
  if (typeof value === 'string') return build.text(build.equalsText(value));
  if (typeof value === 'boolean') return numeric([Number(value)], build);
  if (typeof value === 'number') return numeric([value], build);
  return unsupported(condition, 'a list or a mapping is compared with no attribute', sink);
}

/** The attribute is one of these numbers, as a number or as a bool. */
function numeric(values: readonly number[], build: Builder): Condition {
  const asNumber = build.and(build.is('number'), build.numbers(values));
  const truths = [
    values.includes(0) ? [build.not(build.truth())] : [],
    values.includes(1) ? [build.truth()] : [],
  ].flat();
  return truths.length === 0 ? asNumber : build.or(asNumber, build.and(build.is('bool'), build.or(...truths)));
}

/** Against a number, bools count as numbers and everything else is an error; against a text, everything but texts. */
function ordered(
  op: '<' | '<=' | '>' | '>=',
  value: JsonValue,
  condition: StructuredCondition,
  build: Builder,
  sink: DiagnosticSink,
): Condition | undefined {
  if (typeof value === 'string') return build.compare(op, 'string', { kind: 'string', value });
  const bound = typeof value === 'boolean' ? Number(value) : value;
  if (typeof bound !== 'number') return alwaysFails(condition, `\`${condition.operator.value}\` needs a number`, sink);
  const ofBool = [
    holds(0, op, bound) ? [build.not(build.truth())] : [],
    holds(1, op, bound) ? [build.truth()] : [],
  ].flat();
  const number = build.and(build.not(build.is('bool')), build.number(op, bound));
  return ofBool.length === 0 ? number : build.or(number, build.and(build.is('bool'), build.or(...ofBool)));
}

export function holds(left: number, op: '<' | '<=' | '>' | '>=', right: number): boolean {
  if (op === '<') return left < right;
  if (op === '<=') return left <= right;
  return op === '>' ? left > right : left >= right;
}

/** Membership in a list; in a text, being a part of it. */
function among(
  value: JsonValue,
  condition: StructuredCondition,
  build: Builder,
  sink: DiagnosticSink,
): Condition | undefined {
  const { operator } = condition;
  if (typeof value === 'string') return partOf(value, condition, build, sink);
  if (!Array.isArray(value)) return alwaysFails(condition, `\`${operator.value}\` needs a list`, sink);
  const items: readonly JsonValue[] = value;
  if (items.length === 0 && operator.value === 'in') return useless(condition, sink);
  if (items.some((item) => typeof item === 'object' && item !== null)) {
    return unsupported(condition, 'lists and mappings within the list are compared with no attribute', sink);
  }
  const texts = items.filter((item) => typeof item === 'string');
  const numbers = items.filter((item) => typeof item === 'number' || typeof item === 'boolean').map(Number);
  const parts = [
    ...(texts.length === 0 ? [] : [build.text(build.texts(texts))]),
    ...(numbers.length === 0 ? [] : [numeric(numbers, build)]),
  ];
  return parts.length === 0 ? build.constant(false) : build.or(...parts);
}

function partOf(
  value: string,
  condition: StructuredCondition,
  build: Builder,
  sink: DiagnosticSink,
): Condition | undefined {
  const points = Array.from(value);
  if (points.length > MAX_PARTS_OF) {
    return unsupported(condition, `\`${condition.operator.value}\` of a text of over ${MAX_PARTS_OF} characters`, sink);
  }
  const parts = new Set(['']);
  for (let from = 0; from < points.length; from += 1) {
    for (let to = from + 1; to <= points.length; to += 1) parts.add(points.slice(from, to).join(''));
  }
  const said = `\`${condition.operator.value}\` with a text asks whether the attribute is a part of it, not whether it is in a list`;
  sink.warning('P1212', condition.value.span, said, 'write a list: `[a, b]`');
  return build.texts([...parts]);
}

/** A part of a text, an element of a list, a key of a mapping; of numbers and bools an error. */
function containing(
  value: JsonValue,
  condition: StructuredCondition,
  build: Builder,
  sink: DiagnosticSink,
): Condition | undefined {
  if (typeof value !== 'string') {
    return unsupported(condition, '`contains` looks for texts only in this version', sink);
  }
  return build.or(
    build.text(build.textTest('contains', value)),
    build.and(build.not(build.is('string')), build.hasMember(value)),
  );
}

const DOUBT = 'where the wider pattern matches, the condition cannot be told, and the call is denied';
const WIDER: Record<Effect, string> = {
  deny: 'the rule denies wherever theirs does, and may deny more',
  escalate: DOUBT,
  transform: DOUBT,
  warn: DOUBT,
  allow: DOUBT,
};

/** Of the attribute's Python text. */
function matching(
  value: JsonValue,
  condition: StructuredCondition,
  effect: Effect,
  build: Builder,
  sink: DiagnosticSink,
): Condition | undefined {
  if (typeof value === 'object') return unsupported(condition, '`matches` needs a pattern as text', sink);
  const pattern = typeof value === 'boolean' ? (value ? 'True' : 'False') : String(value);
  const parsed = parsePattern(pattern, 'python');
  if (parsed.ok) return build.matches(pattern, 'text');
  const { start, end, kind, message, help } = parsed.problem;
  const same = kind === 'syntax' ? null : withoutLastLookahead(pattern);
  if (same !== null && parsePattern(same, 'python').ok) return build.matches(same, 'text');
  const wide = kind === 'syntax' ? null : widened(pattern);
  if (wide !== null && parsePattern(wide, 'python').ok) {
    sink.warning('P1219', condition.place(start, end), `${message}: the pattern is read without it`, WIDER[effect]);
    return effect === 'deny' ? build.matches(wide, 'text') : build.and(build.matches(wide, 'text'), build.unknown());
  }
  const theirs = kind === 'syntax' ? '; their evaluator fails on it, and denies every call that carries the field' : '';
  sink.error('P1208', condition.place(start, end), message, `${help}${theirs}`);
  return undefined;
}

/** A condition that no value can satisfy. */
function useless(condition: StructuredCondition, sink: DiagnosticSink): undefined {
  const said = `\`${condition.operator.value}\` with this value holds for no attribute`;
  sink.error('P1207', condition.value.span, said, 'their evaluator accepts it, and the rule never fires');
  return undefined;
}

function alwaysFails(condition: StructuredCondition, needs: string, sink: DiagnosticSink): undefined {
  const theirs = 'their evaluator fails on it, and denies every call that carries the field';
  sink.error('P1207', condition.value.span, needs, theirs);
  return undefined;
}

function unsupported(condition: StructuredCondition, said: string, sink: DiagnosticSink): undefined {
  sink.error('P1207', condition.value.span, said, 'write the rule with texts, numbers or bools, or in a Lictor policy');
  return undefined;
}

/** A field whose spelling is nearly another's is a mistake: the rule would never fire. */
export function checkField(
  condition: StructuredCondition,
  known: ReadonlyMap<string, string>,
  sink: DiagnosticSink,
): void {
  const field = condition.field.value;
  const same = known.get(field.toLowerCase().replace(/[^a-z0-9]/g, ''));
  if (same === undefined || same === field) return;
  const near = didYouMean(field, [same]) ?? same;
  const help = `did you mean \`${near}\`? Fields are compared exactly, and a condition on a field that is not there is false without a word`;
  sink.error('P1213', condition.field.span, `the field \`${clip(field)}\` is spelt like \`${near}\``, help);
}
