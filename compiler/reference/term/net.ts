// Addresses (LANGUAGE.md 4.20): their texts, what Kubernetes says of them, what lies in what. Null stands for unknown.

import { type Address, bool, int, type Meter, type TermValue } from './values.ts';

export function readAddress(text: string): Address | null {
  return text.includes(':') ? readIpv6(text) : readIpv4(text);
}

function readIpv4(text: string): Address | null {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) return null;
  return { family: 4, bits: parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n) };
}

function readIpv6(text: string): Address | null {
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')));
  const [before = [], after = []] = groups;
  const missing = 8 - before.length - after.length;
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null;
  const all = [...before, ...Array.from({ length: missing }, () => '0'), ...after];
  if (!all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))) return null;
  return { family: 6, bits: all.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n) };
}

/** RFC 5952: lower case, the first longest run of two zero groups or more is `::`. */
export function addressText({ family, bits }: Address): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => (bits >> shift) & 255n).join('.');
  const groups = Array.from({ length: 8 }, (_, i) => ((bits >> BigInt(112 - 16 * i)) & 0xffffn).toString(16));
  let [start, length] = [0, 0];
  for (let i = 0; i < 8; i += 1) {
    let run = 0;
    while (groups[i + run] === '0') run += 1;
    if (run > length) [start, length] = [i, run];
  }
  if (length < 2) return groups.join(':');
  return `${groups.slice(0, start).join(':')}::${groups.slice(start + length).join(':')}`;
}

function width(address: Address): number {
  return address.family === 4 ? 32 : 128;
}

export function readCidr(text: string): (TermValue & { readonly kind: 'cidr' }) | null {
  const [, before = '', digits = ''] = /^(.*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  const address = readAddress(before);
  if (address === null || Number(digits) > width(address)) return null;
  return { kind: 'cidr', address, prefix: Number(digits) };
}

export function net(fn: string, operands: readonly TermValue[], meter: Meter): TermValue | null {
  const [a, b] = operands;
  if (a === undefined) return null;
  const text = a.kind === 'string' ? a.value : null;
  switch (fn) {
    case 'ip': {
      const address = text !== null ? readAddress(text) : a.kind === 'cidr' ? a.address : null;
      if (address === null) return null;
      meter.take(16);
      return { kind: 'ip', address };
    }
    case 'cidr': {
      const cidr = text === null ? null : readCidr(text);
      if (cidr !== null) meter.take(16);
      return cidr;
    }
    case 'isIP':
      return text === null ? null : bool(readAddress(text) !== null);
    case 'isCIDR':
      return text === null ? null : bool(readCidr(text) !== null);
    case 'ip.isCanonical': {
      const address = text === null ? null : readAddress(text);
      return address === null ? null : bool(addressText(address) === text);
    }
    case 'masked':
      if (a.kind !== 'cidr') return null;
      meter.take(16);
      return { ...a, address: { ...a.address, bits: masked(a.address, a.prefix) } };
    case 'prefixLength':
      return a.kind === 'cidr' ? int(BigInt(a.prefix)) : null;
    case 'containsIP':
    case 'containsCIDR':
      return a.kind === 'cidr' && b !== undefined ? contains(a, b, fn === 'containsCIDR') : null;
    default:
      return a.kind === 'ip' ? classOf(fn, a.address) : null;
  }
}

function masked(address: Address, prefix: number): bigint {
  const free = BigInt(width(address) - prefix);
  return (address.bits >> free) << free;
}

function contains(outer: TermValue & { readonly kind: 'cidr' }, inner: TermValue, isCidr: boolean): TermValue | null {
  let address: Address | null = null;
  let prefix = 0;
  if (isCidr) {
    const cidr = inner.kind === 'string' ? readCidr(inner.value) : inner.kind === 'cidr' ? inner : null;
    if (cidr === null) return null;
    address = cidr.address;
    prefix = cidr.prefix;
  } else {
    address = inner.kind === 'string' ? readAddress(inner.value) : inner.kind === 'ip' ? inner.address : null;
    if (address === null) return null;
    prefix = width(address);
  }
  return bool(
    address.family === outer.address.family &&
      prefix >= outer.prefix &&
      masked(address, outer.prefix) === masked(outer.address, outer.prefix),
  );
}

function classOf(fn: string, address: Address): TermValue | null {
  const starts = (bits: bigint, count: number): boolean => address.bits >> BigInt(width(address) - count) === bits;
  const is4 = address.family === 4;
  const isUnspecified = address.bits === 0n;
  const isLoopback = is4 ? starts(127n, 8) : address.bits === 1n;
  const isLinkLocalUnicast = is4 ? starts(0xa9fen, 16) : starts(0xfe80n >> 6n, 10);
  const isMulticast = is4 ? starts(0xen, 4) : starts(0xffn, 8);
  switch (fn) {
    case 'family':
      return int(BigInt(address.family));
    case 'isUnspecified':
      return bool(isUnspecified);
    case 'isLoopback':
      return bool(isLoopback);
    case 'isLinkLocalMulticast':
      // ff02::/16 whatever the flags are: Go masks them away.
      return bool(is4 ? starts(0xe00000n, 24) : starts(0xffn, 8) && ((address.bits >> 112n) & 0xfn) === 2n);
    case 'isLinkLocalUnicast':
      return bool(isLinkLocalUnicast);
    case 'isGlobalUnicast':
      return bool(
        !isUnspecified && !isLoopback && !isMulticast && !isLinkLocalUnicast && !(is4 && address.bits === 0xffffffffn),
      );
    default:
      return null;
  }
}
