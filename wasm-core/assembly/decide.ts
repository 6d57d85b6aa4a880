// In: a context and the request that value.ts reads. Out: the answer at `result`: decision, status, true and unknown rules in
// source order with the determining ones marked (LANGUAGE.md 6, 8, 10). Never allocates, never traps.

import {
  ALGORITHM_ONLY_ONE,
  ALGORITHM_STRICT_FIRST_MATCH,
  EFFECT_ALLOW,
  EFFECT_DENY,
  POINT_COUNT,
  POINT_POST_TOOL_CALL,
  POINT_PRE_TOOL_CALL,
  STATUS_CONDITION_ERROR,
  STATUS_NOT_GOVERNED,
  STATUS_OK,
  STATUS_ONLY_ONE_CONFLICT,
  STATUS_POINT_UNKNOWN,
  STATUS_TOOL_MISSING,
  STATUS_TOOL_UNKNOWN,
} from '../contract/codes.ts';
import {
  HEADER_ALGORITHM,
  HEADER_CLOSED_WORLD,
  HEADER_DEFAULT_EFFECT,
  HEADER_GOVERNED_POINTS,
  HEADER_ROOT,
  RULE_EFFECT,
  RULE_SIZE,
  TOOL_ABSENT_ROW,
  TOOL_LISTED,
  TOOL_SIZE,
} from '../contract/layout.ts';
import {
  PACKED_LISTED,
  PACKED_STATUS_SHIFT,
  RESULT_BASE,
  RESULT_DECISION,
  RESULT_DETERMINING,
  RESULT_RULE_MASK,
  RESULT_SIZE,
  RESULT_STATUS,
  RESULT_TRUE_COUNT,
  RESULT_TRUE_PTR,
  RESULT_UNKNOWN_COUNT,
  RESULT_UNKNOWN_PTR,
} from '../contract/request.ts';
import {
  AT_ABSENT,
  AT_RULES,
  AT_TOOLS,
  CTX_ABSENT_ROW,
  CTX_EPOCH,
  CTX_FIRED,
  CTX_HEADER,
  CTX_RANKS,
  CTX_STAMPED,
  CTX_STAMPED_SIZE,
  CTX_SUMMARY,
  CTX_SUMMARY_WORDS,
  CTX_TRUE,
  CTX_TRUE_LIST,
  CTX_UNKNOWN_LIST,
  CTX_VIEW_COUNT,
  CTX_VIEW_STATES,
  STATE_BITS_EPOCH,
  STATE_EPOCH,
  STATE_SIZE,
  STATE_STATE,
  VIEW_OK,
} from './context.ts';
import { entryOf, readView } from './value.ts';
import { visit } from './walk.ts';

/** The last answer (contract/request.ts, RESULT_*). */
export const result: usize = memory.data(RESULT_SIZE, 16);

/** Without rules: the decision for a status that came before any rule was asked (LANGUAGE.md 10.2). */
export function answerWithoutRules(decision: i32, status: i32): i32 {
  memory.fill(result, 0, RESULT_SIZE);
  store<i32>(result, decision, RESULT_DECISION);
  store<i32>(result, decision, RESULT_BASE);
  store<i32>(result, status, RESULT_STATUS);
  return decision | (status << PACKED_STATUS_SHIFT);
}

export function refuse(status: i32): i32 {
  return answerWithoutRules(EFFECT_DENY, status);
}

