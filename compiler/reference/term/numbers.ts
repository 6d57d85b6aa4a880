// Numbers of terms: arithmetic (LANGUAGE.md 4.12), conversions (4.14), `math.*` (4.18). Null stands for unknown.

import { STEP_DOUBLE_TEXT } from '../../../wasm-core/contract/limits.ts';
import { addressText } from './net.ts';
import { durationText, readDuration, readTimestamp, secondsOf, timestampText } from './time.ts';
import { bool, double, duration, int, type Meter, order, type TermValue, timestamp, uint, utf8 } from './values.ts';

type Operator = 'add' | 'subtract' | 'multiply' | 'divide' | 'modulo';

export function arithmetic(op: Operator, a: TermValue, b: TermValue, meter: Meter): TermValue | null {
  if (a.kind === 'double' && b.kind === 'double')
    return op === 'modulo' ? null : double(ofDoubles(op, a.value, b.value));
  if ((a.kind === 'int' && b.kind === 'int') || (a.kind === 'uint' && b.kind === 'uint')) {
    const result = ofInts(op, a.value, b.value);
    return result === null ? null : a.kind === 'int' ? int(result) : uint(result);
  }
  if (op === 'add') return added(a, b, meter);
  return op === 'subtract' ? subtracted(a, b) : null;
}

function ofDoubles(op: Operator, a: number, b: number): number {
  return op === 'add' ? a + b : op === 'subtract' ? a - b : op === 'multiply' ? a * b : a / b;
}

function ofInts(op: Operator, a: bigint, b: bigint): bigint | null {
  if (op === 'add') return a + b;
  if (op === 'subtract') return a - b;
  if (op === 'multiply') return a * b;
  if (b === 0n) return null;
  return op === 'divide' ? a / b : a % b;
}

function added(a: TermValue, b: TermValue, meter: Meter): TermValue | null {
  if (a.kind === 'string' && b.kind === 'string') return meter.string(a.value + b.value);
  if (a.kind === 'bytes' && b.kind === 'bytes') return meter.bytes(Uint8Array.from([...a.value, ...b.value]));
  if (a.kind === 'list' && b.kind === 'list') return meter.list([...a.items, ...b.items]);
  if (a.kind === 'duration' && b.kind === 'duration') return duration(a.nanos + b.nanos);
  if (a.kind === 'timestamp' && b.kind === 'duration') return timestamp(a.nanos + b.nanos);
  return a.kind === 'duration' && b.kind === 'timestamp' ? timestamp(a.nanos + b.nanos) : null;
}

function subtracted(a: TermValue, b: TermValue): TermValue | null {
  if (a.kind === 'timestamp' && b.kind === 'timestamp') return duration(a.nanos - b.nanos);
  if (a.kind === 'timestamp' && b.kind === 'duration') return timestamp(a.nanos - b.nanos);
  return a.kind === 'duration' && b.kind === 'duration' ? duration(a.nanos - b.nanos) : null;
}

export function negate(a: TermValue): TermValue | null {
  return a.kind === 'int' ? int(-a.value) : a.kind === 'double' ? double(-a.value) : null;
}

// --- 4.14 ---

const TWO_63 = 2 ** 63;
const TWO_64 = 2 ** 64;

export function convert(to: string, a: TermValue, meter: Meter): TermValue | null {
  switch (to) {
    case 'int':
      return toInt(a);
    case 'uint':
      return toUint(a);
    case 'double':
      if (a.kind === 'string') meter.spend(STEP_DOUBLE_TEXT);
      return toDouble(a);
    case 'string':
      return toText(a, meter);
    case 'bytes':
      return a.kind === 'string' ? meter.bytes(utf8(a.value)) : a.kind === 'bytes' ? a : null;
    case 'bool':
      return toBool(a);
    case 'timestamp':
      if (a.kind === 'int') return timestamp(a.value * 1_000_000_000n);
      return a.kind === 'string' ? readTimestamp(a.value) : a.kind === 'timestamp' ? a : null;
    case 'duration':
      return a.kind === 'string' ? readDuration(a.value) : a.kind === 'duration' ? a : null;
    default:
      return null;
  }
}

function toInt(a: TermValue): TermValue | null {
  if (a.kind === 'int') return a;
  if (a.kind === 'uint') return int(a.value);
  if (a.kind === 'double') return Math.abs(a.value) < TWO_63 ? int(BigInt(Math.trunc(a.value))) : null;
  if (a.kind === 'string') return /^[+-]?\d+$/.test(a.value) ? int(bigintOf(a.value)) : null;
  return a.kind === 'timestamp' ? int(secondsOf(a.nanos)) : null;
}

function bigintOf(text: string): bigint {
  return text.startsWith('-') ? -BigInt(text.slice(1)) : BigInt(text.replace('+', ''));
}

function toUint(a: TermValue): TermValue | null {
  if (a.kind === 'uint') return a;
  if (a.kind === 'int') return uint(a.value);
  if (a.kind === 'double') return a.value >= 0 && a.value < TWO_64 ? uint(BigInt(Math.trunc(a.value))) : null;
  return a.kind === 'string' && /^\d+$/.test(a.value) ? uint(BigInt(a.value)) : null;
}

const MAX_DOUBLE_BYTES = 128;

