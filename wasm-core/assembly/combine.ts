// In: a context in which the rules that fired are marked (walk.ts). Out: the answer at `result`: true and unknown rules in source
// order with the determining ones marked, and what they come to (LANGUAGE.md 8). A set of several policies is nest.ts's.
// Never allocates.

import {
  ALGORITHM_CEDAR,
  ALGORITHM_ONLY_ONE,
  ALGORITHM_STRICT_FIRST_MATCH,
  EFFECT_ALLOW,
  EFFECT_DENY,
  EFFECT_ESCALATE,
  EFFECT_TRANSFORM,
  EFFECT_WARN,
  STATUS_CONDITION_ERROR,
  STATUS_OK,
  STATUS_ONLY_ONE_CONFLICT,
} from '../contract/codes.ts';
import { HEADER_ALGORITHM, HEADER_DEFAULT_EFFECT, RULE_EFFECT, RULE_SIZE } from '../contract/layout.ts';
import {
  PACKED_LISTED,
  PACKED_STATUS_SHIFT,
  RESULT_BASE,
  RESULT_DECISION,
  RESULT_DETERMINING,
  RESULT_STATUS,
  RESULT_TRANSFORMS,
  RESULT_TRUE_COUNT,
  RESULT_TRUE_PTR,
  RESULT_UNKNOWN_COUNT,
  RESULT_UNKNOWN_PTR,
} from '../contract/request.ts';
import { result } from './answer.ts';
import {
  AT_RULES,
  CTX_FIRED,
  CTX_IS_PLAIN,
  CTX_POLICY_COUNT,
  CTX_RANKS,
  CTX_SUMMARY,
  CTX_SUMMARY_WORDS,
  CTX_TRUE_LIST,
  CTX_UNKNOWN_LIST,
  FIRED_SIZE,
  FIRED_TRUE,
} from './context.ts';
import { effectWord } from './link.ts';
import { combinePolicies, nestedBase, nestedConflict } from './nest.ts';

let trueCount: u32 = 0;
let unknownCount: u32 = 0;
/** LANGUAGE.md 8.2: R, and the base decision. */
let highestRank: i32 = 0;
let base: i32 = 0;

/** Whether the rules are listed: who wants only the decision need not wait for that. */
let wantsLists: bool = true;

export function wantLists(wanted: bool): void {
  wantsLists = wanted;
}

/** LANGUAGE.md 8.2 to 8.4. Clears the marks for the next decision. `skipsTransforms`: their rules count as not matched (13.4). */
export function combine(ctx: usize, header: usize, skipsTransforms: bool): i32 {
  if (load<u32>(ctx, CTX_IS_PLAIN)) return combinePlain(ctx, header, skipsTransforms);
  collect(ctx, skipsTransforms);
  const trueList = load<usize>(ctx, CTX_TRUE_LIST);
  const unknownList = load<usize>(ctx, CTX_UNKNOWN_LIST);
  let decision = EFFECT_DENY;
  let status = STATUS_OK;
  if (load<u32>(ctx, CTX_POLICY_COUNT) > 1) {
    decision = combinePolicies(ctx, header, trueCount, unknownCount);
    base = nestedBase;
    if (nestedConflict) status = STATUS_ONLY_ONE_CONFLICT;
  } else {
    if (trueCount == 0) base = load<i32>(header, HEADER_DEFAULT_EFFECT);
    const algorithm = load<i32>(header, HEADER_ALGORITHM);
    decision = algorithm == ALGORITHM_CEDAR ? base : raise(ctx); // LANGUAGE.md 14.2: what is unknown is only listed
    if (algorithm == ALGORITHM_ONLY_ONE && trueCount + unknownCount > 1) {
      status = STATUS_ONLY_ONE_CONFLICT;
      if (trueCount > 1) base = EFFECT_DENY;
    } else if (algorithm == ALGORITHM_STRICT_FIRST_MATCH && isDoubtFirst(ctx)) status = STATUS_CONDITION_ERROR;
    if (status != STATUS_OK) decision = EFFECT_DENY;
    if (status != STATUS_CONDITION_ERROR) {
      const isConflict = status == STATUS_ONLY_ONE_CONFLICT;
      markDetermining(ctx, trueList, trueCount, decision, true, isConflict);
      if (algorithm != ALGORITHM_CEDAR) markDetermining(ctx, unknownList, unknownCount, decision, false, isConflict);
    }
  }
  return answer(ctx, decision, status);
}

