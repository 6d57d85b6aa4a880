// The shipped policies: they compile without a finding, their requests come out as their stories say, on the reference and on the
// core, and the gold calls of AgentDojo and tau (the calls that solve a task) are never denied, least of all for an unknown.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readPolicy } from '../../compiler/cli/read.ts';
import { analyse, compile, evaluate, resolveByReference, type Source } from '../../compiler/index.ts';
import { load, resolve } from '../../host-js/index.ts';
import { dataRoot } from '../data.ts';

const folder = fileURLToPath(new URL('../../policies', import.meta.url));
const names = readdirSync(folder);

interface Expectation {
  readonly name: string;
  readonly request: unknown;
  readonly expect: {
    readonly decision: string;
    readonly status?: string;
    readonly rules?: readonly string[];
    readonly resolved?: { readonly decision: string };
  };
}

interface Call {
  readonly tool: string;
  readonly args: unknown;
}

/** The policy with all that it names. */
function sourcesOf(name: string): readonly Source[] {
  return readPolicy(join(folder, name, `${name}.policy.yaml`)).sources;
}

function json<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

describe.each(names)('policies/%s', (name) => {
  const sources = sourcesOf(name);
  const { policy, diagnostics } = analyse(sources);
  const { artifact } = compile(sources);
  const engine = load(artifact ?? new Uint8Array(0));

  it('compiles without a finding, and the same sources give the same bytes', () => {
    expect(diagnostics).toEqual([]);
    expect(engine.status).toBe('ok');
    expect(compile(sourcesOf(name)).artifact).toEqual(artifact);
  });

  it('never says onUnknown: what is in doubt restricts (LANGUAGE.md 6.4, 8.2)', () => {
    for (const { text } of sources) expect(text).not.toContain('onUnknown');
  });

  const expectations = json<Expectation[]>(join(folder, name, 'requests.json'));
  it.each(expectations.map((one) => [one.name, one] as const))('%s', (_, { request, expect: expected }) => {
    if (policy === null) throw new Error('the policy has errors');
    const verdict = engine.decide(request);
    const { resolved, ...first } = expected;
    expect(verdict).toMatchObject({ status: 'ok', ...first });
    const { transforms, ...meant } = evaluate(policy, request);
    expect(verdict).toMatchObject({ ...meant, reason: verdict.reason });
    expect(verdict.transforms.map(({ rule }) => rule)).toEqual(transforms.map(({ rule }) => rule));
    if (resolved === undefined) return;
    const { decision, ...members } = resolved;
    for (const end of [resolve(engine, request), resolveByReference(policy, request)]) {
      expect(end.verdict.decision).toBe(decision);
      expect(end.request).toMatchObject(members);
    }
  });
});

const suites: readonly { readonly name: string; readonly policy: string; readonly calls: (root: string) => Call[] }[] =
  [
    { name: 'AgentDojo slack', policy: 'slack-workspace', calls: (root) => agentDojo(root, 'slack') },
    { name: 'AgentDojo workspace', policy: 'slack-workspace', calls: (root) => agentDojo(root, 'workspace') },
    { name: 'tau, older tasks', policy: 'airline', calls: tau },
    { name: 'tau, revised tasks', policy: 'airline', calls: tau2 },
  ];

describe.skipIf(dataRoot === null)('gold calls', () => {
  it.each(suites)('$name: none is denied, none owes its decision to an unknown', ({ policy, calls }) => {
    const engine = load(compile(sourcesOf(policy)).artifact ?? new Uint8Array(0));
    const subject = json<{ principal: object; context: object }>(join(folder, policy, 'replay.json'));
    const session = engine.session(subject);
    const gold = calls(dataRoot ?? '');
    expect(gold.length).toBeGreaterThan(50);
    for (const call of gold) {
      const verdict = session.decide(call);
      expect(verdict.status).toBe('ok');
      expect(verdict.decision, JSON.stringify(call)).not.toBe('deny');
      expect(verdict.decision, JSON.stringify(call)).toBe(verdict.base);
    }
  });
});

function agentDojo(root: string, suite: string): Call[] {
  interface Tasks {
    readonly user_tasks: readonly {
      readonly ground_truth: readonly { readonly function: string; readonly args: unknown }[];
    }[];
  }
  return json<Tasks>(join(root, `agentdojo-traces/${suite}.tasks.json`)).user_tasks.flatMap((task) =>
    task.ground_truth.map(({ function: tool, args }) => ({ tool, args })),
  );
}

function tau(root: string): Call[] {
  interface Task {
    readonly actions: readonly { readonly name: string; readonly kwargs?: unknown; readonly arguments?: unknown }[];
  }
  return json<Task[]>(join(root, 'tau-airline/tasks.tau-bench.json')).flatMap((task) =>
    task.actions.map((action) => ({ tool: action.name, args: action.kwargs ?? action.arguments })),
  );
}

function tau2(root: string): Call[] {
  interface Task {
    readonly evaluation_criteria: {
      readonly actions: readonly { readonly name: string; readonly arguments: unknown }[] | null;
    };
  }
  return json<Task[]>(join(root, 'tau-airline/tasks.tau2-bench.json')).flatMap((task) =>
    (task.evaluation_criteria.actions ?? []).map((action) => ({ tool: action.name, args: action.arguments })),
  );
}
