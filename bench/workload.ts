// In: the name of a workload, a number of rules, a seed. Out: rules and requests as plain data; policy-text.ts writes the rules
// as a policy, peers/ run them as they are. Deterministic: the same arguments give the same workload everywhere.

import { Random } from './random.ts';

/** Committed: every recorded run drew its rules and requests from it. */
export const SEED = 20_260_101;
export const REQUEST_COUNT = 1024;
/** Rotating requests come in runs of one principal in one context: what a session is for. */
export const RUN_LENGTH = 16;

/**
 * Usual shapes. `typical`: N rules over N/10 tools, 75 % for one tool, 15 % for a glob of tools, 10 % for all tools and a path prefix; roles,
 * ranges, prefixes, suffixes, regions. `nopath`: the same without path tests, 3 % for all tools. `onetool`: every rule names the
 * same tool, 3 to 5 overlapping conjuncts. `flat`: the same tool, roles and ranges only: no key splits it.
 */
export type UsualName = 'typical' | 'nopath' | 'onetool' | 'flat';

/**
 * Shapes made to be dear, as `flat` is. `anytool`: as `typical`, every rule for every tool, not every one about a place. `nested`: the
 * same about places alone, chains of 64 prefixes of which each lies in the one before. `hot`: as `typical`, half of the rules for one
 * tool. globs.ts makes one more.
 */
export type WorstName = 'anytool' | 'nested' | 'hot';

export type WorkloadName = UsualName | WorstName;

/** Their places are parts of seeds: new ones go to the end. */
const WORKLOADS: readonly WorkloadName[] = ['typical', 'nopath', 'onetool', 'flat', 'anytool', 'nested', 'hot'];

export type ToolTarget =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'prefix'; readonly prefix: string }
  | { readonly kind: 'any' };

/** One conjunct. */
export type Test =
  | { readonly kind: 'roles'; readonly anyOf: readonly string[] }
  | { readonly kind: 'range'; readonly from: number; readonly below: number }
  | { readonly kind: 'prefix'; readonly text: string }
  | { readonly kind: 'suffix'; readonly text: string }
  | { readonly kind: 'region'; readonly region: string };

type TestKind = Test['kind'];

/** Combined by deny-overrides, default deny. */
export interface WorkloadRule {
  readonly id: string;
  readonly effect: 'allow' | 'deny';
  readonly target: ToolTarget;
  readonly tests: readonly Test[];
}

export interface WorkloadRequest {
  readonly tool: string;
  readonly args: { readonly path: string; readonly amount: number; readonly note: string };
  readonly principal: { readonly id: string; readonly roles: readonly string[] };
  readonly context: { readonly region: string; readonly session: string };
}

export interface Workload {
  readonly name: WorkloadName;
  readonly ruleCount: number;
  /** Tools of the catalogue; no rule names the last one. */
  readonly tools: readonly string[];
  readonly rules: readonly WorkloadRule[];
  /** In runs of RUN_LENGTH; three in five are made to match some rule. */
  readonly rotating: readonly WorkloadRequest[];
  /** A tool, a role and a path that no rule knows. */
  readonly unmatched: readonly WorkloadRequest[];
  /** Principals that hold all roles, the tools and prefixes with most rules: as many rules true as can be. */
  readonly crowded: readonly WorkloadRequest[];
}

const IDLE_TOOL = 'idle.ping';
const NESTED_DEPTH = 64;
const REGIONS = ['eu-west', 'eu-north', 'us-east', 'us-west', 'ap-south', 'ap-east', 'sa-east', 'af-south'];
const NOUNS = ['files', 'mail', 'billing', 'crm', 'deploy', 'tickets', 'search', 'calendar', 'vault', 'reports'];
const VERBS = ['read', 'write', 'list', 'move', 'delete', 'share', 'create', 'update', 'export', 'archive'];
const AREAS = ['home', 'srv', 'projects', 'data', 'archive', 'shared'];
const SUFFIXES =
  '.pdf .csv .json .yaml .txt .md .log .key .pem .env .sql .png .zip .tar.gz .xlsx .docx .html .ts .py .sh'.split(' ');
const ROLES = Array.from({ length: 32 }, (_, i) => `role-${String(i).padStart(2, '0')}`);
/** 64 thresholds; a range lies between two of them. */
const THRESHOLDS = Array.from({ length: 64 }, (_, i) => (i + 1) * 100);
export const AMOUNT_LIMIT = 6600;

