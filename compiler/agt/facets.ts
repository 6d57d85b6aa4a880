// What their engines put into `k8s` before rules are asked: verb, resource, namespace, name, subresource, from `method` and `path`.
// In: a comparison of one of these, and its plain condition. Out: the same of the values that the engine would have put there,
// where the request carries `method` or `path`; else the plain one (LANGUAGE.md 15.7).

import type { Condition } from '../check/typed.ts';
import type { Expression } from './ast.ts';
import { Builder } from './build.ts';
import type { Comparison } from './expressions.ts';

const FIELDS = ['verb', 'resource', 'namespace', 'name', 'subresource'] as const;
type Field = (typeof FIELDS)[number];

export function isFacet(path: readonly string[]): boolean {
  return path.length === 2 && path[0] === 'k8s' && FIELDS.some((field) => field === path[1]);
}

export function facetCondition(expression: Comparison, plain: Condition): Condition {
  const field = FIELDS.find((known) => known === expression.path[1]);
  const values = valuesOf(expression);
  if (field === undefined || values === null) return plain;
  const facets = new Facets(expression);
  const found = facets.build.or(...values.map((value) => facets.is(field, value)));
  return facets.build.or(
    facets.build.and(facets.build.not(facets.given()), plain),
    facets.build.and(facets.given(), isNegated(expression) ? facets.build.not(found) : found),
  );
}

/** The texts for which the comparison, not negated, holds; null: it asks for more than equality. */
function valuesOf(expression: Comparison): readonly string[] | null {
  if (expression.kind === 'equals') return typeof expression.value === 'string' ? [expression.value] : [];
  if (expression.kind === 'among') return expression.values.map(String);
  return expression.kind === 'truthy' ? [''] : null;
}

function isNegated(expression: Comparison): boolean {
  return expression.kind === 'truthy' || ('negated' in expression && expression.negated);
}

const ROOT = '^/(?:api/[^/]+|apis/[^/]+/[^/]+)';
/** What `/?$` of Python leaves of the last part: that takes a newline at the end itself, as `[^/]+` does. */
const END = '(?:\\Z|/\\n?\\Z)';
/** Paths of named things, of whatever is named. */
const NAMED = `${ROOT}/(?:namespaces/[^/]+/[^/]+/[^/]+(?:/[^/]+)?|[^/]+/[^/]+)${END}`;
const OF_NAMED: ReadonlyMap<string, string> = new Map([
  ...([
    ['GET', 'get'],
    ['HEAD', 'get'],
    ['DELETE', 'delete'],
    ['PUT', 'update'],
  ] as const),
  ...([
    ['PATCH', 'patch'],
    ['POST', 'create'],
  ] as const),
]);
const OF_MANY: ReadonlyMap<string, string> = new Map([
  ...([
    ['GET', 'list'],
    ['HEAD', 'list'],
    ['DELETE', 'deletecollection'],
    ['PUT', 'update'],
  ] as const),
  ...([
    ['PATCH', 'patch'],
    ['POST', 'create'],
  ] as const),
]);

class Facets {
  readonly build: Builder;
  readonly #method: Builder;
  readonly #path: Builder;

  constructor({ span }: Expression) {
    this.build = new Builder(['k8s'], span);
    this.#method = new Builder(['k8s', 'method'], span);
    this.#path = new Builder(['k8s', 'path'], span);
  }

  given(): Condition {
    return this.build.or(this.#method.present(), this.#path.present());
  }

  is(field: Field, value: string): Condition {
    if (field === 'verb') return this.#verb(value);
    if (value === '') return this.build.not(this.#matches(PATHS[field]('[^/]+')));
    return /\//.test(value) ? this.build.constant(false) : this.#matches(PATHS[field](escaped(value)));
  }

  #verb(value: string): Condition {
    const isThere = (part: Builder): Condition => part.text(part.not(part.equalsText('')));
    const both = this.build.and(isThere(this.#method), isThere(this.#path));
    if (value === '') return this.build.not(both);
    const isNamed = this.#matches(NAMED);
    return this.build.and(
      both,
      this.build.or(
        this.build.and(isNamed, this.#methodOf(value, OF_NAMED)),
        this.build.and(this.build.not(isNamed), this.#methodOf(value, OF_MANY)),
      ),
    );
  }

  /** Methods that become this verb; one that is not in the table becomes itself in lower case. */
  #methodOf(verb: string, table: ReadonlyMap<string, string>): Condition {
    const methods = [...table].filter(([, found]) => found === verb).map(([method]) => method);
    if (verb === verb.toLowerCase() && !table.has(verb.toUpperCase())) methods.push(escaped(verb.toUpperCase()));
    if (methods.length === 0) return this.build.constant(false);
    return this.#method.text(this.#method.matches(`(?i)^(?:${methods.join('|')})\\Z`));
  }

  #matches(pattern: string): Condition {
    return this.#path.text(this.#path.matches(pattern));
  }
}

const PATHS: { readonly [field in Exclude<Field, 'verb'>]: (part: string) => string } = {
  namespace: (part) => `${ROOT}/namespaces/${part}(?:/[^/]+){1,3}${END}`,
  resource: (part) => `${ROOT}/(?:namespaces/[^/]+/${part}(?:/[^/]+){0,2}|${part}(?:/[^/]+)?)${END}`,
  name: (part) => `${ROOT}/(?:namespaces/[^/]+/[^/]+/${part}(?:/[^/]+)?|[^/]+/${part})${END}`,
  subresource: (part) => `${ROOT}/namespaces/[^/]+/[^/]+/[^/]+/${part}${END}`,
};

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
}
