// In: a policy in Cedar's JSON form, as a value. Out: the same tree that its text would give.
// Never guesses: a key it does not know is a mistake.

import type { Span } from '../../source.ts';
import {
  type ActionConstraint,
  type CedarBinary,
  type CedarExpr,
  type CedarLiteral,
  type CedarPolicy,
  type EntityUid,
  EXTENSION_CONSTRUCTORS,
  EXTENSION_METHODS,
  type PatternPart,
  type ScopeConstraint,
} from './ast.ts';
import { hasPath } from './expressions.ts';
import {
  arrayAt,
  entityEscape,
  entriesAt,
  exactLong,
  extensionEscape,
  isAlone,
  isJsonObject,
  type JsonObject,
  JsonShapeMistake,
  objectAt,
  onlyKeys,
  pointer,
  refuseExpr,
  stringAt,
} from './json-value.ts';
import { RESERVED } from './tokens.ts';

/** @throws JsonShapeMistake */
export function readJsonPolicy(value: unknown, id: string, span: Span): CedarPolicy {
  const policy = objectAt(value, '');
  onlyKeys(policy, ['effect', 'principal', 'action', 'resource', 'conditions', 'annotations'], '');
  const effect = policy['effect'];
  if (effect !== 'permit' && effect !== 'forbid') {
    throw new JsonShapeMistake('/effect', 'expected `permit` or `forbid`');
  }
  const annotations = Object.entries(objectAt(policy['annotations'] ?? {}, '/annotations')).map(
    ([name, text]): [string, string] => {
      const path = pointer('/annotations', name);
      if (!WORD.test(name)) throw new JsonShapeMistake(path, `\`${name}\` is no name of an annotation`);
      return [name, text === null ? '' : stringAt(text, path)];
    },
  );
  return {
    id,
    effect,
    principal: scopeOf(policy['principal'], 'principal', '/principal'),
    action: actionOf(policy['action'], '/action'),
    resource: scopeOf(policy['resource'], 'resource', '/resource'),
    conditions: arrayAt(policy['conditions'], '/conditions').map((clause, index) =>
      clauseOf(clause, pointer('/conditions', index), span),
    ),
    annotations: new Map(annotations),
    span,
  };
}

const WORD = /^[A-Za-z_][A-Za-z0-9_]*$/;

function scopeOf(value: unknown, name: string, path: string): ScopeConstraint {
  const scope = objectAt(value, path);
  switch (scope['op']) {
    case 'All':
      onlyKeys(scope, ['op'], path);
      return { kind: 'any' };
    case '==':
      onlyKeys(scope, ['op', 'entity', 'slot'], path);
      return { kind: 'equal', entity: entityOrSlot(scope, name, path) };
    case 'in':
      onlyKeys(scope, ['op', 'entity', 'slot'], path);
      return { kind: 'in', entity: entityOrSlot(scope, name, path) };
    case 'is': {
      onlyKeys(scope, ['op', 'entity_type', 'in'], path);
      const type = typeName(scope['entity_type'], `${path}/entity_type`);
      const within = scope['in'];
      if (within === undefined) return { kind: 'is', type, in: null };
      return { kind: 'is', type, in: entityOrSlot(objectAt(within, `${path}/in`), name, `${path}/in`) };
    }
    default:
      throw new JsonShapeMistake(`${path}/op`, 'expected `All`, `==`, `in` or `is`');
  }
}

function entityOrSlot(scope: JsonObject, name: string, path: string): EntityUid | 'slot' {
  if (scope['slot'] === undefined) return readJsonUid(scope['entity'], `${path}/entity`);
  if (scope['slot'] !== `?${name}`) throw new JsonShapeMistake(`${path}/slot`, `expected \`?${name}\``);
  return 'slot';
}

function actionOf(value: unknown, path: string): ActionConstraint {
  const scope = objectAt(value, path);
  const action = (entity: unknown, at: string): EntityUid => {
    const uid = readJsonUid(entity, at);
    if (uid.type === 'Action' || uid.type.endsWith('::Action')) return uid;
    throw new JsonShapeMistake(at, `an action has the type \`Action\`, not \`${uid.type}\``);
  };
  switch (scope['op']) {
    case 'All':
      onlyKeys(scope, ['op'], path);
      return { kind: 'any' };
    case '==':
      onlyKeys(scope, ['op', 'entity'], path);
      return { kind: 'equal', entity: action(scope['entity'], `${path}/entity`) };
    case 'in':
      onlyKeys(scope, ['op', 'entity', 'entities'], path);
      if (scope['entities'] === undefined) {
        return { kind: 'in', entities: [action(scope['entity'], `${path}/entity`)] };
      }
      return {
        kind: 'in',
        entities: arrayAt(scope['entities'], `${path}/entities`).map((entity, index) =>
          action(entity, pointer(`${path}/entities`, index)),
        ),
      };
    default:
      throw new JsonShapeMistake(`${path}/op`, 'expected `All`, `==` or `in`');
  }
}