interface Shape {
  readonly toolCount: number;
  readonly prefixCount: number;
  /** Shares of rules for one tool and for a glob; the rest is for all tools. */
  readonly named: number;
  readonly globbed: number;
  /** Share of the rules for one tool that are for the first one; the tools take turns in the rest. */
  readonly hot?: number;
  /** Prefixes in chains, each in the one before. */
  readonly isNested?: true;
  readonly kinds: readonly TestKind[];
  /** Least and most conjuncts. */
  readonly allow: readonly [number, number];
  readonly deny: readonly [number, number];
}

function shapeOf(name: WorkloadName, ruleCount: number): Shape {
  const toolCount = Math.max(1, Math.floor(ruleCount / 10));
  const prefixCount = Math.max(2, Math.floor(ruleCount / 20));
  const kinds: readonly TestKind[] = ['roles', 'range', 'prefix', 'suffix', 'region'];
  switch (name) {
    case 'typical':
      return { toolCount, prefixCount, named: 0.75, globbed: 0.15, kinds, allow: [1, 3], deny: [3, 5] };
    case 'nopath': {
      const few: readonly TestKind[] = ['roles', 'range', 'region'];
      return { toolCount, prefixCount, named: 0.8, globbed: 0.17, kinds: few, allow: [1, 3], deny: [2, 3] };
    }
    case 'onetool':
      return { toolCount: 1, prefixCount, named: 1, globbed: 0, kinds, allow: [3, 5], deny: [3, 5] };
    case 'flat': {
      const both: readonly TestKind[] = ['roles', 'range'];
      return { toolCount: 1, prefixCount, named: 1, globbed: 0, kinds: both, allow: [2, 2], deny: [2, 2] };
    }
    case 'anytool':
      return { toolCount, prefixCount, named: 0, globbed: 0, kinds, allow: [1, 3], deny: [3, 5] };
    case 'nested': {
      const places: readonly TestKind[] = ['prefix', 'suffix'];
      return {
        toolCount,
        prefixCount,
        named: 0,
        globbed: 0,
        isNested: true,
        kinds: places,
        allow: [1, 2],
        deny: [1, 2],
      };
    }
    case 'hot':
      return { toolCount, prefixCount, named: 0.75, globbed: 0.15, hot: 2 / 3, kinds, allow: [1, 3], deny: [3, 5] };
    default:
      return unreachable(name);
  }
}

/** Rules and requests of a workload. Linear in the rules. */
export function makeWorkload(name: WorkloadName, ruleCount: number, seed: number = SEED): Workload {
  const random = new Random(seed + ruleCount * 8 + WORKLOADS.indexOf(name));
  const shape = shapeOf(name, ruleCount);
  const tools = toolNames(shape.toolCount);
  const prefixes = shape.isNested ? nestedPrefixes(shape.prefixCount) : pathPrefixes(random, shape.prefixCount);
  const rules = makeRules(random, shape, ruleCount, tools, prefixes);
  return {
    name,
    ruleCount,
    tools: [...tools, IDLE_TOOL],
    rules,
    rotating: rotatingRequests(random, rules, tools, prefixes),
    unmatched: numbered((i) => ({
      tool: shape.toolCount === 1 ? (tools[0] ?? IDLE_TOOL) : IDLE_TOOL,
      args: { path: `/nowhere/${i}/item-${random.uint32()}.bin`, amount: amountIn(random, 0, 100), note: noteOf(i) },
      principal: { id: `user-${i}`, roles: [`guest-${i % 50}`] },
      context: { region: 'nowhere', session: `session-${i}` },
    })),
    crowded: crowdedRequests(random, rules, tools, prefixes),
  };
}

function toolNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => {
    const server = Math.floor(i / 10);
    return `${NOUNS[server % 10]}${Math.floor(server / 10)}.${VERBS[i % 10]}`;
  });
}

/** A quarter lie inside others. */
function pathPrefixes(random: Random, count: number): string[] {
  const prefixes: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const parent = i % 4 === 3 ? random.pick(prefixes) : `/${random.pick(AREAS)}/`;
    prefixes.push(`${parent}team-${i}/`);
  }
  return prefixes;
}

