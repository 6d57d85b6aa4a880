// In: an unknown rule of the last decision. Out: pairs (slot, cause) at `explanation`: why it is unknown (LANGUAGE.md 6.3).
// Reads the request of that decision again where no condition asked before; never changes the answer.

import { CAUSE_COMPUTATION, CLASS_INAPPLICABLE, CLASS_MISSING } from '../contract/codes.ts';
import {
  READ_ONLY_MISSING,
  RULE_READ_COUNT,
  RULE_READ_FIRST,
  RULE_SIZE,
  VIEW_SIZE_BYTES,
  VIEW_SLOT,
} from '../contract/layout.ts';
import { EXPLAIN_CAUSE, EXPLAIN_MAX, EXPLAIN_SIZE, EXPLAIN_SLOT } from '../contract/request.ts';
import { AT_READS, AT_RULES, AT_VIEWS, STATE_CAUSE, STATE_STATE } from './context.ts';
import { readView } from './value.ts';

export const explanation: usize = memory.data(EXPLAIN_MAX * EXPLAIN_SIZE, 16);

/** How many pairs there are. INVARIANT (index.ts): the rule is unknown in the last decision, which was by this context. */
export function explainRule(ctx: usize, rule: u32): u32 {
  const record = load<usize>(ctx, AT_RULES) + rule * <u32>RULE_SIZE;
  const reads = load<usize>(ctx, AT_READS) + (load<u32>(record, RULE_READ_FIRST) << 2);
  const readCount = load<u32>(record, RULE_READ_COUNT);
  let count: u32 = 0;
  for (let i: u32 = 0; i < readCount; i++) {
    const read = load<u32>(reads + (i << 2));
    const view = read & ~READ_ONLY_MISSING;
    const state = readView(ctx, view);
    const outcome = load<i32>(state, STATE_STATE);
    if (outcome >= CLASS_INAPPLICABLE || (read & READ_ONLY_MISSING && outcome != CLASS_MISSING)) continue;
    count = add(count, slotOf(ctx, view), load<u32>(state, STATE_CAUSE));
  }
  if (count == 0 && readCount > 0) return add(0, slotOf(ctx, load<u32>(reads) & ~READ_ONLY_MISSING), CAUSE_COMPUTATION);
  return count;
}

function slotOf(ctx: usize, view: u32): u32 {
  return load<u32>(load<usize>(ctx, AT_VIEWS) + view * <u32>VIEW_SIZE_BYTES, VIEW_SLOT);
}

/** One entry per attribute and cause. */
function add(count: u32, slot: u32, cause: u32): u32 {
  for (let i: u32 = 0; i < count; i++) {
    const at = explanation + i * <u32>EXPLAIN_SIZE;
    if (load<u32>(at, EXPLAIN_SLOT) == slot && load<u32>(at, EXPLAIN_CAUSE) == cause) return count;
  }
  if (count == EXPLAIN_MAX) return count;
  const at = explanation + count * <u32>EXPLAIN_SIZE;
  store<u32>(at, slot, EXPLAIN_SLOT);
  store<u32>(at, cause, EXPLAIN_CAUSE);
  return count + 1;
}