@inline
function answer(ctx: usize, decision: i32, status: i32): i32 {
  store<i32>(result, decision, RESULT_DECISION);
  store<i32>(result, status, RESULT_STATUS);
  store<i32>(result, base, RESULT_BASE);
  store<u32>(result, trueCount, RESULT_TRUE_COUNT);
  store<u32>(result, unknownCount, RESULT_UNKNOWN_COUNT);
  store<usize>(result, load<usize>(ctx, CTX_TRUE_LIST), RESULT_TRUE_PTR);
  store<usize>(result, load<usize>(ctx, CTX_UNKNOWN_LIST), RESULT_UNKNOWN_PTR);
  return decision | (status << PACKED_STATUS_SHIFT) | (trueCount | unknownCount ? PACKED_LISTED : 0);
}

/** Where no rule outranks another (link.ts): 64 rules at a time, until it comes to naming them. */
function combinePlain(ctx: usize, header: usize, skipsTransforms: bool): i32 {
  trueCount = 0;
  unknownCount = 0;
  const summaries = load<usize>(ctx, CTX_SUMMARY);
  const summaryWords = load<u32>(ctx, CTX_SUMMARY_WORDS);
  let sure: i32 = -1; // the most severe effect of a true rule, and of an unknown one
  let doubt: i32 = -1;
  for (let i: u32 = 0; i < summaryWords; i++) {
    for (let summary = load<u64>(summaries + (i << 3)); summary != 0; summary &= summary - 1) {
      const word = (i << 6) + <u32>ctz<u64>(summary);
      const record = load<usize>(ctx, CTX_FIRED) + word * <u32>FIRED_SIZE;
      if (skipsTransforms) {
        const kept = ~rulesOf(ctx, EFFECT_TRANSFORM, word);
        store<u64>(record, load<u64>(record) & kept);
        store<u64>(record, load<u64>(record, FIRED_TRUE) & kept, FIRED_TRUE);
      }
      const isTrue = load<u64>(record, FIRED_TRUE);
      const isUnknown = load<u64>(record) & ~isTrue;
      const effects = effectWord(ctx, 0, word);
      if (sure < EFFECT_DENY) sure = max(sure, mostSevere(effects, isTrue));
      if (isUnknown != 0) doubt = max(doubt, mostSevere(effects, isUnknown));
      if (wantsLists) continue;
      store<u64>(record, 0);
      store<u64>(record, 0, FIRED_TRUE);
    }
    if (!wantsLists) store<u64>(summaries + (i << 3), 0);
  }
  base = sure >= 0 ? sure : load<i32>(header, HEADER_DEFAULT_EFFECT);
  const decision = max(base, doubt);
  if (!wantsLists) return decision | (max(sure, doubt) >= 0 ? PACKED_LISTED : 0); // nobody looks at `result`
  for (let i: u32 = 0; i < summaryWords; i++) {
    let summary = load<u64>(summaries + (i << 3));
    if (summary == 0) continue;
    store<u64>(summaries + (i << 3), 0);
    for (; summary != 0; summary &= summary - 1) listWord(ctx, (i << 6) + <u32>ctz<u64>(summary), decision);
  }
  return answer(ctx, decision, STATUS_OK);
}

/** The most severe effect of these rules of a word, -1 if there are none. Every effect counts the milder ones: no branch. */
@inline
function mostSevere(effects: usize, rules: u64): i32 {
  return (
    i32(rules != 0) +
    i32((load<u64>(effects, EFFECT_WARN << 3) & rules) != 0) +
    i32((load<u64>(effects, EFFECT_TRANSFORM << 3) & rules) != 0) +
    i32((load<u64>(effects, EFFECT_ESCALATE << 3) & rules) != 0) +
    i32((load<u64>(effects, EFFECT_DENY << 3) & rules) != 0) -
    1
  );
}

