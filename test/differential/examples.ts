// In: a seed, a compiler and cores. Out: how many examples of rules (LANGUAGE.md 9) the compiler takes where a core's verdict says that they
// hold, and refuses, with the right code, where it says that they do not. The compiler holds examples against the reference, so this is
// the core against it by another way. Examples are spelled as any part of a policy is. The same seed gives the same run.

import type { Compilation } from '../../compiler/index.ts';
import type { Source } from '../../compiler/source.ts';
import { type CoreInstance, load } from '../../host-js/full.ts';
import { revive } from '../conformance/cases.ts';
import { generatePolicy, type Policy } from './generate.ts';
import { Random, subSeed } from './random.ts';
import { makeCall, makeSubject, type Written, type WrittenObject } from './requests.ts';
import { together } from './run.ts';
import { sourcesOf } from './sources.ts';
import { Forms } from './spelling/forms.ts';
import { document } from './spelling/printer.ts';
import { type Tree, treeOf } from './spelling/tree.ts';

const REQUESTS = 30;
const MOST_RULES = 12;

type Kind = 'match' | 'miss';

interface Example {
  readonly rule: string;
  readonly kind: Kind;
  /** What is said where it stands in the other list. */
  readonly code: string;
  readonly request: Written;
}

interface Examples {
  readonly right: readonly Example[];
  /** Of rules that are unknown: these neither match nor miss. */
  readonly neither: readonly Pick<Example, 'rule' | 'request'>[];
}

export interface ExampleRun {
  readonly policies: number;
  readonly counts: ReadonlyMap<string, number>;
  readonly difference: string | null;
}

export function runExamples(
  seed: number,
  compile: (sources: readonly Source[]) => Compilation,
  core: CoreInstance,
  goesOn: (policies: number) => boolean,
): ExampleRun {
  const counts = new Map<string, number>();
  let policies = 0;
  for (; goesOn(policies); policies += 1) {
    const random = new Random(subSeed(seed, policies));
    const policy = makePolicy(random);
    const plain = sourcesOf(policy);
    const { artifact } = compile(plain);
    const [first, ...others] = plain;
    if (artifact === null || first === undefined) continue;
    const { right: examples, neither } = examplesOf(random, policy, core, artifact);
    const write = (some: readonly Example[]): Source[] => [
      { path: first.path, text: document(new Forms(random), withExamples(treeOf(first.text), some)) },
      ...others,
    ];
    const differs = (what: string, sources: readonly Source[]): ExampleRun => {
      const text = sources.map((source) => `--- ${source.path}\n${source.text}`).join('\n');
      return { policies, counts, difference: `seed ${seed}, policy ${policies}: ${what}\n${text}` };
    };
    const right = write(examples);
    const errors = errorsOf(compile(right));
    if (errors !== '') return differs(`examples that hold are refused: ${errors}`, right);
    for (const example of examples) counts.set(example.kind, (counts.get(example.kind) ?? 0) + 1);
    const turned = examples.map((one): Example => ({ ...one, kind: one.kind === 'match' ? 'miss' : 'match' }));
    const unsure = neither.map((one): Example => {
      const kind = random.pick<Kind>(['match', 'miss']);
      return { ...one, kind, code: kind === 'match' ? 'P0602' : 'P0604' };
    });
    if (turned.length + unsure.length === 0) continue;
    const one = random.pick(unsure.length > 0 && random.chance(0.5) ? unsure : [...turned, ...unsure]);
    const wrong = write([one]);
    const found = errorsOf(compile(wrong));
    if (found !== one.code) return differs(`expected ${one.code}, found ${found}`, wrong);
    counts.set(`refused ${found}`, (counts.get(`refused ${found}`) ?? 0) + 1);
  }
  return { policies, counts, difference: null };
}

/** One file; who a scope is about would come with the example. Limits are those of the compiler. */
function makePolicy(random: Random): Policy {
  const policy = generatePolicy(random.next(), random.pick(['few', 'some', 'language', 'whole']));
  const rules = policy.rules.slice(0, MOST_RULES).map((rule) => ({ ...rule, file: 0, enabled: true, final: false }));
  return { ...policy, scope: null, files: [], rules };
}

/** What a core says of generated requests that JSON can write and whose tool and point are given. */
function examplesOf(random: Random, policy: Policy, core: CoreInstance, artifact: Uint8Array): Examples {
  const engine = load(artifact, { core });
  const found: Example[] = [];
  const neither: Pick<Example, 'rule' | 'request'>[] = [];
  for (let i = 0; i < REQUESTS; i += 1) {
    const call = makeCall(random, policy);
    const written = together(makeSubject(random, policy), call);
    if (!isExample(written)) continue;
    const request: WrittenObject = { at: 'pre_tool_call', ...written };
    const { status, rules, unknown } = engine.decide(revive(request));
    if (status !== 'ok' && status !== 'not-governed') continue;
    for (const { id } of random.sample(policy.rules, 2)) {
      if (rules.includes(id)) found.push({ rule: id, kind: 'match', code: 'P0603', request });
      else if (unknown.some(({ rule }) => rule === id)) neither.push({ rule: id, request });
      else found.push({ rule: id, kind: 'miss', code: 'P0601', request });
    }
  }
  engine.dispose();
  return { right: found, neither };
}

function isExample(written: Written): written is { readonly [key: string]: Written } {
  if (typeof written !== 'object' || written === null || Array.isArray(written)) return false;
  const text = JSON.stringify(written);
  if (/"\$|\\u[dD][89a-fA-F]/.test(text) || !isJson(written)) return false;
  const [at, tool] = [valueAt(written, 'at'), valueAt(written, 'tool')];
  return typeof tool === 'string' && (at === undefined || typeof at === 'string');
}

function valueAt(written: Written, key: string): unknown {
  return typeof written === 'object' && written !== null
    ? Object.getOwnPropertyDescriptor(written, key)?.value
    : undefined;
}

/** Integers beyond 2^53 would be read exactly. */
function isJson(written: Written): boolean {
  if (typeof written === 'number') return !Number.isInteger(written) || Number.isSafeInteger(written);
  return typeof written !== 'object' || written === null || Object.values(written).every(isJson);
}

function withExamples(policy: Tree, examples: readonly Example[]): Tree {
  if (policy.kind !== 'map') throw new Error('a policy is a mapping');
  const rule = (tree: Tree): Tree => {
    if (tree.kind !== 'map') return tree;
    const id = tree.entries.find(([key]) => key === 'id')?.[1];
    const list = (kind: Kind): Tree => ({
      kind: 'list',
      items: examples
        .filter((one) => id?.kind === 'text' && one.rule === id.value && one.kind === kind)
        .map(({ request }) => treeOf(JSON.stringify(request))),
    });
    const both: Tree = { kind: 'map', entries: [['match', list('match')] as const, ['miss', list('miss')] as const] };
    return { kind: 'map', entries: [...tree.entries, ['examples', both]] };
  };
  return {
    kind: 'map',
    entries: policy.entries.map(([key, value]) => [
      key,
      key === 'rules' && value.kind === 'list' ? { kind: 'list', items: value.items.map(rule) } : value,
    ]),
  };
}

function errorsOf({ diagnostics }: Compilation): string {
  return diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ code }) => code)
    .join(' ');
}
