// In: how long to measure. Out: what policies cost that were made to be dear (workload.ts, globs.ts), after every decision was compared
// with a plain walk over the rules. Rows: the core alone, a session that remembers nothing, and that walk.

import { compile, formatDiagnostic, predictedCostOf, type Source } from '../compiler/index.ts';
import { load } from '../host-js/index.ts';
import { globMatcher, globSources, makeGlobs } from './globs.ts';
import { measure, rotating } from './harness.ts';
import { matchingRules } from './peers/linear.ts';
import { policySources } from './policy-text.ts';
import type { Random } from './random.ts';
import { type Summary, summary } from './statistics.ts';
import { InCoreRequests } from './subjects.ts';
import { makeWorkload, type WorkloadName, type WorkloadRequest } from './workload.ts';

export interface WorstSet {
  readonly name: string;
  readonly ruleCount: number;
  /** What makes it dear, for the table. */
  readonly what: string;
  readonly effects: readonly ('allow' | 'deny')[];
  readonly ids: readonly string[];
  readonly sources: readonly Source[];
  readonly requests: readonly WorkloadRequest[];
  /** Indexes of the rules that hold. */
  readonly matching: (request: WorkloadRequest) => readonly number[];
}

export interface WorstRecord {
  readonly name: string;
  readonly ruleCount: number;
  readonly what: string;
  readonly compileMs: number;
  readonly artifactBytes: number;
  /** Instructions of the scalar core at most, as the artifact says. */
  readonly predictedCost: number;
  readonly meanMatches: number;
  readonly comparisons: number;
  /** ns a decision. */
  readonly inCore: Summary;
  readonly session: Summary;
  readonly linear: Summary;
}

const SHAPES: readonly (readonly [WorkloadName, string])[] = [
  ['anytool', 'every rule for every tool'],
  ['flat', 'no key splits it'],
  ['nested', 'chains of 64 nested prefixes'],
  ['hot', 'half of the rules for one tool'],
];

export function worstSets(ruleCount: number, globCount: number): WorstSet[] {
  return [...SHAPES.map(([name, what]) => workloadSet(name, what, ruleCount)), globSet(globCount)];
}

function workloadSet(name: WorkloadName, what: string, ruleCount: number): WorstSet {
  const workload = makeWorkload(name, ruleCount);
  return {
    name,
    ruleCount,
    what,
    effects: workload.rules.map(({ effect }) => effect),
    ids: workload.rules.map(({ id }) => id),
    sources: policySources(workload),
    requests: workload.rotating,
    matching: (request) => matchingRules(workload.rules, request),
  };
}

function globSet(ruleCount: number): WorstSet {
  const set = makeGlobs(ruleCount);
  const matcher = globMatcher(set);
  return {
    name: 'globs',
    ruleCount,
    what: 'overlapping globs of paths',
    effects: set.rules.map(({ effect }) => effect),
    ids: set.rules.map(({ id }) => id),
    sources: globSources(set),
    requests: set.requests,
    matching: ({ args }) => matcher(args.path),
  };
}

export interface WorstOptions {
  readonly rounds: number;
  readonly batchNs: number;
  readonly warmupMs: number;
  readonly random: Random;
}

/** Throws, before anything is timed, if the set does not compile or a decision differs from the walk over the rules. */
export function measureWorst(set: WorstSet, options: WorstOptions): WorstRecord {
  const start = performance.now();
  const { artifact, diagnostics } = compile(set.sources);
  const compileMs = performance.now() - start;
  if (artifact === null) throw new Error(diagnostics.slice(0, 5).map(formatDiagnostic).join('\n'));
  const engine = load(artifact, { remember: false });
  if (engine.status !== 'ok') throw new Error(`${set.name}: the engine says ${engine.status}`);
  const requestBytes = set.requests.map((request) => engine.encode(request));
  const inCore = new InCoreRequests(artifact, requestBytes);
  inCore.decideAll();
  let matches = 0;
  set.requests.forEach((request, i) => {
    const matching = set.matching(request);
    matches += matching.length;
    const effects = matching.map((rule) => set.effects[rule]);
    const decision = effects.includes('allow') && !effects.includes('deny') ? 'allow' : 'deny';
    const expected = `${decision} by ${matching.map((rule) => set.ids[rule]).join(' ')}`;
    const bytes = requestBytes[i] ?? new Uint8Array(0);
    for (const verdict of [engine.decide(request), engine.decideBytes(bytes)]) {
      const said = `${verdict.decision} by ${verdict.rules.join(' ')}`;
      if (said !== expected) throw new Error(`${set.name}, request ${i}: ${said}, expected ${expected}`);
    }
    const answer = inCore.answer(i);
    if (answer !== (decision === 'allow' ? 0 : 4)) throw new Error(`${set.name}, request ${i}: a batch says ${answer}`);
  });
  const calls = set.requests.map((request) => ({ session: engine.session(request), request }));
  const { ruleCount } = set;
  const places = set.requests.map((_, i) => [inCore.places[i * 2] ?? 0, inCore.places[i * 2 + 1] ?? 0] as const);
  const { exports } = inCore.core;
  const measured = measure(
    [
      rotating('core', ruleCount, places, ([at, size]) => exports.decideRequest(inCore.handle, at, size)),
      rotating('session', ruleCount, calls, ({ session, request }) => session.decide(request).rules.length),
      rotating('linear', ruleCount, set.requests, (request) => set.matching(request).length),
    ],
    options,
  );
  const [core, session, linear] = measured.map(({ samplesNs }) => summary(samplesNs));
  engine.dispose();
  if (core === undefined || session === undefined || linear === undefined) throw new Error('a row is missing');
  return {
    name: set.name,
    ruleCount,
    what: set.what,
    compileMs,
    artifactBytes: artifact.length,
    predictedCost: predictedCostOf(artifact),
    meanMatches: matches / set.requests.length,
    comparisons: set.requests.length * 3,
    inCore: core,
    session,
    linear,
  };
}
