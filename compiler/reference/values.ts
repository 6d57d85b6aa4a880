// In: a raw JavaScript request and one reading of it. Out: the value, or why there is none (LANGUAGE.md 3.5-3.8, 5.4).
// Never calls a getter, follows a prototype or steps into an array. A proxy whose trap throws comes out as RequestThrew.

import { MAX_LIST_ELEMENTS } from '../../wasm-core/contract/limits.ts';
import type {
  ArgumentSchema,
  AttributePath,
  Environment,
  PropertySchema,
  Reading,
  ScalarType,
  SizeOf,
  ValueType,
} from '../check/typed.ts';
import { pathText } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { formOf } from './forms.ts';
import { dataProperty, isArray, isObject, lengthOf, look } from './look.ts';

export type Cause = 'missing' | 'null' | 'type' | 'enum' | 'encoding' | 'limit' | 'computation'; // 6.3

/** A well-typed value: int is bigint, double is number. */
export type Known = string | boolean | bigint | number | readonly Known[];

/** What reading or computing a value gives (5.2, 5.3, 5.4). */
export type Outcome =
  | { readonly kind: 'known'; readonly value: Known }
  | { readonly kind: 'unknown'; readonly cause: Cause }
  | { readonly kind: 'inapplicable' };

export function known(value: Known): Outcome {
  return { kind: 'known', value };
}

export function unknown(cause: Cause): Outcome {
  return { kind: 'unknown', cause };
}

/** 3.5: one step; undefined is *missing*: nothing there, an accessor, undefined itself. */
export function step(value: unknown, name: string): unknown {
  return isObject(value) ? dataProperty(value, name) : undefined;
}

/** 3.5: all steps, and what of the value is asked for (15.4). */
export function follow(request: unknown, path: AttributePath): unknown {
  const value = [path.root, ...path.segments].reduce(step, request);
  return path.form === undefined ? value : formOf(value, path.form);
}

/** 15.3; `none` of what is of none of these types: missing, null, a function, a bigint. */
export function typeOf(raw: unknown): ValueType | 'none' {
  if (typeof raw === 'boolean') return 'bool';
  if (typeof raw === 'number') return 'number';
  if (typeof raw === 'string') return 'string';
  if (isArray(raw)) return 'list';
  return isObject(raw) ? 'object' : 'none';
}

/** A call whose attributes are read. */
export interface Call {
  readonly environment: Environment;
  readonly request: unknown;
  readonly tool: string | null;
  readonly maxStringBytes: number;
}

/** One reading in one call. */
export function readingIn(call: Call, reading: Reading): Outcome {
  const raw = follow(call.request, reading.path);
  if (raw !== undefined) return read(raw, reading, call.maxStringBytes);
  if (isInapplicable(reading.path, call)) return { kind: 'inapplicable' };
  // The policy's own text is under no limit of the load.
  const stands = read(absentValue(reading.path, call), reading, Number.POSITIVE_INFINITY);
  return stands.kind === 'known' ? stands : unknown('missing');
}

/** `has` and `== null` ask only this: known, or unknown as missing or null, or inapplicable (5.5). */
export function presenceIn(call: Call, path: AttributePath): Outcome {
  const raw = follow(call.request, path);
  if (raw === undefined) return isInapplicable(path, call) ? { kind: 'inapplicable' } : unknown('missing');
  return raw === null ? unknown('null') : known(true);
}

/** 5.4, of an attribute that is missing. */
function isInapplicable(path: AttributePath, { environment, tool }: Call): boolean {
  const listed = tool === null ? undefined : environment.catalogue?.tools.get(tool);
  return path.root === 'args' && listed !== undefined && declarationOf(listed.args, path.segments) === 'none';
}

/** What a schema says of a path: a property, that it may be anything, or nothing at all. */
function declarationOf(schema: ArgumentSchema, [first, ...rest]: readonly string[]): PropertySchema | 'open' | 'none' {
  const property = first === undefined ? undefined : schema.properties.get(first);
  if (property === undefined) return schema.open ? 'open' : 'none';
  if (rest.length === 0) return property;
  if (property.type.kind === 'object') return declarationOf(property.type.schema, rest);
  return property.type.kind === 'any' ? 'open' : 'none';
}

