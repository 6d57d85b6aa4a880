// Conditions on `k8s` and `sql`, contexts that carry them, and what the toolkit's engines put into `k8s` before rules are asked, read off
// the segments of a path (LANGUAGE.md 15.7): an oracle that shares no code and no patterns with the front-end.

import fc from 'fast-check';

const METHODS = ['GET', 'get', 'HEAD', 'delete', 'DELETE', 'POST', 'PATCH', 'Put', 'OPTIONS', 'list', '', 5, null];
const PATHS = [
  '/api/v1/namespaces/production/pods',
  '/api/v1/namespaces/production/pods/',
  '/api/v1/namespaces/x/pods/api/log',
  '/api/v1/namespaces/x/pods/api/log/more',
  '/apis/apps/v1/namespaces/x/deployments/api',
  '/apis/apps/v1/namespaces/x/deployments/api/',
  '/apis/apps/v1/deployments',
  '/apis/apps/v1/deployments/api',
  '/apis/apps',
  '/api/v1/namespaces/production',
  '/api/v1/namespaces',
  '/api/v1/nodes',
  '/api/v1/nodes/api/status',
  '/api/v1/pods//',
  '/api/v1',
  '/api/v1/namespaces//pods',
  '/API/v1/pods',
  '/api/v1/pods\n',
  '/api/v1/namespaces/production\n/pods',
  '/api/v1/namespaces/production/pods/api\n',
  'api/v1/pods',
  '/',
  '',
  7,
  null,
];
const FACETS = ['verb', 'resource', 'namespace', 'name', 'subresource'];
const VALUES = [
  ...['get', 'list', 'delete', 'deletecollection', 'update', 'create', 'options', 'GET', 'pods', 'namespaces', 'nodes'],
  ...['deployments', 'production', 'x', 'api', 'log', 'status', 'v1', 'pods/api'],
];
const SQL_VALUES = ['DROP', 'SELECT', 'users', 'x'];

const quote = fc.constantFrom("'", '"');
const space = fc.constantFrom('', ' ', '  ');

/** `==`, `!=`, a list and the bare path: what is drawn of both. */
function comparisons(path: fc.Arbitrary<string>, values: readonly string[]): fc.Arbitrary<string> {
  const item = fc.tuple(fc.constantFrom(...values.filter((value) => /^\w+$/.test(value))), fc.boolean());
  return fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .tuple(path, space, fc.constantFrom('==', '!='), space, quote, fc.constantFrom(...values))
        .map(([p, before, op, after, q, v]) => `${p}${before}${op}${after}${q}${v}${q}`),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(path, fc.array(item, { minLength: 1, maxLength: 3 }), quote, space)
        .map(
          ([p, items, q, gap]) => `${p} in [${items.map(([v, bare]) => (bare ? v : `${q}${v}${q}`)).join(`,${gap}`)}]`,
        ),
    },
    { weight: 1, arbitrary: path },
  );
}

export const facetAtom: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: comparisons(fc.constantFrom(...FACETS.map((field) => `k8s.${field}`)), VALUES) },
  {
    weight: 2,
    arbitrary: comparisons(fc.constantFrom('sql.verb', 'sql.target', 'sql.tables', 'sql.query'), SQL_VALUES),
  },
);

const k8s = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record(
      {
        method: fc.constantFrom<unknown>(...METHODS),
        path: fc.constantFrom<unknown>(...PATHS),
        verb: fc.constantFrom<unknown>('get', 'list', '', 5),
        resource: fc.constantFrom<unknown>('pods', 'x', null),
        namespace: fc.constantFrom<unknown>('production', 'x'),
        name: fc.constantFrom<unknown>('api', ''),
        subresource: fc.constantFrom<unknown>('log', ['log']),
      },
      { requiredKeys: [] },
    ),
  },
  {
    weight: 3,
    arbitrary: fc.record({ method: fc.constantFrom<unknown>(...METHODS), path: fc.constantFrom<unknown>(...PATHS) }),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('pods', null, 5, []) },
);

const sql = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record(
      {
        verb: fc.constantFrom<unknown>(...SQL_VALUES, '', null),
        target: fc.constantFrom<unknown>('users', 'x', 5),
        tables: fc.constantFrom<unknown>([], ['users'], 'users'),
        query: fc.constantFrom<unknown>('DROP TABLE users', 'SELECT', ''),
      },
      { requiredKeys: [] },
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom<unknown>('DROP', null, []) },
);

/** What goes into a context beside its own fields. */
export const facetContext: fc.Arbitrary<object> = fc.record({ k8s, sql }, { requiredKeys: [] });

/** A context as rules are asked of it: with what the engine takes from `method` and `path`, where `k8s` carries one. */
export function withFacets(context: object): object {
  const given = (context as { readonly k8s?: unknown }).k8s;
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return context;
  const { method, path } = given as { readonly method?: unknown; readonly path?: unknown };
  if ((method ?? null) === null && (path ?? null) === null) return context;
  const found = placeOf(typeof path === 'string' ? path : '');
  const isAsked = typeof method === 'string' && method !== '' && typeof path === 'string' && path !== '';
  const verb = isAsked ? verbOf(method.toUpperCase(), found.name !== '') : '';
  return { ...context, k8s: { ...given, ...found, verb } };
}

interface Place {
  readonly namespace: string;
  readonly resource: string;
  readonly name: string;
  readonly subresource: string;
}

function placeOf(path: string): Place {
  const nowhere = { namespace: '', resource: '', name: '', subresource: '' };
  const [root, group, ...segments] = (path.endsWith('/') ? path.slice(0, -1) : path).split('/');
  if (root !== '' || (group !== 'api' && group !== 'apis') || segments.includes('')) return nowhere;
  const version = group === 'api' ? 1 : 2;
  const rest = segments.slice(version);
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = rest;
  if (rest.length === 1 || rest.length === 2) return { ...nowhere, resource: first, name: second };
  if (first !== 'namespaces' || rest.length < 3 || rest.length > 5) return nowhere;
  return { namespace: second, resource: third, name: fourth, subresource: fifth };
}

function verbOf(method: string, isNamed: boolean): string {
  switch (method) {
    case 'GET':
    case 'HEAD':
      return isNamed ? 'get' : 'list';
    case 'DELETE':
      return isNamed ? 'delete' : 'deletecollection';
    case 'PUT':
      return 'update';
    case 'PATCH':
      return 'patch';
    case 'POST':
      return 'create';
    default:
      return method.toLowerCase();
  }
}