/** Decides what `setRequest` named last. The checks stand in the order of LANGUAGE.md 10.3. */
export function decideRequestAt(ctx: usize, point: u32): i32 {
  beginDecision(ctx);
  if (point >= <u32>POINT_COUNT) return refuse(STATUS_POINT_UNKNOWN);
  const header = load<usize>(ctx, CTX_HEADER);
  const isToolPoint = point == POINT_PRE_TOOL_CALL || point == POINT_POST_TOOL_CALL;
  const tool = readView(ctx, 0);
  let isListed = false;
  if (load<i32>(tool, STATE_STATE) == VIEW_OK) {
    const entry = entryOf(ctx, 0, tool);
    if (entry >= 0) {
      const record = load<usize>(ctx, AT_TOOLS) + entry * TOOL_SIZE;
      const row = load<u32>(record, TOOL_ABSENT_ROW) * load<u32>(ctx, CTX_VIEW_COUNT);
      store<usize>(ctx, load<usize>(ctx, AT_ABSENT) + (row << 2), CTX_ABSENT_ROW);
      isListed = load<u32>(record, TOOL_LISTED) != 0;
    }
  } else if (isToolPoint && load<i32>(header, HEADER_ALGORITHM) != ALGORITHM_STRICT_FIRST_MATCH) {
    return refuse(STATUS_TOOL_MISSING);
  }
  if (isToolPoint && !isListed && load<u32>(header, HEADER_CLOSED_WORLD)) return refuse(STATUS_TOOL_UNKNOWN);
  if (!((load<u32>(header, HEADER_GOVERNED_POINTS) >> point) & 1)) {
    return answerWithoutRules(EFFECT_ALLOW, STATUS_NOT_GOVERNED);
  }
  visit(ctx, load<u32>(header + (point << 2), HEADER_ROOT));
  return combine(ctx, header);
}

/** A new epoch makes every stamp old. When the count wraps, stamps of 2^32 decisions ago would look new: clear them once. */
function beginDecision(ctx: usize): void {
  let epoch = load<u32>(ctx, CTX_EPOCH) + 1;
  if (epoch == 0) {
    clearStamps(ctx);
    epoch = 1;
  }
  store<u32>(ctx, epoch, CTX_EPOCH);
  store<usize>(ctx, load<usize>(ctx, AT_ABSENT), CTX_ABSENT_ROW); // row 0: no catalogue lists the tool
}

function clearStamps(ctx: usize): void {
  memory.fill(load<usize>(ctx, CTX_STAMPED), 0, load<u32>(ctx, CTX_STAMPED_SIZE));
  let state = load<usize>(ctx, CTX_VIEW_STATES);
  const end = state + load<u32>(ctx, CTX_VIEW_COUNT) * <u32>STATE_SIZE;
  for (; state < end; state += STATE_SIZE) {
    store<u32>(state, 0, STATE_EPOCH);
    store<u32>(state, 0, STATE_BITS_EPOCH);
  }
}

let trueCount: u32 = 0;
let unknownCount: u32 = 0;
/** LANGUAGE.md 8.2: R, and the base decision. */
let highestRank: i32 = 0;
let base: i32 = 0;

/** LANGUAGE.md 8.2 to 8.4. */
function combine(ctx: usize, header: usize): i32 {
  collect(ctx);
  if (trueCount == 0) base = load<i32>(header, HEADER_DEFAULT_EFFECT);
  let decision = raise(ctx);
  let status = STATUS_OK;
  let isConflict = false;
  const isStopped = load<i32>(header, HEADER_ALGORITHM) == ALGORITHM_STRICT_FIRST_MATCH && isDoubtFirst(ctx);
  if (isStopped) {
    status = STATUS_CONDITION_ERROR;
    decision = EFFECT_DENY;
  }
  if (load<i32>(header, HEADER_ALGORITHM) == ALGORITHM_ONLY_ONE && trueCount + unknownCount > 1) {
    isConflict = true;
    status = STATUS_ONLY_ONE_CONFLICT;
    decision = EFFECT_DENY;
    if (trueCount > 1) base = EFFECT_DENY;
  }
  const trueList = load<usize>(ctx, CTX_TRUE_LIST);
  const unknownList = load<usize>(ctx, CTX_UNKNOWN_LIST);
  if (!isStopped) {
    markDetermining(ctx, trueList, trueCount, decision, true, isConflict);
    markDetermining(ctx, unknownList, unknownCount, decision, false, isConflict);
  }
  store<i32>(result, decision, RESULT_DECISION);
  store<i32>(result, status, RESULT_STATUS);
  store<i32>(result, base, RESULT_BASE);
  store<u32>(result, trueCount, RESULT_TRUE_COUNT);
  store<u32>(result, unknownCount, RESULT_UNKNOWN_COUNT);
  store<usize>(result, trueList, RESULT_TRUE_PTR);
  store<usize>(result, unknownList, RESULT_UNKNOWN_PTR);
  return decision | (status << PACKED_STATUS_SHIFT) | (trueCount | unknownCount ? PACKED_LISTED : 0);
}