/** Chains of NESTED_DEPTH; the texts of the deepest are some 200 bytes long. */
function nestedPrefixes(count: number): string[] {
  const prefixes: string[] = [];
  for (let i = 0; i < count; i += 1) {
    const depth = i % NESTED_DEPTH;
    prefixes.push(depth === 0 ? `/chain-${i / NESTED_DEPTH}/` : `${prefixes[i - 1]}${(depth * 7) % 10}/`);
  }
  return prefixes;
}

function makeRules(
  random: Random,
  shape: Shape,
  count: number,
  tools: readonly string[],
  prefixes: readonly string[],
): WorkloadRule[] {
  const namedCount = Math.floor(count * shape.named);
  const globbedCount = Math.floor(count * shape.globbed);
  const targets = Array.from({ length: count }, (_, i): ToolTarget => {
    if (i < namedCount) {
      const isHot = i < namedCount * (shape.hot ?? 0);
      return { kind: 'name', name: tools[isHot ? 0 : i % tools.length] ?? IDLE_TOOL };
    }
    if (i < namedCount + globbedCount) return { kind: 'prefix', prefix: random.pick(tools).replace(/[^.]*$/, '') };
    return { kind: 'any' };
  });
  const effects = random.shuffled(targets.map((_, i) => (i < count * 0.3 ? 'deny' : 'allow')));
  return random.shuffled(targets).map((target, i) => {
    const effect = effects[i] ?? 'deny';
    const [least, most] = shape[effect];
    const kinds = random.sample(shape.kinds, least + random.below(most - least + 1));
    // A rule for every tool is about a place, where not all are.
    if (target.kind === 'any' && namedCount > 0 && shape.kinds.includes('prefix') && !kinds.includes('prefix'))
      kinds[0] = 'prefix';
    const ordered = shape.kinds.filter((kind) => kinds.includes(kind));
    return { id: `rule-${i}`, effect, target, tests: ordered.map((kind) => makeTest(random, kind, prefixes)) };
  });
}

function makeTest(random: Random, kind: TestKind, prefixes: readonly string[]): Test {
  switch (kind) {
    case 'roles':
      return { kind, anyOf: random.sample(ROLES, 1 + random.below(3)) };
    case 'range': {
      const [from = 0, below = AMOUNT_LIMIT] = random.sample(THRESHOLDS, 2).sort((a, b) => a - b);
      return { kind, from, below };
    }
    case 'prefix':
      return { kind, text: random.pick(prefixes) };
    case 'suffix':
      return { kind, text: random.pick(SUFFIXES) };
    case 'region':
      return { kind, region: random.pick(REGIONS) };
    default:
      return unreachable(kind);
  }
}

type Caller = Pick<WorkloadRequest, 'principal' | 'context'>;

function rotatingRequests(
  random: Random,
  rules: readonly WorkloadRule[],
  tools: readonly string[],
  prefixes: readonly string[],
): WorkloadRequest[] {
  let caller = makeCaller(random, random.pick(rules), 0);
  return numbered((i) => {
    if (i > 0 && i % RUN_LENGTH === 0) caller = makeCaller(random, random.pick(rules), i / RUN_LENGTH);
    const rule = random.chance(0.6) ? ruleThatAdmits(random, rules, caller) : null;
    return { ...makeCall(random, i, tools, prefixes, rule), ...caller };
  });
}

/** Somebody whom the rule's tests of roles and region admit. */
function makeCaller(random: Random, rule: WorkloadRule, index: number): Caller {
  const roles = random.sample(ROLES, 1 + random.below(3));
  const wanted = testOf(rule, 'roles');
  if (wanted !== undefined) roles[random.below(roles.length)] = random.pick(wanted.anyOf);
  return {
    principal: { id: `user-${random.below(5000)}`, roles: [...new Set(roles)] },
    context: { region: testOf(rule, 'region')?.region ?? random.pick(REGIONS), session: `session-${index}` },
  };
}

/** A rule whose tests of roles and region hold; null if none turns up soon. */
function ruleThatAdmits(random: Random, rules: readonly WorkloadRule[], caller: Caller): WorkloadRule | null {
  for (let i = 0; i < 60; i += 1) {
    const rule = random.pick(rules);
    const roles = testOf(rule, 'roles')?.anyOf;
    const region = testOf(rule, 'region')?.region;
    if (roles !== undefined && !roles.some((role) => caller.principal.roles.includes(role))) continue;
    if (region === undefined || region === caller.context.region) return rule;
  }
  return null;
}

