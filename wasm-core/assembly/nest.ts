// In: the true and the unknown rules of a set of several policies. Out: what they come to, policy by policy, and the determining
// rules marked in their lists (LANGUAGE.md 12.4). A nested policy is to its parent what a rule is: true, unknown or nothing.
// Never allocates: each policy has a tally in the context. INVARIANT (verify.ts): parents come before children, so that one pass
// back brings every outcome up, and one pass forth brings down who determines.

import {
  ALGORITHM_ALLOW_OVERRIDES,
  ALGORITHM_ONLY_ONE,
  EFFECT_ALLOW,
  EFFECT_DENY,
  EFFECT_ESCALATE,
  EFFECT_TRANSFORM,
} from '../contract/codes.ts';
import {
  HEADER_ALGORITHM,
  HEADER_DEFAULT_EFFECT,
  NESTED_ALGORITHM,
  NESTED_PARENT,
  NESTED_RANK,
  NESTED_SIZE,
  RULE_EFFECT,
  RULE_POLICY,
  RULE_SIZE,
} from '../contract/layout.ts';
import { RESULT_DETERMINING, RESULT_TRANSFORMS } from '../contract/request.ts';
import {
  AT_NESTED,
  AT_RULES,
  CTX_POLICY_COUNT,
  CTX_RANKS,
  CTX_TALLIES,
  CTX_TRUE_LIST,
  CTX_UNKNOWN_LIST,
  TALLY_BASE,
  TALLY_DOUBTS,
  TALLY_EFFECT,
  TALLY_FLAGS,
  TALLY_RANK,
  TALLY_SIZE,
  TALLY_SURE,
  TALLY_UNKNOWN_COUNT,
  SURE_COUNT,
  SURE_EFFECT,
  SURE_RANK,
} from './context.ts';

/** Its determining members determine. */
const FLAG_DECIDES: u32 = 1;
/** A conflict decides, here or above: all its rules that are true or unknown determine (LANGUAGE.md 8.4). */
const FLAG_CONFLICT: u32 = 2;
/** Nothing outranks it, here or above: transforms in it apply (LANGUAGE.md 13.3). */
const FLAG_STANDS: u32 = 4;
/** Below every rank. */
const NO_RANK: i64 = i64.MIN_VALUE;

/** Of the last set combined. */
export let nestedBase: i32 = 0;
export let nestedConflict: bool = false;

/** The decision. */
export function combinePolicies(ctx: usize, header: usize, trueCount: u32, unknownCount: u32): i32 {
  clearTallies(ctx);
  const trueList = load<usize>(ctx, CTX_TRUE_LIST);
  const unknownList = load<usize>(ctx, CTX_UNKNOWN_LIST);
  for (let i: u32 = 0; i < trueCount; i++) {
    const rule = load<u32>(trueList + (i << 2));
    const tally = tallyOfRule(ctx, rule);
    addSure(tally + TALLY_SURE, rankOfRule(ctx, rule), effectOf(ctx, rule));
    addSure(tally + TALLY_BASE, rankOfRule(ctx, rule), effectOf(ctx, rule));
  }
  for (let i: u32 = 0; i < unknownCount; i++) {
    const rule = load<u32>(unknownList + (i << 2));
    addDoubt(tallyOfRule(ctx, rule), rankOfRule(ctx, rule), effectOf(ctx, rule));
  }
  for (let policy = load<u32>(ctx, CTX_POLICY_COUNT) - 1; policy > 0; policy--) bringUp(ctx, header, policy);
  const decision = decideRoot(ctx, header);
  markPolicies(ctx, header);
  markRules(ctx, trueList, trueCount, true);
  markRules(ctx, unknownList, unknownCount, false);
  return decision;
}

function clearTallies(ctx: usize): void {
  let tally = load<usize>(ctx, CTX_TALLIES);
  const end = tally + load<u32>(ctx, CTX_POLICY_COUNT) * <u32>TALLY_SIZE;
  memory.fill(tally, 0, end - tally);
  for (; tally < end; tally += TALLY_SIZE) {
    store<i64>(tally, NO_RANK, TALLY_SURE + SURE_RANK);
    store<i64>(tally, NO_RANK, TALLY_BASE + SURE_RANK);
    for (let effect = EFFECT_ALLOW; effect <= EFFECT_DENY; effect++) store<i64>(tally + (effect << 3), NO_RANK, TALLY_DOUBTS);
  }
}

