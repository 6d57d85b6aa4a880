// Cedar's extension types: decimal, ip, datetime, duration. In: a function and its arguments. Out: its value.
// Never rounds and never guesses at a text: what does not parse throws EvaluationError.

import type { Span } from '../../source.ts';
import type { ExtensionFunction } from '../../syntax/cedar/ast.ts';
import { typeError } from './causes.ts';
import { type CedarValue, EvaluationError, fitsLong } from './values.ts';

/** `span`: what an error speaks of, where there is such a thing. */
export interface Argument {
  readonly value: CedarValue;
  readonly span: Span | null;
}

/** @throws EvaluationError */
export function callExtension(fn: ExtensionFunction, args: readonly Argument[]): CedarValue {
  const arity = BINARY.has(fn) ? 2 : 1;
  const [first, other] = args;
  if (args.length !== arity || first === undefined) {
    const said = `wrong number of arguments provided to extension function \`${fn}\``;
    throw new EvaluationError(`${said}: expected ${arity}, got ${args.length}`);
  }
  const second = other ?? first;
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
      return bool(isWithin(ipOf(first), LOOPBACK[ipOf(first).version]));
    case 'isMulticast':
      return bool(isWithin(ipOf(first), MULTICAST[ipOf(first).version]));
    case 'isInRange':
      return bool(isWithin(ipOf(first), ipOf(second)));
    case 'offset': {
      const [time, by] = [number(first, 'datetime'), number(second, 'duration')];
      const attempt = `overflows when adding an offset: ${shownTime(time)}+(${by}ms)`;
      return { kind: 'datetime', value: time64(time + by, fn, attempt) };
    }
    case 'durationSince': {
      const [time, from] = [number(first, 'datetime'), number(second, 'datetime')];
      const attempt = `overflows when computing the duration between ${shownTime(time)} and ${shownTime(from)}`;
      return { kind: 'duration', value: time64(time - from, fn, attempt) };
    }
    case 'toDate': {
      const time = number(first, 'datetime');
      const attempt = `overflows when computing the date of ${shownTime(time)}`;
      return { kind: 'datetime', value: time64(time - floorMod(time, DAY), fn, attempt) };
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

function textOf({ value, span }: Argument): string {
  if (value.kind !== 'string') throw typeError(['string'], value, span);
  return value.value;
}

function number({ value, span }: Argument, kind: 'decimal' | 'datetime' | 'duration'): bigint {
  if (value.kind !== kind) throw typeError([kind], value, span, forgotten(kind, value));
  return value.value;
}

function ipOf({ value, span }: Argument): Ip {
  if (value.kind !== 'ip') throw typeError(['ip'], value, span, forgotten('ip', value));
  return value;
}

function forgotten(kind: string, found: CedarValue): string | null {
  return found.kind === 'string' ? `maybe you forgot to apply the \`${kind}\` constructor?` : null;
}

/** An error of a function, with the help that is always given of a constructor. */
function failed(fn: ExtensionFunction, what: string, help = HELP[fn] ?? null): EvaluationError {
  return new EvaluationError(
    `error while evaluating \`${fn === 'ip' ? 'ipaddr' : fn}\` extension function: ${what}`,
    help,
  );
}

const RANGE = 'the value must be in range -922337203685477.5808 to 922337203685477.5807';
const HELP: { readonly [fn in ExtensionFunction]?: string } = {
  decimal: `valid decimal strings look like \`12.34\`: digits are required on both sides of \`.\`, up to 4 fractional digits are allowed, and ${RANGE}`,
  ip: 'valid IP strings are IPv4/IPv6 addresses or CIDR ranges like `127.0.0.1`, `127.0.0.1/24`, or `ffee::/64`',
  datetime:
    'valid datetime strings start with `YYYY-MM-DD` and may optionally include `THH:MM:SS` plus `Z`, `.SSSZ`, or an offset like `+0700`',
  duration:
    'valid duration strings are concatenated quantity-unit pairs with an optional leading `-`, for example `1d2h3m4s50ms`',
};

function time64(value: bigint, fn: ExtensionFunction, attempt: string): bigint {
  if (!fitsLong(value)) throw failed(fn, attempt);
  return value;
}

function shownTime(time: bigint): string {
  return `datetime("1970-01-01").offset(duration("${time}ms"))`;
}

function floorMod(value: bigint, by: bigint): bigint {
  return ((value % by) + by) % by;
}

function parseDecimal(text: string): bigint {
  const [, sign = '', whole = '', fraction = ''] = /^(-?)(\p{Nd}+)\.(\p{Nd}+)$/u.exec(text) ?? [];
  if (whole === '') throw failed('decimal', `\`${text}\` is not a well-formed decimal value`);
  const overflow = failed('decimal', 'overflow when converting to decimal', RANGE);
  const digits = /^[0-9]+$/;
  if (!digits.test(whole)) throw overflow;
  const high = BigInt(whole) * 10000n * (sign === '-' ? -1n : 1n);
  if (!fitsLong(high)) throw overflow;
  if (new TextEncoder().encode(fraction).length > 4) {
    throw failed('decimal', `too many digits after the decimal in \`${text}\``, 'at most 4 digits are supported');
  }
  if (!digits.test(fraction)) throw overflow;
  const low = BigInt(fraction.padEnd(4, '0'));
  const value = sign === '-' ? high - low : high + low;
  if (!fitsLong(value)) throw overflow;
  return value;
}

// --- ip: an address with a prefix; an address alone is the range of itself ---

const MAX_ADDRESS = 43;

function parseIp(text: string): Ip {
  if (new TextEncoder().encode(text).length > MAX_ADDRESS) {
    throw failed('ip', `error parsing IP address from string \`${text}\`: string length is too large`);
  }
  if (text.includes(':') && text.includes('.')) {
    const said = 'We do not accept IPv4 embedded in IPv6 (e.g., ::ffff:127.0.0.1).';
    throw failed('ip', `error parsing IP address from string: ${said} Found: \`${text}\``);
  }
  const slash = text.indexOf('/');
  const address = slash < 0 ? text : text.slice(0, slash);
  const version = address.includes(':') ? 6 : 4;
  const width = version === 4 ? 32 : 128;
  const bits = version === 4 ? parseIpv4(address) : parseIpv6(address);
  if (bits === null) {
    const said =
      slash < 0
        ? `invalid IP address: ${text}`
        : `error parsing IP address from the string \`${address}\`: invalid IP address syntax`;
    throw failed('ip', said);
  }
  return { kind: 'ip', version, bits, prefix: slash < 0 ? width : parsePrefix(text.slice(slash + 1), width) };
}

function parsePrefix(text: string, width: number): number {
  const sizeBytes = new TextEncoder().encode(text).length;
  if (sizeBytes > String(width).length) {
    throw failed('ip', `error parsing prefix: string length ${sizeBytes} is too large`);
  }
  if (text === '') {
    throw failed('ip', 'error parsing prefix from the string ``: cannot parse integer from empty string');
  }
  if (!/^[0-9]+$/.test(text)) throw failed('ip', `error parsing prefix \`${text}\`: encountered non-digit`);
  if (/^0./.test(text)) throw failed('ip', `error parsing prefix \`${text}\`: leading zero(s)`);
  if (Number(text) > width) {
    throw failed('ip', `error parsing prefix: ${text} is larger than the limit ${width}`);
  }
  return Number(text);
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

const LOOPBACK = { 4: parseIp('127.0.0.0/8'), 6: parseIp('::1') } as const;
const MULTICAST = { 4: parseIp('224.0.0.0/4'), 6: parseIp('ff00::/8') } as const;

// --- time ---

function parseDatetime(text: string): bigint {
  const [whole = '', ...date] = /^([0-9]{4})-([0-9]{2})-([0-9]{2})/.exec(text) ?? [];
  if (whole === '') throw failed('datetime', 'invalid date pattern');
  const days = daysOf(date.map(Number));
  const invalidDate = failed('datetime', `invalid date: ${whole}`);
  if (text === whole) {
    if (days === null) throw invalidDate;
    return days;
  }
  const rest = text.slice(whole.length);
  const [time = '', ...clock] = /^T([0-9]{2}):([0-9]{2}):([0-9]{2})/.exec(rest) ?? [];
  if (time === '') throw failed('datetime', 'invalid hour/minute/second pattern');
  const form = /^(?:\.([0-9]{3}))?(?:Z|([+-])([0-9]{2})([0-9]{2}))$/.exec(rest.slice(time.length));
  if (form === null) throw failed('datetime', 'invalid millisecond and/or offset pattern');
  if (days === null) throw invalidDate;
  const [hours = 0, minutes = 0, seconds = 0] = clock.map(Number);
  if (hours > 23 || minutes > 59 || seconds > 59) {
    throw failed('datetime', `invalid hour/minute/second: ${time.slice(1)}`);
  }
  const [, millis = '0', sign = '+', offsetHours = '0', offsetMinutes = '0'] = form;
  if (Number(offsetHours) > 23 || Number(offsetMinutes) > 59) {
    throw failed('datetime', `invalid offset range: ${Number(offsetHours)}${Number(offsetMinutes)}`);
  }
  const offset = BigInt(offsetHours) * HOUR + BigInt(offsetMinutes) * MINUTE;
  const ofDay = BigInt(hours) * HOUR + BigInt(minutes) * MINUTE + BigInt(seconds) * SECOND + BigInt(millis);
  return days + ofDay - (sign === '-' ? -offset : offset);
}

/** The beginning of a day, or null if there is no such day. */
function daysOf([year = 0, month = 0, day = 0]: readonly number[]): bigint | null {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  if (day < 1 || day > days) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return BigInt(date.getTime());
}

function parseDuration(text: string): bigint {
  const form = /^(-?)(?:([0-9]+)d)?(?:([0-9]+)h)?(?:([0-9]+)m)?(?:([0-9]+)s)?(?:([0-9]+)ms)?$/.exec(text);
  if (form === null || /^-?$/.test(text)) throw failed('duration', 'invalid duration pattern');
  const units = [DAY, HOUR, MINUTE, SECOND, 1n];
  const sum = units.reduce((total, unit, index) => total + unit * BigInt(form[index + 2] ?? '0'), 0n);
  const value = form[1] === '-' ? -sum : sum;
  if (!fitsLong(value)) throw failed('duration', 'Duration overflows internal representation');
  return value;
}
