// What every hand-made peer of the engine answers. Peers see well-formed requests only: they skip the checks that an engine may
// not skip (types, getters, unknown attributes), stop at the first match, and name one rule where the engine lists all that matched.

import type { WorkloadRequest } from '../workload.ts';

/** Index of a matching deny rule; without one, of a matching allow rule; otherwise NO_RULE. */
export type PeerDecide = (request: WorkloadRequest) => number;

/** Nothing matched: the default, deny. */
export const NO_RULE = -1;
