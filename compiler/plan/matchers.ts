// Single patterns for code: `matches` of an element, of what a term makes. In: a pattern. Out: how an instruction names it
// (opcodes.ts, OP_MATCH; terms.ts, TERM_MATCH): an automaton whose label says it, or a scan. Equal patterns share theirs.

import { type PatternText, positionsOfPattern } from '../ir/patterns.ts';
import { groupPatterns } from './automaton.ts';
import type { PartitionBuilder } from './partitions.ts';
import type { ScanBuilder } from './scan.ts';

export interface Matcher {
  /** 0 automaton, 1 scan. */
  readonly kind: number;
  readonly index: number;
}

export class Matchers {
  readonly #builder: PartitionBuilder;
  readonly #scans: ScanBuilder;
  readonly #known = new Map<string, Matcher>();

  constructor(builder: PartitionBuilder, scans: ScanBuilder) {
    this.#builder = builder;
    this.#scans = scans;
  }

  of({ pattern, dialect }: PatternText): Matcher {
    const key = `${dialect} ${pattern}`;
    const known = this.#known.get(key) ?? this.#make({ pattern, dialect });
    this.#known.set(key, known);
    return known;
  }

  #make(pattern: PatternText): Matcher {
    const group = groupPatterns([{ kind: 'matches', ...pattern }]).groups[0];
    if (group !== undefined) {
      const matching = new Set(group.matches[0]);
      const labels = Array.from({ length: group.labelCount }, (_, label) => (matching.has(label) ? 1 : 0));
      return { kind: 0, index: this.#builder.automaton(group, labels, 2) };
    }
    const [placed] = this.#scans.add([{ positions: positionsOfPattern(pattern), bits: [0] }]);
    if (placed === undefined) throw new Error(`no scan of ${pattern.pattern}`);
    return { kind: 1, index: placed.index };
  }
}
