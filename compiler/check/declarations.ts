// In: the `attributes` section. Out: declared paths with their types, and what an omitted attribute stands for (LANGUAGE.md 3).
// Never looks at rules.

import { didYouMean } from '../diagnostic.ts';
import type { Located, Source, Span } from '../source.ts';
import type { AttributeAst, JsonValue } from '../syntax/ast.ts';
import { BROKEN_CATALOGUE } from './catalogue.ts';
import { declaredPaths, declaredType, nearestPath, PATH_HELP, parsePath, ROOTS } from './paths.ts';
import { type Report, SILENT } from './report.ts';
import type { AbsentDeclaration, AttributePath, Catalogue, Constant, ScalarType } from './typed.ts';
import { pathText } from './typed.ts';
import {
  ANY,
  type AttributeType,
  BOOL,
  DOUBLE,
  enumText,
  enumType,
  hasLoneSurrogate,
  INT,
  isList,
  isNumeric,
  isScalar,
  joinTypes,
  STRING,
  typeText,
} from './types.ts';

export interface Declaration {
  readonly path: AttributePath;
  /** Null where only `absent` is said: the catalogue gives the type. `broken`: an error was reported where it stands. */
  readonly type: AttributeType | null | 'broken';
  readonly span: Span;
}

export interface Declarations {
  readonly byText: ReadonlyMap<string, Declaration>;
  readonly absent: readonly AbsentDeclaration[];
}

const MAX_SEGMENTS = 32;

/** `written`: the policy's own and those of other files, which its catalogue need not know. */
export function checkDeclarations(
  written: readonly AttributeAst[],
  own: Source,
  catalogue: Catalogue | null,
  report: Report,
): Declarations {
  const byText = new Map<string, Declaration>();
  const absent: AbsentDeclaration[] = [];
  const firsts = new Map<string, AttributeAst>();
  for (const attribute of written) {
    const path = checkPath(attribute.path, report);
    const type = declaredHere(attribute, report);
    if (path === null) continue;
    const text = pathText(path);
    const before = byText.get(text);
    if (before !== undefined) {
      checkAgain(attribute, text, before, type, firsts.get(text), report);
      continue;
    }
    firsts.set(text, attribute);
    if (type === null && path.root !== 'args') {
      report.error(
        'P0304',
        attribute.path.span,
        `the attribute \`${text}\` has no type`,
        'add `type: string`, or another type',
      );
      byText.set(text, { path, type: 'broken', span: attribute.path.span });
      continue;
    }
    const isForeign = attribute.path.span.source !== own;
    if (isForeign && path.root === 'args' && !isDeclaredSomewhere(path, text, attribute.path.span, catalogue, SILENT)) {
      continue;
    }
    const declared = path.root !== 'args' || isDeclaredSomewhere(path, text, attribute.path.span, catalogue, report);
    byText.set(text, { path, type: declared ? type : 'broken', span: attribute.path.span });
    if (type === 'broken' || !declared) continue;
    const value = checkAbsent(attribute, path, type, catalogue, report);
    if (value !== null) absent.push({ path, value });
  }
  return { byText, absent };
}

/** Two files may declare one attribute, if they say the same of it (12.1). */
function checkAgain(
  attribute: AttributeAst,
  text: string,
  before: Declaration,
  type: Declaration['type'],
  first: AttributeAst | undefined,
  report: Report,
): void {
  const place = attribute.path.span;
  if (first === undefined || first.path.span.source === place.source) {
    report.error('P0302', place, `the attribute \`${text}\` is declared twice`);
    return;
  }
  const says = ({ absent, absentSchema }: AttributeAst): string => JSON.stringify([absent?.value, absentSchema]);
  if (before.type === 'broken' || type === 'broken') return;
  if (JSON.stringify(before.type) === JSON.stringify(type) && says(first) === says(attribute)) return;
  report.error(
    'P0908',
    place,
    `the attribute \`${text}\` is declared otherwise in \`${first.path.span.source.path}\``,
    'where one policy sees both, they must say the same: the same type, the same `absent`',
  );
}

/** The types that the word of a declaration can be, for `type:` and inside `list<…>`. */
const SCALARS: ReadonlyMap<string, ScalarType> = new Map<string, ScalarType>([
  ['string', STRING],
  ['bool', BOOL],
  ['int', INT],
  ['number', DOUBLE],
]);
const OTHER_WORDS: ReadonlyMap<string, string> = new Map([
  ['double', 'number'],
  ['float', 'number'],
  ['boolean', 'bool'],
  ['integer', 'int'],
  ['str', 'string'],
  ['text', 'string'],
  ['list', 'list<string>'],
  ['array', 'list<string>'],
]);
/** Types of which only terms read values. */
const TERM_ONLY = ['uint', 'bytes', 'timestamp', 'duration'] as const;