/** Turns the bits of what fired into two ascending lists, and clears them for the next decision. */
function collect(ctx: usize): void {
  trueCount = 0;
  unknownCount = 0;
  highestRank = i32.MIN_VALUE;
  base = EFFECT_ALLOW;
  const summaries = load<usize>(ctx, CTX_SUMMARY);
  const summaryWords = load<u32>(ctx, CTX_SUMMARY_WORDS);
  for (let i: u32 = 0; i < summaryWords; i++) {
    let summary = load<u64>(summaries + (i << 3));
    if (summary == 0) continue;
    store<u64>(summaries + (i << 3), 0);
    for (; summary != 0; summary &= summary - 1) collectWord(ctx, (i << 6) + <u32>ctz<u64>(summary));
  }
}

function collectWord(ctx: usize, word: u32): void {
  const firedAt = load<usize>(ctx, CTX_FIRED) + (word << 3);
  const trueAt = load<usize>(ctx, CTX_TRUE) + (word << 3);
  const isTrue = load<u64>(trueAt);
  for (let fired = load<u64>(firedAt); fired != 0; fired &= fired - 1) {
    const rule = (word << 6) + <u32>ctz<u64>(fired);
    if ((isTrue >> rule) & 1) {
      store<u32>(load<usize>(ctx, CTX_TRUE_LIST) + (trueCount++ << 2), rule);
      const rank = load<i32>(load<usize>(ctx, CTX_RANKS) + (rule << 2));
      if (rank >= highestRank) {
        const effect = effectOf(ctx, rule);
        base = rank > highestRank ? effect : max(base, effect);
        highestRank = rank;
      }
    } else store<u32>(load<usize>(ctx, CTX_UNKNOWN_LIST) + (unknownCount++ << 2), rule);
  }
  store<u64>(firedAt, 0);
  store<u64>(trueAt, 0);
}

@inline
function effectOf(ctx: usize, rule: u32): i32 {
  return load<i32>(load<usize>(ctx, AT_RULES) + rule * <u32>RULE_SIZE, RULE_EFFECT);
}

/** The base, raised by unknown restricting rules that no true rule outranks. An allow rule raises nothing: it is the least. */
function raise(ctx: usize): i32 {
  let decision = base;
  const list = load<usize>(ctx, CTX_UNKNOWN_LIST);
  for (let i: u32 = 0; i < unknownCount; i++) {
    const rule = load<u32>(list + (i << 2));
    if (load<i32>(load<usize>(ctx, CTX_RANKS) + (rule << 2)) >= highestRank) decision = max(decision, effectOf(ctx, rule));
  }
  return decision;
}

/** LANGUAGE.md 15.2: an unknown rule, of whatever effect, stands before every true one. */
function isDoubtFirst(ctx: usize): bool {
  const list = load<usize>(ctx, CTX_UNKNOWN_LIST);
  for (let i: u32 = 0; i < unknownCount; i++) {
    if (load<i32>(load<usize>(ctx, CTX_RANKS) + (load<u32>(list + (i << 2)) << 2)) >= highestRank) return true;
  }
  return false;
}

/** LANGUAGE.md 8.3; under a conflict all of them (8.4). */
function markDetermining(ctx: usize, list: usize, count: u32, decision: i32, isTrue: bool, isConflict: bool): void {
  const end = list + (count << 2);
  for (let at = list; at < end; at += 4) {
    const rule = load<u32>(at);
    const effect = effectOf(ctx, rule);
    // A true rule's rank is at most highestRank.
    const counts = load<i32>(load<usize>(ctx, CTX_RANKS) + (rule << 2)) >= highestRank && effect == decision;
    if (isConflict || (counts && (isTrue || effect != EFFECT_ALLOW))) store<u32>(at, rule | <u32>RESULT_DETERMINING);
  }
}

/** Whether the last answer lists this rule as unknown: only then may `explain` speak of it. */
export function isUnknown(rule: u32): bool {
  const list = load<usize>(result, RESULT_UNKNOWN_PTR);
  const count = load<u32>(result, RESULT_UNKNOWN_COUNT);
  for (let i: u32 = 0; i < count; i++) if ((load<u32>(list + (i << 2)) & <u32>RESULT_RULE_MASK) == rule) return true;
  return false;
}
