// What a running term may still spend, and where it puts what it makes (LANGUAGE.md 5.10). One block for all artifacts, made at
// load: one half for values, filled upwards and never freed within a term; the other for what comprehensions gather, a stack.
// INVARIANT: every byte of the first half was counted as room before, so that half cannot overflow before the term runs out.

import { KIND_LIST } from '../../contract/codes.ts';
import { MAX_TERM_ROOM, MAX_TERM_STEPS, STEP_BYTES, STEP_ELEMENTS } from '../../contract/limits.ts';
import { KIND_OPTIONAL, KIND_RECORD } from '../../contract/terms.ts';
import { allocate } from '../memory.ts';
import { ENTRY, isText, kindOf, lengthOf, setSpan, SIZE, copy } from './element.ts';

let block: usize = 0;
let steps: u32 = 0;
/** Bytes of room left; multiple of 8. */
let room: u32 = 0;
/** Where the next value goes. */
let top: usize = 0;
/** Where the next gathered element goes. */
export let gathered: usize = 0;
/** Values within values that a function is in. */
let nesting: u32 = 0;
/**
 * No value nests as deep that a policy makes: a tree is 32 deep, an expression 64. An artifact from elsewhere could bind and wrap
 * without end, and then recursion would trap.
 */
const MOST_NESTING: u32 = 512;

/** The term is over a limit: whatever it goes on to give does not count. */
export let exhausted: bool = false;

/** Called when an artifact with terms is loaded; false if memory cannot grow. */
export function makeArena(): bool {
  if (block == 0) block = allocate(MAX_TERM_ROOM * 2);
  return block != 0;
}

export function beginTerm(): void {
  steps = MAX_TERM_STEPS;
  room = MAX_TERM_ROOM;
  top = block;
  gathered = block + <usize>MAX_TERM_ROOM;
  nesting = 0;
  exhausted = false;
}

/** Before looking into a value within a value; false and exhausted if it is too deep. Balanced by `leave` unless exhausted. */
export function enter(): bool {
  if (++nesting > MOST_NESTING) exhausted = true;
  return !exhausted;
}

export function leave(): void {
  nesting--;
}

export function spend(count: u64): void {
  if (count > steps) exhausted = true;
  else steps -= <u32>count;
}

/** The steps of a call for what its operands are. */
export function spendOnCall(first: usize, count: u32): void {
  let bytes: u64 = 0;
  let elements: u64 = 0;
  let reads = false;
  for (let i: u32 = 0; i < count; i++) {
    const at = first + i * <u32>SIZE;
    const kind = kindOf(at);
    if (isText(kind)) bytes += lengthOf(at);
    else if (kind == KIND_LIST || kind == KIND_RECORD) elements += lengthOf(at);
    else continue;
    reads = true;
  }
  if (reads) spend(1 + bytes / STEP_BYTES + elements / STEP_ELEMENTS);
}

/** The steps of comparing two values inside others: as an `equal` of the two. */
export function spendOnPair(a: usize, b: usize): void {
  const aKind = kindOf(a);
  const bKind = kindOf(b);
  let bytes: u64 = 0;
  let elements: u64 = 0;
  if (isText(aKind)) bytes = lengthOf(a);
  else if (aKind == KIND_LIST || aKind == KIND_RECORD) elements = lengthOf(a);
  if (isText(bKind)) bytes += lengthOf(b);
  else if (bKind == KIND_LIST || bKind == KIND_RECORD) elements += lengthOf(b);
  if (isReadable(aKind) || isReadable(bKind)) spend(1 + bytes / STEP_BYTES + elements / STEP_ELEMENTS);
}

@inline
function isReadable(kind: i32): bool {
  return isText(kind) || kind == KIND_LIST || kind == KIND_RECORD;
}

/** The steps of a look into a map. */
export function spendOnKey(map: usize): void {
  spend(lengthOf(map) / <u32>STEP_ELEMENTS);
}

@inline
function rounded(bytes: u32): u32 {
  return (bytes + 7) & ~7;
}

