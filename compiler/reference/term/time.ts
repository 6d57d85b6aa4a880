// Timestamps and durations (LANGUAGE.md 4.14, 4.17): their texts, and what calendar and clock say of them. Zones come from Intl.

import { duration, int, type TermValue, timestamp } from './values.ts';

const SECOND = 1_000_000_000n;

/** RFC 3339; null: it is none, or out of range. */
export function readTimestamp(text: string): TermValue | null {
  const found =
    /^(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?(?:Z|([+-])([01]\d|2[0-3]):([0-5]\d))$/.exec(
      text,
    );
  if (found === null) return null;
  const [, year = '', month = '', day = '', hour = '', minute = '', second = '', fraction = '', sign, hours, minutes] =
    found;
  const days = daysOf(Number(year), Number(month), Number(day));
  if (days === null || year === '0000') return null;
  const ahead = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -60 : 60);
  const seconds = days * 86400 + Number(hour) * 3600 + Number(minute) * 60 + Number(second) - ahead;
  return timestamp(BigInt(seconds) * SECOND + BigInt(fraction.padEnd(9, '0')));
}

/** Days since 1970; null if there is no such day. `Date` is right for every year from 1 on if the year is set by itself. */
function daysOf(year: number, month: number, day: number): number | null {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.getTime() / 86_400_000;
}

const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['h', 3600n * SECOND],
  ['m', 60n * SECOND],
  ['s', SECOND],
  ['ms', 1_000_000n],
  ['us', 1000n],
  ['µs', 1000n],
  ['μs', 1000n],
  ['ns', 1n],
]);

/** `1h30m`, `-1.5s`, `0`. */
export function readDuration(text: string): TermValue | null {
  const found = /^([+-]?)(0|(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|μs|ns))+)$/.exec(text);
  if (found === null) return null;
  const [, sign, numbers = ''] = found;
  let nanos = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of numbers.matchAll(/(\d*)(?:\.(\d*))?(h|ms|m|s|us|µs|μs|ns)/g)) {
    const size = UNITS.get(unit) ?? 0n;
    nanos += BigInt(whole) * size + (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
  }
  return duration(sign === '-' ? -nanos : nanos);
}

export function timestampText(nanos: bigint): string {
  const seconds = floorDivide(nanos, SECOND);
  const date = new Date(Number(seconds) * 1000);
  const year = String(date.getUTCFullYear()).padStart(4, '0');
  const rest = date
    .toISOString()
    .replace(/^[+-]?\d+/, '')
    .slice(0, -5);
  return `${year}${rest}${fractionText(nanos - seconds * SECOND)}Z`;
}

export function durationText(nanos: bigint): string {
  const size = nanos < 0n ? -nanos : nanos;
  return `${nanos < 0n ? '-' : ''}${size / SECOND}${fractionText(size % SECOND)}s`;
}

function fractionText(nanos: bigint): string {
  return nanos === 0n ? '' : `.${String(nanos).padStart(9, '0').replace(/0+$/, '')}`;
}

function floorDivide(a: bigint, b: bigint): bigint {
  return a < 0n ? -((-a + b - 1n) / b) : a / b;
}

/** The second of a timestamp, rounded down. */
export function secondsOf(nanos: bigint): bigint {
  return floorDivide(nanos, SECOND);
}

/** 4.17; null: not of this value. `zone`: a zone known to Intl, or an offset. */
export function timePart(fn: string, value: TermValue, zone: string | null): TermValue | null {
  if (value.kind === 'duration') return zone === null ? durationPart(fn, value.nanos) : null;
  if (value.kind !== 'timestamp') return null;
  const second = secondsOf(value.nanos);
  const ahead = zone === null ? 0 : secondsAhead(zone, Number(second));
  const local = new Date((Number(second) + ahead) * 1000);
  const nano = value.nanos - second * SECOND;
  const number = datePart(fn, local, nano);
  return number === null ? null : int(BigInt(number));
}

function datePart(fn: string, local: Date, nano: bigint): number | null {
  switch (fn) {
    case 'getFullYear':
      return local.getUTCFullYear();
    case 'getMonth':
      return local.getUTCMonth();
    case 'getDate':
      return local.getUTCDate();
    case 'getDayOfMonth':
      return local.getUTCDate() - 1;
    case 'getDayOfWeek':
      return local.getUTCDay();
    case 'getDayOfYear': {
      const first = new Date(local);
      first.setUTCMonth(0, 1);
      return Math.round((local.getTime() - first.getTime()) / 86_400_000);
    }
    case 'getHours':
      return local.getUTCHours();
    case 'getMinutes':
      return local.getUTCMinutes();
    case 'getSeconds':
      return local.getUTCSeconds();
    case 'getMilliseconds':
      return Number(nano / 1_000_000n);
    default:
      return null;
  }
}

function durationPart(fn: string, nanos: bigint): TermValue | null {
  switch (fn) {
    case 'getHours':
      return int(nanos / (3600n * SECOND));
    case 'getMinutes':
      return int(nanos / (60n * SECOND));
    case 'getSeconds':
      return int(nanos / SECOND);
    case 'getMilliseconds':
      return int((nanos % SECOND) / 1_000_000n);
    default:
      return null;
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Seconds that local time is ahead of UTC at a second. */
function secondsAhead(zone: string, second: number): number {
  const offset = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (offset !== null) return (Number(offset[2]) * 60 + Number(offset[3])) * (offset[1] === '-' ? -60 : 60);
  let format = formats.get(zone);
  if (format === undefined) {
    const options = {
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    } as const;
    format = new Intl.DateTimeFormat('en-US', {
      ...options,
      era: 'short',
      hourCycle: 'h23',
      calendar: 'gregory',
      timeZone: zone,
    });
    formats.set(zone, format);
  }
  const parts = new Map(format.formatToParts(new Date(second * 1000)).map(({ type, value }) => [type, value]));
  const part = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const local = new Date(0);
  local.setUTCFullYear(
    parts.get('era')?.startsWith('B') === true ? 1 - part('year') : part('year'),
    part('month') - 1,
    part('day'),
  );
  local.setUTCHours(part('hour'), part('minute'), part('second'));
  return local.getTime() / 1000 - second;
}
