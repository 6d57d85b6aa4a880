// In: artifact bytes in core memory. Out: a context: resolved section addresses and room for all that deciding remembers,
// or a negative status. The only caller of the verifier. Never keeps a context whose artifact did not verify.

import {
  EFFECT_DENY,
  STATUS_ARTIFACT_INVALID,
  STATUS_ARTIFACT_UNSUPPORTED,
  STATUS_HOST_ERROR,
  STATUS_OK,
} from '../contract/codes.ts';
import {
  ARTIFACT_FORMAT_VERSION,
  ARTIFACT_IDENTIFIER,
  AUTOMATON_SIZE,
  BIT_CODE,
  BIT_RESIDUAL,
  BIT_SIZE,
  BUCKET_SIZE,
  COLUMN_SIZE,
  CONSTANT_SIZE,
  ELEMENT_TEST_SIZE,
  ENTRY_SIZE,
  FIRST_SECTION,
  FLAG_NEEDS_TERMS,
  HASH_FIELD,
  HEADER_FIELD,
  HEADER_FLAGS,
  HEADER_FORMAT_VERSION,
  HEADER_FILE_SIZE,
  HEADER_SIZE,
  LAST_SECTION,
  NESTED_SIZE,
  NODE_SIZE,
  PARTITION_SIZE,
  PREFILTER_HIT_WORDS,
  PREFILTER_SIZE,
  RULE_SIZE,
  SCAN_SIZE,
  SCAN_START_COUNT,
  SCAN_WORD_COUNT,
  SLOT_SIZE,
  TOOL_SIZE,
  VIEW_BIT_WORDS,
  VIEW_SIZE_BYTES,
} from '../contract/layout.ts';
import { MAX_POLICIES, MAX_RULES, MAX_SLOTS } from '../contract/limits.ts';
import {
  AT_BITS,
  AT_PREFILTERS,
  AT_SCANS,
  AT_VIEWS,
  CTX_ARTIFACT,
  CTX_CLASSES,
  CTX_COLUMN_ROWS,
  CTX_EFFECTS,
  CTX_FIRED,
  CTX_FOLDED_ROW,
  CTX_HEADER,
  CTX_HITS,
  CTX_JOINED_ROW,
  CTX_MAX_STRING_BYTES,
  CTX_POLICY_COUNT,
  CTX_RANKS,
  CTX_RESIDUALS,
  CTX_RULE_COUNT,
  CTX_SECTIONS,
  CTX_SCAN_ACTIVE,
  CTX_SCAN_ACTIVE_LIST,
  CTX_SCAN_GATED,
  CTX_SCAN_NEXT,
  CTX_SCAN_NEXT_LIST,
  CTX_SIZE,
  CTX_SLOT_COUNT,
  CTX_STAMPED,
  CTX_STAMPED_SIZE,
  CTX_SUMMARY,
  CTX_SUMMARY_WORDS,
  CTX_TALLIES,
  CTX_TRUE_LIST,
  CTX_UNKNOWN_LIST,
  CTX_VIEW_COUNT,
  CTX_VIEW_STATES,
  FIRED_SIZE,
  STATE_BITS,
  STATE_SIZE,
  TALLY_SIZE,
  AT_COLUMNS,
  AT_NESTED,
  AT_PARTITIONS,
  AT_RULES,
  AT_SLOTS,
} from './context.ts';
import { openRoot, vector } from './flatbuffer.ts';
import { linkTables } from './link.ts';
import { allocate, MAX_BLOCK_BYTES, release } from './memory.ts';
import { makeArena } from './term/arena.ts';
import { verifyTables } from './verify.ts';
import { countOf } from './verify-bounds.ts';

const HASH_BYTES = 32;

/** Deciding needs memory in proportion to the artifact: a few bytes that ask for much more are refused before it grows. */
const CONTEXT_PER_BYTE: u64 = 16;
const CONTEXT_FLOOR: u64 = 1 << 16;

/** Size of a record of each section from FIRST_SECTION on. */
const recordSizes: usize = memory.data<i32>([
  SLOT_SIZE,
  VIEW_SIZE_BYTES,
  PARTITION_SIZE,
  ELEMENT_TEST_SIZE,
  AUTOMATON_SIZE,
  BUCKET_SIZE,
  ENTRY_SIZE,
  TOOL_SIZE,
  4, // absent
  CONSTANT_SIZE,
  NODE_SIZE,
  COLUMN_SIZE,
  BIT_SIZE,
  RULE_SIZE,
  4, // reads
  4, // code
  4, // words
  2, // halves
  1, // bytes
  8, // bounds
  8, // masks
  16, // rows
  NESTED_SIZE,
  SCAN_SIZE,
  PREFILTER_SIZE,
]);

/** Where the sections are found before there is a context to keep them in. */
const draft: usize = memory.data(512, 16); // at least CTX_SIZE

let contextSize: u64 = 0;

