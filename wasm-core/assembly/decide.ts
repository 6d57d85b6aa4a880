// In: a context and the request that value.ts reads. Out: the answer at `result`. The order of checks (LANGUAGE.md 10.3), then the
// walk through the rules (walk.ts) and what they come to (combine.ts). Never allocates, never traps.

import {
  ALGORITHM_STRICT_FIRST_MATCH,
  EFFECT_ALLOW,
  POINT_COUNT,
  POINT_POST_TOOL_CALL,
  POINT_PRE_TOOL_CALL,
  POINT_WITHOUT_TRANSFORMS,
  STATUS_NOT_GOVERNED,
  STATUS_POINT_UNKNOWN,
  STATUS_TOOL_MISSING,
  STATUS_TOOL_UNKNOWN,
} from '../contract/codes.ts';
import {
  HEADER_ALGORITHM,
  HEADER_CLOSED_WORLD,
  HEADER_GOVERNED_POINTS,
  HEADER_ROOT,
  TOOL_ABSENT_ROW,
  TOOL_LISTED,
  TOOL_SIZE,
} from '../contract/layout.ts';
import { answerWithoutRules, refuse } from './answer.ts';
import { beginClasses } from './classify.ts';
import { combine } from './combine.ts';
import {
  AT_ABSENT,
  AT_TOOLS,
  CTX_ABSENT_ROW,
  CTX_EPOCH,
  CTX_HEADER,
  CTX_STAMPED,
  CTX_STAMPED_SIZE,
  CTX_VIEW_COUNT,
  CTX_VIEW_STATES,
  STATE_BITS_EPOCH,
  STATE_ENTRY,
  STATE_EPOCH,
  STATE_SIZE,
  STATE_STATE,
  VIEW_OK,
} from './context.ts';
import { nodeAt } from './link.ts';
import { readView } from './value.ts';
import { visit } from './walk.ts';

/**
 * Decides what `setRequest` named last. The checks stand in the order of LANGUAGE.md 10.3.
 *
 * @param at  a point, POINT_WITHOUT_TRANSFORMS added or not
 */
export function decideRequestAt(ctx: usize, at: u32): i32 {
  beginDecision(ctx);
  const point = at & ~<u32>POINT_WITHOUT_TRANSFORMS;
  if (point >= <u32>POINT_COUNT) return refuse(STATUS_POINT_UNKNOWN);
  const header = load<usize>(ctx, CTX_HEADER);
  const isToolPoint = point == POINT_PRE_TOOL_CALL || point == POINT_POST_TOOL_CALL;
  const tool = readView(ctx, 0);
  let isListed = false;
  if (load<i32>(tool, STATE_STATE) == VIEW_OK) {
    const entry = load<i32>(tool, STATE_ENTRY);
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
  visit(ctx, nodeAt(ctx, load<u32>(header + (point << 2), HEADER_ROOT)));
  return combine(ctx, header, point != at);
}

/** A new epoch makes every stamp old. When the count wraps, stamps of 2^32 decisions ago would look new: clear them once. */
function beginDecision(ctx: usize): void {
  let epoch = load<u32>(ctx, CTX_EPOCH) + 1;
  if (epoch == 0) {
    clearStamps(ctx);
    epoch = 1;
  }
  store<u32>(ctx, epoch, CTX_EPOCH);
  beginClasses();
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
