// In: what the core left at RESULT_* (contract/request.ts) and the texts of the rules it lists. Out: a verdict, which owns all it
// says: later decisions do not change it.

import { EFFECT_DENY, STATUS_NOT_GOVERNED, STATUS_OK } from '../wasm-core/contract/codes.ts';
import {
  EXPLAIN_CAUSE,
  EXPLAIN_SIZE,
  EXPLAIN_SLOT,
  PACKED_LISTED,
  PACKED_STATUS_SHIFT,
  RESULT_BASE,
  RESULT_DETERMINING,
  RESULT_RULE_MASK,
  RESULT_TRANSFORMS,
  RESULT_TRUE_COUNT,
  RESULT_TRUE_PTR,
  RESULT_UNKNOWN_COUNT,
  RESULT_UNKNOWN_PTR,
} from '../wasm-core/contract/request.ts';
import type { ArtifactContents, RuleText } from './artifact.ts';
import type { CoreInstance } from './core.ts';
import type { Transform } from './transform.ts';
import { type Cause, causeOf, type Decision, decisionOf, type Status, statusOf } from './types.ts';

/** An attribute a rule could not tell: the rule is unknown (LANGUAGE.md 6.3). */
export interface UnknownAttribute {
  readonly rule: string;
  /** `args.amount`. */
  readonly path: string;
  readonly cause: Cause;
}

/** The answer to one request (LANGUAGE.md 1.4, 8). Plain data; what calls with the same answer share is frozen, the verdict included. */
export interface Verdict {
  readonly decision: Decision;
  /** The decision had every unknown rule not matched (8.2): where it is milder, doubt alone made the difference. */
  readonly base: Decision;
  readonly status: Status;
  /** Ids of the true rules, in source order. */
  readonly rules: readonly string[];
  /** Ids of the rules that made the decision, in source order (8.3). */
  readonly determining: readonly string[];
  readonly unknown: readonly UnknownAttribute[];
  /** For people; never empty (8.7). */
  readonly reason: string;
  /** For the model. */
  readonly advice: readonly string[];
  /** For `escalate`: all must approve. */
  readonly approvers: readonly string[];
  /** What is to be changed, in order, for the decision to stand: of `transform`, and of `escalate` before anybody is asked (13.3). */
  readonly transforms: readonly Transform[];
  /** SHA-256 of the artifact that decided, lower-case hex; empty if there is none. */
  readonly artifactHash: string;
}

const NONE: readonly never[] = Object.freeze([]);

const STATUS_REASONS: Readonly<Record<Status, string>> = {
  ok: 'no rule matched, so the default of the policy decides',
  'not-governed': 'the policy does not govern this intervention point',
  'tool-unknown': 'no catalogue of the policy lists this tool',
  'only-one-conflict': 'more than one rule applies, and the policy allows only one',
  'condition-error': 'a condition before the first rule that matches cannot be told',
  'tool-missing': 'the request names no tool',
  'point-unknown': 'the request names no known intervention point',
  'request-invalid': 'the request is not an object, or its bytes do not verify',
  'request-too-large': 'the request is larger than the engine has room for',
  'layout-mismatch': 'the request was encoded for another artifact',
  'artifact-invalid': 'the artifact is damaged, or is none',
  'artifact-unsupported':
    'this engine does not run the artifact: another version, too large, or in need of the full core (`lictor/full`)',
  'host-error': 'reading the request failed, or the engine is not running',
  'transform-conflict': 'two transforms disagree about one place',
  'transform-failed': 'a transform cannot be applied to what is there',
  'transform-unstable': 'the transformed call would be transformed once more',
};

/** The verdict of something that stopped before the rules: deny (LANGUAGE.md 10.2). */
export function refusal(status: number, artifactHash: string): Verdict {
  const name = statusOf(status);
  return Object.freeze({
    decision: 'deny',
    base: 'deny',
    status: name,
    rules: NONE,
    determining: NONE,
    unknown: NONE,
    reason: STATUS_REASONS[name],
    advice: NONE,
    approvers: NONE,
    transforms: NONE,
    artifactHash,
  });
}

/** Verdicts kept, by what matched: calls of one policy end in few different answers. A power of two. */
const KEPT_VERDICTS = 4096;
/** An answer that lists more rules than this is not kept. */
const KEPT_RULES = 14;
/** u32 words of a kept answer, a cache line: what the core returned, base and counts, then the true and the unknown rules. */
const KEY_WORDS = 16;
const KEY_RULES = 2;

const SEEN = 1;
const HAS_REASON = 2;
const HAS_ADVICE = 4;

/** What verdicts need to know of each rule, side by side: a verdict may list hundreds. */
class RuleNotes {
  readonly ids: string[] = [];
  readonly #artifact: ArtifactContents;
  readonly #marks: Uint8Array;

  constructor(artifact: ArtifactContents) {
    this.#artifact = artifact;
    this.#marks = new Uint8Array(artifact.ruleCount);
  }