function checkPath(written: Located<string>, report: Report): AttributePath | null {
  const path = parsePath(written.value);
  if (path !== null && path.segments.length <= MAX_SEGMENTS) {
    if (!path.segments.some(hasLoneSurrogate)) return path;
    report.error('P0313', written.span, 'this path holds half of a surrogate pair, which no attribute can be named');
    return null;
  }
  if (path !== null) {
    report.error(
      'P0707',
      written.span,
      `an attribute path has at most ${MAX_SEGMENTS} names, this one has ${path.segments.length}`,
    );
    return null;
  }
  const dashed = /^(principal|args|context|result|message|output)\.([A-Za-z0-9_]+(?:-[A-Za-z0-9_]+)+)$/.exec(
    written.value,
  );
  const [root = ''] = /^[A-Za-z_]*/.exec(written.value) ?? [];
  const near = didYouMean(root, ROOTS);
  const help =
    dashed !== null
      ? `a name with a dash is written \`${dashed[1]}["${dashed[2]}"]\``
      : near !== undefined && near !== root
        ? `did you mean \`${near}${written.value.slice(root.length)}\`?`
        : PATH_HELP;
  report.error('P0302', written.span, `expected an attribute path, but found \`${written.value}\``, help);
  return null;
}

/** Null: nothing said of the type. */
function declaredHere(attribute: AttributeAst, report: Report): Declaration['type'] {
  // Nothing at all is left of a declaration that the parser has refused.
  const saysNothing = attribute.type === undefined && attribute.enumValues === undefined;
  if (saysNothing && attribute.absent === undefined && !attribute.absentSchema) return 'broken';
  const word = attribute.type === undefined ? null : typeOfWord(attribute.type, report);
  const values = attribute.enumValues;
  if (word === 'broken') return 'broken';
  if (values === undefined) return word;
  if (values.length === 0) {
    report.error(
      'P0503',
      attribute.path.span,
      'an enum without values can never match',
      'list the values, or use `string`',
    );
    return 'broken';
  }
  if (word !== null && word.kind !== 'string') {
    report.error('P0304', attribute.path.span, `an enum is of strings, but the type here is ${typeText(word)}`);
    return 'broken';
  }
  for (const value of values) {
    if (hasLoneSurrogate(value.value)) {
      report.error('P0313', value.span, 'this text holds half of a surrogate pair, which no value can match');
      return 'broken';
    }
  }
  return enumType(values.map((value) => value.value));
}

function typeOfWord(written: Located<string>, report: Report): AttributeType | 'broken' {
  const word = written.value.replaceAll(' ', '');
  const found = parseType(word, 0);
  if (typeof found !== 'string') return found;
  const near = OTHER_WORDS.get(found) ?? didYouMean(found, [...SCALARS.keys(), ...TERM_ONLY, 'any', 'list<string>']);
  const suggestion = near === undefined ? undefined : word.replace(found, near);
  report.error(
    'P0304',
    written.span,
    `\`${found}\` is not a type`,
    /^(map|list)<[^>]*$/.test(found)
      ? 'within `{ }` and `[ ]` a type with a comma stands in quotes: `"map<string, int>"`'
      : suggestion === undefined || suggestion === word
        ? 'types are string, bool, int, uint, number, bytes, timestamp, duration, any, list<T>, map<string, T> and {enum: […]}'
        : `did you mean \`${suggestion}\`?`,
  );
  return 'broken';
}

const MAX_TYPE_DEPTH = 16;

/** A type, or the word in it that is none. */
function parseType(word: string, depth: number): AttributeType | string {
  const scalar = SCALARS.get(word);
  if (scalar !== undefined) return scalar;
  if (word === 'any') return ANY;
  const only = TERM_ONLY.find((kind) => kind === word);
  if (only !== undefined) return { kind: only };
  const [, container, inner = ''] = /^(list|map)<(.*)>$/.exec(word) ?? [];
  if (container === undefined || depth >= MAX_TYPE_DEPTH) return word;
  if (container === 'map') {
    if (!inner.startsWith('string,')) return word;
    const value = parseType(inner.slice('string,'.length), depth + 1);
    return typeof value === 'string' ? value : { kind: 'map', value };
  }
  const element = parseType(inner, depth + 1);
  if (typeof element === 'string') return element;
  if (isScalar(element)) return { kind: 'list', element };
  return element.kind === 'any' ? { kind: 'list-of-any' } : { kind: 'list-of', element };
}