function toDouble(a: TermValue): TermValue | null {
  if (a.kind === 'double') return a;
  if (a.kind === 'int' || a.kind === 'uint') return double(Number(a.value));
  if (a.kind !== 'string' || a.value.length > MAX_DOUBLE_BYTES) return null;
  if (a.value === 'NaN') return double(Number.NaN);
  const infinity = /^([+-]?)Inf(?:inity)?$/.exec(a.value);
  if (infinity !== null) return double(infinity[1] === '-' ? -Infinity : Infinity);
  if (!/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(a.value)) return null;
  const value = Number(a.value);
  return Number.isFinite(value) ? double(value) : null;
}

function toBool(a: TermValue): TermValue | null {
  if (a.kind === 'bool') return a;
  if (a.kind !== 'string') return null;
  if (/^(1|t|T|true|TRUE|True)$/.test(a.value)) return bool(true);
  return /^(0|f|F|false|FALSE|False)$/.test(a.value) ? bool(false) : null;
}

function toText(a: TermValue, meter: Meter): TermValue | null {
  if (a.kind === 'string') return a;
  if (a.kind === 'double') meter.spend(STEP_DOUBLE_TEXT);
  const text = a.kind === 'bytes' ? textOf(a.value) : scalarText(a);
  return text === null ? null : meter.string(text);
}

/** Null: not UTF-8. */
export function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** What `string` writes of a value that is no text; null: of others. */
export function scalarText(a: TermValue): string | null {
  switch (a.kind) {
    case 'int':
    case 'uint':
    case 'bool':
      return String(a.value);
    case 'double':
      return Object.is(a.value, -0) ? '-0' : String(a.value);
    case 'timestamp':
      return timestampText(a.nanos);
    case 'duration':
      return durationText(a.nanos);
    case 'ip':
      return addressText(a.address);
    case 'cidr':
      return `${addressText(a.address)}/${a.prefix}`;
    default:
      return null;
  }
}

// --- 4.18 ---

/** `math.greatest`, `math.least`. */
export function extreme(operands: readonly TermValue[], sign: 1 | -1): TermValue | null {
  const [only] = operands;
  const numbers = operands.length === 1 && only?.kind === 'list' ? only.items : operands;
  let best = numbers[0] ?? null;
  for (const number of numbers) {
    const found = best === null ? null : order(number, best);
    if (found === null || Number.isNaN(found) || !/^(int|uint|double)$/.test(number.kind)) return null;
    if (found * sign > 0) best = number;
  }
  return best;
}

export function math(fn: string, a: TermValue): TermValue | null {
  if (fn === 'math.abs' || fn === 'math.sign' || fn === 'math.sqrt') return ofNumber(fn, a);
  if (fn === 'math.bitNot') {
    if (a.kind === 'int') return int(~a.value);
    return a.kind === 'uint' ? uint(BigInt.asUintN(64, ~a.value)) : null;
  }
  if (a.kind !== 'double') return null;
  switch (fn) {
    case 'math.ceil':
      return double(Math.ceil(a.value));
    case 'math.floor':
      return double(Math.floor(a.value));
    case 'math.trunc':
      return double(Math.trunc(a.value));
    case 'math.round':
      return double(rounded(a.value));
    case 'math.isNaN':
      return bool(Number.isNaN(a.value));
    case 'math.isInf':
      return bool(Math.abs(a.value) === Infinity);
    case 'math.isFinite':
      return bool(Number.isFinite(a.value));
    default:
      return null;
  }
}

/** Ties away from zero. The difference from the whole part is exact. */
function rounded(value: number): number {
  const whole = Math.trunc(value);
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

function ofNumber(fn: string, a: TermValue): TermValue | null {
  if (a.kind === 'double') {
    const value = fn === 'math.abs' ? Math.abs(a.value) : fn === 'math.sign' ? Math.sign(a.value) : Math.sqrt(a.value);
    return double(value);
  }
  if (a.kind !== 'int' && a.kind !== 'uint') return null;
  if (fn === 'math.sqrt') return double(Math.sqrt(Number(a.value)));
  const size = a.value < 0n ? -a.value : a.value;
  const value = fn === 'math.abs' ? size : size === 0n ? 0n : a.value / size;
  return a.kind === 'int' ? int(value) : uint(value);
}

export function bits(fn: string, a: TermValue, b: TermValue): TermValue | null {
  if (fn === 'math.bitShiftLeft' || fn === 'math.bitShiftRight') return shifted(fn, a, b);
  if (!((a.kind === 'int' && b.kind === 'int') || (a.kind === 'uint' && b.kind === 'uint'))) return null;
  const value = fn === 'math.bitAnd' ? a.value & b.value : fn === 'math.bitOr' ? a.value | b.value : a.value ^ b.value;
  return a.kind === 'int' ? int(value) : uint(value);
}

function shifted(fn: string, a: TermValue, by: TermValue): TermValue | null {
  if ((a.kind !== 'int' && a.kind !== 'uint') || by.kind !== 'int' || by.value < 0n) return null;
  const bits = BigInt.asUintN(64, a.value);
  const value = by.value >= 64n ? 0n : fn === 'math.bitShiftLeft' ? bits << by.value : bits >> by.value;
  return a.kind === 'int' ? int(BigInt.asIntN(64, value)) : uint(BigInt.asUintN(64, value));
}