/** Counts room; false and exhausted if there is not so much left. No caller asks for 2^32 - 8 bytes or more. */
export function takeRoom(bytes: u32): bool {
  const need = rounded(bytes);
  if (need > room) {
    exhausted = true;
    return false;
  }
  room -= need;
  return true;
}

/** A place of so many bytes, multiple of 8; 0 and exhausted if there is no room. */
export function make(bytes: u32): usize {
  if (!takeRoom(bytes)) return 0;
  const at = top;
  top += rounded(bytes);
  return at;
}

/** The same for `count` records of `size` bytes, which must be a multiple of 8. */
export function makeRecords(count: u32, size: u32): usize {
  if (count > <u32>MAX_TERM_ROOM / size) {
    exhausted = true;
    return 0;
  }
  return make(count * size);
}

/** Lays an element on the stack of the gathered. */
export function gather(element: usize): void {
  if (!takeRoom(<u32>SIZE)) return;
  copy(gathered, element);
  gathered += SIZE;
}

export function gatherEntry(key: usize, value: usize): void {
  if (!takeRoom(<u32>ENTRY)) return;
  copy(gathered, key);
  copy(gathered + SIZE, value);
  gathered += ENTRY;
}

/** Takes what was gathered since `mark` off the stack and makes it the list or map at `at`. Its room is counted already. */
export function settleGathered(at: usize, kind: i32, mark: usize): void {
  const bytes = gathered - mark;
  memory.copy(top, mark, bytes);
  setSpan(at, kind, top, <u32>(bytes / (kind == KIND_LIST ? SIZE : ENTRY)));
  top += bytes;
  gathered = mark;
}

export function dropGathered(mark: usize): void {
  gathered = mark;
}

/**
 * A place for what a call needs besides what it makes, on the stack of the gathered; 0 and exhausted if it does not fit. Released in
 * reverse order. A caller whose result will be as large, or was counted already, runs out here only if it would there.
 */
export function holdScratch(bytes: u32): usize {
  if (bytes > <u32>(block + <usize>MAX_TERM_ROOM * 2 - gathered)) {
    exhausted = true;
    return 0;
  }
  const at = gathered;
  gathered += rounded(bytes);
  return at;
}

export function releaseScratch(bytes: u32): void {
  gathered -= rounded(bytes);
}

/** `at` becomes an optional with the value at `from`. */
export function setOptional(at: usize, from: usize): void {
  const place = make(<u32>SIZE);
  if (place == 0) return;
  copy(place, from);
  setSpan(at, KIND_OPTIONAL, place, 0);
}

// Building a text: begin, put, finish. Nothing else may be made in between. What does not fit is dropped and the term exhausted.

let textFrom: usize = 0;
let textAt: usize = 0;
let textLimit: usize = 0;

export function beginText(): void {
  beginTextIn(top, room);
}

/** A text that is not to be finished, but looked at: in a place of its own, large enough for it. */
export function beginTextIn(place: usize, bytes: u32): void {
  textFrom = place;
  textAt = place;
  textLimit = place + bytes;
}

/** Behind the last byte put. */
export function textEnd(): usize {
  return textAt;
}

/** Takes back what was put since `textEnd` was this. */
export function rewindText(to: usize): void {
  textAt = to;
}

export function putByte(byte: u32): void {
  if (textAt == textLimit) exhausted = true;
  else store<u8>(textAt++, byte);
}

export function putBytes(from: usize, count: u32): void {
  if (count > <u32>(textLimit - textAt)) exhausted = true;
  else {
    memory.copy(textAt, from, count);
    textAt += count;
  }
}

/** The text becomes the value at `at`, a string or bytes. */
export function finishText(at: usize, kind: i32): void {
  const length = <u32>(textAt - textFrom);
  const text = make(length);
  if (text != 0) setSpan(at, kind, text, length);
}

/** The text at `at` becomes one of another kind; it counts as made, its bytes stay where they are. */
export function makeAs(at: usize, kind: i32): void {
  if (takeRoom(lengthOf(at))) store<u32>(at, kind);
}
