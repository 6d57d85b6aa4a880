// The condition texts of governance.toolkit/v1. In: a text with its places. Out: an expression, or undefined after a report.
// Quotes are quotes and `or` binds less than `and`; what their engines cannot read, and so treat as false, is an error that says so.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import { clip } from '../syntax/clip.ts';
import type { YamlText } from '../syntax/yaml.ts';
import type { Expression } from './ast.ts';

/** Their Python engine takes a longer one for false. */
const MAX_LENGTH = 2000;

type Token =
  | { readonly kind: 'word' | 'symbol'; readonly text: string; readonly start: number; readonly end: number }
  | { readonly kind: 'string'; readonly value: string; readonly start: number; readonly end: number }
  | { readonly kind: 'number'; readonly value: number; readonly start: number; readonly end: number };

class Unreadable extends Error {
  readonly start: number;
  readonly end: number;
  readonly help: string;
  constructor(start: number, end: number, message: string, help: string) {
    super(message);
    this.start = start;
    this.end = end;
    this.help = help;
  }
}

const NEVER = 'their engines take such a condition for false, without a word, so the rule never fires';

export function readExpression(node: YamlText, sink: DiagnosticSink): Expression | undefined {
  const text = node.value;
  try {
    if (text.length > MAX_LENGTH) {
      throw new Unreadable(
        0,
        text.length,
        `the condition has over ${MAX_LENGTH} characters`,
        `split the rule; ${NEVER}`,
      );
    }
    return new Parser(tokensOf(text), text.length, (start, end) => node.place(start, end)).all();
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    sink.error('P1206', node.place(error.start, error.end), error.message, error.help);
    return undefined;
  }
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const pattern =
    /\s+|(?<string>'[^']*'|"[^"]*")|(?<number>\d+(?:\.\d+)?(?![\w.]))|(?<word>[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*)|(?<symbol>==|!=|>=|<=|[<>[\],])/uy;
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw unknownCharacter(text, start);
    const { string, number, word, symbol } = match.groups ?? {};
    const place = { start, end: pattern.lastIndex };
    if (string !== undefined) tokens.push({ kind: 'string', value: string.slice(1, -1), ...place });
    else if (number !== undefined) tokens.push({ kind: 'number', value: Number(number), ...place });
    else if (word !== undefined) tokens.push({ kind: 'word', text: word, ...place });
    else if (symbol !== undefined) tokens.push({ kind: 'symbol', text: symbol, ...place });
  }
  return tokens;
}

const HELP_OF: ReadonlyMap<string, string> = new Map([
  ['(', 'their engines know no brackets: write the alternatives as rules of their own'],
  [')', 'their engines know no brackets: write the alternatives as rules of their own'],
  ['=', 'write `==`'],
  ['!', 'their engines know no negation but `!=` and `not in`'],
  ['-', 'names have no dashes here, and numbers no sign'],
  ["'", 'a text ends with the quote it began with'],
  ['"', 'a text ends with the quote it began with'],
  ['&', 'write `and`'],
  ['|', 'write `or`'],
]);

function unknownCharacter(text: string, at: number): Unreadable {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
  const help = HELP_OF.get(character) ?? 'conditions are comparisons joined by `and` and `or`';
  return new Unreadable(at, at + character.length, `\`${character}\` does not belong here`, `${help}; ${NEVER}`);
}

class Parser {
  #at = 0;
  readonly #tokens: readonly Token[];
  readonly #length: number;
  readonly #place: (start: number, end: number) => Span;

  constructor(tokens: readonly Token[], length: number, place: (start: number, end: number) => Span) {
    this.#tokens = tokens;
    this.#length = length;
    this.#place = place;
  }

  all(): Expression {
    if (this.#tokens.length === 0)
      throw new Unreadable(0, this.#length, 'the condition is empty', `write one; ${NEVER}`);
    const expression = this.#joined('or', () => this.#joined('and', () => this.#comparison()));
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) {
      throw new Unreadable(
        rest.start,
        this.#length,
        'something follows the comparison',
        'join comparisons by `and` or `or`, in lower case; their Python engine does not read the rest, their TypeScript engine takes the whole for false',
      );
    }
    return expression;
  }

  #joined(kind: 'or' | 'and', part: () => Expression): Expression {
    const operands = [part()];
    while (this.#isWord(kind)) {
      this.#at += 1;
      operands.push(part());
    }
    const [first, ...others] = operands;
    const last = others.at(-1);
    if (first === undefined || last === undefined) return operands[0] ?? this.#fail('a comparison');
    return { kind, operands, span: { ...first.span, end: last.span.end } };
  }