/** A call; one that satisfies the rule's target and tests of arguments, if there is a rule. */
function makeCall(
  random: Random,
  index: number,
  tools: readonly string[],
  prefixes: readonly string[],
  rule: WorkloadRule | null,
): Pick<WorkloadRequest, 'tool' | 'args'> {
  const range = testOf(rule, 'range') ?? { from: 0, below: AMOUNT_LIMIT };
  const anyPrefix = random.chance(0.8) ? random.pick(prefixes) : `/tmp/job-${random.below(500)}/`;
  const prefix = testOf(rule, 'prefix')?.text ?? anyPrefix;
  const suffix = testOf(rule, 'suffix')?.text ?? random.pick(SUFFIXES);
  return {
    tool: toolFor(random, rule?.target ?? { kind: 'any' }, tools),
    args: {
      path: `${prefix}${random.uint32().toString(36)}/item-${random.below(10_000)}${suffix}`,
      amount: amountIn(random, range.from, range.below),
      note: noteOf(index),
    },
  };
}

function testOf<K extends TestKind>(rule: WorkloadRule | null, kind: K): Extract<Test, { kind: K }> | undefined {
  return rule?.tests.find((test): test is Extract<Test, { kind: K }> => test.kind === kind);
}

function toolFor(random: Random, target: ToolTarget, tools: readonly string[]): string {
  switch (target.kind) {
    case 'name':
      return target.name;
    case 'prefix':
      return random.pick(tools.filter((tool) => tool.startsWith(target.prefix)));
    case 'any':
      return random.chance(0.05) ? IDLE_TOOL : random.pick(tools);
    default:
      return unreachable(target);
  }
}

function crowdedRequests(
  random: Random,
  rules: readonly WorkloadRule[],
  tools: readonly string[],
  prefixes: readonly string[],
): WorkloadRequest[] {
  const tested = counted(rules.map((rule) => testOf(rule, 'prefix')?.text ?? ''));
  const busyPrefixes = busiest(prefixes, (prefix) => sumOfPrefixes(prefix, tested));
  const named = counted(rules.map(({ target }) => (target.kind === 'name' ? target.name : '')));
  const globbed = counted(rules.map(({ target }) => (target.kind === 'prefix' ? target.prefix : '')));
  const busyTools = busiest(tools, (tool) => (named.get(tool) ?? 0) + sumOfPrefixes(tool, globbed));
  return numbered((i) => ({
    tool: random.pick(busyTools),
    args: {
      path: `${random.pick(busyPrefixes)}item-${random.below(10_000)}${random.pick(SUFFIXES)}`,
      amount: amountIn(random, 2800, 3800), // the middle lies in most ranges
      note: noteOf(i),
    },
    principal: { id: `user-${i}`, roles: random.shuffled(ROLES) },
    context: { region: random.pick(REGIONS), session: `session-${i}` },
  }));
}

/** The 16 items with the highest score. */
function busiest(items: readonly string[], score: (item: string) => number): string[] {
  return items
    .map((item) => ({ item, score: score(item) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, 16)
    .map(({ item }) => item);
}

function counted(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts) counts.set(text, (counts.get(text) ?? 0) + 1);
  return counts;
}

/** Rules by a text of theirs, of those whose text begins `text` and is not empty. */
function sumOfPrefixes(text: string, counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (let length = 1; length <= text.length; length += 1) sum += counts.get(text.slice(0, length)) ?? 0;
  return sum;
}

export function covers(target: ToolTarget, tool: string): boolean {
  switch (target.kind) {
    case 'name':
      return target.name === tool;
    case 'prefix':
      return tool.startsWith(target.prefix);
    case 'any':
      return true;
    default:
      return unreachable(target);
  }
}

/** In whole cents; one in twenty is the lower bound itself. */
function amountIn(random: Random, from: number, below: number): number {
  return random.chance(0.05) ? from : from + random.below((below - from) * 100) / 100;
}

function noteOf(index: number): string {
  return `request ${index} of a nightly run`;
}

function numbered(make: (index: number) => WorkloadRequest): WorkloadRequest[] {
  return Array.from({ length: REQUEST_COUNT }, (_, i) => make(i));
}

export function unreachable(value: never): never {
  throw new TypeError(`unexpected ${JSON.stringify(value)}`);
}
