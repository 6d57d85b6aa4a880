// What a Cedar decision costs with 1,000 entities loaded, beside `@cedar-policy/cedar-wasm` with the same entities in each call.
//
//   npm run bench:cedar              prints a table, writes bench/record/cedar-*.md
//
// p10 and p50 of batches of about 0.3 ms (of the peer one call each), ns a decision; requests rotate through 512.

import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';
import { compile, type EntityJson, load } from '../compiler/cedar/index.ts';
import { environment, ROOT } from './environment.ts';
import { loopOver, measure, type Variant } from './harness.ts';
import { Random } from './random.ts';
import { percentile } from './statistics.ts';

type Wasm = typeof CedarWasm;
const official = createRequire(import.meta.url)('@cedar-policy/cedar-wasm/nodejs') as Wasm;

const SEED = 7;
/** The peer takes a fifth of a second a call. */
const ROUNDS: { readonly [row: string]: number } = { 'cedar-wasm, statefulIsAuthorized': 21 };
const USERS = 600;
const TEAMS = 100;
const DOCUMENTS = 300;

const SCHEMA = `
  entity Team in Team;
  entity User in Team = { level: Long, department: String };
  entity Document = { owner: User, department: String, public: Bool, readers: Set<User> };
  action view, edit, share in write appliesTo { principal: User, resource: Document, context: { mfa: Bool, input: { size: Long } } };
  action write;
`;
const POLICIES = `
  permit (principal, action == Action::"view", resource) when { resource.public };
  permit (principal, action in Action::"write", resource) when { resource.owner == principal };
  permit (principal, action == Action::"view", resource) when { resource.readers.contains(principal) };
  permit (principal in Team::"t0", action == Action::"edit", resource) when { principal.department == resource.department };
  permit (principal, action == Action::"share", resource) when { principal.level >= 3 && resource.owner in Team::"t1" };
  forbid (principal, action, resource) unless { context.mfa || context.input.size < 1000 };
`;

const random = new Random(SEED);
const uid = (type: string, index: number): { type: string; id: string } => ({
  type,
  id: `${type[0]?.toLowerCase()}${index}`,
});
const departments = ['sales', 'legal', 'research', 'support'];
const entities: EntityJson[] = [
  ...Array.from({ length: TEAMS }, (_, i) => ({
    uid: uid('Team', i),
    attrs: {},
    parents: i < 10 ? [] : [uid('Team', Math.floor(i / 10) % 10)],
  })),
  ...Array.from({ length: USERS }, (_, i) => ({
    uid: uid('User', i),
    attrs: { level: random.below(6), department: random.pick(departments) },
    parents: [uid('Team', random.below(TEAMS)), uid('Team', random.below(TEAMS))],
  })),
  ...Array.from({ length: DOCUMENTS }, (_, i) => ({
    uid: uid('Document', i),
    attrs: {
      owner: uid('User', random.below(USERS)),
      department: random.pick(departments),
      public: random.below(4) === 0,
      readers: Array.from({ length: random.below(8) }, () => uid('User', random.below(USERS))),
    },
    parents: [],
  })),
];
const requests = Array.from({ length: 512 }, () => ({
  principal: uid('User', random.below(USERS)),
  action: { type: 'Action', id: random.pick(['view', 'edit', 'share']) },
  resource: uid('Document', random.below(DOCUMENTS)),
  context: { mfa: random.below(2) === 0, input: { size: random.below(2000) } },
}));

const { artifact } = compile([
  { path: 'bench.cedar', text: POLICIES },
  { path: 'bench.cedarschema', text: SCHEMA },
]);
if (artifact === null) throw new Error('the policies do not compile');
const engine = load(artifact, { entities });
if (engine.status !== 'ok') throw new Error(`${engine.status}: ${engine.help}`);
official.preparsePolicySet('bench', { staticPolicies: POLICIES });
official.preparseSchema('bench', SCHEMA);

const allowed = (decision: string): number => (decision === 'allow' ? 1 : 0);
type Call = Parameters<Wasm['statefulIsAuthorized']>[0];
const call = (request: (typeof requests)[number]): Call =>
  ({
    ...request,
    entities,
    preparsedPolicySetId: 'bench',
    preparsedSchemaName: 'bench',
    validateRequest: false,
  }) as unknown as Call;
const officialDecision = (request: (typeof requests)[number]): string => {
  const answer = official.statefulIsAuthorized(call(request));
  if (answer.type === 'failure') throw new Error(answer.errors[0]?.message);
  return answer.response.decision;
};
// Both give the same answers, or the numbers say nothing.
const ours = requests.map((request) => engine.decide(request).decision);
const theirs = requests.slice(0, 64).map(officialDecision);
for (const [i, decision] of theirs.entries())
  if (decision !== ours[i]) throw new Error(`request ${i}: ${decision}, ${ours[i]}`);

const rows: readonly (readonly [string, (request: (typeof requests)[number]) => number])[] = [
  ['lictor/cedar, loaded once', (request) => allowed(engine.decide(request).decision)],
  ['cedar-wasm, statefulIsAuthorized', (request) => allowed(officialDecision(request))],
];
const variants = rows.map(([row, decide]): Variant => {
  const loop = loopOver(decide);
  let at = 0;
  return {
    row,
    ruleCount: 6,
    run: (count) => {
      const sum = loop(requests, at, count);
      at = (at + count) % requests.length;
      return sum;
    },
  };
});
// One after the other: a call of the peer is 10,000 times longer, and would leave nothing in the caches.
const measured = variants.flatMap((variant) =>
  measure([variant], { rounds: ROUNDS[variant.row] ?? 101, batchNs: 3e5, warmupMs: 1500, random: new Random(SEED) }),
);
const lines = [
  `Cedar, ${entities.length} entities, 6 policies, ${requests.length} rotating requests (${ours.filter((d) => d === 'allow').length} allowed)`,
  '',
  '| | p10 ns | p50 ns | batches |',
  '|---|---|---|---|',
  ...measured.map(({ row, samplesNs }) => {
    const sorted = [...samplesNs].sort((a, b) => a - b);
    return `| ${row} | ${percentile(sorted, 0.1).toFixed(0)} | ${percentile(sorted, 0.5).toFixed(0)} | ${sorted.length} |`;
  }),
];
const machine = environment();
const { date, cpu, cores, os, node, commit, load: loadAverage } = machine;
lines.push(
  '',
  `${date}, ${cpu}, ${cores} cores, ${os}, Node ${node}, commit ${commit}, load average ${loadAverage}; cedar-wasm 4.13.0`,
);
console.log(lines.join('\n'));
mkdirSync(`${ROOT}bench/record`, { recursive: true });
writeFileSync(`${ROOT}bench/record/cedar-${machine.date.slice(0, 16).replace(':', '')}.md`, `${lines.join('\n')}\n`);
