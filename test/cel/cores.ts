// In: terms and requests. Out: what the full cores make of them, through artifact, host and bytes, and how often each core was asked.
// No evaluator but the core's is reachable from here.

import type { Term } from '../../compiler/check/terms.ts';
import { CoreInstance, type Engine, load } from '../../host-js/full.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { fullScalarModule } from '../../host-js/runtimes/inline-full-scalar.ts';
import { artifactOf } from '../terms.ts';

export type Answer = 'true' | 'false' | 'unknown';

interface CountedCore {
  readonly name: string;
  readonly core: CoreInstance;
  /** Calls of `decide` so far. */
  readonly calls: () => number;
}

/** A core whose `decide` counts. */
function counted(name: string, module: WebAssembly.Module): CountedCore {
  const core = new CoreInstance(module);
  const { exports } = core;
  let calls = 0;
  const decide = (handle: number, point: number, bytesUsed: number): number => {
    calls += 1;
    return exports.decide(handle, point, bytesUsed);
  };
  Object.defineProperty(core, 'exports', { value: { ...exports, decide } });
  return { name, core, calls: () => calls };
}

const CORES: readonly CountedCore[] = [counted('SIMD', fullModule()), counted('scalar', fullScalarModule())];

/** The one answer of both cores, or what is wrong. Each core is asked once. */
export function askCores(term: Term, context: Readonly<Record<string, unknown>>): Answer | Error {
  const artifact = artifactOf(term);
  const answers = CORES.map(({ name, core, calls }): Answer | Error => {
    const before = calls();
    const engine = load(artifact, { core });
    try {
      const answer = answerOf(engine, context);
      return calls() === before + 1 ? answer : new Error(`${name}: ${calls() - before} calls of decide`);
    } finally {
      engine.dispose();
    }
  });
  const [first, second] = answers;
  if (first instanceof Error) return first;
  return first === second && first !== undefined
    ? first
    : new Error(`SIMD: ${String(first)}, scalar: ${String(second)}`);
}

function answerOf(engine: Engine, context: Readonly<Record<string, unknown>>): Answer | Error {
  const { status, rules, unknown } = engine.decide({ tool: 'case', context });
  if (status !== 'ok') return new Error(`status ${status}`);
  if (unknown.length > 0) return 'unknown';
  return rules.length > 0 ? 'true' : 'false';
}