  #comparison(): Expression {
    const subject = this.#next();
    if (subject?.kind !== 'word') return this.#fail('an attribute', subject);
    if (subject.text === 'not') {
      throw new Unreadable(
        subject.start,
        subject.end,
        '`not` stands before nothing it can negate',
        `write \`!=\` or \`not in\`; ${NEVER}`,
      );
    }
    if (subject.text === 'true' || subject.text === 'false') {
      throw new Unreadable(
        subject.start,
        subject.end,
        `\`${subject.text}\` is read as an attribute of that name`,
        'their engines know no rule that always matches: state `default_action` instead',
      );
    }
    const path = subject.text.split('.');
    const operator = this.#tokens[this.#at];
    const end = (): Span => this.#place(subject.start, this.#tokens[this.#at - 1]?.end ?? subject.end);
    if (operator === undefined || this.#isWord('and') || this.#isWord('or'))
      return { kind: 'truthy', path, span: end() };
    this.#at += 1;
    const word = operator.kind === 'word' || operator.kind === 'symbol' ? operator.text : '';
    switch (word) {
      case '==':
      case '!=': {
        const value = this.#value();
        return { kind: 'equals', path, value, negated: word === '!=', span: end() };
      }
      case '<':
      case '<=':
      case '>':
      case '>=': {
        const right = this.#next();
        if (right?.kind !== 'number') return this.#fail('a number without a sign', right);
        return { kind: 'compare', path, op: word, value: right.value, span: end() };
      }
      case 'in': {
        const values = this.#list();
        return { kind: 'among', path, values, negated: false, span: end() };
      }
      case 'not': {
        const next = this.#next();
        if (next?.kind !== 'word' || next.text !== 'in') return this.#fail('`in` after `not`', next);
        const values = this.#list();
        return { kind: 'among', path, values, negated: true, span: end() };
      }
      case 'contains':
      case 'startswith':
      case 'endswith': {
        const right = this.#next();
        if (right?.kind !== 'string') return this.#fail('a text in quotes', right);
        const op = word === 'contains' ? word : word === 'startswith' ? 'startsWith' : 'endsWith';
        return { kind: 'text', path, op, value: right.value, span: end() };
      }
      default:
        return this.#fail('an operator: `==`, `!=`, `<`, `<=`, `>`, `>=`, `in`, `not in`, `and`, `or`', operator);
    }
  }

  #value(): string | number | boolean {
    const token = this.#next();
    if (token?.kind === 'string' || token?.kind === 'number') return token.value;
    if (token?.kind === 'word' && (token.text === 'true' || token.text === 'false')) return token.text === 'true';
    return this.#fail('a text in quotes, a number without a sign, `true` or `false`', token);
  }

  #list(): (string | number)[] {
    const open = this.#next();
    if (open?.kind !== 'symbol' || open.text !== '[') return this.#fail('a list in `[` and `]`', open);
    const values: (string | number)[] = [];
    for (;;) {
      const token = this.#next();
      if (token?.kind === 'symbol' && token.text === ']') break;
      if (token?.kind === 'string' || token?.kind === 'number') values.push(token.value);
      else if (token?.kind === 'word') values.push(token.text);
      else return this.#fail('a text or a number', token);
      const after = this.#next();
      if (after?.kind === 'symbol' && after.text === ']') break;
      if (after?.kind !== 'symbol' || after.text !== ',') return this.#fail('`,` or `]`', after);
    }
    if (values.length === 0) {
      throw new Unreadable(open.start, open.end + 1, 'the list is empty', `list at least one value; ${NEVER}`);
    }
    return values;
  }

  #isWord(text: string): boolean {
    const token = this.#tokens[this.#at];
    return token?.kind === 'word' && token.text === text;
  }

  #next(): Token | undefined {
    const token = this.#tokens[this.#at];
    this.#at += 1;
    return token;
  }

  #fail(expected: string, found?: Token): never {
    const start = found?.start ?? this.#length;
    const end = found?.end ?? this.#length;
    const text = found === undefined ? 'the end' : `\`${clip(shown(found))}\``;
    const lower = found?.kind === 'word' && /^(?:AND|OR|IN|NOT)$/.test(found.text);
    const help = lower ? `write \`${shown(found).toLowerCase()}\` in lower case; ${NEVER}` : NEVER;
    throw new Unreadable(start, end, `expected ${expected}, found ${text}`, help);
  }
}

function shown(token: Token): string {
  return 'text' in token ? token.text : String(token.value);
}
