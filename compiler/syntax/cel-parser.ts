// In: the tokens of a condition. Out: its tree (ast.ts), by recursive descent, one function a level of precedence. What is
// wrong is reported where it stands; after a mistake of syntax it stops (SyntaxFailure), after others it goes on.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import type { BinaryOp, EntryAst, Expr } from './ast.ts';
import { callOf } from './cel-calls.ts';
import { FORMS, NAMESPACES } from './cel-functions.ts';
import { isNumber, isText, readNumber, readText } from './cel-literals.ts';
import { MESSAGE, syntaxWording, type Wording } from './cel-refusals.ts';
import type { Token } from './cel-tokens.ts';
import { clip } from './clip.ts';

/** What is reported already. */
export class SyntaxFailure extends Error {}

/** A path is cut here; LANGUAGE.md 3.1 allows 32 names. */
const MAX_PATH_STEPS = 64;
/** Longer chains of `&&` or `||` become balanced trees, so that depth stays small whatever their length. */
const MAX_LEANING_CHAIN = 16;
const MIN_INT: bigint = -(2n ** 63n);
const MAX_INT: bigint = 2n ** 63n - 1n;
const MAX_UINT: bigint = 2n ** 64n - 1n;
const RESERVED: ReadonlySet<string> = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);
const RELATIONS: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', 'in']);

/** A node with the parentheses around it, its height, and the steps of the path that ends in it. */
interface Parsed {
  readonly expr: Expr;
  readonly start: number;
  readonly end: number;
  readonly height: number;
  readonly steps: number;
}

export class CelParser {
  readonly #tokens: readonly Token[];
  readonly #place: (start: number, end: number) => Span;
  readonly #sink: DiagnosticSink;
  readonly #maxDepth: number;
  readonly #anyFunction: boolean;
  #at = 0;
  #nesting = 0;
  #tooDeepReported = false;

  constructor(
    tokens: readonly Token[],
    place: (start: number, end: number) => Span,
    sink: DiagnosticSink,
    maxDepth: number,
    anyFunction: boolean,
  ) {
    this.#tokens = tokens;
    this.#place = place;
    this.#sink = sink;
    this.#maxDepth = maxDepth;
    this.#anyFunction = anyFunction;
  }

