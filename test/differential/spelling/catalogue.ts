// In: a catalogue as a tree. Out: one that says the same (LANGUAGE.md 7.1, 7.3): another of its forms, and schemas that say by `$ref`,
// `oneOf`, `anyOf`, `allOf` or a `null` beside it what they said at once.

import type { Forms } from './forms.ts';
import { type Tree, textTree } from './tree.ts';

type Entries = readonly (readonly [string, Tree])[];
type Tool = readonly [string, Tree];

export function spelledCatalogue(forms: Forms, catalogue: Tree): Tree {
  const shared: [string, Tree][] = [];
  const tools = toolsOf(catalogue).map(([name, schema]): Tool => [name, spelledSchema(forms, schema, shared)]);
  const named = (key: string): Tree =>
    list(
      tools.map(([name, schema]) =>
        map([
          ['name', textTree(name)],
          ['description', textTree('does "it"')],
          [key, schema],
        ]),
      ),
    );
  const form = forms.oneOf('catalogue: tools/list', {
    'catalogue: tools/list': 2,
    'catalogue: list': shared.length === 0 ? 1 : 0,
    'catalogue: mapping': shared.length === 0 ? 1 : 0,
    'catalogue: answer': shared.length === 0 ? 1 : 0,
    'catalogue: functions': shared.length === 0 ? 1 : 0,
    'catalogue: flat functions': shared.length === 0 ? 1 : 0,
  });
  switch (form) {
    case 'catalogue: list':
      return named('inputSchema');
    case 'catalogue: mapping':
      return map(tools);
    case 'catalogue: answer':
      return map([
        ['jsonrpc', textTree('2.0')],
        ['id', { kind: 'word', source: '1' }],
        ['result', map([['tools', named('inputSchema')]])],
      ]);
    case 'catalogue: functions':
      return list(
        tools.map(([name, schema]) =>
          map([
            ['type', textTree('function')],
            [
              'function',
              map([
                ['name', textTree(name)],
                ['parameters', schema],
              ]),
            ],
          ]),
        ),
      );
    case 'catalogue: flat functions':
      return list(
        tools.map(([name, schema]) =>
          map([
            ['type', textTree('function')],
            ['name', textTree(name)],
            ['parameters', schema],
          ]),
        ),
      );
    default:
      return map([...(shared.length === 0 ? [] : [['$defs', map(shared)] as const]), ['tools', named('inputSchema')]]);
  }
}

/** As the generator writes catalogues (world.ts). */
function toolsOf(catalogue: Tree): Tool[] {
  const items = catalogue.kind === 'list' ? catalogue : get(catalogue, 'tools');
  if (items?.kind !== 'list') return catalogue.kind === 'map' ? [...catalogue.entries] : [];
  return items.items.map((item): Tool => {
    const tool = get(item, 'function') ?? item;
    const name = get(tool, 'name');
    const schema = get(tool, 'parameters') ?? get(tool, 'inputSchema');
    if (name?.kind !== 'text' || schema === undefined) throw new Error('a tool without name or schema');
    return [name.value, schema];
  });
}

function spelledSchema(forms: Forms, schema: Tree, shared: [string, Tree][]): Tree {
  const own: [string, Tree][] = [];
  const all = spelledProperties(forms, schema, own, shared);
  return own.length === 0 || all.kind !== 'map' ? all : map([...all.entries, ['$defs', map(own)]]);
}

function spelledProperties(forms: Forms, schema: Tree, own: [string, Tree][], shared: [string, Tree][]): Tree {
  const properties = get(schema, 'properties');
  if (schema.kind !== 'map' || properties?.kind !== 'map') return schema;
  const entries = properties.entries.map(([name, property]): readonly [string, Tree] => [
    name,
    spelledProperty(forms, spelledProperties(forms, property, own, shared), own, shared),
  ]);
  return map(schema.entries.map((entry) => (entry[0] === 'properties' ? ['properties', map(entries)] : entry)));
}

function spelledProperty(forms: Forms, schema: Tree, own: [string, Tree][], shared: [string, Tree][]): Tree {
  if (schema.kind !== 'map') return schema;
  const type = get(schema, 'type');
  const isTyped = type?.kind === 'text';
  const values = get(schema, 'enum');
  // Branches have no default: it stays beside them.
  const fallback = schema.entries.filter(([key]) => key === 'default');
  const rest = map(schema.entries.filter(([key]) => key !== 'default'));
  const nothing = map([['type', textTree('null')]]);
  const form = forms.oneOf('schema as it is', {
    'schema as it is': 5,
    'schema $ref': 2,
    // What it refers to itself stands in its tool.
    'schema $ref of the document': JSON.stringify(schema).includes('$ref') ? 0 : 0.3,
    'schema $ref twice': 0.5,
    'schema allOf': 1,
    'schema oneOf': 1,
    'schema oneOf null': isTyped ? 1 : 0,
    'schema anyOf null': isTyped ? 1 : 0,
    'schema type and null': isTyped && values === undefined ? 1 : 0,
    'schema oneOf of enums': values?.kind === 'list' && values.items.length > 1 ? 6 : 0,
  });
  const defined = (into: [string, Tree][], one: Tree): Tree => {
    const name = `${into === shared ? 'shared' : 'd'}${into.length}/~ %`;
    into.push([name, one]);
    return map([
      [
        '$ref',
        textTree(`#/$defs/${name.replace('~', '~0').replace('/', '~1').replace('%', '%25').replace(' ', '%20')}`),
      ],
    ]);
  };
  switch (form) {
    case 'schema $ref':
      return defined(own, schema);
    case 'schema $ref of the document':
      return defined(shared, schema);
    case 'schema $ref twice':
      return defined(own, defined(own, schema));
    case 'schema allOf':
      return map([['allOf', list([schema, map([])])]]);
    case 'schema oneOf':
      return map([...fallback, ['oneOf', list([rest])]]);
    case 'schema oneOf null':
      return map([...fallback, ['oneOf', list([rest, nothing])]]);
    case 'schema anyOf null':
      return map([...fallback, ['anyOf', list([nothing, rest])]]);
    case 'schema type and null':
      return map(
        schema.entries.map((entry) =>
          entry[0] === 'type' && type !== undefined ? ['type', list([type, textTree('null')])] : entry,
        ),
      );
    case 'schema oneOf of enums': {
      const all = values?.kind === 'list' ? values.items : [];
      const halves = [all.slice(0, 1), all.slice(1)].map((some) =>
        map([
          ['type', textTree('string')],
          ['enum', list(some)],
        ]),
      );
      return map([...fallback, ['oneOf', list(halves)]]);
    }
    default:
      return schema;
  }
}

function get(tree: Tree, key: string): Tree | undefined {
  return tree.kind === 'map' ? tree.entries.find(([name]) => name === key)?.[1] : undefined;
}

function map(entries: Entries): Tree {
  return { kind: 'map', entries };
}

function list(items: readonly Tree[]): Tree {
  return { kind: 'list', items };
}
