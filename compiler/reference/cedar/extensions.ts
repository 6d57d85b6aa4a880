// Cedar's extension types: decimal, ip, datetime, duration. In: a function and its arguments. Out: its value.
// Never rounds and never guesses at a text: what does not parse throws EvaluationError.

import type { ExtensionFunction } from '../../syntax/cedar/ast.ts';
import { type CedarValue, EvaluationError, long64 } from './values.ts';

/** @throws EvaluationError */
export function callExtension(fn: ExtensionFunction, args: readonly CedarValue[]): CedarValue {
  const arity = BINARY.has(fn) ? 2 : 1;
  if (args.length !== arity) throw new EvaluationError(`${fn} takes ${arity} arguments`);
  const [first, second] = args;
  if (first === undefined) throw new EvaluationError('unreachable');
  switch (fn) {
    case 'decimal':
      return { kind: 'decimal', value: parseDecimal(textOf(first)) };
    case 'ip':
      return parseIp(textOf(first));
    case 'datetime':
      return { kind: 'datetime', value: parseDatetime(textOf(first)) };
    case 'duration':
      return { kind: 'duration', value: parseDuration(textOf(first)) };
    case 'lessThan':
      return bool(number(first, 'decimal') < number(second, 'decimal'));
    case 'lessThanOrEqual':
      return bool(number(first, 'decimal') <= number(second, 'decimal'));
    case 'greaterThan':
      return bool(number(first, 'decimal') > number(second, 'decimal'));
    case 'greaterThanOrEqual':
      return bool(number(first, 'decimal') >= number(second, 'decimal'));
    case 'isIpv4':
      return bool(ipOf(first).version === 4);
    case 'isIpv6':
      return bool(ipOf(first).version === 6);
    case 'isLoopback':
      return bool(isWithin(ipOf(first), parseIp(ipOf(first).version === 4 ? '127.0.0.0/8' : '::1')));
    case 'isMulticast':
      return bool(isWithin(ipOf(first), parseIp(ipOf(first).version === 4 ? '224.0.0.0/4' : 'ff00::/8')));
    case 'isInRange':
      return bool(isWithin(ipOf(first), ipOf(second)));
    case 'offset':
      return { kind: 'datetime', value: long64(number(first, 'datetime') + number(second, 'duration')) };
    case 'durationSince':
      return { kind: 'duration', value: long64(number(first, 'datetime') - number(second, 'datetime')) };
    case 'toDate': {
      const value = number(first, 'datetime');
      return { kind: 'datetime', value: long64(value - floorMod(value, DAY)) };
    }
    case 'toTime':
      return { kind: 'duration', value: floorMod(number(first, 'datetime'), DAY) };
    case 'toMilliseconds':
      return { kind: 'long', value: number(first, 'duration') };
    case 'toSeconds':
      return { kind: 'long', value: number(first, 'duration') / SECOND };
    case 'toMinutes':
      return { kind: 'long', value: number(first, 'duration') / MINUTE };
    case 'toHours':
      return { kind: 'long', value: number(first, 'duration') / HOUR };
    case 'toDays':
      return { kind: 'long', value: number(first, 'duration') / DAY };
  }
}

const BINARY: ReadonlySet<ExtensionFunction> = new Set([
  ...(['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'] as const),
  ...(['isInRange', 'offset', 'durationSince'] as const),
]);
const SECOND = 1000n;
const MINUTE = 60n * SECOND;
const HOUR = 60n * MINUTE;
const DAY = 24n * HOUR;

type Ip = CedarValue & { readonly kind: 'ip' };

function bool(value: boolean): CedarValue {
  return { kind: 'bool', value };
}

function textOf(value: CedarValue): string {
  if (value.kind !== 'string') throw new EvaluationError('expected a string');
  return value.value;
}

function number(value: CedarValue | undefined, kind: 'decimal' | 'datetime' | 'duration'): bigint {
  if (value?.kind !== kind) throw new EvaluationError(`expected a ${kind}`);
  return value.value;
}