/** In a closed world an argument that no tool declares is a mistake (7.3). */
function isDeclaredSomewhere(
  path: AttributePath,
  text: string,
  span: Span,
  catalogue: Catalogue | null,
  report: Report,
): boolean {
  if (catalogue?.closed !== true) return true;
  const tools = [...catalogue.tools.values()];
  if (tools.some((tool) => declaredType(tool.args, path.segments) !== null)) return true;
  const near = nearestPath(
    path,
    tools.flatMap((tool) => declaredPaths(tool.args, [], 256)),
  );
  const help = near === undefined ? undefined : `did you mean \`${near}\`?`;
  report.error('P0303', span, `no tool of the catalogue has an argument \`${text}\``, help);
  return false;
}

/** What an omitted attribute stands for (LANGUAGE.md 3.7), or null if nothing was said or it does not fit. */
function checkAbsent(
  attribute: AttributeAst,
  path: AttributePath,
  declared: AttributeType | null,
  catalogue: Catalogue | null,
  report: Report,
): AbsentDeclaration['value'] | null {
  if (attribute.absentSchema) {
    if (path.root === 'args' && catalogue !== null) return { kind: 'schema' };
    report.error(
      'P0318',
      attribute.path.span,
      `\`absent: schema\` takes the default of a tool's schema, but ${path.root === 'args' ? 'there is no catalogue' : `\`${path.root}\` has none`}`,
      'write the value itself, or name a catalogue under `tools`',
    );
    return null;
  }
  const written = attribute.absent;
  if (written === undefined) return null;
  const type = typeForAbsent(path, declared, catalogue);
  if (type.kind === 'any') {
    if (catalogue === BROKEN_CATALOGUE) return null;
    report.error(
      'P0318',
      written.span,
      `\`absent\` needs to know the type of \`${pathText(path)}\``,
      `declare it: \`${pathText(path)}: { type: bool, absent: false }\``,
    );
    return null;
  }
  if (isScalar(type)) {
    const constant = constantOf(written.value, type);
    if (constant !== null) return constant;
  } else if (isList(type) && Array.isArray(written.value) && written.value.length === 0) {
    return { kind: 'empty-list' };
  }
  report.error(
    'P0318',
    written.span,
    `expected a value of type ${typeText(type)}, but found \`${JSON.stringify(written.value)}\``,
    type.kind === 'enum'
      ? `the values are ${enumText(type.values)}`
      : isList(type)
        ? 'an omitted list can only stand for `[]`'
        : undefined,
  );
  return null;
}

/** The type an `absent` value must have: of every tool that declares the argument, whatever rules read it. */
function typeForAbsent(
  path: AttributePath,
  declared: AttributeType | null,
  catalogue: Catalogue | null,
): AttributeType {
  if (declared !== null && declared.kind !== 'any') return declared;
  let joined: AttributeType | null = null;
  for (const tool of catalogue?.tools.values() ?? []) {
    const type = declaredType(tool.args, path.segments);
    if (type === null) continue;
    if (joined === null) joined = type;
    else if (isNumeric(joined) && isNumeric(type) && joined.kind !== type.kind) return ANY;
    else if (joined.kind === 'enum' && type.kind === 'enum') {
      const values = new Set(type.values);
      joined = enumType(joined.values.filter((value) => values.has(value)));
    } else if (joined.kind !== 'enum' || type.kind !== 'string') {
      joined = type.kind === 'enum' && joined.kind === 'string' ? type : (joinTypes(joined, type) ?? ANY);
    }
  }
  return joined ?? ANY;
}

function constantOf(value: JsonValue, type: ScalarType): Constant | null {
  switch (type.kind) {
    case 'bool':
      return typeof value === 'boolean' ? { kind: 'bool', value } : null;
    case 'int':
      return typeof value === 'number' && Number.isSafeInteger(value) ? { kind: 'int', value: BigInt(value) } : null;
    case 'double':
      return typeof value === 'number' && Number.isFinite(value) ? { kind: 'double', value } : null;
    case 'string':
      return typeof value === 'string' && !hasLoneSurrogate(value) ? { kind: 'string', value } : null;
    case 'enum':
      return typeof value === 'string' && type.values.includes(value) ? { kind: 'string', value } : null;
  }
}
