// `text.format(list)` (LANGUAGE.md 4.16). Numbers are written exactly: a double is a ratio of integers.

import { STEP_DOUBLE_TEXT } from '../../../wasm-core/contract/limits.ts';
import { scalarText, textOf } from './numbers.ts';
import { type Meter, order, string, type TermValue, utf8 } from './values.ts';

export function format(text: TermValue | undefined, list: TermValue | undefined, meter: Meter): TermValue | null {
  if (text?.kind !== 'string' || list?.kind !== 'list') return null;
  let result = '';
  let next = 0;
  for (const piece of text.value.match(/%%|%(?:\.\d+)?[^]?|[^%]+/gu) ?? []) {
    if (!piece.startsWith('%') || piece === '%%') {
      result += piece === '%%' ? '%' : piece;
      continue;
    }
    const value = list.items[next];
    const [, digits, clause = ''] = /^%(?:\.(\d+))?([a-zA-Z])$/.exec(piece) ?? [];
    const written =
      value === undefined ? null : clauseText(clause, value, digits === undefined ? null : Number(digits), meter);
    if (written === null) return null;
    result += written;
    next += 1;
  }
  return meter.string(result);
}

function clauseText(clause: string, value: TermValue, precision: number | null, meter: Meter): string | null {
  if (clause === 'f' || clause === 'e') return realText(value, precision ?? 6, clause === 'f', meter);
  if (precision !== null) return null;
  switch (clause) {
    case 's':
      return anyText(value, meter);
    case 'd':
      return value.kind === 'double' ? specialText(value.value) : integerText(value, 10);
    case 'b':
      return value.kind === 'bool' ? String(Number(value.value)) : integerText(value, 2);
    case 'o':
      return integerText(value, 8);
    case 'x':
      return hexText(value);
    case 'X':
      return hexText(value)?.toUpperCase() ?? null;
    default:
      return null;
  }
}

function integerText(value: TermValue, base: number): string | null {
  return value.kind === 'int' || value.kind === 'uint' ? value.value.toString(base) : null;
}

function hexText(value: TermValue): string | null {
  const bytes = value.kind === 'string' ? utf8(value.value) : value.kind === 'bytes' ? value.value : null;
  if (bytes === null) return integerText(value, 16);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Null: a double that is a number. */
function specialText(value: number): string | null {
  return Number.isFinite(value) ? null : String(value);
}

function anyText(value: TermValue, meter: Meter): string | null {
  switch (value.kind) {
    case 'string':
      return value.value;
    case 'bytes':
      return textOf(value.value);
    case 'null':
      return 'null';
    case 'type':
      return value.name;
    case 'list': {
      const parts = value.items.map((item) => anyText(item, meter));
      return parts.includes(null) ? null : `[${parts.join(', ')}]`;
    }
    case 'map': {
      const written = value.entries.map(([key, item]) => ({
        key: anyText(key, meter) ?? '',
        item: anyText(item, meter),
      }));
      if (written.some(({ item }) => item === null)) return null;
      written.sort((a, b) => order(string(a.key), string(b.key)) ?? 0);
      return `{${written.map(({ key, item }) => `${key}: ${item}`).join(', ')}}`;
    }
    case 'double':
      meter.spend(STEP_DOUBLE_TEXT);
      return scalarText(value);
    default:
      return scalarText(value);
  }
}

const MAX_PRECISION = 100;

function realText(value: TermValue, precision: number, isFixed: boolean, meter: Meter): string | null {
  if (precision > MAX_PRECISION) return null;
  if (value.kind === 'int' || value.kind === 'uint') {
    const size = value.value < 0n ? -value.value : value.value;
    return `${value.value < 0n ? '-' : ''}${write({ numerator: size, denominator: 1n }, precision, isFixed)}`;
  }
  if (value.kind !== 'double') return null;
  meter.spend(STEP_DOUBLE_TEXT);
  const special = specialText(value.value);
  if (special !== null) return special;
  const isNegative = value.value < 0 || Object.is(value.value, -0);
  return `${isNegative ? '-' : ''}${write(ratioOf(Math.abs(value.value)), precision, isFixed)}`;
}

interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/** A double times a power of two that makes it an integer. */
function ratioOf(value: number): Ratio {
  let numerator = value;
  let exponent = 0;
  while (!Number.isInteger(numerator)) {
    numerator *= 2;
    exponent += 1;
  }
  return { numerator: BigInt(numerator), denominator: 2n ** BigInt(exponent) };
}

function write(ratio: Ratio, precision: number, isFixed: boolean): string {
  if (isFixed) return withPoint(nearest(ratio, precision), precision);
  if (ratio.numerator === 0n) return `${withPoint(0n, precision)}e+00`;
  let exponent = 0;
  while (ratio.numerator >= ratio.denominator * 10n ** BigInt(exponent + 1)) exponent += 1;
  while (exponent <= 0 && ratio.numerator * 10n ** BigInt(-exponent) < ratio.denominator) exponent -= 1;
  let digits = nearest(ratio, precision - exponent);
  if (digits >= 10n ** BigInt(precision + 1)) {
    exponent += 1;
    digits = nearest(ratio, precision - exponent);
  }
  const size = String(Math.abs(exponent)).padStart(2, '0');
  return `${withPoint(digits, precision)}e${exponent < 0 ? '-' : '+'}${size}`;
}

/** The ratio times 10^places, to the nearest integer, ties to even. */
function nearest({ numerator, denominator }: Ratio, places: number): bigint {
  const above = places >= 0 ? numerator * 10n ** BigInt(places) : numerator;
  const below = places >= 0 ? denominator : denominator * 10n ** BigInt(-places);
  const whole = above / below;
  const twice = (above % below) * 2n;
  return twice > below || (twice === below && whole % 2n === 1n) ? whole + 1n : whole;
}

function withPoint(digits: bigint, precision: number): string {
  const text = String(digits).padStart(precision + 1, '0');
  return precision === 0 ? text : `${text.slice(0, -precision)}.${text.slice(-precision)}`;
}