/** A context's address, or a negative status. The artifact's block belongs to the context from then on. */
export function openArtifact(artifact: usize, size: u32, maxStringBytes: u32): i32 {
  let status = findSections(artifact, size);
  if (status != STATUS_OK) return -status;
  const bits = load<usize>(draft, AT_BITS);
  const residualCount = countResiduals(bits, countOf(draft, AT_BITS));
  if (residualCount < 0) return -STATUS_ARTIFACT_INVALID;
  const total = placeState(0, residualCount);
  if (total > <u64>size * CONTEXT_PER_BYTE + CONTEXT_FLOOR) return -STATUS_ARTIFACT_INVALID;
  if (total > MAX_BLOCK_BYTES) return -STATUS_ARTIFACT_UNSUPPORTED;
  const ctx = allocate(<u32>total);
  if (ctx == 0) return -STATUS_HOST_ERROR;
  if (WITH_TERMS && load<u32>(load<usize>(draft, CTX_HEADER), HEADER_FLAGS) && !makeArena()) {
    release(ctx);
    return -STATUS_HOST_ERROR;
  }
  memory.fill(ctx, 0, <u32>total);
  memory.copy(ctx, draft, CTX_SIZE);
  store<usize>(ctx, artifact, CTX_ARTIFACT);
  store<u32>(ctx, maxStringBytes, CTX_MAX_STRING_BYTES);
  placeState(ctx, residualCount);
  status = verifyTables(ctx, size);
  if (status != STATUS_OK) {
    release(ctx);
    return -status;
  }
  linkTables(ctx);
  return <i32>ctx;
}

/** Every section lies inside the bytes, is aligned and holds whole records. */
function findSections(artifact: usize, size: u32): i32 {
  if (!openRoot(artifact, size, ARTIFACT_IDENTIFIER)) return STATUS_ARTIFACT_INVALID;
  if (!vector(HEADER_FIELD, 0, draft)) return STATUS_ARTIFACT_INVALID;
  const header = load<usize>(draft);
  const headerSize = load<u32>(draft, 4);
  if (headerSize < 8 || header & 3) return STATUS_ARTIFACT_INVALID;
  if (
    load<u32>(header, HEADER_FORMAT_VERSION) != ARTIFACT_FORMAT_VERSION ||
    load<u32>(header, HEADER_FLAGS) & ~(WITH_TERMS ? FLAG_NEEDS_TERMS : 0)
  ) {
    return STATUS_ARTIFACT_UNSUPPORTED;
  }
  if (headerSize != HEADER_SIZE || load<u32>(header, HEADER_FILE_SIZE) != size) return STATUS_ARTIFACT_INVALID;
  if (!vector(HASH_FIELD, 0, draft) || load<u32>(draft, 4) != HASH_BYTES) return STATUS_ARTIFACT_INVALID;
  memory.fill(draft, 0, CTX_SIZE);
  store<usize>(draft, header, CTX_HEADER);
  for (let field: u32 = FIRST_SECTION; field <= <u32>LAST_SECTION; field++) {
    const at = draft + CTX_SECTIONS + (field - FIRST_SECTION) * 8;
    if (!vector(field, 0, at)) return STATUS_ARTIFACT_INVALID;
    const bytes = load<u32>(at, 4);
    if (bytes != 0 && load<usize>(at) & 15) return STATUS_ARTIFACT_INVALID;
    if (bytes % load<u32>(recordSizes + ((field - FIRST_SECTION) << 2))) return STATUS_ARTIFACT_INVALID;
  }
  if (!areApart(header)) return STATUS_ARTIFACT_INVALID;
  for (let field: u32 = 0; field <= <u32>(LAST_SECTION - FIRST_SECTION); field++) {
    const at = draft + CTX_SECTIONS + (field << 3);
    store<u32>(at, load<u32>(at, 4) / load<u32>(recordSizes + (field << 2)), 4);
  }
  const slots = countOf(draft, AT_SLOTS);
  const views = countOf(draft, AT_VIEWS);
  const rules = countOf(draft, AT_RULES);
  if (slots == 0 || views == 0) return STATUS_ARTIFACT_INVALID;
  // The tool's slot comes on top of the attribute paths.
  if (slots > <u32>MAX_SLOTS + 1 || rules > <u32>MAX_RULES) return STATUS_ARTIFACT_UNSUPPORTED;
  const policies: u32 = 1 + countOf(draft, AT_NESTED);
  if (policies > <u32>MAX_POLICIES) return STATUS_ARTIFACT_UNSUPPORTED;
  store<u32>(draft, policies, CTX_POLICY_COUNT);
  store<u32>(draft, slots, CTX_SLOT_COUNT);
  store<u32>(draft, views, CTX_VIEW_COUNT);
  store<u32>(draft, rules, CTX_RULE_COUNT);
  return STATUS_OK;
}

