// In: the tokens of a `when` or `unless`. Out: its expression, shorthand written out.
// Never types anything: an expression that can only go wrong is one that goes wrong when it is evaluated, as in Cedar.

import type { Span } from '../../source.ts';
import {
  type CedarExpr,
  type CedarLiteral,
  EXTENSION_CONSTRUCTORS,
  EXTENSION_METHODS,
  type ExtensionFunction,
  type PatternPart,
  type RecordEntry,
} from './ast.ts';
import { CedarMistake, RESERVED, type Token, type TokenReader, unescape, unescapePattern } from './tokens.ts';

/** Nested expressions; a chain of one operator counts once per operand of `+ - *` and per access. */
const MAX_DEPTH = 200;
const MAX_LONG = 9223372036854775807n;
const MAX_UNARY = 4;

export class ExpressionReader {
  readonly #tokens: TokenReader;
  #depth = 0;

  constructor(tokens: TokenReader) {
    this.#tokens = tokens;
  }

  /** @throws CedarMistake */
  read(): CedarExpr {
    const start = this.#tokens.next.span;
    if (this.#depth >= MAX_DEPTH) {
      throw new CedarMistake('P1109', start, `this expression is nested deeper than ${MAX_DEPTH}`);
    }
    this.#depth += 1;
    const expr = this.#tokens.is('if') ? this.#conditional(start) : this.#or();
    this.#depth -= 1;
    return expr;
  }

  #conditional(start: Span): CedarExpr {
    this.#tokens.take();
    const test = this.read();
    this.#tokens.expect('then');
    const then = this.read();
    this.#tokens.expect('else');
    const otherwise = this.read();
    return { kind: 'if', test, then, else: otherwise, span: this.#tokens.spanFrom(start) };
  }

