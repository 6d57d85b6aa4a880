// In: attribute paths as authors write them, and what is declared below a path. Out: typed paths, and the types found there.
// Never decides which tools a rule speaks of.

import { didYouMean } from '../diagnostic.ts';
import type { ArgumentSchema, AttributePath, Point } from './typed.ts';
import { pathText } from './typed.ts';
import { ANY, type AttributeType } from './types.ts';

export type Root = AttributePath['root'];

/** What some intervention points carry beside principal, args and context (LANGUAGE.md 1.3). It may be a plain value: a text. */
export type Payload = 'result' | 'message' | 'output';

/** The points that carry each payload. */
export const PAYLOADS: Readonly<Record<Payload, readonly Point[]>> = {
  result: ['post_tool_call'],
  message: ['input', 'pre_model_call', 'post_model_call'],
  output: ['output'],
};

export const ROOTS: readonly Root[] = ['principal', 'args', 'context', 'result', 'message', 'output'];

export function isRoot(name: string): name is Root {
  return ROOTS.some((root) => root === name);
}

export function isPayload(root: Root): root is Payload {
  return root === 'result' || root === 'message' || root === 'output';
}

/** Of messages about what is none. */
export const PATH_HELP =
  'a path is `principal`, `args` or `context` followed by names: `args.amount`, `args["foo-bar"]`';

/** One step of a path: a name, a JSON string in brackets, or single quotes without escapes. */
export const stepPattern: RegExp = /\.([A-Za-z_][A-Za-z0-9_]*)|\[("(?:[^"\\]|\\.)*")\]|\['([^'\\]*)'\]/;

/** `args.a["foo-bar"]` as a path; null if it is not one (LANGUAGE.md 3.1). */
export function parsePath(text: string): AttributePath | null {
  const root = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text)?.[0];
  if (root === undefined || !isRoot(root)) return null;
  const segments: string[] = [];
  const step = new RegExp(stepPattern.source, 'y');
  step.lastIndex = root.length;
  while (step.lastIndex < text.length) {
    const found = step.exec(text);
    if (found === null) return null;
    const [, name, quoted, single] = found;
    const segment = name ?? single ?? unquote(quoted ?? '');
    if (segment === null) return null;
    segments.push(segment);
  }
  return segments.length === 0 && !isPayload(root) ? null : { root, segments };
}

/**
 * What `schema` says of the argument at `segments`: its type, or null if it does not declare it (LANGUAGE.md 5.4).
 * Below an open object and below `any` everything is declared, as `any`.
 */
export function declaredType(schema: ArgumentSchema, segments: readonly string[]): AttributeType | null {
  let below: AttributeType = { kind: 'object', schema };
  for (const segment of segments) {
    if (below.kind === 'any') return ANY;
    if (below.kind !== 'object') return null;
    const property = below.schema.properties.get(segment);
    if (property === undefined) {
      if (!below.schema.open) return null;
      below = ANY;
    } else below = property.type;
  }
  return below;
}

/** The dotted names that `schema` declares, at most `limit` of them, for suggestions. */
export function declaredPaths(schema: ArgumentSchema, prefix: readonly string[], limit: number): AttributePath[] {
  const found: AttributePath[] = [];
  for (const [name, property] of schema.properties) {
    if (found.length >= limit) break;
    const segments = [...prefix, name];
    found.push({ root: 'args', segments });
    if (property.type.kind === 'object' && segments.length < 4) {
      found.push(...declaredPaths(property.type.schema, segments, limit - found.length));
    }
  }
  return found;
}

/** Of `candidates`, the path a typing mistake away from `text`: its root is not what was mistyped, or all that was. */
export function nearestPath(path: AttributePath, candidates: readonly AttributePath[]): string | undefined {
  const tailOf = (of: AttributePath): string => pathText(of).slice(of.root.length);
  const tail = tailOf(path);
  const sameRoot = candidates.filter((candidate) => candidate.root === path.root);
  const near = didYouMean(
    tail.slice(1),
    sameRoot.map((candidate) => tailOf(candidate).slice(1)),
  );
  const found =
    sameRoot.find((candidate) => near !== undefined && tailOf(candidate).slice(1) === near) ??
    candidates.find((candidate) => tailOf(candidate) === tail);
  return found === undefined ? undefined : pathText(found);
}

/** True if `longer` lies below `shorter`. */
export function isBelow(longer: AttributePath, shorter: AttributePath): boolean {
  return (
    longer.root === shorter.root &&
    longer.segments.length > shorter.segments.length &&
    shorter.segments.every((segment, i) => segment === longer.segments[i])
  );
}

export function unquote(quoted: string): string | null {
  try {
    const value: unknown = JSON.parse(quoted);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}
