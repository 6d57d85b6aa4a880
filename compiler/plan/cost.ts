// What telling a value's class costs, in abstract steps of about a nanosecond: the estimate that keys.ts and clusters.ts plan with.
// In: a partition. What a whole decision may cost is predict.ts's.

import {
  PARTITION_AUTOMATON,
  PARTITION_BOOL,
  PARTITION_DICTIONARY,
  PARTITION_LIST_ALL,
  PARTITION_LIST_ANY,
  PARTITION_LIST_BIT,
  PARTITION_NUMBER,
  PARTITION_PRESENCE,
} from '../../wasm-core/contract/codes.ts';
import type { PartitionTable } from './tables.ts';

/** Classifying one value once; afterwards its class is remembered. */
export function classifyCost(partition: PartitionTable | undefined): number {
  switch (partition?.kind) {
    case PARTITION_PRESENCE:
    case PARTITION_BOOL:
      return 3;
    case PARTITION_NUMBER:
      return 5 + Math.ceil(Math.log2(partition.boundCount + 1));
    case PARTITION_DICTIONARY:
      return 12;
    case PARTITION_LIST_BIT:
    case PARTITION_LIST_ANY:
    case PARTITION_LIST_ALL:
      return 16;
    case PARTITION_AUTOMATON:
      return 40;
    default:
      throw new Error(`no partition kind ${partition?.kind}`);
  }
}
