// In: a seed. Out: a policy of every kind LANGUAGE.md knows, as a tree that the shrinker takes apart (sources.ts writes it). Mostly valid; what the compiler refuses is counted by run.ts.

import { makeCondition, makeLeaf, makeTest, makeWideCondition, patternLeaf } from './conditions.ts';
import { argsIn, argsOf, type Expr, type Let, operatorsOf, type Sight, stringText } from './expr.ts';
import { makePattern } from './patterns.ts';
import { Random } from './random.ts';
import { makeScope, makeSet, prefixOf, type SetFile } from './sets.ts';
import { makeTermLeaf } from './term-leaves.ts';
import { carries, makeOperations, targetRoot } from './transforms.ts';
import { type Attribute, isCovered, makeWorld, otherTypes, type World } from './world.ts';

export interface Rule {
  readonly id: string;
  readonly at: readonly string[] | null;
  readonly tools: readonly string[] | null;
  readonly when: Expr | null;
  readonly effect: string;
  /** Of a transform: its operations, as YAML. */
  readonly transform: readonly string[];
  readonly approvers: readonly string[];
  readonly reason: string | null;
  readonly advice: string | null;
  readonly onUnknown: string | null;
  readonly priority: number | null;
  readonly enabled: boolean;
  readonly final: boolean;
  /** Number of the file it stands in. */
  readonly file: number;
}

export interface Policy {
  readonly world: World;
  readonly combine: string;
  readonly default: string | null;
  readonly onUnknown: string | null;
  /** YAML of its `scope`. */
  readonly scope: string | null;
  readonly lets: readonly Let[];
  readonly rules: readonly Rule[];
  /** Beside the compiled one; empty: it is alone. */
  readonly files: readonly SetFile[];
}

export const ALGORITHMS: readonly string[] = [
  'deny-overrides',
  'allow-overrides',
  'first-match',
  'priority',
  'most-specific',
  'only-one',
];
export const POINTS: readonly string[] = [
  'agent_startup',
  'input',
  'pre_model_call',
  'post_model_call',
  'pre_tool_call',
  'post_tool_call',
  'output',
  'agent_shutdown',
];
const EFFECTS = ['deny', 'escalate', 'warn', 'allow'];
/** Of rules that name no transform; those that can get one now and then. */
const TRANSFORMS = 0.14;
/** A rule that reads more would be several pages. */
const CONDITION_DEPTH = 3;

export function generatePolicy(seed: number, wanted?: Shape): Policy {
  const random = new Random(seed);
  const world = makeWorld(random, {
    hasTrees: wanted === 'language' || wanted === 'whole',
    hasPatterns: wanted === 'language' || wanted === 'patterns',
    hasScopes: wanted === 'language' || wanted === 'patterns' || wanted === 'whole',
    isWhole: wanted === 'whole',
  });
  const shape = wanted ?? random.weighted({ few: 3, some: 6, many: 2, wide: 1.2, crowded: 1.2, terms: 0.8 });
  const count = {
    few: random.between(0, 3),
    some: random.between(3, 12),
    many: random.between(12, 40),
    wide: random.between(90, 260),
    crowded: random.between(20, 90),
    terms: random.between(1, 4),
    language: 6,
    whole: 8,
    patterns: wanted === 'patterns' ? random.pick([4, 12, 12, 40]) : 0,
    huge: 4500,
  }[shape];
  const combine = world.hasScopes && random.chance(0.3) ? 'most-specific' : random.pick(ALGORITHMS);
  const onUnknown = !world.isPlain && random.chance(0.15) ? random.pick(['skip', 'match']) : null;
  const lets = makeLets(random, world);
  const maker = new RuleMaker(random, world, lets, combine, onUnknown);
  const rules = Array.from({ length: count }, (_, i) => maker.rule(i, shape));
  const fallback = random.chance(0.85) ? random.pick(EFFECTS) : null;
  const scope = world.hasScopes ? makeScope(random) : null;
  const alone: Policy = { world, combine, default: fallback, onUnknown, scope, lets, rules, files: [] };
  if (shape === 'huge' || !random.chance(world.hasScopes ? 0.5 : 0.3)) return alone;
  const { files, homes } = makeSet(random, ALGORITHMS, rules.length);
  const spread = rules.map((rule, i) => ({
    ...rule,
    file: homes[i] ?? 0,
    final: rule.effect === 'deny' && random.chance(0.15),
  }));
  const scoped = world.hasScopes ? files.map((file) => ({ ...file, scope: makeScope(random) })) : files;
  if (!world.isWhole) return { ...alone, files: scoped, rules: spread };
  const retyped = scoped.map((file) => ({
    ...file,
    attributes: file.how === 'base' ? null : otherTypes(random, world),
  }));
  const variants = retyped.flatMap(
    ({ attributes }) => attributes?.filter((one) => !world.attributes.includes(one)) ?? [],
  );
  const rewritten = spread.map((rule, i) => {
    const attributes = retyped[rule.file - 1]?.attributes ?? null;
    if (attributes === null) return rule;
    // Lets may read what has another type here.
    const made = new RuleMaker(random, { ...world, attributes }, [], combine, onUnknown).rule(i, shape);
    return { ...made, file: rule.file };
  });
  return { ...alone, world: { ...world, variants }, files: retyped, rules: rewritten };
}

