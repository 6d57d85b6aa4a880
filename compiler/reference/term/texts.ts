// Texts (LANGUAGE.md 4.15). Indexes count code points. Null stands for unknown.

import { bool, int, type Meter, type TermValue } from './values.ts';

/** A call on a text; `operands` has it first. */
export function text(fn: string, operands: readonly TermValue[], meter: Meter): TermValue | null {
  const [a, b, c, d] = operands;
  if (fn === 'base64.encode') return a?.kind === 'bytes' ? meter.string(encode64(a.value)) : null;
  if (a?.kind !== 'string') return null;
  const subject = a.value;
  switch (fn) {
    case 'contains':
      return b?.kind === 'string' ? bool(subject.includes(b.value)) : null;
    case 'startsWith':
      return b?.kind === 'string' ? bool(subject.startsWith(b.value)) : null;
    case 'endsWith':
      return b?.kind === 'string' ? bool(subject.endsWith(b.value)) : null;
    case 'glob':
      return b?.kind === 'string' ? bool(glob(points(subject), points(b.value))) : null;
    case 'charAt': {
      const at = indexIn(b, points(subject).length);
      return at === null ? null : meter.string(points(subject)[at] ?? '');
    }
    case 'indexOf':
    case 'lastIndexOf':
      return b?.kind === 'string' ? indexOf(points(subject), points(b.value), c, fn === 'lastIndexOf') : null;
    case 'lowerAscii':
      return meter.string(subject.replace(/[A-Z]/g, (letter) => letter.toLowerCase()));
    case 'upperAscii':
      return meter.string(subject.replace(/[a-z]/g, (letter) => letter.toUpperCase()));
    case 'replace': {
      const limit = limitOf(d);
      if (b?.kind !== 'string' || c?.kind !== 'string' || limit === null) return null;
      return meter.string(replaced(subject, b.value, c.value, limit));
    }
    case 'split': {
      const limit = limitOf(c);
      return b?.kind === 'string' && limit !== null ? split(subject, b.value, limit, meter) : null;
    }
    case 'substring': {
      const all = points(subject);
      const begin = indexIn(b, all.length);
      const end = c === undefined ? all.length : indexIn(c, all.length);
      return begin === null || end === null || end < begin ? null : meter.string(all.slice(begin, end).join(''));
    }
    case 'trim':
      return meter.string(subject.replace(/^\p{White_Space}+/u, '').replace(/\p{White_Space}+$/u, ''));
    case 'quote':
      return meter.string(quoted(subject));
    case 'reverse':
      return meter.string(points(subject).reverse().join(''));
    case 'base64.decode': {
      const bytes = decode64(subject);
      return bytes === null ? null : meter.bytes(bytes);
    }
    default:
      return null;
  }
}

export function points(subject: string): string[] {
  return Array.from(subject);
}

function indexIn(value: TermValue | undefined, size: number): number | null {
  return value?.kind === 'int' && value.value >= 0n && value.value <= BigInt(size) ? Number(value.value) : null;
}

/** Infinity: no limit. */
function limitOf(value: TermValue | undefined): number | null {
  if (value === undefined) return Number.POSITIVE_INFINITY;
  if (value.kind !== 'int') return null;
  return value.value < 0n ? Number.POSITIVE_INFINITY : Number(value.value);
}

function indexOf(
  subject: readonly string[],
  sought: readonly string[],
  from: TermValue | undefined,
  isLast: boolean,
): TermValue | null {
  const start = from === undefined ? (isLast ? subject.length : 0) : indexIn(from, subject.length);
  if (start === null) return null;
  // Code units that are found where code points begin are those code points: both texts are well formed.
  const text = subject.join('');
  const unit = subject.slice(0, start).join('').length;
  const found = isLast ? text.lastIndexOf(sought.join(''), unit) : text.indexOf(sought.join(''), unit);
  return int(BigInt(found < 0 ? -1 : points(text.slice(0, found)).length));
}

function replaced(subject: string, old: string, fresh: string, limit: number): string {
  const parts = old === '' ? ['', ...points(subject), ''] : subject.split(old);
  // Between an empty text and the first code point, between two of them, and after the last.
  const isWhole = parts.length - 1 <= limit;
  if (isWhole) return parts.join(fresh);
  return [parts.slice(0, limit + 1).join(fresh), parts.slice(limit + 1).join(old)].join(old);
}

function split(subject: string, separator: string, limit: number, meter: Meter): TermValue {
  const parts = separator === '' ? points(subject) : subject.split(separator);
  const kept =
    parts.length <= limit
      ? parts
      : limit === 0
        ? []
        : [...parts.slice(0, limit - 1), parts.slice(limit - 1).join(separator)];
  return meter.list(kept.map((part) => meter.string(part)));
}

const QUOTED: ReadonlyMap<string, string> = new Map([
  ['\x07', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

function quoted(subject: string): string {
  return `"${points(subject)
    .map((point) => QUOTED.get(point) ?? point)
    .join('')}"`;
}

function encode64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}

function decode64(subject: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(subject)) return null;
  const digits = subject.replace(/=+$/, '');
  if (digits !== subject && subject.length % 4 !== 0) return null;
  if (digits.length % 4 === 1) return null;
  const bytes = Uint8Array.from(atob(digits), (character) => character.charCodeAt(0));
  return encode64(bytes).replace(/=+$/, '') === digits ? bytes : null;
}

/** `*` any run without `/`, `**` any run. The places of the text reached so far are carried through the pattern. */
function glob(subject: readonly string[], pattern: readonly string[]): boolean {
  let places = new Set([0]);
  for (let i = 0; i < pattern.length; i += 1) {
    const next = new Set<number>();
    if (pattern[i] === '*') {
      const crosses = pattern[i + 1] === '*';
      if (crosses) i += 1;
      for (const place of places) {
        next.add(place);
        for (let at = place; at < subject.length && (crosses || subject[at] !== '/') && !next.has(at + 1); at += 1)
          next.add(at + 1);
      }
    } else for (const place of places) if (subject[place] === pattern[i]) next.add(place + 1);
    places = next;
  }
  return places.has(subject.length);
}

/** `list.join(separator)`. */
export function join(list: TermValue | undefined, separator: TermValue | undefined, meter: Meter): TermValue | null {
  if (list?.kind !== 'list' || (separator !== undefined && separator.kind !== 'string')) return null;
  const parts = list.items.map((item) => (item.kind === 'string' ? item.value : null));
  if (parts.includes(null)) return null;
  return meter.string(parts.join(separator === undefined ? '' : separator.value));
}