  #or(): CedarExpr {
    return this.#chain('||', 'or', () => this.#chain('&&', 'and', () => this.#relation()));
  }

  #chain(op: string, kind: 'and' | 'or', operand: () => CedarExpr): CedarExpr {
    const start = this.#tokens.next.span;
    const operands = [operand()];
    while (this.#tokens.skip(op)) operands.push(operand());
    const [only] = operands;
    return operands.length === 1 && only !== undefined ? only : { kind, operands, span: this.#tokens.spanFrom(start) };
  }

  #relation(): CedarExpr {
    const start = this.#tokens.next.span;
    const left = this.#sum();
    const op = this.#tokens.next;
    const expr = this.#related(left, start);
    const again = this.#tokens.next;
    if (expr !== left && RELATIONS.has(again.text) && again.kind !== 'string') {
      const message = `\`${op.text}\` and \`${again.text}\` in a row`;
      throw new CedarMistake('P1102', again.span, message, 'put one of the two comparisons in brackets');
    }
    return expr;
  }

  #related(left: CedarExpr, start: Span): CedarExpr {
    const tokens = this.#tokens;
    const { next } = tokens;
    if (next.kind !== 'punctuation' && next.kind !== 'word') return left;
    const binary = (op: '==' | '<' | '<=' | 'in', negated: boolean): CedarExpr => {
      tokens.take();
      const right = this.#sum();
      const span = tokens.spanFrom(start);
      const expr: CedarExpr = { kind: 'binary', op, left, right, span };
      return negated ? { kind: 'not', operand: expr, span } : expr;
    };
    switch (next.text) {
      case '==':
      case '<':
      case '<=':
      case 'in':
        return binary(next.text, false);
      case '!=':
        return binary('==', true);
      case '>':
        return binary('<=', true);
      case '>=':
        return binary('<', true);
      case '=':
        throw new CedarMistake('P1102', next.span, '`=` is no operator', 'compare with `==`');
      case 'has':
        return this.#has(left, start);
      case 'like': {
        tokens.take();
        const text = tokens.expectKind('string', 'a pattern in double quotes');
        const pattern = unescapePattern(text).map(
          (piece): PatternPart => (piece === null ? { kind: 'any' } : { kind: 'text', text: piece }),
        );
        return { kind: 'like', operand: left, pattern, span: tokens.spanFrom(start) };
      }
      case 'is':
        return this.#is(left, start);
      default:
        return left;
    }
  }

  #has(left: CedarExpr, start: Span): CedarExpr {
    const tokens = this.#tokens;
    tokens.take();
    if (tokens.next.kind === 'string') {
      const attribute = unescape(tokens.take());
      return { kind: 'has', operand: left, attribute, span: tokens.spanFrom(start) };
    }
    const path = [this.#attributeName()];
    while (tokens.skip('.')) path.push(this.#attributeName());
    return hasPath(left, path, tokens.spanFrom(start));
  }

  #is(left: CedarExpr, start: Span): CedarExpr {
    const tokens = this.#tokens;
    tokens.take();
    const type = tokens.name('the name of an entity type');
    const is: CedarExpr = { kind: 'is', operand: left, type, span: tokens.spanFrom(start) };
    if (!tokens.skip('in')) return is;
    const right = this.#sum();
    const span = tokens.spanFrom(start);
    return { kind: 'and', operands: [is, { kind: 'binary', op: 'in', left, right, span }], span };
  }

  #sum(): CedarExpr {
    return this.#arithmetic(['+', '-'], () => this.#arithmetic(['*', '/', '%'], () => this.#unary()));
  }

  #arithmetic(ops: readonly string[], operand: () => CedarExpr): CedarExpr {
    const tokens = this.#tokens;
    const whole = tokens.openSpan();
    let left = operand();
    let count = 0;
    for (;;) {
      const { text, span } = tokens.next;
      if (tokens.next.kind !== 'punctuation' || !ops.includes(text)) return left;
      if (text !== '+' && text !== '-' && text !== '*') {
        throw new CedarMistake('P1102', span, `Cedar has no \`${text}\``, 'Cedar has `+`, `-` and `*`');
      }
      count += 1;
      if (count > MAX_DEPTH) throw new CedarMistake('P1109', span, `a row of more than ${MAX_DEPTH} \`${text}\``);
      tokens.take();
      left = { kind: 'binary', op: text, left, right: operand(), span: whole };
      tokens.extend(whole);
    }
  }

  #unary(): CedarExpr {
    const tokens = this.#tokens;
    const start = tokens.next.span;
    const op = tokens.is('!') ? '!' : '-';
    let count = 0;
    while (tokens.skip(op)) count += 1;
    if (count > MAX_UNARY) {
      throw new CedarMistake('P1102', start, `more than ${MAX_UNARY} \`${op}\` in a row`, 'remove pairs of them');
    }
    let operand: CedarExpr;
    const { next } = tokens;
    if (op === '-' && count > 0 && next.kind === 'int' && !tokens.peek(1).text.match(/^[.[(]$/)) {
      // The sign belongs to the number: -9223372036854775808 has no positive.
      tokens.take();
      count -= 1;
      operand = longLiteral(-BigInt(next.text), next, next.span);
    } else operand = this.#member();
    for (; count > 0; count -= 1) {
      operand = { kind: op === '!' ? 'not' : 'negate', operand, span: tokens.spanFrom(start) };
    }
    return operand;
  }

  /** A path: the place of each call and step is the whole path. */
  #member(): CedarExpr {
    const tokens = this.#tokens;
    const whole = tokens.openSpan();
    let expr = this.#primary(whole);
    for (let count = 0; ; count += 1) {
      tokens.extend(whole);
      if (count > MAX_DEPTH) throw new CedarMistake('P1109', whole, `a path of more than ${MAX_DEPTH} steps`);
      if (tokens.skip('.')) {
        const word = tokens.next;
        const attribute = this.#attributeName();
        if (tokens.skip('(')) {
          const args = this.#list(')');
          tokens.extend(whole);
          expr = this.#method(expr, word, args, whole);
        } else expr = { kind: 'get', operand: expr, attribute, span: whole };
      } else if (tokens.skip('[')) {
        const attribute = unescape(tokens.expectKind('string', 'an attribute in double quotes'));
        tokens.expect(']');
        expr = { kind: 'get', operand: expr, attribute, span: whole };
      } else return expr;
    }
  }

  /** `whole`: the path that it begins. */
  #primary(whole: Span): CedarExpr {
    const tokens = this.#tokens;
    const { next } = tokens;
    const literal = (value: CedarLiteral): CedarExpr => ({
      kind: 'literal',
      literal: value,
      span: tokens.spanFrom(next.span),
    });
    if (next.kind === 'int') {
      tokens.take();
      return longLiteral(BigInt(next.text), next, next.span);
    }
    if (next.kind === 'string') {
      tokens.take();
      return literal({ kind: 'string', value: unescape(next) });
    }
    if (next.kind === 'slot') {
      throw new CedarMistake('P1111', next.span, `\`${next.text}\` may stand in the scope of a template only`);
    }
    if (tokens.skip('(')) {
      const inner = this.read();
      tokens.expect(')');
      return inner;
    }
    if (tokens.skip('[')) {
      const items = this.#list(']');
      return { kind: 'set', items, span: tokens.spanFrom(next.span) };
    }
    if (tokens.skip('{')) return this.#record(next.span);
    if (next.kind !== 'word') throw tokens.unexpected('an expression');
    if (tokens.skip('true')) return literal({ kind: 'bool', value: true });
    if (tokens.skip('false')) return literal({ kind: 'bool', value: false });
    return this.#named(next, whole);
  }

  /** A variable, a call, or an entity. */
  #named(first: Token, whole: Span): CedarExpr {
    const tokens = this.#tokens;
    const name = tokens.name('an expression');
    if (tokens.is('::')) {
      tokens.take();
      const id = unescape(tokens.expectKind('string', 'the id of an entity in double quotes'));
      const span = tokens.spanFrom(first.span);
      return { kind: 'literal', literal: { kind: 'entity', uid: { type: name, id } }, span };
    }
    if (tokens.skip('(')) return this.#function(name, first, this.#list(')'), whole);
    if (name === 'principal' || name === 'action' || name === 'resource' || name === 'context') {
      return { kind: 'variable', name, span: tokens.spanFrom(first.span) };
    }
    throw new CedarMistake(
      'P1106',
      tokens.spanFrom(first.span),
      `\`${name}\` is no variable`,
      `the variables are \`principal\`, \`action\`, \`resource\` and \`context\`; a text is written \`"${name}"\``,
    );
  }

  #function(name: string, at: Token, args: readonly CedarExpr[], span: Span): CedarExpr {
    const fn = EXTENSION_CONSTRUCTORS.find((known) => known === name);
    if (fn !== undefined) return { kind: 'extension', fn, args, span };
    const isMethod = METHODS.has(name);
    throw new CedarMistake(
      'P1106',
      at.span,
      isMethod ? `\`${name}\` is a method` : `\`${name}\` is no function`,
      isMethod
        ? `write \`e.${name}(…)\``
        : `the functions are ${EXTENSION_CONSTRUCTORS.map((known) => `\`${known}\``).join(', ')}`,
    );
  }

  #method(operand: CedarExpr, word: Token, args: readonly CedarExpr[], span: Span): CedarExpr {
    const name = word.text;
    const counted = COUNTED.get(name);
    if (counted !== undefined) {
      if (args.length !== counted) {
        throw new CedarMistake('P1107', span, `\`${name}\` takes ${counted} arguments, not ${args.length}`);
      }
      const [right] = args;
      if (right === undefined) return { kind: 'isEmpty', operand, span };
      const op = BINARY_METHODS.find((known) => known === name) ?? 'contains';
      return { kind: 'binary', op, left: operand, right, span };
    }
    const fn: ExtensionFunction | undefined = EXTENSION_METHODS.find((known) => known === name);
    if (fn !== undefined) return { kind: 'extension', fn, args: [operand, ...args], span };
    const isFunction = EXTENSION_CONSTRUCTORS.some((known) => known === name);
    throw new CedarMistake(
      'P1106',
      word.span,
      isFunction ? `\`${name}\` is a function` : `\`${name}\` is no method`,
      isFunction ? `write \`${name}(…)\`` : undefined,
    );
  }

  #record(start: Span): CedarExpr {
    const tokens = this.#tokens;
    const entries: RecordEntry[] = [];
    const keys = new Set<string>();
    while (!tokens.skip('}')) {
      const at = tokens.next.span;
      const key = tokens.next.kind === 'string' ? unescape(tokens.take()) : this.#attributeName();
      if (keys.has(key)) throw new CedarMistake('P1108', at, `the key \`${key}\` stands twice in one record`);
      keys.add(key);
      tokens.expect(':');
      entries.push({ key, value: this.read() });
      if (tokens.is('}')) continue;
      if (!tokens.skip(',')) throw tokens.unexpected('`,` or `}`');
    }
    return { kind: 'record', entries, span: tokens.spanFrom(start) };
  }

  #list(close: string): CedarExpr[] {
    const items: CedarExpr[] = [];
    while (!this.#tokens.skip(close)) {
      items.push(this.read());
      if (this.#tokens.is(close)) continue;
      if (!this.#tokens.skip(',')) throw this.#tokens.unexpected(`\`,\` or \`${close}\``);
    }
    return items;
  }

  #attributeName(): string {
    const token = this.#tokens.expectKind('word', 'the name of an attribute');
    if (RESERVED.has(token.text)) {
      const help = `write it in quotes: \`["${token.text}"]\``;
      throw new CedarMistake('P1105', token.span, `\`${token.text}\` is reserved and cannot be a name`, help);
    }
    return token.text;
  }
}

const RELATIONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in', 'has', 'like', 'is']);
const BINARY_METHODS = ['contains', 'containsAll', 'containsAny', 'getTag', 'hasTag'] as const;
const COUNTED: ReadonlyMap<string, number> = new Map([
  ['isEmpty', 0],
  ...BINARY_METHODS.map((name): [string, number] => [name, 1]),
]);
const METHODS: ReadonlySet<string> = new Set([...COUNTED.keys(), ...EXTENSION_METHODS]);

/** `e has a.b.c` is `e has a && e.a has b && e.a.b has c`. */
export function hasPath(operand: CedarExpr, path: readonly string[], span: Span): CedarExpr {
  const operands: CedarExpr[] = [];
  let object = operand;
  for (const attribute of path) {
    operands.push({ kind: 'has', operand: object, attribute, span });
    object = { kind: 'get', operand: object, attribute, span };
  }
  const [only] = operands;
  return operands.length === 1 && only !== undefined ? only : { kind: 'and', operands, span };
}

function longLiteral(value: bigint, token: Token, span: Span): CedarExpr {
  if (value > MAX_LONG || value < -MAX_LONG - 1n) {
    throw new CedarMistake('P1104', token.span, `\`${token.text}\` does not fit into 64 bits`);
  }
  return { kind: 'literal', literal: { kind: 'long', value }, span };
}