/** `{type, id}`, alone or under `__entity`. @throws JsonShapeMistake */
export function readJsonUid(value: unknown, path: string): EntityUid {
  const outer = objectAt(value, path);
  refuseExpr(outer, path);
  const uid = entityEscape(outer) ?? outer;
  return { type: typeName(uid['type'], `${path}/type`), id: stringAt(uid['id'], `${path}/id`) };
}

/** A name with its namespaces. @throws JsonShapeMistake */
export function typeName(value: unknown, path: string): string {
  const name = stringAt(value, path);
  const parts = name.split('::');
  const isName = parts.every((part) => WORD.test(part) && !RESERVED.has(part));
  if (!isName) throw new JsonShapeMistake(path, `\`${name}\` is no name of an entity type`);
  return name;
}

function clauseOf(value: unknown, path: string, span: Span): CedarExpr {
  const clause = objectAt(value, path);
  onlyKeys(clause, ['kind', 'body'], path);
  const body = exprOf(clause['body'], `${path}/body`, span, 0);
  if (clause['kind'] === 'when') return body;
  if (clause['kind'] !== 'unless') throw new JsonShapeMistake(`${path}/kind`, 'expected `when` or `unless`');
  return { kind: 'not', operand: body, span };
}

const MAX_DEPTH = 200;
const BINARY: ReadonlySet<string> = new Set([
  ...['==', '<', '<=', 'in', '+', '-', '*', 'contains', 'containsAll', 'containsAny', 'getTag', 'hasTag'],
]);
const isBinary = (op: string): op is CedarBinary => BINARY.has(op);

const BODY_KEYS: { readonly [op: string]: readonly string[] } = {
  '!': ['arg'],
  neg: ['arg'],
  isEmpty: ['arg'],
  ...Object.fromEntries(['==', '!=', '>', '>=', '&&', '||'].map((op) => [op, ['left', 'right']])),
  '.': ['left', 'attr'],
  has: ['left', 'attr'],
  like: ['left', 'pattern'],
  is: ['left', 'entity_type', 'in'],
  'if-then-else': ['if', 'then', 'else'],
};