/** 3.7: what an omitted attribute stands for, as a request would carry it; undefined if nothing. */
function absentValue(path: AttributePath, { environment, tool }: Call): unknown {
  const declared = environment.absent.find((absent) => pathText(absent.path) === pathText(path))?.value;
  if (declared === undefined) return undefined;
  if (declared.kind === 'empty-list') return [];
  if (declared.kind !== 'schema') return typeof declared.value === 'bigint' ? Number(declared.value) : declared.value;
  const listed = tool === null ? undefined : environment.catalogue?.tools.get(tool);
  const declaration = listed === undefined || path.root !== 'args' ? 'none' : declarationOf(listed.args, path.segments);
  const value = typeof declaration === 'string' ? undefined : declaration.default;
  return Array.isArray(value) && value.length > 0 ? undefined : value;
}

/** The same where a term reads it: only a bool, a number, a text or `[]` stands there. */
export function standsFor(path: AttributePath, call: Call): unknown {
  const value = absentValue(path, call);
  return typeof value === 'object' && !Array.isArray(value) ? undefined : value;
}

/** The raw value under one reading. */
export function read(raw: unknown, reading: Reading, maxStringBytes: number): Outcome {
  if (raw === undefined) return unknown('missing');
  if (raw === null) return unknown('null');
  if (reading.kind === 'size') return sizeOf(raw, reading.of, maxStringBytes);
  const { type } = reading;
  return type.kind === 'list' ? listOf(raw, type.element, maxStringBytes) : scalarOf(raw, type, maxStringBytes);
}

export function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0);
}

/** UTF-8 bytes; a lone surrogate counts 3 (3.6). */
export function utf8Bytes(text: string): number {
  return codePoints(text).reduce((sum, c) => sum + (c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4), 0);
}

/** 3.6, and the order of causes of a string. */
function scalarOf(raw: unknown, type: ScalarType, maxStringBytes: number): Outcome {
  switch (type.kind) {
    case 'string':
    case 'enum':
      if (typeof raw !== 'string') return unknown('type');
      if (isTooLong(raw, maxStringBytes)) return unknown('limit');
      if (!isWellFormed(raw)) return unknown('encoding');
      return type.kind === 'enum' && !type.values.includes(raw) ? unknown('enum') : known(raw);
    case 'bool':
      return typeof raw === 'boolean' ? known(raw) : unknown('type');
    case 'int': // BigInt(-0) is 0n
      return typeof raw === 'number' && Number.isSafeInteger(raw) ? known(BigInt(raw)) : unknown('type');
    case 'double':
      return typeof raw === 'number' && Number.isFinite(raw) ? known(raw) : unknown('type');
    default:
      return unreachable(type);
  }
}

/** 3.6, and the order of causes of a list. */
function listOf(raw: unknown, element: ScalarType, maxStringBytes: number): Outcome {
  if (!isArray(raw)) return unknown('type');
  const length = lengthOf(raw);
  if (length > MAX_LIST_ELEMENTS) return unknown('limit');
  const items = Array.from({ length }, (_, index) => dataProperty(raw, String(index)));
  const texts = items.filter((item) => typeof item === 'string');
  const bytes = texts.map((text) => (text.length > maxStringBytes ? Infinity : utf8Bytes(text)));
  if (bytes.reduce((sum, more) => sum + more, 0) > maxStringBytes) return unknown('limit');
  const outcomes = items.map((item) => scalarOf(item, element, maxStringBytes));
  for (const cause of ['type', 'encoding', 'enum'] as const) {
    if (outcomes.some((outcome) => outcome.kind === 'unknown' && outcome.cause === cause)) return unknown(cause);
  }
  return known(outcomes.flatMap((outcome) => (outcome.kind === 'known' ? [outcome.value] : [])));
}

/** 3.8. */
function sizeOf(raw: unknown, of: SizeOf, maxStringBytes: number): Outcome {
  const found = typeof raw === 'string' ? 'string' : isArray(raw) ? 'list' : 'object';
  if (of !== 'any' && of !== found) return unknown('type');
  if (typeof raw === 'string') {
    if (isTooLong(raw, maxStringBytes)) return unknown('limit');
    return isWellFormed(raw) ? known(BigInt(codePoints(raw).length)) : unknown('encoding');
  }
  if (isArray(raw)) return lengthOf(raw) > MAX_LIST_ELEMENTS ? unknown('limit') : known(BigInt(lengthOf(raw)));
  return isObject(raw) ? known(BigInt(look(() => Object.keys(raw)).length)) : unknown('type');
}

/** Without lone surrogates: with the `u` flag a pair is one character. */
function isWellFormed(text: string): boolean {
  return !/\p{Cs}/u.test(text);
}

function isTooLong(text: string, maxStringBytes: number): boolean {
  return text.length > maxStringBytes || utf8Bytes(text) > maxStringBytes;
}

export function text(value: Known): string {
  return String(value);
}

export function elements(list: Known): readonly Known[] {
  return typeof list === 'object' ? list : [];
}
