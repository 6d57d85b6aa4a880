// The core's last answer (contract/request.ts, RESULT_*): its place, and what it is where no rule was asked.

import { EFFECT_DENY } from '../contract/codes.ts';
import {
  PACKED_STATUS_SHIFT,
  RESULT_BASE,
  RESULT_DECISION,
  RESULT_RULE_MASK,
  RESULT_SIZE,
  RESULT_STATUS,
  RESULT_UNKNOWN_COUNT,
  RESULT_UNKNOWN_PTR,
} from '../contract/request.ts';

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

/** Whether the last answer lists this rule as unknown: only then may `explain` speak of it. */
export function isUnknown(rule: u32): bool {
  const list = load<usize>(result, RESULT_UNKNOWN_PTR);
  const count = load<u32>(result, RESULT_UNKNOWN_COUNT);
  for (let i: u32 = 0; i < count; i++) if ((load<u32>(list + (i << 2)) & <u32>RESULT_RULE_MASK) == rule) return true;
  return false;
}
