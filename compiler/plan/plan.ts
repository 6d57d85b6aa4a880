// Policy set in, decision tables out: views and classes, terms, key tree, clusters (ARCHITECTURE.md).
// Deterministic: every number follows from the order of rules and paths. Never touches bytes or offsets of the artifact.

import {
  CLASS_INAPPLICABLE,
  POINT_AGENT_SHUTDOWN,
  POINT_AGENT_STARTUP,
  POINT_COUNT,
  POINT_INPUT,
  POINT_OUTPUT,
  POINT_POST_MODEL_CALL,
  POINT_POST_TOOL_CALL,
  POINT_PRE_MODEL_CALL,
  POINT_PRE_TOOL_CALL,
  VIEW_TREE,
} from '../../wasm-core/contract/codes.ts';
import { READ_ONLY_MISSING } from '../../wasm-core/contract/layout.ts';
import type { Point, PolicyNode } from '../check/typed.ts';
import type { IrRule, PolicySet } from '../ir/types.ts';
import { planAbsent } from './absent.ts';
import { sizeOfRanges } from './classes.ts';
import { Constants } from './constants.ts';
import { classifyCost } from './cost.ts';
import { buildTree, type TreeContext } from './keys.ts';
import { MAX_LIST_BITS, placeElements } from './lists.ts';
import { Matchers } from './matchers.ts';
import { hasManyClasses } from './merge.ts';
import type { Item, Node, Placed, RoleSet, Term, UnaryUse } from './model.ts';
import { operationTable } from './operations.ts';
import { PartitionBuilder } from './partitions.ts';
import { MaskPool, Pool, RowPool } from './pools.ts';
import { predictCost } from './predict.ts';
import { PrefilterBuilder } from './prefilter.ts';
import { ResidualWriter } from './residual.ts';
import { Resolver } from './resolve.ts';
import { ScanBuilder } from './scan.ts';
import { scannedUses } from './scanned.ts';
import { Searching } from './searching.ts';
import type { DecisionTables, NestedTable, RuleTable } from './tables.ts';
import { knownTools, policyRank } from './targets.ts';
import { TermBuilder } from './terms.ts';
import { Traffic } from './traffic.ts';
import { collectUses, isToolPoint, type TargetUse, TOOL_READING, type Uses } from './uses.ts';
import { validateClasses, validateClusters } from './validate.ts';
import { fillDictionaries, planViews, type ViewPlan } from './views.ts';

const POINT_CODE: Record<Point, number> = {
  agent_startup: POINT_AGENT_STARTUP,
  input: POINT_INPUT,
  pre_model_call: POINT_PRE_MODEL_CALL,
  post_model_call: POINT_POST_MODEL_CALL,
  pre_tool_call: POINT_PRE_TOOL_CALL,
  post_tool_call: POINT_POST_TOOL_CALL,
  output: POINT_OUTPUT,
  agent_shutdown: POINT_AGENT_SHUTDOWN,
};

/**
 * @param calls  a sample of requests by which ways through the tables are weighed; decisions do not depend on it
 * @throws Error when validation finds a table that does not mean what the policy set says: a bug of the planner
 */
