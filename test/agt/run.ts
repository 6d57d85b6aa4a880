// In: a seed and cores. Out: how often the cores, the reference and the oracle of the toolkit's own engines agreed on generated documents,
// by every route, and the first difference, made small. The same seed gives the same run.

import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { analyse, compile, evaluate, formatDiagnostic, type Source } from '../../compiler/index.ts';
import { agtAnswer } from '../../compiler/reference/agt.ts';
import { type CoreInstance, load, type Verdict } from '../../host-js/full.ts';
import { subSeed } from '../differential/random.ts';
import { withFacets } from './facets.ts';
import {
  contexts,
  type DocumentSet,
  facetContexts,
  named,
  oracleDocuments,
  oracleExpressions,
  oracleFacets,
  type Rules,
  sets,
} from './generate.ts';

const DECISIONS: Readonly<Record<string, string>> = { allow: 'allow', deny: 'deny', block: 'deny', audit: 'warn' };
/** Documents of one kind before the next has its turn. */
const IN_A_ROW = 10;

export interface AgtRun {
  /** Sets of documents. */
  readonly documents: number;
  readonly refused: number;
  readonly decisions: number;
  /** Statuses, and decisions of status ok, as the reference gives them. */
  readonly answers: ReadonlyMap<string, number>;
  readonly difference: string | null;
}

interface Counts {
  documents: number;
  refused: number;
  decisions: number;
  readonly answers: Map<string, number>;
}

export function runAgt(seed: number, cores: readonly CoreInstance[], goesOn: (documents: number) => boolean): AgtRun {
  const counts: Counts = { documents: 0, refused: 0, decisions: 0, answers: new Map() };
  const kinds = [
    fc.property(oracleDocuments, contexts, (document, list) => holdOracle(document, list, cores, counts)),
    fc.property(oracleExpressions, contexts, (document, list) => holdOracle(document, list, cores, counts)),
    fc.property(oracleFacets, facetContexts, (document, list) => holdOracle(document, list, cores, counts, 'facets')),
    fc.property(sets, (set) => holdSet(set, cores, counts)),
  ];
  for (let turn = 0; goesOn(counts.documents); turn += 1) {
    for (const [kind, property] of kinds.entries()) {
      const parameters = { seed: subSeed(seed, turn * kinds.length + kind), numRuns: IN_A_ROW };
      // Documents and requests are of unlike types; what is told of a failure is text.
      const details = fc.check<unknown[]>(property as fc.IProperty<unknown[]>, parameters);
      if (details.failed) {
        const difference = `seed ${seed}, turn ${turn}, kind ${kind}: ${fc.defaultReportMessage(details)}`;
        return { ...counts, difference };
      }
    }
  }
  return { ...counts, difference: null };
}

/** The toolkit's engines, the reference and every core by every route. @throws where they do not say the same */
export function holdOracle(
  document: Rules,
  list: readonly object[],
  cores: readonly CoreInstance[],
  counts: Counts = newCounts(),
  kind = 'oracle',
): void {
  const whole = named(document);
  const sources: readonly Source[] = [{ path: 'random.json', text: JSON.stringify(whole) }];
  const { policy, diagnostics } = analyse(sources);
  if (policy === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  for (const context of list) {
    const theirs = agtAnswer(whole, withFacets(context));
    const { decision, determining, status, reason } = evaluate(policy, { context });
    expectSame('reference', { decision, determining, status, reason }, context, {
      decision: DECISIONS[theirs.action],
      determining: theirs.rule === null ? [] : [theirs.rule],
      status: theirs.error ? 'condition-error' : 'ok',
      reason: theirs.error ? reason : saidBy(whole, theirs.rule),
    });
    if (theirs.rule !== null && reason !== null) count(counts, 'with a reason');
    if (theirs.rule !== null) count(counts, `decided by a rule: ${kind}`);
  }
  holdSet({ sources, requests: list.map((context) => ({ context })) }, cores, counts);
}

function count({ answers }: Counts, what: string): void {
  answers.set(what, (answers.get(what) ?? 0) + 1);
}

/** The message of a rule; where conditions are texts, else its description (LANGUAGE.md 15.1). */
function saidBy({ rules }: Rules, name: string | null): string | null {
  const rule = rules.find((one) => 'name' in one && one.name === name) as Said | undefined;
  const described = typeof rule?.condition === 'string' ? rule.description : undefined;
  return (rule?.message ?? described) || null;
}

interface Said {
  readonly condition: unknown;
  readonly message?: string;
  readonly description?: string;
}

/** The reference and every core by every route. @throws where they do not say the same */
function holdSet({ sources, requests }: DocumentSet, cores: readonly CoreInstance[], counts: Counts): void {
  counts.documents += 1;
  const { policy } = analyse(sources);
  const { artifact } = compile(sources);
  if (policy === null || artifact === null) {
    if (policy !== null || artifact !== null) throw new Error('analyse and compile do not agree on what is refused');
    counts.refused += 1;
    return;
  }
  const own = new Set(policy.rules.map(({ reason }) => reason));
  const engines = cores.map((core) => load(artifact, { core }));
  try {
    for (const request of requests) {
      const wanted = partsOf(evaluate(policy, request), own);
      const answer = wanted.status === 'ok' ? wanted.decision : wanted.status;
      count(counts, answer);
      for (const engine of engines) {
        for (const [route, found] of [
          ['decide', engine.decide(request)],
          ['session', engine.session(request).decide(request)],
          ['bytes', engine.decideBytes(engine.encode(request))],
          ['keyed', engine.decideBytes(engine.encode(request, { form: 'keyed' }))],
        ] as const) {
          counts.decisions += 1;
          expectSame(route, partsOf(found, own), request, wanted);
        }
      }
    }
  } finally {
    for (const engine of engines) engine.dispose();
  }
}

function newCounts(): Counts {
  return { documents: 0, refused: 0, decisions: 0, answers: new Map() };
}

type Parts = Pick<Verdict, 'decision' | 'base' | 'status' | 'rules' | 'determining' | 'unknown' | 'approvers'> & {
  readonly reason: string | null;
};

/** `own`: the reasons that rules give; another is in the host's words. */
function partsOf(
  { decision, base, status, rules, determining, unknown, approvers, reason }: Parts,
  own: ReadonlySet<string | null>,
): Parts {
  return { decision, base, status, rules, determining, unknown, approvers, reason: own.has(reason) ? reason : null };
}

function expectSame(route: string, found: object, request: object, wanted: object): void {
  if (isDeepStrictEqual({ ...found }, { ...wanted })) return;
  throw new Error(`${route}: ${JSON.stringify(found)}, not ${JSON.stringify(wanted)}, of ${fc.stringify(request)}`);
}