function exprOf(value: unknown, path: string, span: Span, depth: number): CedarExpr {
  if (depth > MAX_DEPTH) throw new JsonShapeMistake(path, `nested deeper than ${MAX_DEPTH}`);
  const node = objectAt(value, path);
  const [op, second] = Object.keys(node);
  if (op === undefined || second !== undefined) throw new JsonShapeMistake(path, 'an expression has exactly one key');
  const at = pointer(path, op);
  const body = node[op];
  const keys = BODY_KEYS[isBinary(op) ? '==' : op];
  if (keys !== undefined) onlyKeys(objectAt(body, at), keys, at);
  const child = (key: string): CedarExpr => exprOf(objectAt(body, at)[key], pointer(at, key), span, depth + 1);
  const listed = (items: unknown): CedarExpr[] =>
    arrayAt(items, at).map((item, index) => exprOf(item, pointer(at, index), span, depth + 1));
  const binary = (name: CedarBinary): CedarExpr => ({
    kind: 'binary',
    op: name,
    left: child('left'),
    right: child('right'),
    span,
  });
  if (isBinary(op)) return binary(op);
  switch (op) {
    case 'Value':
      return valueOf(body, at, span, depth);
    case 'Var':
      if (body === 'principal' || body === 'action' || body === 'resource' || body === 'context') {
        return { kind: 'variable', name: body, span };
      }
      throw new JsonShapeMistake(at, 'expected `principal`, `action`, `resource` or `context`');
    case '!':
      return { kind: 'not', operand: child('arg'), span };
    case 'neg':
      return { kind: 'negate', operand: child('arg'), span };
    case 'isEmpty':
      return { kind: 'isEmpty', operand: child('arg'), span };
    case '!=':
      return { kind: 'not', operand: binary('=='), span };
    case '>':
      return { kind: 'not', operand: binary('<='), span };
    case '>=':
      return { kind: 'not', operand: binary('<'), span };
    case '&&':
      return { kind: 'and', operands: [child('left'), child('right')], span };
    case '||':
      return { kind: 'or', operands: [child('left'), child('right')], span };
    case '.':
      return {
        kind: 'get',
        operand: child('left'),
        attribute: stringAt(objectAt(body, at)['attr'], `${at}/attr`),
        span,
      };
    case 'has': {
      const { attr } = objectAt(body, at);
      if (typeof attr === 'string') return { kind: 'has', operand: child('left'), attribute: attr, span };
      const names = arrayAt(attr, `${at}/attr`).map((name, index) => stringAt(name, pointer(`${at}/attr`, index)));
      if (names.length === 0) throw new JsonShapeMistake(`${at}/attr`, 'expected at least one name');
      return hasPath(child('left'), names, span);
    }
    case 'like': {
      const pattern = arrayAt(objectAt(body, at)['pattern'], `${at}/pattern`).map((part, index) =>
        patternPart(part, pointer(`${at}/pattern`, index)),
      );
      return { kind: 'like', operand: child('left'), pattern, span };
    }
    case 'is': {
      const is = objectAt(body, at);
      const operand = child('left');
      const test: CedarExpr = { kind: 'is', operand, type: typeName(is['entity_type'], `${at}/entity_type`), span };
      if (is['in'] === undefined) return test;
      return {
        kind: 'and',
        operands: [test, { kind: 'binary', op: 'in', left: operand, right: child('in'), span }],
        span,
      };
    }
    case 'if-then-else':
      return { kind: 'if', test: child('if'), then: child('then'), else: child('else'), span };
    case 'Set':
      return { kind: 'set', items: listed(body), span };
    case 'Record': {
      const entries = Object.entries(objectAt(body, at)).map(([key, item]) => ({
        key,
        value: exprOf(item, pointer(at, key), span, depth + 1),
      }));
      return { kind: 'record', entries, span };
    }
    case 'Slot':
      throw new JsonShapeMistake(at, 'a slot may stand in the scope of a template only');
    default: {
      const fn = [...EXTENSION_CONSTRUCTORS, ...EXTENSION_METHODS].find((known) => known === op);
      if (fn === undefined) throw new JsonShapeMistake(path, `\`${op}\` is no expression`);
      return { kind: 'extension', fn, args: listed(body), span };
    }
  }
}

function patternPart(part: unknown, path: string): PatternPart {
  if (part === 'Wildcard') return { kind: 'any' };
  return { kind: 'text', text: stringAt(objectAt(part, path)['Literal'], `${path}/Literal`) };
}

/** A JSON value as a constant expression: `__entity` and `__extn` are escapes. */
function valueOf(value: unknown, path: string, span: Span, depth: number): CedarExpr {
  if (depth > MAX_DEPTH) throw new JsonShapeMistake(path, `nested deeper than ${MAX_DEPTH}`);
  const literal = (found: CedarLiteral): CedarExpr => ({ kind: 'literal', literal: found, span });
  if (typeof value === 'boolean') return literal({ kind: 'bool', value });
  if (typeof value === 'string') return literal({ kind: 'string', value });
  const long = exactLong(value);
  if (long !== null) return literal({ kind: 'long', value: long });
  if (Array.isArray(value)) {
    const items = value.map((item: unknown, index) => valueOf(item, pointer(path, index), span, depth + 1));
    return { kind: 'set', items, span };
  }
  if (!isJsonObject(value))
    throw new JsonShapeMistake(path, 'expected a bool, a 64-bit integer, a string, an array or an object');
  const alone = isAlone(value);
  if (alone) refuseExpr(value, path);
  if (alone && entityEscape(value) !== null) return literal({ kind: 'entity', uid: readJsonUid(value, path) });
  const call = alone ? extensionEscape(value) : null;
  if (call !== null) {
    const fn = [...EXTENSION_CONSTRUCTORS, ...EXTENSION_METHODS].find((known) => known === call.fn);
    if (fn === undefined) throw new JsonShapeMistake(`${path}/__extn/fn`, `\`${call.fn}\` is no function`);
    const args = call.args.map((arg) => valueOf(arg, `${path}/__extn`, span, depth + 1));
    return { kind: 'extension', fn, args, span };
  }
  const entries = entriesAt(value, path).map(([key, item]) => ({
    key,
    value: valueOf(item, pointer(path, key), span, depth + 1),
  }));
  return { kind: 'record', entries, span };
}
