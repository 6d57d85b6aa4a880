// In: random choices. Out: a world for policies to speak of: attributes with types and constants, tools with schemas.
// Knows the language's types (LANGUAGE.md 3, 7), not its conditions.

import { pathText } from '../../compiler/check/typed.ts';
import { patternTexts } from './patterns.ts';
import type { Random } from './random.ts';
import { AUDIENCES } from './sets.ts';
import { makeMoreTyped, makeTyped, schemaOfTyped, type Typed } from './typed-values.ts';

export type Scalar =
  | { readonly kind: 'string' | 'bool' | 'int' | 'number' }
  | { readonly kind: 'enum'; readonly values: readonly string[] };
export type AttributeType = Scalar | { readonly kind: 'any' } | { readonly kind: 'list'; readonly element: Scalar };
export type Root = 'principal' | 'args' | 'context' | 'result' | 'message' | 'output';
const PAYLOADS = ['result', 'message', 'output'] as const;

export interface Attribute {
  readonly root: Root;
  readonly segments: readonly string[];
  readonly text: string;
  readonly type: AttributeType;
  /** Whether it stands under `attributes`. */
  readonly isDeclared: boolean;
  /** YAML of its `absent`, or null. */
  readonly absent: string | null;
  /** What rules compare it with and requests come near. */
  readonly strings: readonly string[];
  readonly ints: readonly bigint[];
  readonly doubles: readonly number[];
}

/** A property of a tool's schema. */
export interface Property {
  readonly schema: Readonly<Record<string, unknown>>;
  readonly attribute: Attribute;
}

export interface Tool {
  readonly name: string;
  readonly properties: readonly Property[];
  /** Arguments of types that only terms read. */
  readonly typed: readonly Typed[];
  readonly isOpen: boolean;
}

export interface World {
  /** `none`: no catalogue; `closed`; `evaluate`: a catalogue and `unlisted: evaluate`. */
  readonly catalogue: 'none' | 'closed' | 'evaluate';
  readonly form: 'mcp' | 'openai' | 'map';
  readonly tools: readonly Tool[];
  readonly attributes: readonly Attribute[];
  readonly maxStringBytes: number;
  /** Attributes of types that only terms read. */
  readonly typed: readonly Typed[];
  /** Attributes as some files of a set declare them. */
  readonly variants: readonly Attribute[];
  /** Keeps to what hiding is monotone for (LANGUAGE.md 8.6). */
  readonly isPlain: boolean;
  /** Attributes of type any carry objects and lists too. */
  readonly hasTrees: boolean;
  /** Texts are what patterns look for too. */
  readonly hasPatterns: boolean;
  /** The principal has what scopes ask about. */
  readonly hasScopes: boolean;
  /** What no other policy has: arguments of types that only terms read, scopes about what nobody declares, values deep within lists. */
  readonly isWhole: boolean;
}

/** What worlds of some policies have besides. */
export type Extent = Pick<World, 'hasTrees' | 'hasPatterns' | 'hasScopes' | 'isWhole'>;

const STRINGS: readonly string[] = [
  ...'a b ab abc abcd ba admin Admin prod dev staging us-east-1 alice bob foo.bar /etc/ /etc/passwd ../ *.txt .txt'.split(
    ' ',
  ),
  ...'x@corp.example @corp.example true 0 1 __proto__ constructor é ß e\u0301 日本 日本語 aaaaaaaaaaaaaaab'.split(' '),
  ...'\u{1d4b3} 😀 a😀b 😁 \uffff \u{10ffff} \ue000 ÿ \u0080 éééééééééééééééééééé'.split(' '),
  ...'|two words|line\nbreak|tab\tbed|quo"te|it\'s|back\\slash|nul\u0000|a constant of over twenty-four units'.split(
    '|',
  ),
];
const INTS: readonly bigint[] = (
  '0 1 -1 2 3 4 5 7 10 -5 100 1000 2147483647 2147483648 -2147483648 4294967296 ' +
  '9007199254740991 -9007199254740991 9007199254740990'
)
  .split(' ')
  .map(BigInt);
const DOUBLES: readonly number[] = (
  '0 0.5 1.5 -1.5 1 2 3 100 1000.25 0.1 0.3 1e10 -1e10 1e300 -1e300 1.7976931348623157e308 5e-324 -5e-324 ' +
  '2.2250738585072014e-308 9007199254740991 9007199254740992 4294967296.5 -0'
)
  .split(' ')
  .map(Number);