  whole(): Expr {
    const { expr } = this.#expression();
    if (this.#peek() !== undefined) this.#fail(undefined);
    return expr;
  }

  /** `test ? then : else`, or less. */
  #expression(): Parsed {
    this.#nesting += 1;
    // Brackets nest as deep as the limit, and so do conditionals in them.
    if (this.#nesting > 2 * this.#maxDepth + 1) {
      const { start, end } = this.#peek() ?? { start: 0, end: 1 };
      this.#tooDeep(this.#place(start, end));
      throw new SyntaxFailure();
    }
    const test = this.#chain('||');
    let result = test;
    if (this.#accept('?')) {
      const then = this.#chain('||');
      this.#expect(':');
      const otherwise = this.#expression();
      const span = this.#place(test.start, otherwise.end);
      result = this.#node(
        { kind: 'conditional', test: test.expr, then: then.expr, else: otherwise.expr, span },
        test.start,
        otherwise.end,
        [test, then, otherwise],
      );
    }
    this.#nesting -= 1;
    return result;
  }

  /** `a && b && c`, in order. */
  #chain(op: '||' | '&&'): Parsed {
    const operand = (): Parsed => (op === '||' ? this.#chain('&&') : this.#relation());
    const operands = [operand()];
    while (this.#accept(op)) operands.push(operand());
    const [first] = operands;
    if (operands.length === 1 && first !== undefined) return first;
    const join = (from: number, to: number): Expr => {
      const left = operands[from];
      const right = operands[to - 1];
      if (left === undefined || right === undefined)
        throw new Error(`empty chain ${from}..${to} of ${operands.length}`);
      if (to - from === 1) return left.expr;
      const middle = to - from > MAX_LEANING_CHAIN ? Math.floor((from + to) / 2) : to - 1;
      const span = this.#place(left.start, right.end);
      return { kind: 'binary', op, left: join(from, middle), right: join(middle, to), span };
    };
    const start = first?.start ?? 0;
    return this.#node(join(0, operands.length), start, operands.at(-1)?.end ?? start, operands);
  }

  #relation(): Parsed {
    return this.#leftToRight(
      () => this.#sum(),
      (text) => RELATIONS.has(text),
    );
  }

  #sum(): Parsed {
    return this.#leftToRight(
      () => this.#product(),
      (text) => text === '+' || text === '-',
    );
  }

  #product(): Parsed {
    return this.#leftToRight(
      () => this.#unary(),
      (text) => text === '*' || text === '/' || text === '%',
    );
  }

  #leftToRight(operand: () => Parsed, isOperator: (text: string) => boolean): Parsed {
    let left = operand();
    for (let token = this.#peek(); token !== undefined && isOperator(token.text); token = this.#peek()) {
      this.#at += 1;
      const op = operatorOf(token.text);
      const right = operand();
      const span = this.#place(left.start, right.end);
      left = this.#node({ kind: 'binary', op, left: left.expr, right: right.expr, span }, left.start, right.end, [
        left,
        right,
      ]);
    }
    return left;
  }

  #unary(): Parsed {
    const token = this.#peek();
    if (token?.text === '!') {
      this.#at += 1;
      const operand = this.#unary();
      const span = this.#place(token.start, operand.end);
      return this.#node({ kind: 'not', operand: operand.expr, span }, token.start, operand.end, [operand]);
    }
    if (token?.text !== '-') return this.#postfix(this.#primary());
    this.#at += 1;
    // A minus before a number is part of the number (CEL: INT_LIT), so that the least int can be written.
    const number = this.#peek();
    const after = this.#tokens[this.#at + 1]?.text;
    if (number !== undefined && isNumber(number.text) && !/[uU]$/.test(number.text) && after !== '.' && after !== '[') {
      this.#at += 1;
      return this.#leaf(this.#number(number, token.start), token.start, number.end);
    }
    const operand = this.#unary();
    const span = this.#place(token.start, operand.end);
    if (operand.expr.kind === 'int' && operand.expr.value >= 0n && operand.start === (number?.start ?? -1)) {
      return this.#leaf({ ...operand.expr, value: -operand.expr.value, span }, token.start, operand.end);
    }
    return this.#node({ kind: 'negate', operand: operand.expr, span }, token.start, operand.end, [operand]);
  }

  #primary(): Parsed {
    const token = this.#peek();
    if (token === undefined) return this.#fail(undefined);
    const { text, start } = token;
    if (text === '(') {
      this.#at += 1;
      const inner = this.#expression();
      return { ...inner, start, end: this.#expect(')').end };
    }
    if (text === '[') return this.#list();
    if (text === '{') return this.#map();
    if (isNumber(text)) {
      this.#at += 1;
      return this.#leaf(this.#number(token, start), start, token.end);
    }
    if (isText(text)) {
      this.#at += 1;
      return this.#leaf(this.#text(token), start, token.end);
    }
    const outermost = text === '.';
    if (outermost) this.#at += 1;
    const name = this.#peek();
    if (name === undefined || !/^[A-Za-z_]/.test(name.text)) return this.#fail(outermost ? 'a name' : undefined);
    return this.#named(name, outermost ? start : name.start, outermost);
  }

  /** A name, a constant word, or a call of a function. */
  #named(token: Token, start: number, outermost: boolean): Parsed {
    const { text: name, end } = token;
    const span = this.#place(start, end);
    if (!outermost && (name === 'true' || name === 'false')) {
      this.#at += 1;
      return this.#leaf({ kind: 'bool', value: name === 'true', span }, start, end);
    }
    if (!outermost && name === 'null') {
      this.#at += 1;
      return this.#leaf({ kind: 'null', span }, start, end);
    }
    if (name === 'in') return this.#fail(undefined);
    if (RESERVED.has(name)) {
      this.#sink.error('P0208', span, `\`${name}\` is a reserved word of CEL`, 'use another name');
      throw new SyntaxFailure();
    }
    this.#at += 1;
    if (this.#peek()?.text !== '(') return this.#leaf({ kind: 'name', name, outermost, span }, start, end);
    const args = this.#arguments();
    return this.#call(name, token, null, args, start);
  }

  /** Everything that follows a value: `.field`, `.?field`, `[key]`, `[?key]`, `.function(…)`. */
  #postfix(base: Parsed): Parsed {
    let object = base;
    for (;;) {
      if (this.#accept('.')) object = this.#afterDot(object);
      else if (this.#accept('[')) object = this.#index(object);
      else if (this.#peek()?.text === '{' && isTypeName(object.expr)) {
        const brace = this.#expect('{');
        this.#refuse('P0203', this.#place(brace.start, brace.end), MESSAGE);
        throw new SyntaxFailure();
      } else return object;
    }
  }

  #afterDot(object: Parsed): Parsed {
    const optional = this.#accept('?');
    const token = this.#peek();
    const field = /^`.*`$/.test(token?.text ?? '') ? token?.text.slice(1, -1) : token?.text;
    if (token === undefined || field === undefined || !/^[A-Za-z_`]/.test(token.text) || token.text === '`') {
      return this.#fail('a name');
    }
    if (/^(in|true|false|null)$/.test(token.text)) return this.#fail(undefined);
    this.#at += 1;
    if (!optional && this.#peek()?.text === '(' && !token.text.startsWith('`')) {
      const namespace =
        object.expr.kind === 'name' && NAMESPACES.has(object.expr.name) ? `${object.expr.name}.${field}` : undefined;
      const args = this.#arguments();
      if (namespace !== undefined && (FORMS.has(namespace) || !FORMS.has(field))) {
        return this.#call(namespace, token, null, args, object.start);
      }
      return this.#call(field, token, object, args, object.start);
    }
    return this.#step(object, field, false, optional, token.end);
  }

  /** One step of a path; steps in a row count as one node in depth. */
  #step(object: Parsed, field: string, bracketed: boolean, optional: boolean, end: number): Parsed {
    const span = this.#place(object.start, end);
    const steps = object.steps + 1;
    if (steps === MAX_PATH_STEPS + 1) {
      this.#sink.error('P0202', span, `a path of ${steps} names and more is too long`);
    }
    const expr: Expr =
      steps > MAX_PATH_STEPS || object.expr.kind === 'error'
        ? { kind: 'error', span }
        : optional
          ? { kind: 'optional-select', object: object.expr, field, span }
          : { kind: 'select', object: object.expr, field, bracketed, span };
    if (object.steps === 0) return { ...this.#node(expr, object.start, end, [object]), steps };
    return { expr, start: object.start, end, height: object.height, steps };
  }

  #index(object: Parsed): Parsed {
    const optional = this.#accept('?');
    const key = this.#expression();
    const { end } = this.#expect(']');
    const span = this.#place(object.start, end);
    if (!optional && key.expr.kind === 'string') return this.#step(object, key.expr.value, true, false, end);
    const expr: Expr = { kind: 'index', object: object.expr, key: key.expr, optional, span };
    return this.#node(expr, object.start, end, [object, key]);
  }

  #list(): Parsed {
    const { start } = this.#expect('[');
    const items: Parsed[] = [];
    while (this.#peek()?.text !== ']') {
      const question = this.#peek();
      const optional = this.#accept('?');
      const item = this.#expression();
      const from = optional ? (question?.start ?? item.start) : item.start;
      const span = this.#place(from, item.end);
      items.push(optional ? { ...item, expr: { kind: 'optional-item', operand: item.expr, span } } : item);
      if (!this.#accept(',')) break;
    }
    const { end } = this.#expect(']');
    const span = this.#place(start, end);
    return this.#node({ kind: 'list', items: items.map((item) => item.expr), span }, start, end, items);
  }

  #map(): Parsed {
    const { start } = this.#expect('{');
    const entries: EntryAst[] = [];
    const parts: Parsed[] = [];
    while (this.#peek()?.text !== '}') {
      const optional = this.#accept('?');
      const key = this.#expression();
      this.#expect(':');
      const value = this.#expression();
      entries.push({ key: key.expr, value: value.expr, optional });
      parts.push(key, value);
      if (!this.#accept(',')) break;
    }
    const { end } = this.#expect('}');
    return this.#node({ kind: 'map', entries, span: this.#place(start, end) }, start, end, parts);
  }

  #arguments(): Parsed[] {
    this.#expect('(');
    const args: Parsed[] = [];
    if (this.#accept(')')) return args;
    do args.push(this.#expression());
    while (this.#accept(','));
    this.#expect(')');
    return args;
  }

  /** The call whose `)` has just been read. */
  #call(name: string, token: Token, receiver: Parsed | null, args: readonly Parsed[], start: number): Parsed {
    const end = this.#tokens[this.#at - 1]?.end ?? token.end;
    const span = this.#place(start, end);
    const parts = receiver === null ? args : [receiver, ...args];
    const call = {
      name,
      nameSpan: this.#place(token.start, token.end),
      receiver: receiver?.expr ?? null,
      args: args.map((arg) => arg.expr),
      span,
    };
    const expr = callOf(call, this.#anyFunction, (code, where, wording) => this.#refuse(code, where, wording));
    return this.#node(expr, start, end, parts);
  }

  #text(token: Token): Expr {
    const span = this.#place(token.start, token.end);
    const read = readText(token.text);
    if (read.kind === 'error') {
      this.#sink.error('P0201', this.#place(token.start + read.start, token.start + read.end), read.message);
      throw new SyntaxFailure();
    }
    if (read.kind === 'bytes' || !/\p{Surrogate}/u.test(read.value)) return { ...read, span };
    return this.#refuse('P0207', span, {
      message: 'this text contains half of a surrogate pair, which no well-typed string does',
      help: undefined,
    });
  }

  /** `start`: of the minus before it, or of the number itself. */
  #number(token: Token, start: number): Expr {
    const span = this.#place(start, token.end);
    const read = readNumber(token.text);
    const isNegative = start !== token.start;
    if (read === null) {
      return this.#refuse('P0207', span, { message: 'only an int can have a `u`', help: 'write it without the point' });
    }
    if (read.kind === 'double' && !Number.isFinite(read.value)) {
      return this.#refuse('P0207', span, {
        message: `\`${clip(token.text)}\` is more than a double can hold`,
        help: 'write a number up to 1.797693e308',
      });
    }
    if (read.kind === 'double') return { ...read, value: isNegative ? -read.value : read.value, span };
    if (/^0[0-9]/.test(token.text)) {
      return this.#refuse('P0207', span, {
        message: 'a number is written without leading zeros',
        help: 'is it a date or a code? then it is a text: `"2024-01-31"`, in `lets` within quotes: `\'"2024-01-31"\'`',
      });
    }
    const value = isNegative ? -read.value : read.value;
    const fits = read.kind === 'uint' ? value <= MAX_UINT : value >= MIN_INT && value <= MAX_INT;
    if (fits) return { ...read, value, span };
    return this.#refuse('P0207', span, {
      message: `\`${value}\` does not fit into an ${read.kind}, which has 64 bits`,
      help: `write a double: \`${value}.0\``,
    });
  }

  #leaf(expr: Expr, start: number, end: number): Parsed {
    return { expr, start, end, height: 1, steps: 0 };
  }

  /** A node above `parts`; beyond the depth of 4.1 an `error` node. */
  #node(expr: Expr, start: number, end: number, parts: readonly Parsed[]): Parsed {
    let height = 1;
    for (const part of parts) height = Math.max(height, part.height + 1);
    if (height <= this.#maxDepth) return { expr, start, end, height, steps: 0 };
    this.#tooDeep(expr.span);
    return this.#leaf({ kind: 'error', span: expr.span }, start, end);
  }

  #tooDeep(span: Span): void {
    if (!this.#tooDeepReported) {
      const message = `a condition nests at most ${this.#maxDepth} deep`;
      this.#sink.error('P0202', span, message, 'name parts of it under `lets`');
    }
    this.#tooDeepReported = true;
  }

  #refuse(code: string, span: Span, wording: Wording): Expr {
    this.#sink.error(code, span, wording.message, wording.help);
    return { kind: 'error', span };
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at];
  }

  #accept(text: string): boolean {
    if (this.#peek()?.text !== text) return false;
    this.#at += 1;
    return true;
  }

  #expect(text: string): Token {
    const token = this.#peek();
    if (token?.text !== text) return this.#fail(`\`${text}\``);
    this.#at += 1;
    return token;
  }

  /** Reports the token that does not belong here, or the end, and stops. */
  #fail(expected: string | undefined): never {
    const before = this.#tokens[this.#at - 1];
    const at = this.#peek();
    const wording = syntaxWording(expected, before, at, this.#tokens[this.#at + 1]);
    const last = { start: (before?.end ?? 1) - 1, end: before?.end ?? 1 };
    const marked = wording.atBefore === true && before !== undefined ? before : (at ?? last);
    this.#refuse('P0201', this.#place(marked.start, marked.end), wording);
    throw new SyntaxFailure();
  }
}

function operatorOf(text: string): BinaryOp {
  for (const op of ['==', '!=', '<', '<=', '>', '>=', 'in', '+', '-', '*', '/', '%'] as const) {
    if (op === text) return op;
  }
  throw new Error(`\`${text}\` is no operator`);
}

/** `a.b.C`, which before `{` would be a message. */
function isTypeName(expr: Expr): boolean {
  return expr.kind === 'name' || (expr.kind === 'select' && !expr.bracketed && isTypeName(expr.object));
}
