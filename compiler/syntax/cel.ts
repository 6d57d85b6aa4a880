// In: the text of a condition in CEL. Out: our expression (LANGUAGE.md 4.1) with the place of every node; what this version
// does not speak is reported and becomes an `error` node. The library only parses; no meaning of its own is used.
// Never throws for a mistake of the author.

import { type ASTNode, Environment, ParseError } from '@marcbachmann/cel-js';
import { type DiagnosticSink, unreachable } from '../diagnostic.ts';
import type { Span } from '../source.ts';
import type { Expr, TextOp } from './ast.ts';
import { outerRange, ownRange, type Ranges } from './cel-ranges.ts';
import { FUNCTIONS, REFUSED, syntaxWording, unknownFunction, usage, type Wording } from './cel-refusals.ts';
import { type Token, type Tokens, tokenize } from './cel-tokens.ts';

/** Limits of LANGUAGE.md 4.1. */
export const MAX_CONDITION_BYTES = 65536;
export const MAX_CONDITION_DEPTH = 64;
/** A path is cut here, before its recursion hurts; LANGUAGE.md 3.1 allows 32 names. */
const MAX_PATH_STEPS = 64;
const MIN_INT = -(2n ** 63n);
const MAX_INT = 2n ** 63n - 1n;
/** Longer chains of `&&` or `||` become balanced trees, so that depth stays small whatever their length. */
const MAX_LEANING_CHAIN = 16;

const library: Environment = new Environment({
  enableOptionalTypes: true,
  limits: {
    maxAstNodes: 1_000_000,
    maxDepth: 4 * MAX_CONDITION_DEPTH, // brackets, `? :` and the steps of a path count
    maxListElements: MAX_CONDITION_BYTES,
    maxMapEntries: MAX_CONDITION_BYTES,
    maxCallArguments: MAX_CONDITION_BYTES,
  },
});

/**
 * Parses a condition, or a constant.
 *
 * @param place where the code units `start` to `end` of `text` were written
 * @returns the expression; an `error` node (already reported) where it, or a part of it, could not be read
 */
export function parseCel(text: string, place: (start: number, end: number) => Span, sink: DiagnosticSink): Expr {
  const whole = place(0, text.length);
  const error: Expr = { kind: 'error', span: whole };
  if (new TextEncoder().encode(text).length > MAX_CONDITION_BYTES) {
    sink.error(
      'P0202',
      whole,
      `a condition has at most ${MAX_CONDITION_BYTES} bytes`,
      'split the rule, or move a set into `lets`',
    );
    return error;
  }
  // Before the library reads anything: it recurses, and an exhausted stack cannot always be caught (V8 aborts the process
  // where it has to compile a regular expression near the end of the stack).
  const tokens = tokenize(text, MAX_CONDITION_DEPTH);
  if (tokens.list.length === 0) {
    sink.error('P0201', whole, 'the condition is empty', 'leave the key out, or write `true`');
    return error;
  }
  if (tokens.tooDeep !== undefined) {
    sink.error(
      'P0202',
      place(tokens.tooDeep.start, tokens.tooDeep.end),
      `a condition nests at most ${MAX_CONDITION_DEPTH} deep`,
    );
    return error;
  }
  if (reportSwallowedLines(tokens, place, sink)) return error;
  const reader: Reader = { tokens, place, sink, ranges: { tokens, own: new Map() }, tooDeepReported: false };
  const node = parseWithLibrary(reader, text, whole);
  if (node === null) return error;
  return convert(reader, node, 1);
}

/** YAML joins the lines of plain, quoted and `>` text: a comment that was meant for one line would silently take in the next. */
function reportSwallowedLines(
  { comments }: Tokens,
  place: (start: number, end: number) => Span,
  sink: DiagnosticSink,
): boolean {
  for (const { start, end } of comments) {
    const span = place(start, end);
    const lineEnd = span.source.text.indexOf('\n', span.start);
    if (lineEnd < 0 || lineEnd >= span.end) continue;
    sink.error(
      'P0209',
      { ...span, end: lineEnd },
      'this comment takes in the next line too: YAML joins the lines of this text into one',
      'write the condition under `when: |`, which keeps lines apart, or remove the comment',
    );
    return true;
  }
  return false;
}

interface Reader {
  readonly tokens: Tokens;
  readonly place: (start: number, end: number) => Span;
  readonly sink: DiagnosticSink;
  readonly ranges: Ranges;
  tooDeepReported: boolean;
}

