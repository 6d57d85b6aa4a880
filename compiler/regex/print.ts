// In: a tree of sets. Out: a pattern in RE2 syntax that means the same, so that a pattern of another engine can stand in a policy.
// Null where RE2 has no way to say it: another idea of words, of line ends, of the last line. `near` says two of these nearly: words
// are those of ASCII, and a last line break is taken along, which a search for any match does not tell apart at the end of a pattern.

import { perlSet } from './names.ts';
import { CODE_POINT_LIMIT, complement, pairsOf, type Ranges } from './sets.ts';
import type { Pattern, Tree } from './tree.ts';

export function printed(pattern: Pattern, fit: 'exact' | 'near' = 'exact'): string | null {
  try {
    return print(pattern.tree, { pattern, isNear: fit === 'near' }, 0);
  } catch (error) {
    if (error instanceof Unsayable) return null;
    throw error;
  }
}

interface Task {
  readonly pattern: Pattern;
  readonly isNear: boolean;
}

class Unsayable extends Error {}

const ASCII_WORDS = '48,58,65,91,95,96,97,123';

/** `level`: 0 among alternatives, 1 in a sequence, 2 before a repetition. */
function print(tree: Tree, task: Task, level: number): string {
  switch (tree.kind) {
    case 'set':
      return setText(tree.ranges);
    case 'concat': {
      const text = tree.items.map((item) => print(item, task, 1)).join('');
      return level === 2 ? `(?:${text})` : text;
    }
    case 'alternate': {
      const text = tree.items.map((item) => print(item, task, 0)).join('|');
      return level === 0 ? text : `(?:${text})`;
    }
    case 'repeat': {
      const { item, min, max } = tree;
      const text = `${print(item, task, 2)}${countText(min, max)}`;
      return level === 2 ? `(?:${text})` : text;
    }
    case 'assert':
      return level === 2 ? `(?:${assertionText(tree.what, task)})` : assertionText(tree.what, task);
  }
}

function countText(min: number, max: number | null): string {
  if (max === null) return min === 0 ? '*' : min === 1 ? '+' : `{${min},}`;
  if (min === 0 && max === 1) return '?';
  return min === max ? `{${min}}` : `{${min},${max}}`;
}

function assertionText(what: (Tree & { readonly kind: 'assert' })['what'], { pattern, isNear }: Task): string {
  switch (what) {
    case 'text-begin':
      return '\\A';
    case 'text-end':
      return '\\z';
    case 'last-line-end':
      if (!isNear) throw new Unsayable();
      return '(?:\\n?\\z)';
    case 'line-begin':
    case 'line-end':
      if (pattern.lineEnds.join() !== '10,11') throw new Unsayable();
      return what === 'line-begin' ? '(?m:^)' : '(?m:$)';
    case 'word-boundary':
    case 'no-word-boundary':
      if (pattern.words.join() !== ASCII_WORDS && !isNear) throw new Unsayable();
      return what === 'word-boundary' ? '\\b' : '\\B';
  }
}

function setText(ranges: Ranges): string {
  if (ranges.length === 0) return '[^\\x{0}-\\x{10FFFF}]';
  if (ranges.length === 2 && ranges[1] === (ranges[0] ?? 0) + 1) return characterText(ranges[0] ?? 0, false);
  if (ranges[0] === 0 && ranges[1] === CODE_POINT_LIMIT) return '(?s:.)';
  const named = namedSets().get(ranges.join());
  if (named !== undefined) return named;
  const outside = complement(ranges);
  const isNegated = outside.length < ranges.length;
  const members = pairsOf(isNegated ? outside : ranges).map(([from, to]) => {
    const first = characterText(from, true);
    if (to === from + 1) return first;
    return `${first}${to === from + 2 ? '' : '-'}${characterText(to - 1, true)}`;
  });
  return `[${isNegated ? '^' : ''}${members.join('')}]`;
}

/** Sets that patterns of other engines have everywhere, in few characters. */
function namedSets(): ReadonlyMap<string, string> {
  if (named !== undefined) return named;
  const spaces = perlSet('s', 'js');
  const spaceText = '\\s\\v\\p{Zs}\\x{2028}\\x{2029}\\x{FEFF}';
  named = new Map([
    [spaces.join(), `[${spaceText}]`],
    [complement(spaces).join(), `[^${spaceText}]`],
    [perlSet('w', 're2').join(), '\\w'],
    [complement(perlSet('w', 're2')).join(), '\\W'],
    [perlSet('d', 're2').join(), '\\d'],
    [complement(perlSet('d', 're2')).join(), '\\D'],
    [complement([0x0a, 0x0b]).join(), '.'],
  ]);
  return named;
}

let named: ReadonlyMap<string, string> | undefined;

function characterText(code: number, inClass: boolean): string {
  const text = String.fromCodePoint(code);
  if (code < 0x20 || code === 0x7f || (code > 0x7f && !/^[\p{L}\p{N}\p{P}\p{S}]$/u.test(text))) {
    return `\\x{${code.toString(16).toUpperCase()}}`;
  }
  return (inClass ? /[\\\]^[-]/ : /[\\.+*?()|[\]{}^$]/).test(text) ? `\\${text}` : text;
}
