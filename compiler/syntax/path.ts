// In: an attribute path as an author writes it under `attributes:` (LANGUAGE.md 3.1). Out: its root and names, or null.
// Never looks anything up and never reports: the caller knows the place.

/** `args.a["b c"]` is `{root: 'args', segments: ['a', 'b c']}`. */
export interface WrittenPath {
  readonly root: 'principal' | 'args' | 'context';
  readonly segments: readonly string[];
}

/** The path that `text` spells, or null. Brackets take a JSON string or a single-quoted one without escapes. */
export function parsePathText(text: string): WrittenPath | null {
  const root = /^(principal|args|context)(?=[.[])/.exec(text)?.[1];
  if (root !== 'principal' && root !== 'args' && root !== 'context') return null;
  const segments: string[] = [];
  const step = /\.([A-Za-z_][A-Za-z0-9_]*)|\[\s*(?:("(?:[^"\\]|\\.)*")|'([^'\\]*)')\s*\]/y;
  step.lastIndex = root.length;
  while (step.lastIndex < text.length) {
    const match = step.exec(text);
    if (match === null) return null;
    const segment = match[1] ?? match[3] ?? unquote(match[2] ?? '');
    if (segment === null || /\p{Surrogate}/u.test(segment)) return null;
    segments.push(segment);
  }
  return { root, segments };
}

function unquote(json: string): string | null {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