function makeLets(random: Random, world: World): Let[] {
  const texts = world.attributes.flatMap(({ strings }) => strings);
  if (texts.length === 0 || random.chance(0.5)) return [];
  const free = readable(world).filter(({ root }) => root === 'principal' || root === 'context');
  const sight: Sight = {
    random,
    attributes: free,
    lets: [],
    isPlain: world.isPlain,
    hasPatterns: world.hasPatterns,
    typed: world.typed,
  };
  return [
    { name: 'known', value: random.sample(texts, random.between(1, 6)) },
    ...(random.chance(0.6) ? [{ name: 'shared', value: makeCondition(sight, 1) }] : []),
  ];
}

/** `huge` is never chosen by chance: it takes seconds. Nor are `language` and `whole`: they need the full cores; nor `patterns`. */
export type Shape = 'few' | 'some' | 'many' | 'wide' | 'crowded' | 'terms' | 'language' | 'whole' | 'patterns' | 'huge';

class RuleMaker {
  readonly #random: Random;
  readonly #world: World;
  readonly #lets: readonly Let[];
  readonly #combine: string;
  readonly #onUnknown: string | null;
  /** Rules of one wide policy stand on one tool, those of a crowded one on one attribute. */
  readonly #focus: string;
  readonly #crowded: Attribute | null;

  constructor(random: Random, world: World, lets: readonly Let[], combine: string, onUnknown: string | null) {
    this.#random = random;
    this.#world = world;
    this.#lets = lets;
    this.#combine = combine;
    this.#onUnknown = onUnknown;
    this.#focus = random.pick(world.tools).name;
    const crowded = readable(world).filter(
      ({ type, root }) =>
        (root === 'principal' || root === 'context') &&
        (type.kind === 'string' || type.kind === 'list' || type.kind === 'int' || type.kind === 'number'),
    );
    this.#crowded = crowded.length === 0 ? null : random.pick(crowded);
  }

