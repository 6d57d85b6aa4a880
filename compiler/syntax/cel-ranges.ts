// In: a node of the CEL library and the tokens of its text. Out: where it begins and ends, with its parentheses.
// The library leaves out parentheses around the first and last operand: its `(a) + (b)` begins at `a` and ends at `b`.

import type { ASTNode } from '@marcbachmann/cel-js';
import type { Tokens } from './cel-tokens.ts';

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** What is known so far of the nodes of one condition. */
export interface Ranges {
  readonly tokens: Tokens;
  /** From the first to the last character of a node, parentheses around it not counted. */
  readonly own: Map<ASTNode, Range>;
}

/** From the first to the last character of `node`; parentheses around all of it are not counted. */
export function ownRange(ranges: Ranges, node: ASTNode): Range {
  outerRange(ranges, node);
  return ranges.own.get(node) ?? node;
}

/**
 * `node` with the parentheses that enclose exactly it. (Only for operands: an argument's parentheses are its call's.)
 * Walks down first operands without recursion, since chains are as long as conditions; `ranges.own` keeps what is known.
 */
export function outerRange(ranges: Ranges, node: ASTNode): Range {
  const spine: ASTNode[] = [];
  for (
    let down: ASTNode | undefined = node;
    down !== undefined && !ranges.own.has(down);
    down = outerOperands(down).first
  ) {
    spine.push(down);
  }
  for (const inner of spine.reverse()) {
    const { first, last } = outerOperands(inner);
    const start = first === undefined ? inner.start : enclosing(ranges, first).start;
    const end = last === undefined ? inner.end : outerRange(ranges, last).end;
    ranges.own.set(inner, { start, end });
  }
  return enclosing(ranges, node);
}

/** The parentheses around exactly `node`, whose own range is known. */
function enclosing(ranges: Ranges, node: ASTNode): Range {
  const { list, startingAt, endingAt, closing } = ranges.tokens;
  let { start, end } = ranges.own.get(node) ?? node;
  for (;;) {
    const before = (startingAt.get(start) ?? 0) - 1;
    const after = (endingAt.get(end) ?? -2) + 1;
    const open = list[before];
    const close = list[after];
    if (open?.text !== '(' || close?.text !== ')' || closing.get(before) !== after) return { start, end };
    start = open.start;
    end = close.end;
  }
}

function outerOperands(node: ASTNode): { readonly first: ASTNode | undefined; readonly last: ASTNode | undefined } {
  switch (node.op) {
    case 'value':
    case 'id':
    case 'list':
    case 'map':
    case 'call':
      return { first: undefined, last: undefined };
    case '.':
    case '.?':
    case '[]':
    case '[?]':
      return { first: node.args[0], last: undefined };
    case 'rcall':
      return { first: node.args[1], last: undefined };
    case '!_':
    case '-_':
      return { first: undefined, last: node.args };
    case '?:':
      return { first: node.args[0], last: node.args[2] };
    default:
      return { first: node.args[0], last: node.args[1] };
  }
}