const NAMES: readonly string[] = [
  ...'a b c d e f amount to path count force tags level mode x1 x2 x3 x4 foo-bar x.y __proto__ constructor'.split(' '),
  ...'toString hasOwnProperty length é quo"te 0 with|space'.split(' ').map((name) => name.replace('|', ' ')),
];
const TOOLS: readonly string[] = (
  'mail.send mail.read mail.delete files.read files.write files db.query db pay/transfer ünï x mail.send.now toString ' +
  'a-b 😀 very.long.tool.name.with.many.parts.indeed.send'
).split(' ');

export function makeWorld(random: Random, extent: Extent): World {
  const isPlain = random.chance(0.3);
  const catalogue = random.weighted({ none: 5, closed: 3, evaluate: 2 });
  const maxStringBytes = random.chance(0.6) ? 65536 : random.pick([12, 40, 64, 100, 1000]);
  const size = random.weighted({ small: 5, medium: 4, large: 1 });
  const count = { small: 3, medium: 6, large: 14 }[size];
  const attributes: Attribute[] = [];
  for (const root of ['principal', 'args', 'context'] as const) {
    for (const name of random.sample(NAMES, root === 'args' ? count : Math.ceil(count / 2))) {
      const typed = (segments: readonly string[]): void => {
        attributes.push(makeAttribute(random, root, segments, catalogue, isPlain, extent));
      };
      if (random.chance(0.15))
        for (const inner of random.sample([...NAMES, ''], random.between(1, 3))) typed([name, inner]);
      else typed([name]);
    }
  }
  for (const root of PAYLOADS) {
    if (random.chance(0.6)) continue;
    const names = random.chance(0.5) ? [] : random.sample(NAMES, random.between(1, 2));
    const paths = names.length === 0 ? [[]] : names.map((name) => [name]);
    for (const segments of paths) attributes.push(makeAttribute(random, root, segments, catalogue, isPlain, extent));
  }
  if (extent.hasScopes)
    for (const name of ['tenant', 'team', 'id'])
      attributes.push(makeAudience(random, name, extent.isWhole && random.chance(0.5)));
  const typed = extent.isWhole ? makeMoreTyped(random, catalogue !== 'none') : extent.hasTrees ? makeTyped(random) : [];
  const tools = random.sample(TOOLS, random.between(2, 7)).map((name) => ({
    name,
    properties: catalogue === 'none' ? [] : properties(random, attributes),
    typed: typed.filter(({ root }) => root === 'args' && random.chance(0.8)),
    isOpen: random.chance(0.12),
  }));
  // What no tool declares would be an error to read (LANGUAGE.md 7.3).
  const declared = new Set(tools.flatMap((tool) => tool.properties.map(({ attribute }) => attribute)));
  const usable = attributes.filter((a) => catalogue === 'none' || a.root !== 'args' || declared.has(a));
  return {
    catalogue,
    form: random.pick(['mcp', 'openai', 'map']),
    tools,
    attributes: usable,
    maxStringBytes,
    isPlain,
    typed,
    variants: [],
    ...extent,
  };
}

function makeAttribute(
  random: Random,
  root: Root,
  segments: readonly string[],
  catalogue: World['catalogue'],
  isPlain: boolean,
  { hasPatterns }: Extent,
): Attribute {
  const isRich = random.chance(0.06);
  const plain = isRich ? manyTexts(random) : random.sample(STRINGS, random.between(2, 9));
  const strings = hasPatterns ? [...new Set([...plain, ...patternTexts(random)])] : plain;
  const isUndeclared = root === 'args' && random.chance(catalogue === 'none' ? 0.3 : 0.7);
  const isAny = catalogue === 'none' ? isUndeclared : random.chance(0.1);
  const isDeclared = root !== 'args' || !isUndeclared;
  const made: AttributeType = isAny ? { kind: 'any' } : makeType(random, strings);
  // Lists of an enum come from schemas only (LANGUAGE.md 3.2).
  const isEnums = made.kind === 'list' && made.element.kind === 'enum' && (isDeclared || catalogue === 'none');
  const type: AttributeType = isEnums ? { kind: 'list', element: { kind: 'string' } } : made;
  const mayBeAbsent = isDeclared && type.kind !== 'any' && !isPlain && random.chance(0.25);
  const attribute: Attribute = {
    root,
    segments,
    text: pathText({ root, segments }),
    type,
    isDeclared,
    absent: null,
    strings: type.kind === 'enum' ? type.values : strings,
    ints: isRich ? Array.from({ length: 150 }, (_, i) => BigInt(i * 3)) : random.sample(INTS, random.between(2, 6)),
    doubles: isRich ? Array.from({ length: 150 }, (_, i) => i / 4) : random.sample(DOUBLES, random.between(2, 6)),
  };
  return mayBeAbsent ? { ...attribute, absent: absentText(random, attribute, catalogue) } : attribute;
}

