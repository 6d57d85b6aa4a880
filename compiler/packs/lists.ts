// Lists of secret and personal-data patterns as their projects publish them: `gitleaks.toml` and a `pii` list in YAML.
// In: their text. Out: a pack. Reads the few forms that these files use, line by line: texts in ''' and ", lists of texts. Of gitleaks
// the threshold of entropy is about the captured part, which a search does not know: it is left out, and rules say more, not less.

import { type Pack, type PackRule, type Refusal, translated } from './pack.ts';

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly pattern: string;
  readonly keywords: readonly string[];
}

export function readGitleaks(text: string): Pack {
  const entries = text
    .split(/^\[\[rules\]\]$/m)
    .slice(1)
    .flatMap((block): Entry[] => {
      const [own = ''] = block.split(/^\[\[rules\./m);
      const id = /^id = "([^"]*)"$/m.exec(own)?.[1];
      const pattern = /^regex = '''([\s\S]*?)'''$/m.exec(own)?.[1];
      if (id === undefined || pattern === undefined) return [];
      const title = /^description = "([^"]*)"$/m.exec(own)?.[1] ?? id;
      const words = /^keywords = \[([\s\S]*?)\]/m.exec(own)?.[1] ?? '';
      return [{ id, title, pattern, keywords: Array.from(words.matchAll(/"([^"]*)"/g), ([, word]) => word ?? '') }];
    });
  return packOf('gitleaks', entries);
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
  return { name, rules, refused, patternCount: entries.length };
}
