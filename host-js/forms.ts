// In: a value of a request and a form that imported documents ask of it (LANGUAGE.md 15.4). Out: the value in that form: what
// Python's `str`, `float` and `in` would see of it. Reads own data properties only, and is bounded; null and missing stay.

import { MAX_STRING_BYTES_LIMIT } from '../wasm-core/contract/limits.ts';
import { isArray, isObject, ownValue } from './own.ts';

export type Form = 'text' | 'number' | 'members';

/** Deeper than this, or longer than any engine's limit, a text counts as too long. */
const MAX_DEPTH = 32;
const TOO_LONG = 'x'.repeat(MAX_STRING_BYTES_LIMIT + 1);

export function formOf(value: unknown, form: Form): unknown {
  if (value === undefined || value === null) return value;
  switch (form) {
    case 'text':
      return textOf(value);
    case 'number':
      return numberOf(value);
    case 'members':
      return membersOf(value);
  }
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value;
  const writer = { text: '' };
  return write(writer, value, 0) ? writer.text : TOO_LONG;
}

/** False: too deep or too long. */
function write(writer: { text: string }, value: unknown, depth: number): boolean {
  if (depth > MAX_DEPTH || writer.text.length > MAX_STRING_BYTES_LIMIT) return false;
  if (typeof value === 'string') writer.text += quoted(value);
  else if (typeof value === 'number') writer.text += digits(value);
  else if (typeof value === 'bigint') writer.text += value.toString();
  else if (typeof value === 'boolean') writer.text += value ? 'True' : 'False';
  else if (isArray(value)) return writeList(writer, value, depth);
  else if (isObject(value)) return writeObject(writer, value, depth);
  else writer.text += 'None';
  return true;
}

function writeList(writer: { text: string }, list: readonly unknown[], depth: number): boolean {
  const length = Number(ownValue(list, 'length'));
  writer.text += '[';
  for (let i = 0; i < length; i += 1) {
    if (i > 0) writer.text += ', ';
    if (!write(writer, ownValue(list, i), depth + 1)) return false;
  }
  writer.text += ']';
  return true;
}

function writeObject(writer: { text: string }, object: object, depth: number): boolean {
  let separator = '{';
  for (const key of Object.keys(object)) {
    const value = ownValue(object, key);
    if (value === undefined) continue;
    writer.text += `${separator}${quoted(key)}: `;
    separator = ', ';
    if (!write(writer, value, depth + 1)) return false;
  }
  writer.text += separator === '{' ? '{}' : '}';
  return true;
}

/** Whole numbers as Python's int: JSON does not tell 3 from 3.0. Others as its float, which turns to exponents below 0.0001. */
function digits(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  if (Math.abs(value) >= 1e-4) return String(value);
  const [mantissa, exponent = ''] = value.toExponential().split('e-');
  return `${mantissa}e-${exponent.padStart(2, '0')}`;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const NOT_PRINTABLE = /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu;

/** A text inside a list or an object, as Python writes it there. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text.replace(NOT_PRINTABLE, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const hex = code.toString(16);
    if (code < 0x100) return ESCAPES[character] ?? `\\x${hex.padStart(2, '0')}`;
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
  });
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote;
}

const FLOAT = /^[+-]?(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?$/;
const INFINITE = /^[+-]?inf(?:inity)?$/i;
/** What is no number: a list, which no test of numbers takes. */
const NO_NUMBER: readonly never[] = Object.freeze([]);

/** Infinities become the largest doubles, which compare with constants as they do. */
function numberOf(value: unknown): unknown {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (typeof value === 'number') return clamped(value);
  if (typeof value !== 'string' || value.length > 1000) return NO_NUMBER;
  const text = value.trim();
  if (INFINITE.test(text)) return clamped(text.startsWith('-') ? -Infinity : Infinity);
  return FLOAT.test(text) ? clamped(Number(text.replaceAll('_', ''))) : NO_NUMBER;
}

function clamped(value: number): unknown {
  if (Number.isNaN(value)) return NO_NUMBER;
  return Math.min(Math.max(value, -Number.MAX_VALUE), Number.MAX_VALUE);
}

/** The texts in a list, the keys of an object; anything else as it is, which is no list. */
function membersOf(value: unknown): unknown {
  if (isArray(value)) {
    const length = Number(ownValue(value, 'length'));
    const texts: string[] = [];
    for (let i = 0; i < length; i += 1) {
      const element = ownValue(value, i);
      if (typeof element === 'string') texts.push(element);
    }
    return texts;
  }
  return isObject(value) ? Object.keys(value) : value;
}