  rule(index: number, shape: Shape): Rule {
    const random = this.#random;
    const chosen = random.pick(EFFECTS);
    const isFocused = shape === 'wide' || shape === 'crowded' || (shape === 'huge' && index % 2 === 0);
    const tools = isFocused ? (random.chance(0.5) ? [this.#focus] : null) : this.#targets();
    const at = random.chance(isFocused ? 0.95 : 0.8)
      ? null
      : random.sample(POINTS, random.chance(0.7) ? random.between(1, 2) : random.between(3, 8));
    // One operation that does not fit would refuse the whole of a huge policy.
    const root = shape !== 'huge' && random.chance(TRANSFORMS) ? targetRoot(at) : null;
    const transform = root === null ? null : makeOperations(random, this.#world, this.#readable(tools, at), root);
    const effect = transform === null ? chosen : 'transform';
    const mayMatch = effect !== 'allow';
    const own =
      !this.#world.isPlain && random.chance(0.12) ? random.pick(mayMatch ? ['skip', 'match'] : ['skip']) : null;
    const when = random.chance(0.06) ? null : this.#condition(tools, at, shape);
    const isOpen = tools === null || tools.some((target) => /^\*+$/.test(target)); // LANGUAGE.md 6.5
    const needsGuards = mayMatch && isOpen && this.#world.catalogue !== 'closed' && (own ?? this.#onUnknown) === null;
    return {
      id: `r${index}`,
      at,
      tools,
      when: when !== null && needsGuards ? guarded(when) : when,
      effect,
      transform: transform ?? [],
      approvers:
        effect === 'escalate' && random.chance(0.6)
          ? random.sample(['ann', 'bob', 'finance'], random.between(1, 3))
          : [],
      reason: random.chance(0.3) ? `because ${index}` : null,
      advice: random.chance(0.3) ? `advice ${index}` : null,
      onUnknown: own,
      priority:
        this.#combine === 'priority' && random.chance(0.8)
          ? random.pick([0, 1, 1, 2, -1, 100, 2147483646, -2147483648])
          : null,
      enabled: random.chance(0.95),
      final: false,
      file: 0,
    };
  }

  #targets(): readonly string[] | null {
    const random = this.#random;
    if (random.chance(0.35)) return null;
    const names = this.#world.tools.map(({ name }) => name);
    const target = (): string => {
      const name = random.pick(names);
      if (random.chance(0.6)) return name;
      const cut = random.between(0, name.length);
      const glob = random.pick([
        `${name.slice(0, cut)}*`,
        `*${name.slice(cut)}`,
        `*${name.slice(1, -1)}*`,
        `${name.slice(0, 1)}*${name.slice(-1)}`,
        '*',
        '*.*',
        'm*.*d',
      ]);
      return !/\p{Surrogate}/u.test(glob) && names.some((tool) => isCovered(glob, tool)) ? glob : name;
    };
    return [...new Set(Array.from({ length: random.chance(0.7) ? 1 : random.between(2, 4) }, target))];
  }

  /** Attributes that a rule with these targets may read: its tools declare the arguments (LANGUAGE.md 7.3). */
  #readable(tools: readonly string[] | null, at: readonly string[] | null): Attribute[] {
    const { catalogue, tools: all } = this.#world;
    const attributes = readable(this.#world).filter(({ root }) => carries(at, root));
    if (catalogue === 'none') {
      if (tools !== null && !tools.some((target) => /^\*+$/.test(target))) return attributes;
      return attributes.filter(({ root }) => root !== 'args' || !this.#world.isPlain);
    }
    const covered = all.filter(({ name }) => tools === null || tools.some((target) => isCovered(target, name)));
    const declared = new Set(covered.flatMap(({ properties }) => properties.map(({ attribute }) => attribute)));
    return attributes.filter((attribute) => attribute.root !== 'args' || declared.has(attribute));
  }

  #condition(tools: readonly string[] | null, at: readonly string[] | null, shape: Shape): Expr {
    const random = this.#random;
    const attributes = this.#readable(tools, at);
    const usesArgs =
      (tools !== null && !tools.some((target) => /^\*+$/.test(target))) ||
      this.#world.catalogue === 'closed' ||
      !this.#world.isPlain;
    const inSight = usesArgs ? attributes : attributes.filter(({ root }) => root !== 'args');
    const { isPlain, hasPatterns } = this.#world;
    const covered = this.#world.tools.filter(({ name }) => tools === null || tools.some((one) => isCovered(one, name)));
    const typed = this.#world.typed.filter(
      (one) => one.root === 'context' || covered.some((tool) => tool.typed.includes(one)),
    );
    const sight: Sight = { random, attributes: inSight, lets: this.#lets, isPlain, hasPatterns, typed };
    if (shape === 'patterns' && random.chance(0.6)) {
      const lists = inSight.filter(({ type }) => type.kind === 'list' && type.element.kind === 'string');
      if (lists.length > 0 && random.chance(0.4)) return packedTest(sight, lists[0] ?? random.pick(lists));
      const texts = inSight.filter(({ type }) => type.kind === 'string' || type.kind === 'any');
      if (texts.length > 0) return packedTest(sight, random.pick(random.chance(0.7) ? texts.slice(0, 1) : texts));
    }
    if (shape === 'terms') return makeWideCondition(sight);
    if ((shape === 'language' || shape === 'whole') && random.chance(shape === 'whole' ? 0.3 : 0.6)) {
      const term = makeTermLeaf(sight);
      if (term !== null)
        return random.chance(0.6) ? term : { kind: random.pick(['and', 'or']), parts: [makeLeaf(sight), term] };
    }
    if (shape === 'crowded' && this.#crowded !== null && random.chance(0.8))
      return this.#crowdedTest(sight, this.#crowded);
    if (shape === 'wide' || shape === 'huge') return random.chance(0.7) ? makeLeaf(sight) : makeCondition(sight, 1);
    return makeCondition(sight, random.between(0, CONDITION_DEPTH));
  }

  /** Tests by the dozen of one attribute: patterns that share an automaton, bits of one list, bounds of one number. */
  #crowdedTest(sight: Sight, attribute: Attribute): Expr {
    const random = this.#random;
    const { text, strings, type } = attribute;
    const isTexts = type.kind === 'list' && type.element.kind === 'string';
    if ((type.kind !== 'string' && !isTexts) || random.chance(0.2)) return makeTest(sight, attribute);
    const method = random.pick(['startsWith', 'endsWith', 'contains']);
    const constant = random.pick(strings) + (random.chance(0.5) ? random.pick([...strings, 'a', 'é', '.']) : '');
    const test = (subject: string): string => `${subject}.${method}(${stringText(constant)})`;
    if (!isTexts) return { kind: 'leaf', text: test(text), ops: [method], args: [] };
    const quantifier = random.pick(['exists', 'all']);
    return {
      kind: 'leaf',
      text: `${text}.${quantifier}(v, ${random.pick(['', '!'])}${test('v')})`,
      ops: [method, quantifier],
      args: [],
    };
  }
}

/** What rules may name: a scope may ask about what nobody declares (LANGUAGE.md 12.6). */
function readable({ attributes }: World): Attribute[] {
  return attributes.filter(({ root, isDeclared }) => root === 'args' || isDeclared);
}

/** Like a rule of a pack: any or all of some patterns, without exceptions. */
function packedTest(sight: Sight, attribute: Attribute): Expr {
  const { random } = sight;
  const leaf = attribute.type.kind === 'list' ? elementLeaf : patternLeaf;
  const some = (count: number): Expr[] => Array.from({ length: count }, () => leaf(sight, attribute));
  const found: Expr = { kind: random.chance(0.8) ? 'or' : 'and', parts: some(random.pick([1, 2, 4, 12])) };
  const exceptions = some(random.pick([0, 0, 1, 2])).map((part): Expr => ({ kind: 'not', parts: [part] }));
  return exceptions.length === 0 ? found : { kind: 'and', parts: [found, ...exceptions] };
}

/** What some or all elements have, or have not: dozens of them are looked for together, what must be found beside what must not. */
function elementLeaf(sight: Sight, attribute: Attribute): Expr {
  const { random } = sight;
  const { text, strings } = attribute;
  const quantifier = random.pick(['exists', 'all']);
  const method = random.pick(['contains', 'matches', 'matches']);
  const sought = method === 'contains' ? random.pick(strings) : makePattern(random, strings);
  return {
    kind: 'leaf',
    text: `${text}.${quantifier}(v, ${random.pick(['', '!'])}v.${method}(${stringText(sought)}))`,
    ops: [method, quantifier],
    args: argsIn(attribute),
  };
}

/** `has` for every argument it reads (LANGUAGE.md 6.5). */
function guarded(when: Expr): Expr {
  const guards = [...new Set(argsOf(when))].map(
    (text): Expr => ({ kind: 'leaf', text: `has(${text})`, ops: ['has'], args: [] }),
  );
  return guards.length === 0 ? when : { kind: 'and', parts: [...guards, when] };
}

/** Operators by rule id, and what else is seldom. */
export function operatorsByRule(policy: Policy): ReadonlyMap<string, ReadonlySet<string>> {
  return new Map(
    policy.rules.map((rule) => {
      const { id, file, when } = rule;
      const operators = when === null ? [] : operatorsOf(when);
      return [prefixOf(policy.files, file) + id, new Set([...operators, ...rarities(policy, rule)])];
    }),
  );
}

function rarities({ world, scope, files }: Policy, { file, transform }: Rule): string[] {
  const home = files[file - 1];
  const [, level] = /^\{ (\w+)/.exec((file === 0 ? scope : home?.scope) ?? '') ?? [];
  const asked = `principal.${level === 'agent' ? 'id' : level}`;
  return [
    ...(transform.some((operation) => operation.split('[*]').length === 3) ? ['two steps of [*]'] : []),
    ...(world.attributes.some(({ text, isDeclared }) => text === asked && !isDeclared) ? ['scope of nobody'] : []),
    ...(home !== undefined && home.attributes !== null ? ['types of its file'] : []),
  ];
}
