// In: a raw value of a request and a form of it (LANGUAGE.md 15.4). Out: the value in that form, as a request could carry it.
// The meaning, plain and slow; shares nothing with the host's own way to the same answer.

import { MAX_STRING_BYTES_LIMIT } from '../../wasm-core/contract/limits.ts';
import type { AttributeForm } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import { dataProperty, isArray, isObject, lengthOf, look } from './look.ts';

const MAX_DEPTH = 32;

/** A text that is over every limit. */
class TooLong extends Error {}

export function formOf(raw: unknown, form: AttributeForm): unknown {
  if (raw === undefined || raw === null) return raw;
  switch (form) {
    case 'text':
      return typeof raw === 'string' ? raw : pythonText(raw);
    case 'number':
      return pythonNumber(raw);
    case 'members':
      if (isArray(raw)) return itemsOf(raw).filter((item) => typeof item === 'string');
      return isObject(raw) ? look(() => Object.keys(raw)) : raw;
    default:
      return unreachable(form);
  }
}

function pythonText(raw: unknown): string {
  try {
    return repr(raw, 0);
  } catch (error) {
    if (error instanceof TooLong) return '-'.repeat(MAX_STRING_BYTES_LIMIT + 1);
    throw error;
  }
}

/** What Python's `repr` writes of the value that JSON gives it. */
function repr(raw: unknown, depth: number): string {
  if (depth > MAX_DEPTH) throw new TooLong();
  if (typeof raw === 'string') return reprOfText(raw);
  if (typeof raw === 'boolean') return raw ? 'True' : 'False';
  if (typeof raw === 'bigint') return String(raw);
  if (typeof raw === 'number') return reprOfNumber(raw);
  if (isArray(raw)) return `[${joined(itemsOf(raw).map((item) => repr(item, depth + 1)))}]`;
  if (!isObject(raw)) return 'None';
  const keys = look(() => Object.keys(raw)).filter((key) => dataProperty(raw, key) !== undefined);
  return `{${joined(keys.map((key) => `${reprOfText(key)}: ${repr(dataProperty(raw, key), depth + 1)}`))}}`;
}

function joined(parts: readonly string[]): string {
  const text = parts.join(', ');
  if (text.length > MAX_STRING_BYTES_LIMIT) throw new TooLong();
  return text;
}

/** A whole number is an int to Python's JSON reader; the digits of others are the fewest that tell them apart, as here. */
function reprOfNumber(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (Number.isInteger(value)) return String(BigInt(value));
  if (Math.abs(value) >= 0.0001) return String(value);
  return value.toExponential().replace(/e-(\d)$/, 'e-0$1');
}

function reprOfText(text: string): string {
  const characters = Array.from(text, (character) => {
    if (character === '\\') return '\\\\';
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character;
    const code = character.codePointAt(0) ?? 0;
    const width = code <= 0xff ? 2 : code <= 0xffff ? 4 : 8;
    return `\\${width === 2 ? 'x' : width === 4 ? 'u' : 'U'}${code.toString(16).padStart(width, '0')}`;
  });
  if (characters.includes("'") && !characters.includes('"')) return `"${characters.join('')}"`;
  return `'${characters.map((character) => (character === "'" ? "\\'" : character)).join('')}'`;
}

/** What Python's `float` makes of it; an empty list where it makes nothing. An infinity is the largest double. */
function pythonNumber(raw: unknown): unknown {
  if (typeof raw === 'boolean') return raw ? 1 : 0;
  const value = typeof raw === 'number' ? raw : typeof raw === 'string' ? pythonFloat(raw) : Number.NaN;
  if (Number.isNaN(value)) return [];
  return Number.isFinite(value) ? value : Math.sign(value) * Number.MAX_VALUE;
}

function pythonFloat(text: string): number {
  if (text.length > 1000) return Number.NaN;
  const trimmed = text.trim();
  if (/^[+-]?inf(inity)?$/i.test(trimmed)) return trimmed.startsWith('-') ? -Infinity : Infinity;
  if (/^_|_$|__|_(?!\d)|(?<!\d)_/.test(trimmed)) return Number.NaN;
  const plain = trimmed.replaceAll('_', '');
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : Number.NaN;
}

function itemsOf(list: readonly unknown[]): readonly unknown[] {
  return Array.from({ length: lengthOf(list) }, (_, index) => dataProperty(list, String(index)));
}