function ipOf(value: CedarValue | undefined): Ip {
  if (value?.kind !== 'ip') throw new EvaluationError('expected an ip');
  return value;
}

function floorMod(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}

function parseDecimal(text: string): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)([0-9]+)\.([0-9]{1,4})$/.exec(text) ?? [];
  if (whole === '') throw new EvaluationError(`\`${text}\` is no decimal`);
  const value = BigInt(whole + fraction.padEnd(4, '0'));
  return long64(sign === '-' ? -value : value);
}

// --- ip: an address with a prefix; an address alone is the range of itself ---

function parseIp(text: string): Ip {
  const [address = '', prefix, more] = text.split('/');
  const version = address.includes(':') ? 6 : 4;
  const width = version === 4 ? 32 : 128;
  const bits = more === undefined ? (version === 4 ? parseIpv4(address) : parseIpv6(address)) : null;
  const isPrefix = prefix === undefined || (/^(0|[1-9][0-9]{0,2})$/.test(prefix) && Number(prefix) <= width);
  if (bits === null || !isPrefix) throw new EvaluationError(`\`${text}\` is no ip`);
  return { kind: 'ip', version, bits, prefix: prefix === undefined ? width : Number(prefix) };
}

function parseIpv4(text: string): bigint | null {
  const octets = text.split('.');
  const isOctet = (octet: string): boolean => /^(0|[1-9][0-9]{0,2})$/.test(octet) && Number(octet) <= 255;
  if (octets.length !== 4 || !octets.every(isOctet)) return null;
  return octets.reduce((bits, octet) => bits * 256n + BigInt(octet), 0n);
}

function parseIpv6(text: string): bigint | null {
  const [head = '', tail, more] = text.split('::');
  const groupsOf = (part: string): string[] => (part === '' ? [] : part.split(':'));
  const front = groupsOf(head);
  const back = groupsOf(tail ?? '');
  const missing = 8 - front.length - back.length;
  const isGroup = (group: string): boolean => /^[0-9A-Fa-f]{1,4}$/.test(group);
  if (more !== undefined || ![...front, ...back].every(isGroup)) return null;
  if (tail === undefined ? missing !== 0 : missing < 1) return null;
  const groups = [...front, ...Array.from({ length: missing }, () => '0'), ...back];
  return groups.reduce((bits, group) => bits * 65536n + BigInt(`0x${group}`), 0n);
}

/** Whether every address of `inner` is one of `outer`. */
function isWithin(inner: Ip, outer: Ip): boolean {
  const free = BigInt((outer.version === 4 ? 32 : 128) - outer.prefix);
  return inner.version === outer.version && inner.prefix >= outer.prefix && inner.bits >> free === outer.bits >> free;
}

// --- time ---

function parseDatetime(text: string): bigint {
  const form = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(?:\.(\d{3}))?(?:Z|([+-])(\d{2})(\d{2})))?$/.exec(
    text,
  );
  if (form === null) throw new EvaluationError(`\`${text}\` is no datetime`);
  const field = (index: number): number => Number(form[index] ?? '0');
  const [year, month, day] = [field(1), field(2), field(3)];
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  const isDate = day >= 1 && day <= days;
  const isTime = field(4) < 24 && field(5) < 60 && field(6) < 60 && field(9) < 24 && field(10) < 60;
  if (!isDate || !isTime) throw new EvaluationError(`\`${text}\` is no datetime`);
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(field(4), field(5), field(6), field(7));
  const offset = (BigInt(field(9)) * HOUR + BigInt(field(10)) * MINUTE) * (form[8] === '-' ? -1n : 1n);
  return BigInt(date.getTime()) - offset;
}

function parseDuration(text: string): bigint {
  const form = /^(-?)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (form === null || /^-?$/.test(text)) throw new EvaluationError(`\`${text}\` is no duration`);
  const units = [DAY, HOUR, MINUTE, SECOND, 1n];
  const value = units.reduce((sum, unit, index) => sum + unit * BigInt(form[index + 2] ?? '0'), 0n);
  return long64(form[1] === '-' ? -value : value);
}