/** Header and sections share no byte: what link.ts writes to one would change another that was verified. */
function areApart(header: usize): bool {
  const end = draft + CTX_SIZE;
  for (let one = draft + CTX_SECTIONS; one < end; one += 8) {
    const first = load<usize>(one);
    const after = first + load<u32>(one, 4);
    if (after > header && first < header + HEADER_SIZE && first != after) return false;
    for (let other = one + 8; other < end; other += 8) {
      const at = load<usize>(other);
      if (at < after && first < at + load<u32>(other, 4)) return false;
    }
  }
  return true;
}

/** Highest residual number and one; -1 if a number is not below the count of bits. */
function countResiduals(bits: usize, count: u32): i32 {
  let residuals: u32 = 0;
  for (let i: u32 = 0; i < count; i++) {
    const bit = bits + i * <u32>BIT_SIZE;
    if (load<u32>(bit, BIT_CODE) == 0) continue;
    const residual = load<u32>(bit, BIT_RESIDUAL);
    if (residual >= count) return -1;
    residuals = max(residuals, residual + 1);
  }
  return <i32>residuals;
}

/** Lays the context's state out behind its fields; with `ctx` 0 only adds up. Returns the context's size. */
function placeState(ctx: usize, residualCount: u32): u64 {
  const viewCount = load<u32>(draft, CTX_VIEW_COUNT);
  const ruleCount = load<u32>(draft, CTX_RULE_COUNT);
  const ruleWords = (ruleCount + 63) >> 6;
  const summaryWords = (ruleWords + 63) >> 6;
  contextSize = (<u64>CTX_SIZE + 15) & ~15;
  if (ctx != 0) store<u32>(ctx, summaryWords, CTX_SUMMARY_WORDS);
  place(ctx, CTX_VIEW_STATES, viewCount, <u32>STATE_SIZE);
  const stamped = contextSize;
  place(ctx, CTX_CLASSES, countOf(draft, AT_PARTITIONS), 8);
  place(ctx, CTX_RESIDUALS, residualCount, 8);
  if (ctx != 0) {
    store<usize>(ctx, ctx + <usize>stamped, CTX_STAMPED);
    store<u32>(ctx, <u32>(contextSize - stamped), CTX_STAMPED_SIZE);
  }
  place(ctx, CTX_FIRED, ruleWords, <u32>FIRED_SIZE);
  place(ctx, CTX_EFFECTS, ruleWords, <u32>(EFFECT_DENY + 1) * 8);
  place(ctx, CTX_SUMMARY, summaryWords, 8);
  place(ctx, CTX_RANKS, ruleCount, 4);
  place(ctx, CTX_TRUE_LIST, ruleCount, 4);
  place(ctx, CTX_UNKNOWN_LIST, ruleCount, 4);
  const policies = load<u32>(draft, CTX_POLICY_COUNT);
  place(ctx, CTX_TALLIES, policies > 1 ? policies : 0, <u32>TALLY_SIZE);
  place(ctx, CTX_COLUMN_ROWS, countOf(draft, AT_COLUMNS), 4);
  const mostVectors = countOf(draft, AT_BITS) / 128 + 1;
  place(ctx, CTX_FOLDED_ROW, mostVectors, 16);
  place(ctx, CTX_JOINED_ROW, mostVectors, 16);
  const scanWords = most(AT_SCANS, SCAN_SIZE, SCAN_WORD_COUNT);
  place(ctx, CTX_SCAN_ACTIVE, scanWords, 8);
  place(ctx, CTX_SCAN_NEXT, scanWords, 8);
  place(ctx, CTX_SCAN_ACTIVE_LIST, scanWords, 2);
  place(ctx, CTX_SCAN_NEXT_LIST, scanWords, 2);
  place(ctx, CTX_SCAN_GATED, most(AT_SCANS, SCAN_SIZE, SCAN_START_COUNT), 2);
  place(ctx, CTX_HITS, most(AT_PREFILTERS, PREFILTER_SIZE, PREFILTER_HIT_WORDS), 8);
  for (let i: u32 = 0; i < viewCount; i++) {
    const view = load<usize>(draft, AT_VIEWS) + i * <u32>VIEW_SIZE_BYTES;
    if (ctx != 0) {
      store<usize>(load<usize>(ctx, CTX_VIEW_STATES) + i * <u32>STATE_SIZE, ctx + <usize>contextSize, STATE_BITS);
    }
    contextSize += <u64>load<u32>(view, VIEW_BIT_WORDS) << 3;
  }
  return contextSize;
}

/** Greatest number that records of a section have at `offset`. */
function most(at: usize, recordSize: u32, offset: u32): u32 {
  const first = load<usize>(draft + at);
  const end = first + countOf(draft, at) * recordSize;
  let found: u32 = 0;
  for (let record = first; record < end; record += recordSize) found = max(found, load<u32>(record + offset));
  return found;
}

function place(ctx: usize, field: usize, count: u32, width: u32): void {
  if (ctx != 0) store<usize>(ctx + field, ctx + <usize>contextSize);
  contextSize += (<u64>count * width + 15) & ~15;
}
