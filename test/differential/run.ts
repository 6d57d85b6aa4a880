// In: a seed and what is to be tested. Out: what was counted, and the first difference between the reference and a core, if there
// is one. The same seed gives the same run. Never stops for what the compiler refuses: it is counted by code.

import { evaluate, type ReferenceVerdict } from '../../compiler/index.ts';
import { decisionFromCode, type Session } from '../../host-js/index.ts';
import { revive } from '../conformance/cases.ts';
import {
  type Asked,
  decideBatch,
  decideEverywhere,
  decideInSessions,
  dispose,
  type Fixture,
  type Mismatch,
  prepare,
  resolveEverywhere,
  type Subject,
  sessionsOf,
  withoutThrowing,
} from './engines.ts';
import { generatePolicy, type Policy, type Shape } from './generate.ts';
import { guardsEverywhere } from './guarded.ts';
import { hidingFault } from './hiding.ts';
import { Histogram, Tally } from './histogram.ts';
import { neighbourOf } from './neighbours.ts';
import { Random, subSeed } from './random.ts';
import { emptyObject, makeCall, makeSubject, type Written, type WrittenObject } from './requests.ts';
import { sourcesOf } from './sources.ts';

/** Requests of one policy; policies that take long to evaluate get fewer. */
const REQUESTS_PER_POLICY = 100;
const REQUESTS_PER_LARGE_POLICY = 50;
const REQUESTS_PER_HUGE_POLICY = 25;
const LARGE_POLICY_RULES = 60;
const HUGE_POLICY_RULES = 1000;
/** How many calls one session decides. */
const MAX_CALLS_PER_SESSION = 5;
/** Of requests, one in so many is a call of a guarded tool too. */
const GUARDED_EVERY = 4;
/** One in so many is followed by neighbours, and by how many. */
const NEIGHBOURS_EVERY = 5;
const NEIGHBOURS = 4;
/** Requests kept to show what went before a difference. */
const HISTORY = 12;

export interface Difference {
  readonly seed: number;
  readonly policyIndex: number;
  readonly policy: Policy;
  /** Null: the policy alone shows it. */
  readonly request: Written | null;
  /** Requests that the same cores decided before, the last first. */
  readonly before: readonly Written[];
  readonly what: string;
  readonly mismatch: Mismatch | null;
}

export interface Progress {
  policies: number;
  refused: number;
  readonly refusals: Map<string, number>;
  /** (policy, request) pairs. */
  pairs: number;
  /** Verdicts of cores equal to the reference's: one per pair, core and route. */
  decisions: number;
  /** Requests whose transforms were applied and decided once more. */
  resolutions: number;
  /** Requests for which a guarded tool was called too, by both guards. */
  guarded: number;
  /** Requests that differ from one decided just before in one thing; not among `pairs`. */
  neighbours: number;
  /** Attributes hidden to see that no decision becomes less severe, by algorithm. */
  readonly hidings: Map<string, number>;
}

export interface RunOptions {
  readonly seed: number;
  readonly subject: Subject;
  /** All policies of this shape, not one by chance. */
  readonly shape?: Shape;
  /** Counts of runs before are added to. */
  readonly histogram?: Histogram;
  /** Asked before each policy. */
  readonly goesOn: (progress: Progress) => boolean;
}

export interface RunResult {
  readonly progress: Progress;
  readonly histogram: Histogram;
  readonly difference: Difference | null;
}