/** The attributes with one or two of them of other types: of those that no catalogue and no scope speaks about. Null: there is none. */
export function otherTypes(random: Random, { attributes, catalogue }: World): Attribute[] | null {
  const free = attributes.filter(
    ({ root, isDeclared, strings }) =>
      isDeclared &&
      strings !== AUDIENCES &&
      (root === 'principal' || root === 'context' || (root === 'args' && catalogue === 'none')),
  );
  if (free.length === 0 || random.chance(0.4)) return null;
  const chosen = new Set(random.sample(free, random.between(1, 2)));
  return attributes.map((attribute) => {
    if (!chosen.has(attribute)) return attribute;
    const made = makeType(random, attribute.strings);
    const isEnums = made.kind === 'list' && made.element.kind === 'enum';
    const type: AttributeType = isEnums ? { kind: 'list', element: { kind: 'string' } } : made;
    const other = { ...attribute, type };
    return { ...other, absent: type.kind !== 'any' && random.chance(0.3) ? absentText(random, other, 'none') : null };
  });
}

/** An attribute that a scope asks about (LANGUAGE.md 12.6): requests mostly carry one of the names. */
function makeAudience(random: Random, name: string, isUndeclared: boolean): Attribute {
  const path: Pick<Attribute, 'root' | 'segments'> = { root: 'principal', segments: [name] };
  const drawn = random.weighted<'string' | 'enum' | 'list'>({ string: 4, enum: 1, list: 2 });
  const type = isUndeclared ? 'string' : drawn;
  return {
    ...path,
    text: pathText(path),
    type:
      type === 'list'
        ? { kind: type, element: { kind: 'string' } }
        : type === 'enum'
          ? { kind: type, values: AUDIENCES }
          : { kind: type },
    isDeclared: !isUndeclared,
    absent: null,
    strings: AUDIENCES,
    ints: random.sample(INTS, 2),
    doubles: random.sample(DOUBLES, 2),
  };
}

/** More than planners like to keep in one place. */
function manyTexts(random: Random): string[] {
  const stem = random.pick(['k', 'item-', 'é', '/very/long/common/prefix/of/all/']);
  return Array.from({ length: random.between(100, 400) }, (_, i) => `${stem}${i}`);
}

function makeType(random: Random, strings: readonly string[]): AttributeType {
  const kind = random.weighted({ string: 5, enum: 2, bool: 2, int: 4, number: 3, list: 5, any: 1 });
  if (kind === 'any') return { kind };
  return kind === 'list' ? { kind, element: makeScalar(random, null, strings) } : makeScalar(random, kind, strings);
}

function makeScalar(random: Random, kind: Scalar['kind'] | null, strings: readonly string[]): Scalar {
  const chosen = kind ?? random.weighted({ string: 6, int: 2, number: 2, bool: 1, enum: 1 });
  return chosen === 'enum' ? { kind: chosen, values: strings } : { kind: chosen };
}

function absentText(random: Random, attribute: Attribute, catalogue: World['catalogue']): string {
  if (attribute.root === 'args' && catalogue !== 'none' && random.chance(0.5)) return 'schema';
  const { type } = attribute;
  switch (type.kind) {
    case 'bool':
      return String(random.chance(0.5));
    case 'int':
      return String(random.pick(attribute.ints));
    case 'number':
      return doubleText(random.pick(attribute.doubles));
    case 'string':
    case 'enum':
      return JSON.stringify(random.pick(attribute.strings));
    default:
      return '[]';
  }
}

