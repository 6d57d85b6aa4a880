// In: a generated world. Out: where the reference, the compiled core and, unless left out, the official implementation differ. They
// share nothing but the texts.

import { createRequire } from 'node:module';
import type * as CedarWasm from '@cedar-policy/cedar-wasm/nodejs';
import { DiagnosticSink, formatDiagnostic } from '../../compiler/diagnostic.ts';
import { readEntities, readRequest } from '../../compiler/reference/cedar/entities.ts';
import { authorizeCedar } from '../../compiler/reference/cedar/evaluate.ts';
import { parseCedar } from '../../compiler/syntax/cedar/policies.ts';
import type { CoreInstance } from '../../host-js/core.ts';
import { load } from '../../host-js/full.ts';
import { answerOf, artifactOf, type CoreAnswer } from './core.ts';
import type { GeneratedWorld } from './generate.ts';

type Wasm = typeof CedarWasm;
type Call = Parameters<Wasm['statefulIsAuthorized']>[0];

/** The official implementation. */
export type Official = Wasm;

/** Null where it is not installed. */
export function officialCedar(): Official | null {
  const name = '@cedar-policy/cedar-wasm/nodejs';
  const require = createRequire(import.meta.url);
  try {
    require.resolve(name);
  } catch {
    return null;
  }
  return uninlined(() => require(name) as Wasm);
}

/**
 * What `load` instantiates is called through proxies, which V8 does not inline. V8 11.3 (Node 20) ends the process where optimised code
 * that calls a Wasm export which gives a reference is marked for deoptimisation during the call; those of the official build give
 * references, ours give numbers.
 */
function uninlined<T>(load: () => T): T {
  const { Instance } = WebAssembly;
  const instantiate = function (module: WebAssembly.Module, imports?: WebAssembly.Imports): object {
    const { exports } = new Instance(module, imports);
    const proxied = Object.entries(exports).map(([name, one]): [string, unknown] => [
      name,
      typeof one === 'function' ? new Proxy(one, {}) : one,
    ]);
    return { exports: Object.fromEntries(proxied) };
  };
  Object.assign(WebAssembly, { Instance: instantiate });
  try {
    return load();
  } finally {
    Object.assign(WebAssembly, { Instance });
  }
}

export interface Differences {
  readonly compared: number;
  /** Policies that were satisfied, and that erred: a run that has few of either shows little. */
  readonly satisfied: number;
  readonly erring: number;
  readonly found: readonly string[];
}

export function compareWorld(
  world: GeneratedWorld,
  cores: readonly CoreInstance[],
  official: Official | null,
): Differences {
  const sink = new DiagnosticSink();
  const policies = parseCedar({ path: 'generated.cedar', text: world.policies }, sink);
  if (policies === null) {
    const refused = `refused: ${sink.sorted().map(formatDiagnostic).join('\n')}`;
    const isRead = official?.checkParsePolicySet({ staticPolicies: world.policies }).type === 'success';
    return { compared: 0, satisfied: 0, erring: 0, found: isRead ? [refused] : [] };
  }
  const entities = readEntities(world.entities, null);
  const artifact = artifactOf([{ path: 'generated.cedar', text: world.policies }]);
  const engines = cores.map((core) => load(artifact, { core, entities: world.entities }));
  // The same entities, half of them in the request (LANGUAGE.md 14.3).
  const half = world.entities.length >> 1;
  const [carried, loaded] = [world.entities.slice(0, half), world.entities.slice(half)];
  const halves = cores.map((core) => load(artifact, { core, entities: loaded }));
  if (official !== null) prepareOfficial(official, world.policies);
  const found: string[] = [];
  let satisfied = 0;
  let erring = 0;
  for (const request of world.requests) {
    const reference = authorizeCedar(policies, entities, readRequest(request, null));
    satisfied += reference.reason.length;
    erring += reference.errors.length;
    const wanted = textOf(reference);
    const answers = [
      ...engines.map((engine) => textOf(answerOf(engine.decide(request)))),
      ...halves.map((engine) => textOf(answerOf(engine.decide({ ...request, entities: carried })))),
    ];
    if (official !== null) answers.push(textOf(officialAnswer(official, { ...request, entities: world.entities })));
    if (answers.some((other) => other !== wanted)) {
      const asked = JSON.stringify({ ...request, entities: world.entities });
      found.push(`${world.policies}\n${asked}\nreference ${wanted}, cores and official ${answers.join(', ')}`);
    }
  }
  for (const engine of [...engines, ...halves]) engine.dispose();
  return { compared: world.requests.length, satisfied, erring, found };
}

/** As `world`. */
export function prepareOfficial(official: Official, policies: string): void {
  const prepared = official.preparsePolicySet('world', { staticPolicies: policies });
  if (prepared.type === 'failure') throw new Error(`${prepared.errors[0]?.message}\n${policies}`);
}

/** Of the policies prepared as `world`. */
export function officialAnswer(official: Official, request: object): CoreAnswer {
  const answer = official.statefulIsAuthorized({ ...request, preparsedPolicySetId: 'world' } as Call);
  if (answer.type === 'failure') throw new Error(JSON.stringify(answer.errors));
  const { decision, diagnostics } = answer.response;
  return { decision, reason: diagnostics.reason, errors: diagnostics.errors.map(({ policyId }) => policyId) };
}

function textOf({ decision, reason, errors }: CoreAnswer): string {
  return `${decision} [${[...reason].sort().join(' ')}] errors [${[...errors].sort().join(' ')}]`;
}
