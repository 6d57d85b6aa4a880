// In: texts of addresses, addresses, prefixes. Out: LANGUAGE.md 4.20. An address is 16 bytes, IPv4 in the first four, the others zero;
// LENGTH is the family, 4 or 6; AUX of a `cidr` the prefix length.

import { KIND_STRING } from '../../contract/codes.ts';
import {
  FN_FAMILY,
  FN_IS_LINK_LOCAL_MULTICAST,
  FN_IS_LINK_LOCAL_UNICAST,
  FN_IS_LOOPBACK,
  FN_IS_UNSPECIFIED,
  KIND_CIDR,
  KIND_IP,
} from '../../contract/terms.ts';
import { sameText } from '../text.ts';
import { beginTextIn, make, putByte, textEnd } from './arena.ts';
import { AUX, kindOf, lengthOf, setBool, setInt, setSpan, setUnknown, SIZE, spanOf } from './element.ts';
import { putUint } from './numbers.ts';

const BYTES: u32 = 16;
const DOT: u8 = 0x2e;
const COLON: u8 = 0x3a;
const SLASH: u8 = 0x2f;

/** The address last read: 16 bytes, its family, its prefix length. */
const address: usize = memory.data(16, 16);
let family: u32 = 0;
let prefix: u32 = 0;