  /** HAS_REASON, HAS_ADVICE. Afterwards `ids` has the rule's. */
  marksOf(rule: number): number {
    const known = this.#marks[rule] ?? 0;
    if (known !== 0) return known;
    const { id, reason, advice } = this.#artifact.rule(rule);
    const marks = SEEN | (reason === null ? 0 : HAS_REASON) | (advice === null ? 0 : HAS_ADVICE);
    this.ids[rule] = id;
    this.#marks[rule] = marks;
    return marks;
  }
}

/** Makes the verdicts of one artifact: one object, once, for all calls with the same answer. */
export class VerdictReader {
  readonly #artifact: ArtifactContents;
  readonly #notes: RuleNotes;
  readonly #keys: Uint32Array = new Uint32Array(KEPT_VERDICTS * KEY_WORDS);
  /** Frozen, without `unknown`; parallel to the keys. */
  readonly #kept: (Verdict | undefined)[] = [];

  constructor(artifact: ArtifactContents) {
    this.#artifact = artifact;
    this.#notes = new RuleNotes(artifact);
  }

  /**
   * The verdict of the core's last decision.
   *
   * @param packed what `decide` returned
   */
  read(core: CoreInstance, handle: number, packed: number): Verdict {
    const { u32, resultWord } = core;
    const base = u32[resultWord + RESULT_BASE / 4] ?? EFFECT_DENY;
    const lists = (packed & PACKED_LISTED) !== 0;
    const trueCount = lists ? (u32[resultWord + RESULT_TRUE_COUNT / 4] ?? 0) : 0;
    const unknownCount = lists ? (u32[resultWord + RESULT_UNKNOWN_COUNT / 4] ?? 0) : 0;
    const trueAt = (u32[resultWord + RESULT_TRUE_PTR / 4] ?? 0) / 4;
    const unknownAt = (u32[resultWord + RESULT_UNKNOWN_PTR / 4] ?? 0) / 4;
    let verdict: Verdict;
    if (trueCount + unknownCount > KEPT_RULES) {
      verdict = this.#verdict(packed, base, listed(u32, trueAt, trueCount), listed(u32, unknownAt, unknownCount));
    } else {
      const counts = (base << 16) | (trueCount << 8) | unknownCount;
      const hash = hashed(hashed(packed ^ (counts << 7), u32, trueAt, trueCount), u32, unknownAt, unknownCount);
      const place = (hash ^ (hash >>> 16)) & (KEPT_VERDICTS - 1);
      const keys = this.#keys;
      const key = place * KEY_WORDS;
      const rules = key + KEY_RULES;
      const kept = this.#kept[place];
      if (
        kept !== undefined &&
        keys[key] === packed &&
        keys[key + 1] === counts &&
        same(keys, rules, u32, trueAt, trueCount) &&
        same(keys, rules + trueCount, u32, unknownAt, unknownCount)
      ) {
        verdict = kept;
      } else {
        verdict = this.#verdict(packed, base, listed(u32, trueAt, trueCount), listed(u32, unknownAt, unknownCount));
        keys[key] = packed;
        keys[key + 1] = counts;
        copy(keys, rules, u32, trueAt, trueCount);
        copy(keys, rules + trueCount, u32, unknownAt, unknownCount);
        this.#kept[place] = verdict;
      }
    }
    if (unknownCount === 0) return verdict;
    const { decision, status, rules, determining, reason, advice, approvers, transforms, artifactHash } = verdict;
    // Asked for at once: the core explains its last decision only.
    const unknown = explained(core, handle, listed(u32, unknownAt, unknownCount), this.#artifact);
    return {
      decision,
      base: verdict.base,
      status,
      rules,
      determining,
      unknown,
      reason,
      advice,
      approvers,
      transforms,
      artifactHash,
    };
  }

  #verdict(packed: number, baseCode: number, trueRules: readonly number[], unknownRules: readonly number[]): Verdict {
    const artifact = this.#artifact;
    const notes = this.#notes;
    const code = (packed >>> PACKED_STATUS_SHIFT) & 0xff;
    const status = statusOf(code);
    // INVARIANT (core): deny comes with every other status. Held here too, since this is where a wrong allow would leave.
    const decision = code === STATUS_OK || code === STATUS_NOT_GOVERNED ? decisionOf(packed & 0xff) : 'deny';
    const determining = markedRules(trueRules, unknownRules, RESULT_DETERMINING);
    const rules = idsOf(trueRules, artifact, notes);
    // Marked true rules and nothing else: both lists are in source order.
    const isEvery = unknownRules.length === 0 && determining.length === trueRules.length;
    return Object.freeze({
      decision,
      base: decisionOf(baseCode),
      status,
      rules,
      determining: isEvery ? rules : idsOf(determining, artifact, notes),
      unknown: NONE,
      reason: reasonOf(determining, decision, status, artifact, notes),
      advice: adviceOf(determining, artifact, notes),
      approvers: decision === 'escalate' ? approversOf(determining, artifact) : NONE,
      transforms: transformsOf(trueRules, unknownRules, artifact),
      artifactHash: artifact.hash,
    });
  }
}

