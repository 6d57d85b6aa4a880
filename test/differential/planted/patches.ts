// Mistakes on purpose, as data: a piece of source as it stands, and what takes its place. Each must make some verdict wrong, and
// planted.test.ts shows that the fuzzer notices. A piece that no longer stands in its file fails that test.

export interface Patch {
  /** A sentence about the mistake. */
  readonly name: string;
  readonly part: 'planner' | 'host' | 'core';
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

export const PATCHES: readonly Patch[] = [
  {
    name: 'rows of bits that may hold are made of what must hold',
    part: 'planner',
    file: 'compiler/plan/plan.ts',
    find: 'const reserved = takesMay ? may : must;',
    replace: 'const reserved = must;',
  },
  {
    name: 'a key leads nowhere where its attribute is missing',
    part: 'planner',
    file: 'compiler/plan/keys.ts',
    find: 'for (let c = 0; c < CLASS_FIRST; c += 1) if ((set.reserved & (1 << c)) !== 0) visit(c);',
    replace: 'for (let c = 1; c < CLASS_FIRST; c += 1) if ((set.reserved & (1 << c)) !== 0) visit(c);',
  },
  {
    name: 'code forgets that its literal is negated',
    part: 'planner',
    file: 'compiler/plan/residual.ts',
    find: 'const b = negated ? 1 : 0;',
    replace: 'const b = 0;',
  },
  {
    name: 'an inapplicable attribute is missing',
    part: 'planner',
    file: 'compiler/plan/absent.ts',
    find: "if (schema === 'none') return ABSENT_INAPPLICABLE;",
    replace: "if (schema === 'none') return ABSENT_MISSING;",
  },
  {
    name: 'the default speaks only for points where something is restricted',
    part: 'planner',
    file: 'compiler/plan/plan.ts',
    find: 'for (const rule of rules) for (const point of rule.points) points.add(point);',
    replace:
      "for (const rule of rules) if (rule.effect !== 'allow') for (const point of rule.points) points.add(point);",
  },
  {
    name: 'the else branch is asked under the test itself',
    part: 'planner',
    file: 'compiler/ir/lower.ts',
    find: 'this.formula(condition.test, !negated), this.formula(condition.else, negated)',
    replace: 'this.formula(condition.test, negated), this.formula(condition.else, negated)',
  },
  {
    name: 'not `== null` of a missing attribute is false',
    part: 'planner',
    file: 'compiler/plan/classes.ts',
    find: 'must: typed, may: typed | missing };',
    replace: 'must: typed, may: typed };',
  },
  {
    name: 'of two tests of the elements of one list, one element must pass both',
    part: 'planner',
    file: 'compiler/plan/merge.ts',
    find: 'if (kind !== PARTITION_LIST_ANY) return intersectSets(a, b);',
    replace: 'if (kind !== -1) return intersectSets(a, b);',
  },
  {
    name: 'runs of classes end one class early',
    part: 'planner',
    file: 'compiler/plan/clusters.ts',
    find: 'if (c === 0 || row !== map[c - 1]) runs.push(c, row);',
    replace: 'if (c === 0 || row !== map[c - 1]) runs.push(Math.max(0, c - 1), row);',
  },
  {
    name: 'a lone surrogate is taken for text',
    part: 'host',
    file: 'host-js/staging.ts',
    find: 'else if (!isWellFormed(text)) this.illFormed(slot);',
    replace: '',
  },
  {
    name: 'getters are called',
    part: 'host',
    file: 'host-js/own.ts',
    find: "hasOwn(descriptor, 'value') ? descriptor.value : undefined;",
    replace: "hasOwn(descriptor, 'value') ? descriptor.value : descriptor.get?.call(object);",
  },
  {
    name: 'a session finds the values of another in the staging area',
    part: 'host',
    file: 'host-js/session.ts',
    find: 'if (staging.resident !== this) this.#restore(staging);',
    replace: 'if (staging.resident === null) this.#restore(staging);',
  },
  {
    name: 'a long text has as many bytes as UTF-16 units',
    part: 'host',
    file: 'host-js/staging.ts',
    find: 'if (done.read === text.length && done.written === text.length) {',
    replace: 'if (done.read === text.length) {',
  },
  {
    name: 'keyed requests are sorted by half of their keys',
    part: 'host',
    file: 'host-js/encode.ts',
    find: 'a.keyHigh - b.keyHigh || a.keyLow - b.keyLow',
    replace: 'a.keyLow - b.keyLow',
  },
  {
    name: 'suffixes are walked from the front',
    part: 'core',
    file: 'wasm-core/assembly/classify.ts',
    find: 'const isBackward = load<u32>(record, AUTOMATON_BACKWARD) != 0;',
    replace: 'const isBackward = false;',
  },
  {
    name: 'a walk stops one state before the sinks',
    part: 'core',
    file: 'wasm-core/assembly/classify.ts',
    find: 'for (; length > 0 && state < firstSink; length--) {',
    replace: 'for (; length > 0 && state + 1 < firstSink; length--) {',
  },
  {
    name: 'a number that equals a bound lies beside it',
    part: 'core',
    file: 'wasm-core/assembly/classify.ts',
    find: 'return (below << 1) + u32(below < count &&',
    replace: 'return (below << 1) + u32(below + 1 < count &&',
  },
  {
    name: 'classes are remembered from decision to decision',
    part: 'core',
    file: 'wasm-core/assembly/classify.ts',
    find: 'return <u32>known == load<u32>(ctx, CTX_EPOCH) ? <u32>(known >> 32)',
    replace: 'return known != 0 ? <u32>(known >> 32)',
  },
  {
    name: 'bits of lists are not cleared',
    part: 'core',
    file: 'wasm-core/assembly/classify.ts',
    find: 'memory.fill(bits, 0, words << 3);',
    replace: '',
  },
  {
    name: 'a dictionary is probed once',
    part: 'core',
    file: 'wasm-core/assembly/value.ts',
    find: 'bucket = (bucket + 1) & (count - 1);',
    replace: 'return -1;',
  },
  {
    name: 'texts of equal length in one bucket are the same text',
    part: 'core',
    file: 'wasm-core/assembly/value.ts',
    find: 'load<u32>(record, ENTRY_HASH) == hash &&',
    replace: 'load<u32>(record, ENTRY_LENGTH) == length ||',
  },
  {
    name: 'sums wrap around',
    part: 'core',
    file: 'wasm-core/assembly/residual.ts',
    find: 'fits = ((x ^ z) & (y ^ z)) >= 0;',
    replace: 'fits = true;',
  },
  {
    name: 'one element that a list may have makes up for one that it must not',
    part: 'core',
    file: 'wasm-core/assembly/walk.ts',
    find: 'return foldedRow(ctx, column, vectors, found == CLASSES_ALL);',
    replace: 'return foldedRow(ctx, column, vectors, false);',
  },
  {
    name: 'of what a list has, only the last counts',
    part: 'core',
    file: 'wasm-core/assembly/walk.ts',
    find: 'load<usize>(ctx, CTX_FOLDED_ROW), folded, rows +',
    replace: 'load<usize>(ctx, CTX_FOLDED_ROW), rows + ((ofEvery * vectors) << 4), rows +',
  },
  {
    name: 'among rules of one rank the last decides',
    part: 'core',
    file: 'wasm-core/assembly/combine.ts',
    find: 'base = rank > highestRank ? effect : max(base, effect);',
    replace: 'base = effect;',
  },
  {
    name: 'unknown rules that are outranked determine',
    part: 'core',
    file: 'wasm-core/assembly/combine.ts',
    find: 'const stands = load<i32>(load<usize>(ctx, CTX_RANKS) + (rule << 2)) >= highestRank;',
    replace: 'const stands = load<i32>(load<usize>(ctx, CTX_RANKS) + (rule << 2)) >= i32.MIN_VALUE;',
  },
  {
    name: 'what tools say of missing attributes is not looked up',
    part: 'core',
    file: 'wasm-core/assembly/decide.ts',
    find: 'store<usize>(ctx, load<usize>(ctx, AT_ABSENT) + (row << 2), CTX_ABSENT_ROW);',
    replace: '',
  },
  {
    name: 'only the first vector of a wide cluster is looked at',
    part: 'core',
    file: 'wasm-core/assembly/walk.ts',
    find: 'for (let vector: u32 = 0; vector < vectors; vector++) {',
    replace: 'for (let vector: u32 = 0; vector < 1; vector++) {',
  },
  {
    name: 'only-one overlooks rules that are unknown',
    part: 'core',
    file: 'wasm-core/assembly/combine.ts',
    find: 'ALGORITHM_ONLY_ONE && trueCount + unknownCount > 1) {',
    replace: 'ALGORITHM_ONLY_ONE && trueCount > 1) {',
  },
  {
    name: 'a nested policy that is unknown is forgotten',
    part: 'core',
    file: 'wasm-core/assembly/nest.ts',
    find: 'else if (load<u32>(tally, TALLY_UNKNOWN_COUNT)) addDoubt(above, own, effect);',
    replace: '',
  },
  {
    name: 'every rule is read in the environment of the first',
    part: 'planner',
    file: 'compiler/plan/absent.ts',
    find: 'declared[environment]?.get(pathText(path)),',
    replace: 'declared[0]?.get(pathText(path)),',
  },
];
