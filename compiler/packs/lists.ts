// Lists of secret and personal-data patterns as their projects publish them: `gitleaks.toml` and a `pii` list in YAML.
// In: their text. Out: a pack. Reads the few forms that these files use, line by line: texts in ''' and ", lists of texts. Of gitleaks
// thresholds of entropy and allow lists judge each finding by its captured part. A search says whether there is a finding, not which:
// to leave out a text because one of its findings is harmless would hide the others. They are named as not read, and rules find more.

import { type Pack, type PackRule, type Refusal, translated, type Unread } from './pack.ts';

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly pattern: string;
  readonly keywords: readonly string[];
}

export function readGitleaks(text: string): Pack {
  const [head = '', ...blocks] = text.split(/^\[\[rules\]\]$/m);
  const unread: Unread[] = allowLists(head.split(/^\[allowlist\]$/m).slice(1)).map((what) => ({ rule: null, what }));
  const entries = blocks.flatMap((block): Entry[] => {
    const [own = '', ...lists] = block.split(/^\[\[rules\.allowlists\]\]$/m);
    const id = /^id = "([^"]*)"$/m.exec(own)?.[1];
    const pattern = /^regex = '''([\s\S]*?)'''$/m.exec(own)?.[1];
    if (id === undefined) return [];
    if (pattern === undefined) {
      unread.push({ rule: id, what: 'the whole rule: it has no pattern of texts' });
      return [];
    }
    const entropy = /^entropy = (.*)$/m.exec(own)?.[1];
    const path = /^path = '''(.*)'''$/m.exec(own)?.[1];
    unread.push(
      ...(entropy === undefined ? [] : [`an entropy above ${entropy} of what the pattern captures`]).map(of(id)),
      ...(path === undefined ? [] : [`files of the path ${path} alone`]).map(of(id)),
      ...allowLists(lists).map(of(id)),
    );
    const title = /^description = "([^"]*)"$/m.exec(own)?.[1] ?? id;
    const words = /^keywords = \[([\s\S]*?)\]/m.exec(own)?.[1] ?? '';
    return [{ id, title, pattern, keywords: Array.from(words.matchAll(/"([^"]*)"/g), ([, word]) => word ?? '') }];
  });
  return { ...packOf('gitleaks', entries), unread };
}

function of(rule: string): (what: string) => Unread {
  return (what) => ({ rule, what });
}

/** What allow lists have, in words. */
function allowLists(lists: readonly string[]): readonly string[] {
  return lists.map((list) => {
    const parts = ['paths', 'regexes', 'stopwords'].flatMap((key) => {
      const written = new RegExp(`^${key} = \\[\\n([\\s\\S]*?)^\\]$`, 'm').exec(list)?.[1];
      const size = written === undefined ? 0 : written.split('\n').filter((line) => line.trim() !== '').length;
      return size === 0 ? [] : [`${size} ${key}`];
    });
    return `an allow list of findings: ${parts.join(', ')}`;
  });
}

export function readPiiList(text: string): Pack {
  const names = [...text.matchAll(/^ {6}name: (.*)$/gm)].map(([, name]) => name ?? '');
  const patterns = [...text.matchAll(/^ {6}regex: (.*)$/gm)].map(([, pattern]) =>
    (pattern ?? '').replace(/^"(.*)"$/, '$1'),
  );
  // Each pattern has its name; a text where that is not so is no such list.
  if (names.length !== patterns.length) return packOf('pii', []);
  const entries = names.map((name, i) => ({
    id: `${i + 1}-${name.replace(/[^A-Za-z0-9]+/g, '-')}`.replace(/-$/, ''),
    title: name,
    pattern: patterns[i] ?? '',
    keywords: [],
  }));
  return packOf('pii', entries);
}

/** RE2 syntax, or else what the JavaScript engine would take: `\/` and its like. */
function packOf(name: string, entries: readonly Entry[]): Pack {
  const rules: PackRule[] = [];
  const refused: Refusal[] = [];
  for (const { id, title, pattern, keywords } of entries) {
    const asRe2 = translated(pattern, 're2', false);
    const made = 'pattern' in asRe2 ? asRe2 : translated(pattern, 'js', false);
    if ('pattern' in made)
      rules.push({ id, title, condition: 'any', patterns: [made.pattern], keywords, exceptions: [] });
    else refused.push({ rule: id, pattern, reason: made.reason });
  }
  return { name, rules, refused, unread: [], patternCount: entries.length };
}
