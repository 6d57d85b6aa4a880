// In: a function and its operands, all of them values. Out: what it gives, or null: unknown. What it reads counts as steps first (5.10).

import type { TermFunction } from '../../check/terms.ts';
import { matches } from '../regex.ts';
import { check } from './checks.ts';
import { format } from './format.ts';
import { field, index, isIn, list, ofOptional, size } from './lists.ts';
import { net } from './net.ts';
import { arithmetic, bits, convert, extreme, math, negate } from './numbers.ts';
import { join, text } from './texts.ts';
import { timePart } from './time.ts';
import { bool, equal, type Meter, order, type TermValue } from './values.ts';

export function call(fn: TermFunction, operands: readonly TermValue[], meter: Meter): TermValue | null {
  const [a, b] = operands;
  if (fn === 'optional.none') return ofOptional(fn, operands, meter);
  if (a === undefined) return null;
  if (fn === 'select' || fn === 'has' || fn === 'optional-select')
    return b === undefined ? null : field(fn, a, b, meter);
  if (fn === 'matches' || fn === 'glob') meter.spendOn([a]);
  else if (fn !== 'size' || a.kind === 'string' || a.kind === 'bytes') meter.spendOn(operands);
  switch (fn) {
    case 'not':
      return a.kind === 'bool' ? bool(!a.value) : null;
    case 'equal':
      return b === undefined ? null : bool(equal(a, b, meter));
    case 'less':
    case 'less-equal': {
      const found = b === undefined ? null : order(a, b);
      return found === null ? null : bool(fn === 'less' ? found < 0 : found <= 0);
    }
    case 'in':
      return b === undefined ? null : isIn(a, b, meter);
    case 'add':
    case 'subtract':
    case 'multiply':
    case 'divide':
    case 'modulo':
      return b === undefined ? null : arithmetic(fn, a, b, meter);
    case 'negate':
      return negate(a);
    case 'index':
    case 'optional-index':
      return b === undefined ? null : index(fn, a, b, meter);
    case 'size':
      return size(a);
    case 'type':
      return typeOf(a);
    case 'int':
    case 'uint':
    case 'double':
    case 'string':
    case 'bytes':
    case 'bool':
    case 'timestamp':
    case 'duration':
      return convert(fn, a, meter);
    case 'matches':
      return a.kind === 'string' && b?.kind === 'pattern' ? bool(matches(a.value, b.pattern, b.dialect)) : null;
    case 'join':
      return join(a, b, meter);
    case 'format':
      return format(a, b, meter);
    case 'reverse':
      return a.kind === 'list' ? list(fn, operands, meter) : text(fn, operands, meter);
    case 'math.greatest':
    case 'math.least':
      return extreme(operands, fn === 'math.greatest' ? 1 : -1);
    default:
      return byFamily(fn, operands, meter);
  }
}

function byFamily(fn: string, operands: readonly TermValue[], meter: Meter): TermValue | null {
  const [a, b] = operands;
  if (a === undefined) return null;
  if (/^get[A-Z]/.test(fn)) return b === undefined || b.kind === 'zone' ? timePart(fn, a, b?.name ?? null) : null;
  if (fn.startsWith('math.')) return b === undefined ? math(fn, a) : bits(fn, a, b);
  if (/^(distinct|flatten|slice|sort)$/.test(fn)) return list(fn, operands, meter);
  if (/^(optional\.|hasValue|value|or)/.test(fn)) return ofOptional(fn, operands, meter);
  if (/^(entropy|luhn|iban)$/.test(fn)) return a.kind === 'string' ? check(fn, a.value) : null;
  return text(fn, operands, meter) ?? net(fn, operands, meter);
}

const TYPE_NAMES: Partial<Record<TermValue['kind'], string>> = {
  null: 'null_type',
  optional: 'optional_type',
  timestamp: 'google.protobuf.Timestamp',
  duration: 'google.protobuf.Duration',
  ip: 'net.IP',
  cidr: 'net.CIDR',
};

function typeOf(value: TermValue): TermValue {
  return { kind: 'type', name: TYPE_NAMES[value.kind] ?? value.kind };
}