function hashed(seed: number, u32: Uint32Array, at: number, count: number): number {
  let hash = seed;
  for (let i = 0; i < count; i += 1) {
    hash = Math.imul(hash ^ (u32[at + i] ?? 0), 0x9e3779b1);
    hash ^= hash >>> 15;
  }
  return hash;
}

function same(a: Uint32Array, aAt: number, b: Uint32Array, bAt: number, count: number): boolean {
  for (let i = 0; i < count; i += 1) if (a[aAt + i] !== b[bAt + i]) return false;
  return true;
}

function copy(to: Uint32Array, toAt: number, from: Uint32Array, fromAt: number, count: number): void {
  for (let i = 0; i < count; i += 1) to[toAt + i] = from[fromAt + i] ?? 0;
}

/** Rule indexes, with RESULT_DETERMINING where it is set. */
function listed(u32: Uint32Array, at: number, count: number): readonly number[] {
  if (count === 0) return NONE;
  const rules: number[] = [];
  for (let i = 0; i < count; i += 1) rules.push(u32[at + i] ?? 0);
  return rules;
}

/** INVARIANT (core): none is marked under a deny. */
function transformsOf(
  trueRules: readonly number[],
  unknownRules: readonly number[],
  artifact: ArtifactContents,
): readonly Transform[] {
  const rules = markedRules(trueRules, unknownRules, RESULT_TRANSFORMS);
  return rules.length === 0 ? NONE : Object.freeze(rules.flatMap((rule) => ruleOf(rule, artifact).transforms));
}

/** Both lists are ascending; together they are in source order. */
function markedRules(trueRules: readonly number[], unknownRules: readonly number[], mark: number): number[] {
  const rules: number[] = [];
  for (const rule of trueRules) if ((rule & mark) !== 0) rules.push(rule & RESULT_RULE_MASK);
  const fromTrue = rules.length;
  for (const rule of unknownRules) if ((rule & mark) !== 0) rules.push(rule & RESULT_RULE_MASK);
  if (fromTrue > 0 && rules.length > fromTrue) rules.sort((a, b) => a - b);
  return rules;
}

function ruleOf(rule: number | undefined, artifact: ArtifactContents): RuleText {
  return artifact.rule((rule ?? 0) & RESULT_RULE_MASK);
}

function idsOf(rules: readonly number[], artifact: ArtifactContents, notes: RuleNotes): readonly string[] {
  if (rules.length === 0) return NONE;
  if (rules.length === 1) return ruleOf(rules[0], artifact).ids;
  const ids: string[] = [];
  for (const listedRule of rules) {
    const rule = listedRule & RESULT_RULE_MASK;
    notes.marksOf(rule);
    ids.push(notes.ids[rule] ?? '');
  }
  return Object.freeze(ids);
}

function explained(
  core: CoreInstance,
  handle: number,
  unknownRules: readonly number[],
  artifact: ArtifactContents,
): readonly UnknownAttribute[] {
  const found: UnknownAttribute[] = [];
  for (const listedRule of unknownRules) {
    const index = listedRule & RESULT_RULE_MASK;
    const count = core.exports.explain(handle, index);
    const first = (core.exports.explainPtr() >>> 0) / 4;
    const rule = artifact.rule(index).id;
    for (let i = 0; i < count; i += 1) {
      const at = first + (i * EXPLAIN_SIZE) / 4;
      const slot = artifact.slots[core.u32[at + EXPLAIN_SLOT / 4] ?? 0];
      found.push(
        Object.freeze({ rule, path: slot?.text ?? '', cause: causeOf(core.u32[at + EXPLAIN_CAUSE / 4] ?? 0) }),
      );
    }
  }
  return Object.freeze(found);
}

function reasonOf(
  determining: readonly number[],
  decision: Decision,
  status: Status,
  artifact: ArtifactContents,
  notes: RuleNotes,
): string {
  for (const rule of determining) {
    if ((notes.marksOf(rule) & HAS_REASON) === 0) continue;
    const { reason } = artifact.rule(rule);
    if (reason !== null) return reason;
  }
  if (determining.length === 0 || status !== 'ok') return STATUS_REASONS[status];
  return `rule \`${ruleOf(determining[0], artifact).id}\` decides: ${decision}`;
}

function adviceOf(determining: readonly number[], artifact: ArtifactContents, notes: RuleNotes): readonly string[] {
  if (determining.length === 0) return NONE;
  if (determining.length === 1) return ruleOf(determining[0], artifact).adviceList;
  const advice: string[] = [];
  for (const rule of determining) {
    if ((notes.marksOf(rule) & HAS_ADVICE) !== 0) advice.push(...artifact.rule(rule).adviceList);
  }
  return advice.length === 0 ? NONE : Object.freeze(advice);
}

/** Without duplicates, in order. */
function approversOf(determining: readonly number[], artifact: ArtifactContents): readonly string[] {
  return Object.freeze([...new Set(determining.flatMap((rule) => ruleOf(rule, artifact).approvers))]);
}
