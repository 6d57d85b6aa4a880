// In: the JSON Schema of one tool's arguments, with places. Out: what the tool declares (LANGUAGE.md 5.4, 7.3).
// Never follows a `$ref` out of the document, never loops on one that leads back to itself (what lies below is then open).

import { didYouMean } from '../diagnostic.ts';
import { type JsonNode, type JsonObject, plainJson } from './json.ts';
import type { Report } from './report.ts';
import type { ArgumentSchema, PropertySchema } from './typed.ts';
import { ANY, type AttributeType, BOOL, DOUBLE, enumType, hasLoneSurrogate, INT, isScalar, STRING } from './types.ts';

const MAX_SCHEMA_DEPTH = 96;
const MAX_SCHEMA_NODES = 50_000;
/** Of all schemas of one catalogue together: each of many tools may name the same large schema. */
const MAX_CATALOGUE_NODES = 250_000;

/** What the schemas of one catalogue have cost so far. */
export interface SchemaBudget {
  nodeCount: number;
}

/** What `schema` declares. `document` is the whole catalogue, the second place a `$ref` may point into. */
export function readArgumentSchema(
  schema: JsonNode,
  document: JsonNode,
  budget: SchemaBudget,
  report: Report,
): ArgumentSchema {
  const reader = new SchemaReader(schema, document, budget, report);
  const shape = reader.read(schema, 0);
  const open = shape.kinds === null && shape.declares === 'nothing';
  if (shape.kinds !== null && !shape.kinds.has('object')) {
    report.error('P0411', schema.span, 'the arguments of a tool are an object, but this schema is of another type');
  }
  return { properties: finishProperties(shape), open: open || isOpen(shape) };
}

type Kind = 'string' | 'int' | 'double' | 'bool' | 'array' | 'object';

/**
 * What a schema says of the properties below it: `all` by an explicit `additionalProperties`, `bare` as an object without
 * properties (both leave everything declared), `some` by a list of them, `nothing` where it does not speak of them.
 */
type Declares = 'all' | 'bare' | 'some' | 'nothing';

/** A schema half read: its branches can still be joined. */
interface Shape {
  /** Null: of any type. `null` itself is dropped (LANGUAGE.md 7.3), so the set may be empty. */
  readonly kinds: ReadonlySet<Kind> | null;
  readonly strings: ReadonlySet<string> | null;
  readonly properties: ReadonlyMap<string, Shape>;
  readonly declares: Declares;
  readonly items: Shape | null;
  readonly default: JsonNode | undefined;
}

const OPEN: Shape = {
  kinds: null,
  strings: null,
  properties: new Map(),
  declares: 'nothing',
  items: null,
  default: undefined,
};

class SchemaReader {
  readonly #root: JsonNode;
  readonly #document: JsonNode;
  readonly #report: Report;
  readonly #budget: SchemaBudget;
  readonly #active = new Set<JsonNode>();
  #nodeCount = 0;

  constructor(root: JsonNode, document: JsonNode, budget: SchemaBudget, report: Report) {
    this.#budget = budget;
    this.#root = root;
    this.#document = document;
    this.#report = report;
  }