/** A true member: the most severe effect of the highest rank counts. */
function addSure(sure: usize, rank: i64, effect: i32): void {
  store<u32>(sure, load<u32>(sure, SURE_COUNT) + 1, SURE_COUNT);
  const highest = load<i64>(sure, SURE_RANK);
  if (rank < highest) return;
  store<i32>(sure, rank > highest ? effect : max(load<i32>(sure, SURE_EFFECT), effect), SURE_EFFECT);
  store<i64>(sure, rank, SURE_RANK);
}

/** An unknown member: of each effect the highest rank is all that matters. */
function addDoubt(tally: usize, rank: i64, effect: i32): void {
  store<u32>(tally, load<u32>(tally, TALLY_UNKNOWN_COUNT) + 1, TALLY_UNKNOWN_COUNT);
  const doubt = tally + (effect << 3);
  store<i64>(doubt, max(load<i64>(doubt, TALLY_DOUBTS), rank), TALLY_DOUBTS);
}

/** Makes a nested policy a member of its parent; where nothing matched it is none. */
function bringUp(ctx: usize, header: usize, policy: u32): void {
  const tally = tallyOf(ctx, policy);
  const algorithm = algorithmOf(ctx, header, policy);
  const effect = outcomeOf(tally, algorithm);
  store<i32>(tally, effect, TALLY_EFFECT);
  const parent = load<u32>(nestedAt(ctx, policy), NESTED_PARENT);
  const above = tallyOf(ctx, parent);
  const byEffect = algorithmOf(ctx, header, parent) == ALGORITHM_ALLOW_OVERRIDES;
  const rank = <i64>load<i32>(nestedAt(ctx, policy), NESTED_RANK);
  const own = byEffect ? i64(effect == EFFECT_ALLOW) : rank;
  store<i64>(tally, own, TALLY_RANK);
  if (load<u32>(tally, TALLY_SURE + SURE_COUNT)) addSure(above + TALLY_SURE, own, effect);
  else if (load<u32>(tally, TALLY_UNKNOWN_COUNT)) addDoubt(above, own, effect);
  if (load<u32>(tally, TALLY_BASE + SURE_COUNT)) {
    const base = baseOf(tally, algorithm);
    addSure(above + TALLY_BASE, byEffect ? i64(base == EFFECT_ALLOW) : rank, base);
  }
}

/** LANGUAGE.md 8.2, 8.4; allow where nothing restricts. */
function outcomeOf(tally: usize, algorithm: i32): i32 {
  if (isConflict(tally, algorithm)) return EFFECT_DENY;
  const decisive = load<i32>(tally, TALLY_SURE + SURE_EFFECT);
  const highest = load<i64>(tally, TALLY_SURE + SURE_RANK);
  for (let effect = EFFECT_DENY; effect > decisive; effect--) {
    const rank = load<i64>(tally + (effect << 3), TALLY_DOUBTS);
    if (rank != NO_RANK && rank >= highest) return effect;
  }
  return decisive;
}

/** Had every unknown member not matched. */
function baseOf(tally: usize, algorithm: i32): i32 {
  if (algorithm == ALGORITHM_ONLY_ONE && load<u32>(tally, TALLY_BASE + SURE_COUNT) > 1) return EFFECT_DENY;
  return load<i32>(tally, TALLY_BASE + SURE_EFFECT);
}

function isConflict(tally: usize, algorithm: i32): bool {
  if (algorithm != ALGORITHM_ONLY_ONE) return false;
  return load<u32>(tally, TALLY_SURE + SURE_COUNT) + load<u32>(tally, TALLY_UNKNOWN_COUNT) > 1;
}

/** Only the root has a default; what is only unknown never displaces it. */
function decideRoot(ctx: usize, header: usize): i32 {
  const tally = load<usize>(ctx, CTX_TALLIES);
  const algorithm = load<i32>(header, HEADER_ALGORITHM);
  const fallback = load<i32>(header, HEADER_DEFAULT_EFFECT);
  const isSure = load<u32>(tally, TALLY_SURE + SURE_COUNT) != 0;
  const effect = outcomeOf(tally, algorithm);
  const decision = isSure ? effect : max(fallback, effect);
  store<i32>(tally, decision, TALLY_EFFECT);
  nestedBase = load<u32>(tally, TALLY_BASE + SURE_COUNT) ? baseOf(tally, algorithm) : fallback;
  return decision;
}