export function plan(set: PolicySet, calls: readonly unknown[] = []): DecisionTables {
  const uses = scannedUses(collectUses(set), set.views);
  const listViews = assignListViews(set, uses);
  const viewPlan = planViews(set.views, listViews.copies);
  const { views } = viewPlan;
  const viewOf = (reading: number): number => (reading === TOOL_READING ? 0 : (viewPlan.viewOf[reading] ?? 0));
  const unary: UnaryUse[] = uses.unary.map(({ view, test, target, home }) => ({
    view: viewOf(view),
    test,
    target,
    home,
  }));
  const elements = uses.elements.map((use, i) => ({ ...use, view: viewOf(use.view) + (listViews.copyOf[i] ?? 0) }));
  fillDictionaries(views, [...unary, ...elements], knownTools(set));

  const halves = new Pool();
  const bytes = new Pool();
  const bounds = new Pool();
  const words = new Pool();
  const masks = new MaskPool();
  const rows = new RowPool();
  const constants = new Constants();
  const builder = new PartitionBuilder({ halves, bytes, bounds, masks }, views);
  const placedUnary = builder.place(unary);
  const scans = new ScanBuilder({ words, halves, bytes, masks }, builder);
  const prefilters = new PrefilterBuilder({ words, halves, bytes, masks });
  const { placed: placedElements, elementTests } = placeElements(
    elements,
    views,
    builder,
    { masks, bounds },
    new Searching(scans, prefilters),
  );
  validateClasses({ unary, placed: placedUnary, builder, halves, bounds, views });

  const { partitions } = builder;
  const classCountOf = (partition: number): number => partitions[partition]?.classCount ?? 0;
  const resolver = new Resolver(placedByAtom(set, uses, placedUnary, placedElements), partitions);
  const writer = new ResidualWriter({
    atoms: set.atoms,
    viewOf: viewPlan.viewOf,
    resolver,
    builder,
    bytes,
    words,
    constants,
    matchers: new Matchers(builder, scans),
  });
  const items = new ItemBuilder(set, uses, placedUnary, resolver, writer, new TermBuilder(builder));
  const tree: TreeContext = {
    partitions,
    nodes: [],
    columns: [],
    bits: [],
    halves,
    rows,
    classCountOf,
    hasManyClasses: (partition) => hasManyClasses(partitions[partition]?.kind ?? -1),
    classifyCost: (partition) => classifyCost(partitions[partition]),
    internWords: (run) => words.intern(run),
    traffic: calls.length === 0 ? null : new Traffic(calls, views, builder, { halves, bounds }),
  };
  const roots = plantTrees(set, items, tree);
  const rowWords = rows.words();
  validateClusters({ items: items.all, tree, rows: rowWords, halves: halves.values });

  const absent = planAbsent(set, views, constants);
  const tables = {
    policy: {
      name: set.name,
      version: set.version,
      ...(set.cedar === undefined ? {} : { cedar: set.cedar }),
    },
    algorithm: set.tree[0].algorithm,
    nested: set.tree.slice(1).map((node) => nestedTable(node, set)),
    defaultEffect: set.default,
    governedPoints: governedPoints(set),
    closedWorld: set.environment.catalogue?.closed === true,
    needsTerms: writer.hasTerms || views.some((view) => view.kind === VIEW_TREE),
    slots: viewPlan.slots,
    views: views.map(({ slot, kind, entries, bitWords, testFirst, testCount }) => ({
      slot,
      kind,
      entries,
      bitWords,
      testFirst,
      testCount,
    })),
    partitions,
    elementTests,
    automatons: builder.automatons,
    scans: scans.scans,
    prefilters: prefilters.prefilters,
    tools: absent.tools,
    absentRows: absent.rows,
    constants: constants.table,
    roots,
    nodes: tree.nodes,
    columns: tree.columns,
    bits: tree.bits,
    rules: set.rules.map((rule) => ruleTable(rule, viewPlan)),
    code: writer.code,
    words: words.values,
    halves: halves.values,
    bytes: bytes.values,
    bounds: bounds.values,
    masks: masks.values,
    rows: rowWords,
  };
  return { ...tables, predictedCost: predictCost(tables).total };
}

/** A list view has MAX_LIST_BITS bits at most; a reading with more tests gets several views. */
function assignListViews(set: PolicySet, uses: Uses): { copies: number[]; copyOf: number[] } {
  const counts = set.views.map(() => 0);
  const copyOf = uses.elements.map(({ view }) => {
    const bit = counts[view] ?? 0;
    counts[view] = bit + 1;
    return Math.floor(bit / MAX_LIST_BITS);
  });
  return { copies: counts.map((count) => Math.ceil(count / MAX_LIST_BITS)), copyOf };
}

function placedByAtom(
  set: PolicySet,
  uses: Uses,
  unary: readonly Placed[],
  elements: readonly Placed[],
): (Placed | undefined)[] {
  return set.atoms.map((_, atom) => unary[uses.unaryOfAtom[atom] ?? -1] ?? elements[uses.elementOfAtom[atom] ?? -1]);
}

function governedPoints({ rules, governs = [] }: PolicySet): Point[] {
  const points = new Set<Point>(['pre_tool_call', ...governs]);
  for (const rule of rules) for (const point of rule.points) points.add(point);
  return [...points].sort((a, b) => POINT_CODE[a] - POINT_CODE[b]);
}

function nestedTable(node: PolicyNode, set: PolicySet): NestedTable {
  return { parent: node.parent, algorithm: node.algorithm, rank: policyRank(node, set) };
}

function ruleTable(rule: IrRule, viewPlan: ViewPlan): RuleTable {
  const { id, policy, effect, reason, advice, approvers, place } = rule;
  const reads = rule.reads.map(({ view, onlyMissing }) => {
    const index = viewPlan.viewOf[view] ?? 0;
    return onlyMissing ? index + READ_ONLY_MISSING : index;
  });
  const operations = rule.operations.map(operationTable);
  return { id, policy, effect, reason, advice, approvers, operations, place, reads };
}

