// In: a Cedar expression. Out: the term that says the same (LANGUAGE.md 14.5). What errs in Cedar is unknown in the term.
// Never evaluates anything.

import { unreachable } from '../../diagnostic.ts';
import type { Span } from '../../source.ts';
import type { CedarExpr, CedarVariable, EntityUid, ExtensionFunction, PatternPart } from '../../syntax/cedar/ast.ts';
import type { CedarFunction, Term } from '../terms.ts';
import type { AttributePath } from '../typed.ts';

/** Where the host puts a Cedar request's parts: uids as texts, ancestors with the uid itself as lists, values as trees. */
export const CEDAR_PATHS: {
  readonly [part in 'principal' | 'action' | 'resource']: {
    readonly [what in 'uid' | 'type' | 'in' | 'entity']: AttributePath;
  };
} & { readonly context: AttributePath } = {
  principal: pathsOf('principal'),
  action: pathsOf('action'),
  resource: pathsOf('resource'),
  context: { root: 'context', segments: ['cedar', 'context'] },
};

function pathsOf(part: string): { readonly [what in 'uid' | 'type' | 'in' | 'entity']: AttributePath } {
  const path = (what: string): AttributePath => ({ root: 'context', segments: ['cedar', part, what] });
  return { uid: path('uid'), type: path('type'), in: path('in'), entity: path('entity') };
}

/** The text by which the core knows an entity: its type, `::`, and the id in quotes without escapes. */
export function entityKey(uid: EntityUid): string {
  return `${uid.type}::"${uid.id}"`;
}

/** Set literals are made of parts of this many items, so that the stack of the machine stays shallow. */
const SET_PART = 64;

export function cedarTerm(expr: CedarExpr): Term {
  const { span } = expr;
  switch (expr.kind) {
    case 'literal':
      switch (expr.literal.kind) {
        case 'bool':
          return { kind: 'constant', constant: expr.literal, span };
        case 'string':
          return text(expr.literal.value, span);
        case 'long':
          return { kind: 'constant', constant: { kind: 'int', value: expr.literal.value }, span };
        case 'entity':
          return call('cedar.entity', [text(entityKey(expr.literal.uid), span)], span);
        default:
          return unreachable(expr.literal);
      }
    case 'variable':
      return variable(expr.name, span);
    case 'not':
      return { kind: 'call', fn: 'not', args: [cedarTerm(expr.operand)], span };
    case 'negate':
      return call('cedar.negate', [cedarTerm(expr.operand)], span);
    case 'isEmpty':
      return call('cedar.isEmpty', [cedarTerm(expr.operand)], span);
    case 'and':
    case 'or':
      return cedarChain(expr.kind, expr.operands.map(cedarTerm), span);
    case 'if':
      return {
        kind: 'choose',
        test: cedarTerm(expr.test),
        then: cedarTerm(expr.then),
        else: cedarTerm(expr.else),
        span,
      };
    case 'binary':
      return call(BINARY[expr.op], [cedarTerm(expr.left), cedarTerm(expr.right)], span);
    case 'get':
      return call('cedar.get', [cedarTerm(expr.operand), text(expr.attribute, span)], span);
    case 'has':
      return call('cedar.has', [cedarTerm(expr.operand), text(expr.attribute, span)], span);
    case 'like':
      return call('cedar.like', [cedarTerm(expr.operand), text(patternText(expr.pattern), span)], span);
    case 'is':
      return call('cedar.is', [cedarTerm(expr.operand), text(`${expr.type}::"`, span)], span);
    case 'set':
      return setTerm(expr.items.map(cedarTerm), span);
    case 'record': {
      const entries = expr.entries.map(({ key, value }) => {
        return { key: text(key, span), value: cedarTerm(value), optional: false };
      });
      return { kind: 'map', entries, span };
    }
    case 'extension':
      return extension(expr.fn, expr.args.map(cedarTerm), span);
    default:
      return unreachable(expr);
  }
}

/**
 * `a && b` is `a ? b : false`, `a || b` is `a ? true : b`, a chain from the left, so that its code does not nest; each operand must
 * be a bool: left to right, nothing absorbs what is unknown.
 */
export function cedarChain(op: 'and' | 'or', operands: readonly Term[], span: Span): Term {
  const constant = (value: boolean): Term => ({ kind: 'constant', constant: { kind: 'bool', value }, span });
  const [first, ...rest] = operands;
  let term: Term = first ?? constant(op === 'and');
  for (const next of rest) {
    term =
      op === 'and'
        ? { kind: 'choose', test: term, then: next, else: constant(false), span }
        : { kind: 'choose', test: term, then: constant(true), else: next, span };
  }
  return { kind: 'typed', operand: term, type: { kind: 'bool' }, span };
}

const BINARY = {
  '==': 'cedar.equal',
  '<': 'cedar.less',
  '<=': 'cedar.lessEqual',
  in: 'cedar.in',
  '+': 'cedar.add',
  '-': 'cedar.subtract',
  '*': 'cedar.multiply',
  contains: 'cedar.contains',
  containsAll: 'cedar.containsAll',
  containsAny: 'cedar.containsAny',
  getTag: 'cedar.getTag',
  hasTag: 'cedar.hasTag',
} as const satisfies { readonly [op: string]: CedarFunction };

const TWO_OPERANDS: ReadonlySet<ExtensionFunction> = new Set([
  'lessThan',
  'lessThanOrEqual',
  'greaterThan',
  'greaterThanOrEqual',
  'isInRange',
  'offset',
  'durationSince',
]);

/** A call with the wrong number of arguments errs when it is evaluated: an unknown, as `decimal` of a number is. */
function extension(fn: ExtensionFunction, args: readonly Term[], span: Span): Term {
  if (args.length === (TWO_OPERANDS.has(fn) ? 2 : 1)) return call(`cedar.${fn}`, args, span);
  return call('cedar.decimal', [{ kind: 'constant', constant: { kind: 'bool', value: false }, span }], span);
}

function setTerm(items: readonly Term[], span: Span): Term {
  const part = (of: readonly Term[]): Term => ({
    kind: 'list',
    items: of.map((term) => ({ term, optional: false })),
    span,
  });
  let set = part(items.slice(0, SET_PART));
  for (let at = SET_PART; at < items.length; at += SET_PART) {
    set = call('cedar.union', [set, part(items.slice(at, at + SET_PART))], span);
  }
  return set;
}

function variable(name: CedarVariable, span: Span): Term {
  return { kind: 'attribute', path: name === 'context' ? CEDAR_PATHS.context : CEDAR_PATHS[name].entity, span };
}

function patternText(pattern: readonly PatternPart[]): string {
  return pattern.map((part) => (part.kind === 'any' ? '*' : part.text.replace(/[\\*]/g, '\\$&'))).join('');
}

function text(value: string, span: Span): Term {
  return { kind: 'constant', constant: { kind: 'string', value }, span };
}

function call(fn: CedarFunction, args: readonly Term[], span: Span): Term {
  return { kind: 'call', fn, args, span };
}