/** From the root down: which policies gave the decision (LANGUAGE.md 8.3), and whether by a conflict. */
function markPolicies(ctx: usize, header: usize): void {
  nestedConflict = false;
  const count = load<u32>(ctx, CTX_POLICY_COUNT);
  for (let policy: u32 = 0; policy < count; policy++) {
    const tally = tallyOf(ctx, policy);
    let flags = FLAG_DECIDES;
    let stands = FLAG_STANDS;
    if (policy > 0) {
      const above = tallyOf(ctx, load<u32>(nestedAt(ctx, policy), NESTED_PARENT));
      const isTrue = load<u32>(tally, TALLY_SURE + SURE_COUNT) != 0;
      flags = load<u32>(above, TALLY_FLAGS);
      if (load<i64>(tally, TALLY_RANK) >= load<i64>(above, TALLY_SURE + SURE_RANK)) stands &= flags;
      else stands = 0;
      flags &= ~FLAG_STANDS;
      if (!(flags & FLAG_CONFLICT) && !determines(above, load<i64>(tally, TALLY_RANK), load<i32>(tally, TALLY_EFFECT), isTrue)) flags = 0;
    }
    if (flags && isConflict(tally, algorithmOf(ctx, header, policy))) flags |= FLAG_CONFLICT;
    if (flags & FLAG_CONFLICT) nestedConflict = true;
    store<u32>(tally, flags | stands, TALLY_FLAGS);
  }
}

function markRules(ctx: usize, list: usize, count: u32, isTrue: bool): void {
  const decision = load<i32>(load<usize>(ctx, CTX_TALLIES), TALLY_EFFECT);
  const end = list + (count << 2);
  for (let at = list; at < end; at += 4) {
    const rule = load<u32>(at);
    const tally = tallyOfRule(ctx, rule);
    const inConflict = load<u32>(tally, TALLY_FLAGS) & FLAG_CONFLICT;
    const rank = rankOfRule(ctx, rule);
    const effect = effectOf(ctx, rule);
    let marks: u32 = inConflict || determines(tally, rank, effect, isTrue) ? RESULT_DETERMINING : 0;
    const stands = load<u32>(tally, TALLY_FLAGS) & FLAG_STANDS && rank >= load<i64>(tally, TALLY_SURE + SURE_RANK);
    if (stands && effect == EFFECT_TRANSFORM && decision <= EFFECT_ESCALATE) marks |= RESULT_TRANSFORMS;
    if (marks) store<u32>(at, rule | marks);
  }
}

/** LANGUAGE.md 8.3, of a member that is true or unknown. A true one's rank is at most the highest. */
function determines(tally: usize, rank: i64, effect: i32, isTrue: bool): bool {
  if (!(load<u32>(tally, TALLY_FLAGS) & FLAG_DECIDES) || (!isTrue && effect == EFFECT_ALLOW)) return false;
  return rank >= load<i64>(tally, TALLY_SURE + SURE_RANK) && effect == load<i32>(tally, TALLY_EFFECT);
}

@inline
function tallyOf(ctx: usize, policy: u32): usize {
  return load<usize>(ctx, CTX_TALLIES) + policy * <u32>TALLY_SIZE;
}

function tallyOfRule(ctx: usize, rule: u32): usize {
  return tallyOf(ctx, load<u32>(load<usize>(ctx, AT_RULES) + rule * <u32>RULE_SIZE, RULE_POLICY));
}

@inline
function nestedAt(ctx: usize, policy: u32): usize {
  return load<usize>(ctx, AT_NESTED) + (policy - 1) * <u32>NESTED_SIZE;
}

function algorithmOf(ctx: usize, header: usize, policy: u32): i32 {
  return policy == 0 ? load<i32>(header, HEADER_ALGORITHM) : load<i32>(nestedAt(ctx, policy), NESTED_ALGORITHM);
}

function rankOfRule(ctx: usize, rule: u32): i64 {
  return <i64>load<i32>(load<usize>(ctx, CTX_RANKS) + (rule << 2));
}

function effectOf(ctx: usize, rule: u32): i32 {
  return load<i32>(load<usize>(ctx, AT_RULES) + rule * <u32>RULE_SIZE, RULE_EFFECT);
}