function properties(random: Random, attributes: readonly Attribute[]): Property[] {
  return attributes
    .filter((attribute) => attribute.root === 'args' && random.chance(0.65))
    .map((attribute) => {
      const base = attribute.isDeclared && random.chance(0.2) ? {} : variantOf(random, attribute);
      const value = random.chance(0.4) ? defaultOf(random, attribute) : undefined;
      return { attribute, schema: value === undefined ? base : { ...base, default: value } };
    });
}

/** The attribute's type as one tool says it: now and then narrower, or nullable (LANGUAGE.md 7.3). */
function variantOf(random: Random, { type, isDeclared, strings }: Attribute): Record<string, unknown> {
  const plain = schemaOf(type);
  if (random.chance(0.08)) return { anyOf: [plain, { type: 'null' }] };
  if (isDeclared || !random.chance(0.15)) return plain;
  if (type.kind === 'number') return { type: 'integer' };
  if (type.kind === 'string') return { type: 'string', enum: strings };
  return type.kind === 'enum' ? { enum: type.values.slice(0, -1) } : plain;
}

function schemaOf(type: AttributeType): Record<string, unknown> {
  switch (type.kind) {
    case 'any':
      return {};
    case 'list':
      return { type: 'array', items: schemaOf(type.element) };
    case 'enum':
      return { type: 'string', enum: type.values };
    case 'bool':
      return { type: 'boolean' };
    case 'int':
      return { type: 'integer' };
    default:
      return { type: type.kind };
  }
}

function defaultOf(random: Random, { type, strings, ints, doubles }: Attribute): unknown {
  if (random.chance(0.1)) return random.pick([null, 3, 'x', [], ['x'], {}]); // often of the wrong type
  switch (type.kind) {
    case 'string':
    case 'enum':
      return random.pick(strings);
    case 'bool':
      return random.chance(0.5);
    case 'int':
      return Number(random.pick(ints));
    case 'number':
      return random.pick(doubles) + 0;
    case 'list':
      return random.chance(0.7) ? [] : [1];
    default:
      return undefined;
  }
}

/** The catalogue's JSON text, or null. */
export function catalogueText({ catalogue, form, tools }: Pick<World, 'catalogue' | 'form' | 'tools'>): string | null {
  if (catalogue === 'none') return null;
  const schemas = tools.map((tool) => ({ name: tool.name, schema: schemaOfTool(tool) }));
  switch (form) {
    case 'mcp':
      return JSON.stringify({ tools: schemas.map(({ name, schema }) => ({ name, inputSchema: schema })) });
    case 'openai':
      return JSON.stringify(
        schemas.map(({ name, schema }) => ({ type: 'function', function: { name, parameters: schema } })),
      );
    default:
      return JSON.stringify(Object.fromEntries(schemas.map(({ name, schema }) => [name, schema])));
  }
}

function schemaOfTool(tool: Tool): object {
  const own = new Map<string, unknown>();
  const nested = new Map<string, Map<string, unknown>>();
  for (const one of tool.typed) own.set(one.name, schemaOfTyped(one));
  for (const { attribute, schema } of tool.properties) {
    const [first = '', inner] = attribute.segments;
    if (inner === undefined) own.set(first, schema);
    else nested.set(first, (nested.get(first) ?? new Map<string, unknown>()).set(inner, schema));
  }
  for (const [name, properties] of nested) own.set(name, objectSchema(properties));
  return tool.isOpen ? { ...objectSchema(own), additionalProperties: true } : objectSchema(own);
}

/** `fromEntries` defines: `__proto__` is a name like any other. */
function objectSchema(properties: ReadonlyMap<string, unknown>): object {
  return { type: 'object', properties: Object.fromEntries(properties) };
}

/** A CEL and YAML double. */
export function doubleText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** 7.4, for the generator's own choice of attributes: piece by piece, each as early as it can be. */
export function isCovered(target: string, tool: string): boolean {
  const [first = '', ...pieces] = target.split('*');
  const last = pieces.pop();
  if (last === undefined) return target === tool;
  if (!tool.startsWith(first)) return false;
  let at = first.length;
  for (const piece of pieces) {
    const found = tool.indexOf(piece, at);
    if (found < 0) return false;
    at = found + piece.length;
  }
  return tool.length - at >= last.length && tool.endsWith(last);
}