export function run({ seed, subject, shape, histogram = new Histogram(), goesOn }: RunOptions): RunResult {
  const progress: Progress = {
    policies: 0,
    refused: 0,
    refusals: new Map(),
    pairs: 0,
    decisions: 0,
    resolutions: 0,
    guarded: 0,
    neighbours: 0,
    hidings: new Map(),
  };
  let neighbour: Loaded | null = null;
  let difference: Difference | null = null;
  for (let index = 0; difference === null && goesOn(progress); index += 1) {
    const policy = generatePolicy(subSeed(seed, index), shape);
    const prepared = prepare(subject, sourcesOf(policy), policy.world.maxStringBytes);
    progress.policies += 1;
    if (prepared.kind === 'refused') {
      progress.refused += 1;
      for (const code of new Set(prepared.codes)) progress.refusals.set(code, (progress.refusals.get(code) ?? 0) + 1);
    } else if (prepared.kind === 'broken') {
      difference = { seed, policyIndex: index, policy, request: null, before: [], what: prepared.what, mismatch: null };
    } else {
      const loaded = new Loaded(
        policy,
        prepared.fixture,
        new Random(subSeed(seed ^ 0x5bd1e995, index)),
        new Random(subSeed(seed ^ 0x2c1b3c6d, index)),
        histogram,
        progress,
      );
      const found = loaded.decideMany(neighbour);
      if (found !== null) difference = { ...found, seed, policyIndex: found.policy === policy ? index : index - 1 };
      neighbour?.end();
      neighbour = loaded;
    }
  }
  neighbour?.end();
  return { progress, histogram, difference };
}

interface Told {
  readonly asked: Asked;
  readonly verdict: ReferenceVerdict;
}

type Found = Omit<Difference, 'seed' | 'policyIndex'>;

/** One policy at work. The one before stays loaded, so that artifacts share a core, and decides now and then. */
class Loaded {
  readonly #policy: Policy;
  readonly #fixture: Fixture;
  readonly #random: Random;
  /** Draws neighbours, so that what else is drawn does not depend on them. */
  readonly #nearby: Random;
  readonly #tally: Tally;
  readonly #progress: Progress;
  #subject: WrittenObject = emptyObject();
  #sessions: readonly Session[] = [];
  #callsLeft = 0;
  /** The last call of the session before this one, and its verdict. */
  #last: Told | null = null;
  #told: Told | null = null;
  readonly #history: Written[] = [];

  constructor(
    policy: Policy,
    fixture: Fixture,
    random: Random,
    nearby: Random,
    histogram: Histogram,
    progress: Progress,
  ) {
    this.#policy = policy;
    this.#fixture = fixture;
    this.#random = random;
    this.#nearby = nearby;
    this.#tally = new Tally(histogram, policy, fixture.policy, fixture.artifact);
    this.#progress = progress;
  }