/** A decimal number without leading zeros, at most `most`, of at most three digits; -1 if it is none. */
function readNumber(from: usize, end: usize, most: i32): i32 {
  const count = end - from;
  if (count < 1 || count > 3 || (count > 1 && load<u8>(from) == 0x30)) return -1;
  let value: i32 = 0;
  for (; from < end; from++) {
    const digit = <u32>load<u8>(from) - 0x30;
    if (digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value > most ? -1 : value;
}

/** The first place of a byte, or the end. */
function seek(from: usize, end: usize, byte: u8): usize {
  while (from < end && load<u8>(from) != byte) from++;
  return from;
}

function readV4(from: usize, end: usize): bool {
  for (let i: u32 = 0; i < 4; i++) {
    const stop = i == 3 ? end : seek(from, end, DOT);
    const part = readNumber(from, stop, 255);
    if (part < 0 || (i < 3 && stop == end)) return false;
    store<u8>(address + i, part);
    from = stop + 1;
  }
  family = 4;
  return true;
}

/** A group of one to four hexadecimal digits; -1 if it is none. */
function readGroup(from: usize, end: usize): i32 {
  if (from == end || end - from > 4) return -1;
  let value: i32 = 0;
  for (; from < end; from++) {
    const byte: u32 = load<u8>(from);
    const letter = (byte | 0x20) - 0x61;
    if (byte - 0x30 > 9 && letter > 5) return -1;
    value = (value << 4) | (byte - 0x30 <= 9 ? byte - 0x30 : letter + 10);
  }
  return value;
}

/** RFC 4291, 2.2, forms 1 and 2; `::` stands for one group of zeros at least. */
function readV6(from: usize, end: usize): bool {
  let count: u32 = 0;
  let gap: i32 = -1;
  if (end - from >= 2 && load<u8>(from) == COLON && load<u8>(from, 1) == COLON) {
    gap = 0;
    from += 2;
  }
  while (from < end || (count == 0 && gap < 0)) {
    const stop = seek(from, end, COLON);
    const group = count < 8 ? readGroup(from, stop) : -1;
    if (group < 0) return false;
    store<u8>(address + 2 * count, group >> 8);
    store<u8>(address + 2 * count, group, 1);
    count++;
    if (stop == end) break;
    from = stop + 1;
    if (from == end) return false; // a single colon at the end
    if (load<u8>(from) == COLON) {
      if (gap >= 0) return false;
      gap = count;
      from++;
    }
  }
  if (gap < 0 ? count != 8 : count > 7) return false;
  if (gap >= 0) {
    const moved = (count - gap) << 1;
    memory.copy(address + BYTES - moved, address + (gap << 1), moved);
    memory.fill(address + (gap << 1), 0, BYTES - (gap << 1) - moved);
  }
  family = 6;
  return true;
}

function readAddress(from: usize, end: usize): bool {
  memory.fill(address, 0, BYTES);
  prefix = 0;
  return seek(from, end, COLON) < end ? readV6(from, end) : readV4(from, end);
}

function readCidr(from: usize, end: usize): bool {
  const slash = seek(from, end, SLASH);
  if (slash == end || !readAddress(from, slash)) return false;
  const found = readNumber(slash + 1, end, family == 4 ? 32 : 128);
  prefix = found;
  return found >= 0;
}

/** Whether the string at `at` is one; it is then what was read last. */
function isAddress(at: usize, kind: i32): bool {
  if (kindOf(at) != KIND_STRING) return false;
  const from = spanOf(at);
  const end = from + lengthOf(at);
  return kind == KIND_IP ? readAddress(from, end) : readCidr(from, end);
}

/** What was read last becomes a value. */
function give(at: usize, kind: i32): void {
  const place = make(BYTES);
  if (place == 0) return;
  memory.copy(place, address, BYTES);
  setSpan(at, kind, place, family);
  store<u32>(at, kind == KIND_CIDR ? prefix : 0, AUX);
}

/** An address or a prefix becomes what was read last. */
function recall(at: usize): void {
  memory.copy(address, spanOf(at), BYTES);
  family = lengthOf(at);
  prefix = load<u32>(at, AUX);
}

/** `ip` of a text or of a `cidr`; `cidr` of a text. */
export function toAddress(at: usize, kind: i32): void {
  if (kind == KIND_IP && kindOf(at) == KIND_CIDR) recall(at);
  else if (!isAddress(at, kind)) return setUnknown(at);
  give(at, kind);
}

/** `isIP`, `isCIDR`. */
export function testAddress(at: usize, kind: i32): void {
  if (kindOf(at) == KIND_STRING) setBool(at, isAddress(at, kind));
  else setUnknown(at);
}

/** Clears the bits behind the prefix. */
function mask(from: usize, length: u32): void {
  for (let i: u32 = 0; i < BYTES; i++) {
    const kept: u32 = length > i * 8 ? min(length - i * 8, 8) : 0;
    store<u8>(from + i, load<u8>(from + i) & (0xff00 >> kept));
  }
}

export function masked(at: usize): void {
  if (kindOf(at) != KIND_CIDR) return setUnknown(at);
  recall(at);
  mask(address, prefix);
  give(at, KIND_CIDR);
}

export function prefixLength(at: usize): void {
  if (kindOf(at) == KIND_CIDR) setInt(at, load<u32>(at, AUX));
  else setUnknown(at);
}

const network: usize = memory.data(16, 16);

/** `containsIP`, `containsCIDR` of a `cidr`: an address or prefix, or the text of one. */
export function containsAddress(at: usize, kind: i32): void {
  const other = at + SIZE;
  if (kindOf(at) != KIND_CIDR) return setUnknown(at);
  if (kindOf(other) == kind) recall(other);
  else if (!isAddress(other, kind)) return setUnknown(at);
  const length = load<u32>(at, AUX);
  memory.copy(network, spanOf(at), BYTES);
  mask(network, length);
  mask(address, length);
  const isWithin = family == lengthOf(at) && (kind == KIND_IP || prefix >= length);
  setBool(at, isWithin && sameText(address, network, BYTES));
}

/** `family` and the tests of an address, as Go's `net/netip` has them. */
export function testOfAddress(at: usize, fn: i32): void {
  if (kindOf(at) != KIND_IP) return setUnknown(at);
  const bytes = spanOf(at);
  const version = lengthOf(at);
  if (fn == FN_FAMILY) return setInt(at, version);
  const first: u32 = load<u8>(bytes);
  const second: u32 = load<u8>(bytes, 1);
  const isV4 = version == 4;
  const isZero = (load<u64>(bytes) | load<u64>(bytes, 8)) == 0;
  const isLoopback = isV4 ? first == 127 : load<u64>(bytes) == 0 && bswap<u64>(load<u64>(bytes, 8)) == 1;
  const isLinkLocal = isV4 ? first == 169 && second == 254 : first == 0xfe && (second & 0xc0) == 0x80;
  if (fn == FN_IS_UNSPECIFIED) return setBool(at, isZero);
  if (fn == FN_IS_LOOPBACK) return setBool(at, isLoopback);
  if (fn == FN_IS_LINK_LOCAL_UNICAST) return setBool(at, isLinkLocal);
  if (fn == FN_IS_LINK_LOCAL_MULTICAST) {
    const isV4Local = first == 224 && second == 0 && load<u8>(bytes, 2) == 0;
    return setBool(at, isV4 ? isV4Local : first == 0xff && (second & 0x0f) == 2);
  }
  const isMulticast = isV4 ? (first & 0xf0) == 0xe0 : first == 0xff;
  const isBroadcast = isV4 && load<u32>(bytes) == 0xffffffff;
  setBool(at, !isZero && !isLoopback && !isLinkLocal && !isMulticast && !isBroadcast); // FN_IS_GLOBAL_UNICAST
}

/** Puts an address, canonical (RFC 5952, 4): the longest run of two or more zero groups, the first of such, is `::`. */
export function putAddress(at: usize): void {
  const bytes = spanOf(at);
  if (lengthOf(at) == 4) {
    for (let i: u32 = 0; i < 4; i++) {
      if (i > 0) putByte(DOT);
      putUint(load<u8>(bytes + i), 10, 0);
    }
  } else putV6(bytes);
  if (kindOf(at) != KIND_CIDR) return;
  putByte(SLASH);
  putUint(load<u32>(at, AUX), 10, 0);
}

function groupAt(bytes: usize, i: u32): u32 {
  return bswap<u16>(load<u16>(bytes + 2 * i));
}

function putV6(bytes: usize): void {
  let gap: u32 = 8;
  let gapLength: u32 = 1;
  let run: u32 = 0;
  for (let i: u32 = 0; i < 8; i++) {
    run = groupAt(bytes, i) == 0 ? run + 1 : 0;
    if (run > gapLength) {
      gapLength = run;
      gap = i + 1 - run;
    }
  }
  for (let i: u32 = 0; i < 8; i++) {
    if (i == gap) {
      putByte(COLON);
      putByte(COLON);
      i += gapLength - 1;
      continue;
    }
    if (i > 0 && i != gap + gapLength) putByte(COLON);
    putUint(groupAt(bytes, i), 16, 0x61);
  }
}

const parsed: usize = memory.data(16, 16);
/** No address is longer than eight groups of four digits and seven colons. */
const CANONICAL_BYTES = 40;
const canonical: usize = memory.data(CANONICAL_BYTES, 16);

/** `ip.isCanonical` of a text that is an address. */
export function isCanonical(at: usize): void {
  if (!isAddress(at, KIND_IP)) return setUnknown(at);
  setSpan(parsed, KIND_IP, address, family);
  beginTextIn(canonical, CANONICAL_BYTES);
  putAddress(parsed);
  setBool(at, <u32>(textEnd() - canonical) == lengthOf(at) && sameText(canonical, spanOf(at), lengthOf(at)));
}
