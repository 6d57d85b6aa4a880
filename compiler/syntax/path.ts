// In: an attribute path as an author writes it under `attributes:` (LANGUAGE.md 3.1). Out: its root and names, or null.
// Never looks anything up and never reports: the caller knows the place.

/** `args.a["b c"]` is `{root: 'args', segments: ['a', 'b c']}`. */
export interface WrittenPath {
  readonly root: 'principal' | 'args' | 'context' | 'result' | 'message' | 'output';
  readonly segments: readonly string[];
}

const ROOTS: readonly WrittenPath['root'][] = ['principal', 'args', 'context', 'result', 'message', 'output'];
/** Those that may stand alone. */
const WHOLE: readonly WrittenPath['root'][] = ['result', 'message', 'output'];

/** The path that `text` spells, or null. Brackets take a JSON string or a single-quoted one without escapes. */
export function parsePathText(text: string): WrittenPath | null {
  const root = ROOTS.find((name) => text.startsWith(name) && /^($|[.[])/.test(text.slice(name.length)));
  if (root === undefined || (text === root && !WHOLE.includes(root))) return null;
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