  end(): void {
    dispose(this.#fixture);
  }

  decideMany(neighbour: Loaded | null): Found | null {
    const { length } = this.#policy.rules;
    const isLarge = length > LARGE_POLICY_RULES;
    const count =
      length > HUGE_POLICY_RULES ? REQUESTS_PER_HUGE_POLICY : isLarge ? REQUESTS_PER_LARGE_POLICY : REQUESTS_PER_POLICY;
    for (let i = 0; i < count; i += 1) {
      const found = this.decideOne() ?? (this.#random.chance(0.05) ? (neighbour?.decideOne() ?? null) : null);
      if (found !== null) return found;
    }
    return this.#decideBatch();
  }

  decideOne(): Found | null {
    const random = this.#random;
    if (this.#callsLeft === 0) {
      this.#subject = makeSubject(random, this.#policy);
      this.#sessions = sessionsOf(this.#fixture, revive(this.#subject));
      this.#last = this.#told;
      this.#told = null;
      this.#callsLeft = random.between(1, MAX_CALLS_PER_SESSION);
    }
    this.#callsLeft -= 1;
    const call = makeCall(random, this.#policy);
    const written = together(this.#subject, call);
    const request = revive(written);
    const mayThrow = withoutThrowing(written);
    const isKeyed = random.chance(0.3);
    const asked = { request, call: callOf(request), sessions: this.#sessions, isKeyed, withoutThrowing: mayThrow };
    const { verdict, mismatch, routeCount } = decideEverywhere(this.#fixture, asked);
    if (mismatch !== null) return this.#found(written, `${mismatch.route}: ${mismatch.field}`, mismatch);
    this.#progress.pairs += 1;
    this.#progress.decisions += routeCount;
    this.#tally.count(request, verdict, routeCount);
    if (mayThrow === null && verdict.transforms.length > 0) {
      const end = resolveEverywhere(this.#fixture, asked);
      if (end !== null) return this.#found(written, `${end.route}: ${end.field}`, end);
      this.#progress.resolutions += 1;
    }
    if (mayThrow === null && this.#progress.pairs % GUARDED_EVERY === 0) {
      const end = guardsEverywhere(this.#fixture, written, request);
      if (end !== null) return this.#found(written, `${end.route}: ${end.field}`, end);
      this.#progress.guarded += 1;
    }
    if (this.#progress.pairs % NEIGHBOURS_EVERY === 0) {
      const found = this.#decideNeighbours(call);
      if (found !== null) return found;
    }
    if (mayThrow === null) {
      this.#told = { asked, verdict };
      const again = this.#tellAgain();
      if (again !== null) return this.#found(written, `sessions in turn: ${again.route}: ${again.field}`, again);
    }
    this.#history.unshift(written);
    if (this.#history.length > HISTORY) this.#history.pop();
    if (this.#policy.world.isPlain && random.chance(0.3)) {
      const fault = hidingFault(random, this.#policy, this.#fixture, written, this.#progress);
      if (fault !== null) return this.#found(fault.request, fault.what, null);
    }
    return null;
  }

  /** Calls that differ from one just decided in one thing, one after the other, in the same sessions. */
  #decideNeighbours(call: Written): Found | null {
    let near: Written | null = call;
    for (let i = 0; i < NEIGHBOURS; i += 1) {
      near = neighbourOf(this.#nearby, this.#policy, near);
      if (near === null) return null;
      const written = together(this.#subject, near);
      const request = revive(written);
      const { mismatch } = decideEverywhere(this.#fixture, {
        request,
        call: callOf(request),
        sessions: this.#sessions,
        isKeyed: false,
        withoutThrowing: withoutThrowing(written),
      });
      if (mismatch !== null) return this.#found(written, `neighbour: ${mismatch.route}: ${mismatch.field}`, mismatch);
      this.#progress.neighbours += 1;
    }
    return null;
  }

  /** Two sessions one right after the other: what one staged must not show in the other. */
  #tellAgain(): Mismatch | null {
    if (this.#last === null || this.#told === null || !this.#random.chance(0.3)) return null;
    for (const { asked, verdict } of [this.#last, this.#told]) {
      const { mismatch, routeCount } = decideInSessions(asked, verdict);
      if (mismatch !== null) return mismatch;
      this.#progress.decisions += routeCount;
    }
    return null;
  }

  #decideBatch(): Found | null {
    const requests = this.#history.map(revive);
    const { maxStringBytes, policy } = this.#fixture;
    // A request that throws has no bytes: it is denied all the same.
    const expected = requests.map((request) => evaluate(policy, request, { maxStringBytes }).decision);
    const hasProxy = JSON.stringify(this.#history).includes('$throwingProxy');
    const mismatch = hasProxy ? null : decideBatch(this.#fixture, requests, expected, decisionFromCode);
    if (mismatch !== null)
      return this.#found(this.#history[0] ?? null, `${mismatch.route}: ${mismatch.field}`, mismatch);
    if (!hasProxy) this.#progress.decisions += requests.length * this.#fixture.engines.length;
    return null;
  }

  #found(request: Written | null, what: string, mismatch: Mismatch | null): Found {
    return { policy: this.#policy, request, before: [...this.#history], what, mismatch };
  }
}

/** The part of a request that a session is given call by call: the same objects. */
export function callOf(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return request;
  try {
    const { principal: _principal, context: _context, ...call } = Object.getOwnPropertyDescriptors(request);
    return Object.defineProperties({}, call);
  } catch {
    return request; // a proxy that throws
  }
}

/** A call as a whole request. */
export function together(subject: WrittenObject, call: Written): Written {
  const isObject = typeof call === 'object' && call !== null && !Array.isArray(call);
  return isObject && !Object.keys(call).some((key) => key.startsWith('$'))
    ? Object.assign(emptyObject(), subject, call)
    : call;
}