  read(node: JsonNode, depth: number): Shape {
    if (node.kind === 'bool') return OPEN;
    if (node.kind !== 'object') {
      this.#report.error('P0411', node.span, `expected a JSON Schema (an object), but found ${jsonKindText(node)}`);
      return OPEN;
    }
    if (this.#active.has(node)) return OPEN; // a schema that contains itself: open below
    if (!this.#afford(node, depth)) return OPEN;
    this.#active.add(node);
    let shape = this.#own(node, depth);
    for (const branch of arrayOf(node, 'allOf')) shape = this.#both(shape, this.read(branch, depth + 1), node);
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = arrayOf(node, keyword).map((branch) => this.read(branch, depth + 1));
      const telling = branches.filter((branch) => branch.kinds === null || branch.kinds.size > 0);
      const union = telling.reduce<Shape | null>((a, b) => (a === null ? b : this.#either(a, b, node)), null);
      if (union !== null) shape = this.#both(shape, { ...union, default: undefined }, node);
    }
    const reference = node.members.get('$ref')?.value;
    const target = reference === undefined ? null : this.#resolve(reference);
    if (target !== null) shape = this.#both(shape, this.read(target, depth + 1), node);
    this.#active.delete(node);
    return shape;
  }

  /** The keywords of the node itself, without its branches. */
  #own(node: JsonObject, depth: number): Shape {
    const kinds = this.#kinds(node);
    const properties = new Map<string, Shape>();
    const listed = node.members.get('properties')?.value;
    if (listed?.kind === 'object') {
      for (const [name, member] of listed.members) {
        // `false` admits no value: the property is not declared.
        if (member.value.kind === 'bool' && !member.value.value) continue;
        properties.set(name, this.read(member.value, depth + 1));
      }
    } else if (listed !== undefined) {
      this.#report.error('P0411', listed.span, `\`properties\` is an object, but this is ${jsonKindText(listed)}`);
    }
    const items = node.members.get('items')?.value;
    const strings = enumStrings(node);
    return {
      kinds: kinds === null && strings?.onlyStrings === true ? new Set(['string']) : kinds,
      strings: strings === null || strings.values.size === 0 ? null : strings.values,
      properties,
      declares: declaredBelow(node, listed !== undefined, kinds?.has('object') === true),
      items: items === undefined || items.kind === 'array' ? null : this.read(items, depth + 1),
      default: node.members.get('default')?.value,
    };
  }

  #kinds(node: JsonObject): ReadonlySet<Kind> | null {
    const type = node.members.get('type')?.value;
    if (type === undefined) return null;
    const kinds = new Set<Kind>();
    for (const name of type.kind === 'array' ? type.items : [type]) {
      const kind = name.kind === 'string' ? KINDS.get(name.value) : undefined;
      if (kind !== undefined) kinds.add(kind);
      else if (name.kind !== 'string' || name.value !== 'null') {
        const near = name.kind === 'string' ? didYouMean(name.value, KINDS.keys()) : undefined;
        this.#report.error(
          'P0411',
          name.span,
          `expected a JSON Schema type, but found ${name.kind === 'string' ? `\`${name.value}\`` : jsonKindText(name)}`,
          near === undefined ? `types are ${[...KINDS.keys()].join(', ')}, null` : `did you mean \`${near}\`?`,
        );
        return null;
      }
    }
    return kinds;
  }

  /** What holds when both schemas hold. Declarations add up. */
  #both(a: Shape, b: Shape, node: JsonNode): Shape {
    const properties = this.#mergeProperties(a, b, node, (x, y) => this.#both(x, y, node));
    return {
      kinds: a.kinds === null ? b.kinds : b.kinds === null ? a.kinds : narrow(a.kinds, b.kinds),
      strings: a.strings === null ? b.strings : b.strings === null ? a.strings : common(a.strings, b.strings),
      properties,
      declares: first(['all', 'some', 'bare'], a.declares, b.declares),
      items: a.items ?? b.items,
      default: a.default ?? b.default,
    };
  }

  /** What holds when either schema holds. */
  #either(a: Shape, b: Shape, node: JsonNode): Shape {
    return {
      kinds: a.kinds === null || b.kinds === null ? null : new Set([...a.kinds, ...b.kinds]),
      strings: a.strings === null || b.strings === null ? null : new Set([...a.strings, ...b.strings]),
      properties: this.#mergeProperties(a, b, node, (x, y) => this.#either(x, y, node)),
      declares: first(['all', 'bare', 'some'], a.declares, b.declares),
      items: a.items === null || b.items === null ? null : this.#either(a.items, b.items, node),
      default: undefined,
    };
  }

  #mergeProperties(a: Shape, b: Shape, node: JsonNode, merge: (x: Shape, y: Shape) => Shape): Map<string, Shape> {
    const merged = new Map(a.properties);
    for (const [name, shape] of b.properties) {
      const other = merged.get(name);
      if (!this.#afford(node, 0)) break;
      merged.set(name, other === undefined ? shape : merge(other, shape));
    }
    return merged;
  }

  #resolve(reference: JsonNode): JsonNode | null {
    if (reference.kind !== 'string') {
      this.#report.error('P0411', reference.span, `\`$ref\` is a string, but this is ${jsonKindText(reference)}`);
      return null;
    }
    const pointer = reference.value;
    const target = pointer.startsWith('#')
      ? (follow(this.#root, pointer) ?? follow(this.#document, pointer))
      : undefined;
    if (target === undefined) {
      this.#report.error(
        'P0405',
        reference.span,
        `\`$ref\` points to \`${pointer}\`, which is not in this document`,
        'only `#` and `#/…` within the same document are followed; copy the schema under `$defs`',
      );
      return null;
    }
    return target;
  }

  #afford(node: JsonNode, depth: number): boolean {
    this.#nodeCount += 1;
    this.#budget.nodeCount += 1;
    if (this.#budget.nodeCount > MAX_CATALOGUE_NODES) {
      if (this.#budget.nodeCount === MAX_CATALOGUE_NODES + 1) {
        this.#report.error(
          'P0706',
          this.#root.span,
          `the schemas of this catalogue are too large: written out they have more than ${MAX_CATALOGUE_NODES} nodes`,
          'declare fewer tools in one catalogue, or fewer `$ref` branches below each other',
        );
      }
      return false;
    }
    if (this.#nodeCount <= MAX_SCHEMA_NODES && depth <= MAX_SCHEMA_DEPTH) return true;
    if (this.#nodeCount <= MAX_SCHEMA_NODES + 1 || depth > MAX_SCHEMA_DEPTH) {
      this.#report.error(
        'P0706',
        this.#root.span,
        `this schema is too large: its branches written out have more than ${MAX_SCHEMA_NODES} nodes or are deeper than ${MAX_SCHEMA_DEPTH}`,
        node === this.#root ? undefined : 'declare fewer `$ref` branches below each other',
      );
    }
    return false;
  }
}

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['string', 'string'],
  ['integer', 'int'],
  ['number', 'double'],
  ['boolean', 'bool'],
  ['array', 'array'],
  ['object', 'object'],
]);