/** The rules of a word that have an effect. */
@inline
function rulesOf(ctx: usize, effect: i32, word: u32): u64 {
  const effects = effectWord(ctx, effect, word);
  return effect == EFFECT_DENY ? load<u64>(effects) : load<u64>(effects) & ~load<u64>(effects, 8);
}

/** Names the rules of a word that fired, marks them (LANGUAGE.md 8.3, 13.3), and clears the word for the next decision. */
@inline
function listWord(ctx: usize, word: u32, decision: i32): void {
  const record = load<usize>(ctx, CTX_FIRED) + word * <u32>FIRED_SIZE;
  const fired = load<u64>(record);
  const isTrue = load<u64>(record, FIRED_TRUE);
  store<u64>(record, 0);
  store<u64>(record, 0, FIRED_TRUE);
  const determining = rulesOf(ctx, decision, word);
  const transforms: u64 = decision <= EFFECT_ESCALATE ? rulesOf(ctx, EFFECT_TRANSFORM, word) : 0;
  let to = load<usize>(ctx, CTX_TRUE_LIST) + (trueCount << 2);
  for (let rules = isTrue; rules != 0; rules &= rules - 1) {
    const bit = <u64>ctz<u64>(rules);
    const marks = (<u32>(determining >> bit) << 31) | ((<u32>(transforms >> bit) & 1) << 30);
    store<u32>(to, ((word << 6) + <u32>bit) | marks);
    to += 4;
  }
  trueCount = <u32>(to - load<usize>(ctx, CTX_TRUE_LIST)) >> 2;
  if (fired == isTrue) return;
  to = load<usize>(ctx, CTX_UNKNOWN_LIST) + (unknownCount << 2);
  for (let rules = fired & ~isTrue; rules != 0; rules &= rules - 1) {
    const bit = <u64>ctz<u64>(rules);
    const determines: u32 = decision != EFFECT_ALLOW ? <u32>(determining >> bit) << 31 : 0;
    store<u32>(to, ((word << 6) + <u32>bit) | determines | ((<u32>(transforms >> bit) & 1) << 30));
    to += 4;
  }
  unknownCount = <u32>(to - load<usize>(ctx, CTX_UNKNOWN_LIST)) >> 2;
}

/** Turns the bits of what fired into two ascending lists, and clears them for the next decision. */
function collect(ctx: usize, skipsTransforms: bool): void {
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
    for (; summary != 0; summary &= summary - 1) collectWord(ctx, (i << 6) + <u32>ctz<u64>(summary), skipsTransforms);
  }
}

function collectWord(ctx: usize, word: u32, skipsTransforms: bool): void {
  const firedAt = load<usize>(ctx, CTX_FIRED) + word * <u32>FIRED_SIZE;
  const isTrue = load<u64>(firedAt, FIRED_TRUE);
  for (let fired = load<u64>(firedAt); fired != 0; fired &= fired - 1) {
    const rule = (word << 6) + <u32>ctz<u64>(fired);
    if (skipsTransforms && effectOf(ctx, rule) == EFFECT_TRANSFORM) continue;
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
  store<u64>(firedAt, 0, FIRED_TRUE);
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

/** LANGUAGE.md 8.3; under a conflict all of them (8.4). Transforms that apply are marked too (13.3). */
function markDetermining(ctx: usize, list: usize, count: u32, decision: i32, isTrue: bool, isConflict: bool): void {
  const end = list + (count << 2);
  for (let at = list; at < end; at += 4) {
    const rule = load<u32>(at);
    const effect = effectOf(ctx, rule);
    // A true rule's rank is at most highestRank.
    const stands = load<i32>(load<usize>(ctx, CTX_RANKS) + (rule << 2)) >= highestRank;
    const determines = stands && effect == decision && (isTrue || effect != EFFECT_ALLOW);
    let marks: u32 = isConflict || determines ? RESULT_DETERMINING : 0;
    if (stands && effect == EFFECT_TRANSFORM && decision <= EFFECT_ESCALATE) marks |= RESULT_TRANSFORMS;
    if (marks) store<u32>(at, rule | marks);
  }
}