function parseWithLibrary(reader: Reader, text: string, whole: Span): ASTNode | null {
  try {
    return library.parse(text).ast;
  } catch (error) {
    if (error instanceof ParseError) reportSyntax(reader, error, whole);
    // Not to be reached: `tokenize` and the library's own limits bound its recursion.
    else if (error instanceof RangeError)
      reader.sink.error('P0202', whole, `a condition nests at most ${MAX_CONDITION_DEPTH} deep`);
    else reader.sink.error('P0201', whole, 'this cannot be read as a condition');
    return null;
  }
}

function reportSyntax(reader: Reader, error: ParseError, whole: Span): void {
  const { tokens, place, sink } = reader;
  const { list } = tokens;
  const start = error.range?.start ?? 0;
  const end = Math.max(error.range?.end ?? start, start + 1);
  if (error.code === 'limit_exceeded') {
    sink.error('P0202', place(start, end), `a condition nests at most ${MAX_CONDITION_DEPTH} deep`);
    return;
  }
  if (error.code === 'invalid_macro_argument') {
    reportMacro(reader, error, whole);
    return;
  }
  const found = list.findIndex((token) => token.end > start);
  const index = found < 0 ? list.length : found;
  const before = list[index - 1];
  const at = list[index];
  // Of a token that does not belong there the whole is marked; of what is wrong inside one, a bad escape, just that.
  const inside = !/^(expected|unexpected|reserved)_/.test(error.code);
  const last = { start: (before?.end ?? 1) - 1, end: before?.end ?? 1 };
  const marked = at === undefined ? last : inside ? { start, end } : at;
  const span = place(marked.start, marked.end);
  if (at?.text === '{' && before !== undefined && /^\w+$/.test(before.text)) {
    refuse(reader, 'P0203', span, REFUSED.message);
  } else if (at?.text === '?' && /^[.[{,]$/.test(before?.text ?? '')) {
    refuse(reader, 'P0203', span, REFUSED.optional);
  } else {
    const wording = syntaxWording(error.code, error.summary, before, at, list[index + 1]);
    const code = error.code === 'reserved_identifier' ? 'P0208' : 'P0201';
    const earlier = wording.atBefore === true && before !== undefined ? place(before.start, before.end) : span;
    refuse(reader, code, earlier, wording);
  }
}

/** The library refuses `list.exists(1, …)` and the like while it parses. */
function reportMacro(reader: Reader, error: ParseError, whole: Span): void {
  const start = error.node?.start ?? error.range?.start;
  const end = error.node?.end;
  const span = start === undefined || end === undefined ? whole : reader.place(start, end);
  const index = reader.tokens.startingAt.get(start ?? -1) ?? 0;
  // Back over parentheses of the argument itself to the one of the call: it follows the function's name.
  let open = index - 1;
  while (reader.tokens.list[open]?.text === '(' && !/^\w+$/.test(reader.tokens.list[open - 1]?.text ?? '')) open -= 1;
  const name = reader.tokens.list[open - 1];
  if (name !== undefined && !FUNCTIONS.includes(name.text) && /^[A-Za-z_]/.test(name.text)) {
    refuse(reader, 'P0204', reader.place(name.start, name.end), unknownFunction(name.text));
  } else {
    const called = name?.text ?? 'exists';
    refuse(reader, 'P0205', span, {
      message: `the first argument of \`${called}\` is the name of its variable`,
      help: `write \`${usage(called)}\``,
    });
  }
}

function refuse(reader: Reader, code: string, span: Span, wording: Wording): Expr {
  reader.sink.error(code, span, wording.message, wording.help);
  return { kind: 'error', span };
}

/** `depth` counts nodes from the root; a chain of one `&&` or `||` counts once, a path too. */
function convert(reader: Reader, node: ASTNode, depth: number): Expr {
  const span = spanOf(reader, node);
  if (depth > MAX_CONDITION_DEPTH) {
    if (!reader.tooDeepReported)
      reader.sink.error(
        'P0202',
        span,
        `a condition nests at most ${MAX_CONDITION_DEPTH} deep`,
        'name parts of it under `lets`',
      );
    reader.tooDeepReported = true;
    return { kind: 'error', span };
  }
  switch (node.op) {
    case 'value':
      return literal(reader, node.args, span);
    case 'id':
      return { kind: 'name', name: node.args, span };
    case 'list':
      return { kind: 'list', items: node.args.map((item) => convert(reader, item, depth + 1)), span };
    case 'map':
      for (const [key, value] of node.args) {
        convert(reader, key, depth + 1);
        convert(reader, value, depth + 1);
      }
      return refuse(reader, 'P0203', span, REFUSED.map);
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return path(reader, node, depth);
    case '!_':
      return { kind: 'not', operand: convert(reader, node.args, depth + 1), span };
    case '-_':
      return negation(reader, node.args, span, depth);
    case '&&':
    case '||':
      return chain(reader, node.op, node, depth);
    case '?:': {
      const [test, yes, no] = node.args;
      return {
        kind: 'conditional',
        test: convert(reader, test, depth + 1),
        then: convert(reader, yes, depth + 1),
        else: convert(reader, no, depth + 1),
        span,
      };
    }
    case 'call':
      return call(reader, node.args[0], null, node.args[1], node, depth);
    case 'rcall':
      return call(reader, node.args[0], node.args[1], node.args[2], node, depth);
    case '==':
    case '!=':
    case '<':
    case '<=':
    case '>':
    case '>=':
    case 'in':
    case '+':
    case '-':
    case '*':
    case '/':
    case '%': {
      const [left, right] = node.args;
      return {
        kind: 'binary',
        op: node.op,
        left: convert(reader, left, depth + 1),
        right: convert(reader, right, depth + 1),
        span,
      };
    }
    default:
      return unreachable(node);
  }
}

type LiteralValue = (ASTNode & { readonly op: 'value' })['args'];

function literal(reader: Reader, value: LiteralValue, span: Span): Expr {
  if (value === null) return { kind: 'null', span };
  switch (typeof value) {
    case 'bigint':
      return int(reader, value, span);
    case 'number':
      return { kind: 'double', value, span };
    case 'boolean':
      return { kind: 'bool', value, span };
    case 'string':
      if (!/\p{Surrogate}/u.test(value)) return { kind: 'string', value, span };
      return refuse(reader, 'P0207', span, {
        message: 'this text contains half of a surrogate pair, which no well-typed string does',
        help: undefined,
      });
    default:
      return refuse(reader, 'P0203', span, value instanceof Uint8Array ? REFUSED.bytes : REFUSED.uint);
  }
}

function int(reader: Reader, value: bigint, span: Span): Expr {
  if (/^-?0[0-9]/.test(span.source.text.slice(span.start, span.end))) {
    return refuse(reader, 'P0207', span, {
      message: 'a number is written without leading zeros',
      help: 'is it a date or a code? then it is a text: `"2024-01-31"`, in `lets` within quotes: `\'"2024-01-31"\'`',
    });
  }
  if (value >= MIN_INT && value <= MAX_INT) return { kind: 'int', value, span };
  return refuse(reader, 'P0207', span, {
    message: `\`${value}\` does not fit into an int, which has 64 bits`,
    help: `write a double: \`${value}.0\``,
  });
}

/** A minus before a number is part of the number (CEL: INT_LIT), so that the least int can be written. */
function negation(reader: Reader, operand: ASTNode, span: Span, depth: number): Expr {
  if (operand.op === 'value' && typeof operand.args === 'bigint') return int(reader, -operand.args, span);
  if (operand.op === 'value' && typeof operand.args === 'number') return { kind: 'double', value: -operand.args, span };
  return { kind: 'negate', operand: convert(reader, operand, depth + 1), span };
}

/** `a.b["c"].d`, without recursion over its length. */
function path(reader: Reader, node: ASTNode, depth: number): Expr {
  const steps: { readonly field: string; readonly bracketed: boolean; readonly span: Span }[] = [];
  const whole = spanOf(reader, node);
  let object = node;
  for (;;) {
    const span = spanOf(reader, object);
    if (object.op === '.?' || object.op === '[?]') return refuse(reader, 'P0203', span, REFUSED.optional);
    if (object.op === '.') {
      steps.push({ field: object.args[1], bracketed: false, span });
    } else if (object.op === '[]') {
      const key = object.args[1];
      const field = key.op === 'value' && typeof key.args === 'string' ? key.args : undefined;
      if (field === undefined) return refuse(reader, 'P0206', spanOf(reader, key), REFUSED.index);
      if (/\p{Surrogate}/u.test(field)) return literal(reader, field, spanOf(reader, key));
      steps.push({ field, bracketed: true, span });
    } else {
      break;
    }
    object = object.args[0];
  }
  if (steps.length > MAX_PATH_STEPS) {
    reader.sink.error('P0202', whole, `a path of ${steps.length} names is too long`);
    return { kind: 'error', span: whole };
  }
  let result = convert(reader, object, depth + 1);
  if (result.kind === 'error') return { kind: 'error', span: whole };
  if (result.kind !== 'name') return refuse(reader, 'P0206', result.span, REFUSED.field);
  for (const step of steps.reverse()) result = { kind: 'select', object: result, ...step };
  return result;
}

/** `a && b && c`, in order and without recursion over its length. */
function chain(reader: Reader, op: '&&' | '||', node: ASTNode, depth: number): Expr {
  const written: ASTNode[] = [];
  let left = node;
  while (left.op === op) {
    written.push(left.args[1]);
    left = left.args[0];
  }
  written.push(left);
  const operands = written
    .reverse()
    .map((operand) => ({ expr: convert(reader, operand, depth + 1), range: outerRange(reader.ranges, operand) }));
  const join = (from: number, to: number): Expr => {
    const first = operands[from];
    const last = operands[to - 1];
    if (first === undefined || last === undefined) throw new Error(`empty chain ${from}..${to} of ${operands.length}`);
    if (to - from === 1) return first.expr;
    const middle = to - from > MAX_LEANING_CHAIN ? Math.floor((from + to) / 2) : to - 1;
    const span = reader.place(first.range.start, last.range.end);
    return { kind: 'binary', op, left: join(from, middle), right: join(middle, to), span };
  };
  return join(0, operands.length);
}

function call(
  reader: Reader,
  name: string,
  receiver: ASTNode | null,
  args: readonly ASTNode[],
  node: ASTNode,
  depth: number,
): Expr {
  const span = spanOf(reader, node);
  const nameSpan = functionNameSpan(reader, name, receiver, node);
  const [first, second] = args;
  if (receiver !== null && first !== undefined && second === undefined) {
    if (name === 'startsWith' || name === 'endsWith' || name === 'contains')
      return text(reader, name, receiver, first, span, depth);
  }
  if (name === 'size' && args.length + (receiver === null ? 0 : 1) === 1) {
    const of = receiver ?? first;
    if (of !== undefined) return { kind: 'size', of: convert(reader, of, depth + 1), span };
  }
  if (name === 'has' && receiver === null && first !== undefined && second === undefined) {
    const asked = convert(reader, first, depth + 1);
    if (asked.kind === 'select' || asked.kind === 'error') return { kind: 'has', path: asked, span };
    return refuse(reader, 'P0205', asked.span, {
      message: '`has` asks for an attribute, but this is none',
      help: 'write `has(args.x)`',
    });
  }
  if (
    (name === 'exists' || name === 'all') &&
    receiver !== null &&
    args.length === 2 &&
    first !== undefined &&
    second !== undefined
  ) {
    if (first.op === 'id') {
      const list = convert(reader, receiver, depth + 1);
      return {
        kind: 'quantifier',
        op: name,
        list,
        variable: first.args,
        body: convert(reader, second, depth + 1),
        span,
      };
    }
  }
  // Whatever is wrong with the call, what stands in it is still read, so that all its mistakes are found at once.
  if (receiver !== null && !isNamespace(receiver)) convert(reader, receiver, depth + 1);
  for (const argument of args) convert(reader, argument, depth + 1);
  if (!FUNCTIONS.includes(name)) {
    refuse(reader, 'P0204', nameSpan, unknownFunction(name));
  } else {
    refuse(reader, 'P0205', nameSpan, {
      message: `\`${name}\` is not called like this`,
      help: `write \`${usage(name)}\``,
    });
  }
  return { kind: 'error', span };
}

/** `math`, `cel`, `optional` in `math.abs(x)`: a name, with nothing in it to report. */
function isNamespace(receiver: ASTNode): boolean {
  return receiver.op === 'id';
}

function text(reader: Reader, op: TextOp, subject: ASTNode, argument: ASTNode, span: Span, depth: number): Expr {
  return {
    kind: 'text',
    op,
    subject: convert(reader, subject, depth + 1),
    argument: convert(reader, argument, depth + 1),
    span,
  };
}

function functionNameSpan(reader: Reader, name: string, receiver: ASTNode | null, node: ASTNode): Span {
  if (receiver === null) return reader.place(node.start, node.start + name.length);
  const { list, endingAt } = reader.tokens;
  const dot = (endingAt.get(outerRange(reader.ranges, receiver).end) ?? -2) + 1;
  const token: Token | undefined = list[dot + 1];
  return token?.text === name ? reader.place(token.start, token.end) : reader.place(node.start, node.end);
}

function spanOf(reader: Reader, node: ASTNode): Span {
  const { start, end } = ownRange(reader.ranges, node);
  return reader.place(start, end);
}