function finish(shape: Shape): AttributeType {
  const kinds = shape.kinds;
  if (kinds === null) {
    return shape.declares === 'some' ? { kind: 'object', schema: finishObject(shape) } : ANY;
  }
  if (kinds.size === 2 && kinds.has('int') && kinds.has('double')) return DOUBLE;
  const [only] = kinds;
  if (only === undefined || kinds.size > 1) return ANY;
  switch (only) {
    case 'string':
      return shape.strings === null || shape.strings.size === 0 ? STRING : enumType(shape.strings);
    case 'int':
      return INT;
    case 'double':
      return DOUBLE;
    case 'bool':
      return BOOL;
    case 'array': {
      const element = shape.items === null ? ANY : finish(shape.items);
      if (isScalar(element)) return { kind: 'list', element };
      return element.kind === 'any' ? { kind: 'list-of-any' } : { kind: 'list-of', element };
    }
    case 'object':
      return { kind: 'object', schema: finishObject(shape) };
  }
}

function finishObject(shape: Shape): ArgumentSchema {
  return { properties: finishProperties(shape), open: isOpen(shape) };
}

function finishProperties(shape: Shape): ReadonlyMap<string, PropertySchema> {
  const properties = new Map<string, PropertySchema>();
  for (const [name, below] of shape.properties) {
    properties.set(name, {
      type: finish(below),
      default: below.default === undefined ? undefined : plainJson(below.default),
    });
  }
  return properties;
}

function isOpen(shape: Shape): boolean {
  return shape.declares === 'all' || shape.declares === 'bare';
}

function declaredBelow(node: JsonObject, hasProperties: boolean, isObject: boolean): Declares {
  for (const keyword of ['additionalProperties', 'patternProperties', 'unevaluatedProperties']) {
    const value = node.members.get(keyword)?.value;
    if (value === undefined) continue;
    if (value.kind !== 'bool' || value.value) return 'all';
    if (keyword === 'additionalProperties') return 'some';
  }
  if (hasProperties) return 'some';
  return isObject ? 'bare' : 'nothing';
}

function enumStrings(node: JsonObject): { readonly values: ReadonlySet<string>; readonly onlyStrings: boolean } | null {
  const list = node.members.get('enum')?.value;
  if (list?.kind !== 'array') return null;
  const values = new Set<string>();
  let onlyStrings = true;
  for (const item of list.items) {
    // A value with a lone surrogate can never be met (LANGUAGE.md 3.6).
    if (item.kind === 'string') {
      if (!hasLoneSurrogate(item.value)) values.add(item.value);
    } else if (item.kind !== 'null') onlyStrings = false;
  }
  return { values, onlyStrings: onlyStrings && values.size > 0 };
}

function narrow(a: ReadonlySet<Kind>, b: ReadonlySet<Kind>): ReadonlySet<Kind> | null {
  const kept = new Set<Kind>();
  for (const kind of a) {
    if (b.has(kind)) kept.add(kind);
    else if (kind === 'int' && b.has('double')) kept.add('int');
    else if (kind === 'double' && b.has('int')) kept.add('int');
  }
  return kept.size === 0 ? null : kept; // schemas that contradict each other are left open
}

function common(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> | null {
  const kept = new Set([...a].filter((value) => b.has(value)));
  return kept.size === 0 ? null : kept;
}

function first(order: readonly Declares[], a: Declares, b: Declares): Declares {
  return order.find((declares) => declares === a || declares === b) ?? 'nothing';
}

function arrayOf(node: JsonObject, keyword: string): readonly JsonNode[] {
  const value = node.members.get(keyword)?.value;
  return value?.kind === 'array' ? value.items : [];
}

/** RFC 6901, in the fragment form `#/a/b`. */
function follow(root: JsonNode, pointer: string): JsonNode | undefined {
  let node: JsonNode | undefined = root;
  if (pointer === '#') return node;
  if (!pointer.startsWith('#/')) return undefined;
  for (const part of pointer.slice(2).split('/')) {
    const key = decodeFragment(part).replaceAll('~1', '/').replaceAll('~0', '~');
    if (node?.kind === 'object') node = node.members.get(key)?.value;
    else if (node?.kind === 'array') node = /^(?:0|[1-9][0-9]*)$/.test(key) ? node.items[Number(key)] : undefined;
    else return undefined;
  }
  return node;
}

function decodeFragment(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

export function jsonKindText(node: JsonNode): string {
  switch (node.kind) {
    case 'null':
      return 'null';
    case 'array':
      return 'a list';
    case 'object':
      return 'an object';
    case 'string':
    case 'number':
    case 'bool':
      return `a ${node.kind}`;
  }
}
