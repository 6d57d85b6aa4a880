// In: a pack. Out: a Lictor policy as text: a rule for each of the pack's, all about one text attribute. What was refused stands in
// comments, by name. The policy is compiled like any other: nothing knows afterwards that it came from a pack.

import { acceptedCount, type Pack, type PackRule } from './pack.ts';

/** UTF-16 units of the patterns of one condition: half of what it may have in bytes, for quotes and escapes. */
const MAX_CONDITION_TEXT = 24000;

export interface PackOptions {
  /** The text that is looked at, such as `args.text`. */
  readonly attribute: string;
  readonly effect: 'deny' | 'escalate' | 'warn';
  /** A tool name or glob; `*`: every tool. */
  readonly tool: string;
}

export function packPolicy(pack: Pack, { attribute, effect, tool }: PackOptions): string {
  const lines = [
    'lictor: 1',
    `name: ${pack.name}`,
    'default: allow',
    'attributes:',
    `  ${attribute}: string`,
    `# ${pack.rules.length} rules; ${acceptedCount(pack)} of ${pack.patternCount} patterns compile.`,
    ...pack.refused.map(
      ({ rule, pattern, reason }) =>
        `# refused: ${rule}: ${oneLine(reason)}${pattern === '' ? '' : `: ${oneLine(pattern)}`}`,
    ),
    ...(pack.unread.length === 0
      ? []
      : ['# not read, so that these rules find more than those of the pack, never less:']),
    ...pack.unread.map(({ rule, what }) => `# not read: ${rule ?? 'all rules'}: ${oneLine(what)}`),
    'rules:',
  ];
  for (const rule of pack.rules.flatMap(inParts)) {
    lines.push(
      `  - id: ${rule.id}`,
      `    tool: ${JSON.stringify(tool)}`,
      `    effect: ${effect}`,
      `    reason: ${JSON.stringify(oneLine(rule.title))}`,
      '    when: |',
      ...conditionLines(rule, attribute).map((line) => `      ${line}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** Patterns of one rule that fit into one condition (LANGUAGE.md 4.1); what does not, of a rule for any of them, is a further rule. */
function inParts(rule: PackRule): PackRule[] {
  if (rule.condition === 'all') return [rule];
  const parts: PackRule[] = [];
  let patterns: string[] = [];
  let size = 0;
  const close = (): void => {
    if (patterns.length === 0) return;
    parts.push({ ...rule, id: parts.length === 0 ? rule.id : `${rule.id}.${parts.length + 1}`, patterns });
    patterns = [];
    size = 0;
  };
  for (const pattern of rule.patterns) {
    if (size + pattern.length > MAX_CONDITION_TEXT) close();
    patterns.push(pattern);
    size += pattern.length;
  }
  close();
  return parts;
}

function conditionLines({ condition, patterns, keywords, exceptions }: PackRule, attribute: string): string[] {
  const test = (pattern: string): string => `${attribute}.matches(${JSON.stringify(pattern)})`;
  const joint = condition === 'all' ? ' &&' : ' ||';
  // A call without the text is none of the pack's; one whose text cannot be read is in doubt, and restricted.
  const parts = [[`has(${attribute})`], joined(patterns.map(test), joint)];
  if (keywords.length > 0)
    parts.push(
      joined(
        keywords.map((word) => test(`(?i)${escaped(word)}`)),
        ' ||',
      ),
    );
  for (const exception of exceptions) parts.push([`!${test(exception)}`]);
  return parts.flatMap((part, i) => {
    const bracketed = part.length > 1 && parts.length > 1 ? ['(', ...part, ')'] : part;
    const last = bracketed[bracketed.length - 1] ?? '';
    return i < parts.length - 1 ? [...bracketed.slice(0, -1), `${last} &&`] : bracketed;
  });
}

function joined(tests: readonly string[], joint: string): string[] {
  return tests.map((test, i) => (i < tests.length - 1 ? `${test}${joint}` : test));
}

function escaped(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, '\\$&');
}

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}