/** One tree per intervention point; points with the same items share theirs. */
function plantTrees(set: PolicySet, items: ItemBuilder, tree: TreeContext): number[] {
  const rulesAt = new Map<number, { rule: number; isTool: boolean }[]>();
  set.rules.forEach((rule, index) => {
    for (const point of new Set(rule.points)) {
      const code = POINT_CODE[point];
      const list = rulesAt.get(code) ?? [];
      rulesAt.set(code, list);
      list.push({ rule: index, isTool: isToolPoint(point) });
    }
  });
  const roots: number[] = [];
  const known = new Map<string, number>();
  for (let point = 0; point < POINT_COUNT; point += 1) {
    const here = (rulesAt.get(point) ?? []).flatMap(({ rule, isTool }) => items.of(rule, isTool));
    const key = here.map((item) => item.id).join(',');
    const root = known.get(key) ?? buildTree(here, tree);
    known.set(key, root);
    roots.push(root);
  }
  return roots;
}

/** Rules as bits to be: per term one that says *true*, and one that says *at least unknown* where that can differ. */
class ItemBuilder {
  readonly all: Item[] = [];
  readonly #set: PolicySet;
  readonly #uses: Uses;
  readonly #placed: readonly Placed[];
  readonly #resolver: Resolver;
  readonly #writer: ResidualWriter;
  readonly #terms: TermBuilder;
  /** By rule. */
  readonly #known = new Map<number, { readonly targets: readonly TargetUse[]; readonly items: readonly Item[] }[]>();

  constructor(
    set: PolicySet,
    uses: Uses,
    placed: readonly Placed[],
    resolver: Resolver,
    writer: ResidualWriter,
    terms: TermBuilder,
  ) {
    this.#set = set;
    this.#uses = uses;
    this.#placed = placed;
    this.#resolver = resolver;
    this.#writer = writer;
    this.#terms = terms;
  }

  of(ruleIndex: number, isTool: boolean): readonly Item[] {
    const rule = this.#set.rules[ruleIndex];
    const targets = this.#uses.targets[ruleIndex]?.[isTool ? 0 : 1] ?? [];
    if (rule === undefined) return [];
    const known = this.#known.get(ruleIndex) ?? [];
    this.#known.set(ruleIndex, known);
    const before = known.find((one) => isSameTargets(one.targets, targets));
    if (before !== undefined) return before.items;
    const items = targets.flatMap((target) => this.#itemsOf(rule, ruleIndex, target));
    known.push({ targets, items });
    return items;
  }

  #itemsOf(rule: IrRule, ruleIndex: number, target: TargetUse): Item[] {
    const condition = this.#resolver.node(rule.formula);
    const node =
      target.uses === null ? condition : this.#resolver.join('and', [this.#targetNode(target.uses), condition]);
    return this.#terms.termsOf(node).flatMap((term) => this.#bitsOf(rule, ruleIndex, target.rank, term));
  }

  #targetNode(uses: readonly number[]): Node {
    return this.#resolver.join(
      'or',
      uses.map((use): Node => {
        const placed = this.#placed[use];
        if (placed === undefined) throw new Error(`target ${use} was not placed`);
        return { kind: 'classes', ...placed.positive };
      }),
    );
  }

  #bitsOf(rule: IrRule, ruleIndex: number, rank: number, term: Term): Item[] {
    let canBeUnknown = term.residual.size > 0;
    // Both roles hold for the same own classes, so they differ only where an attribute is unknown.
    let differsOnlyInDoubt = true;
    const partitions = [...term.sets.keys()];
    const sizes: number[] = [];
    for (const { own, must, may } of term.sets.values()) {
      if (must !== may) canBeUnknown = true;
      if ((must ^ may) >> CLASS_INAPPLICABLE !== 0) differsOnlyInDoubt = false;
      sizes.push(sizeOfRanges(own));
    }
    const bits: Item[] = [];
    const add = (takesMay: boolean, maybe: boolean): void => {
      const sets: RoleSet[] = [];
      for (const { own, must, may } of term.sets.values()) {
        const reserved = takesMay ? may : must;
        if (own.length === 0 && reserved === 0) return; // this role can never fire
        sets.push({ own, reserved, size: sizes[sets.length] ?? 0 });
      }
      // INVARIANT (layout.ts, BIT_RESIDUAL): fewer residuals than bits, so code is only written for a bit.
      const { code, codeWords, number } = this.#writer.residual([...term.residual.values()]);
      const item = {
        id: this.all.length,
        rule: ruleIndex,
        rank,
        code,
        codeWords,
        residual: number,
        maybe,
        takesMay,
        hasTwin: maybe && code < 0 && differsOnlyInDoubt,
        partitions,
        sets,
      };
      this.all.push(item);
      bits.push(item);
    };
    if (rule.onUnknown === 'match') {
      add(canBeUnknown, false); // unknown counts as true (LANGUAGE.md 6.4)
    } else {
      add(false, false);
      if (rule.onUnknown === 'restrict' && canBeUnknown) add(true, true);
    }
    return bits;
  }
}

function isSameTargets(a: readonly TargetUse[], b: readonly TargetUse[]): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
