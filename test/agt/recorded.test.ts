// Real documents of the Agent Governance Toolkit with the decisions that its own evaluators gave (LANGUAGE.md 15.1, 15.5, 15.6): the
// oracle must give all of them; the compiled artifact, through the core, all but those that differ on purpose, each for a reason
// that stands in differences.json. Every decision is one call of the core.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { compile, formatDiagnostic } from '../../compiler/index.ts';
import { agtAnswer } from '../../compiler/reference/agt.ts';
import { CoreInstance, type Engine, load } from '../../host-js/full.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { dataRoot } from '../data.ts';

interface Case {
  readonly id: string;
  readonly kind: string;
  readonly context: object;
  readonly enriched?: object;
  readonly expect: {
    readonly allowed: boolean;
    readonly action: string;
    readonly matched_rule: string | null;
    readonly error?: boolean;
  };
}

const folder = dataRoot === null ? null : join(dataRoot, 'agt-policies');
const isThere = folder !== null && existsSync(join(folder, 'index.json'));
const at = (name: string): string => join(folder ?? '', name);

const differences = JSON.parse(readFileSync(new URL('differences.json', import.meta.url), 'utf8')) as {
  readonly [tag: string]: { readonly cases: number; readonly reason: string };
};
const TAGS = Object.keys(differences).filter((tag) => tag !== '_');

/** At most 3 % of the recorded cases. */
const MOST_DIFFERENCES = 0.03;

const DECISIONS: Readonly<Record<string, string>> = {
  allow: 'allow',
  deny: 'deny',
  block: 'deny',
  audit: 'warn',
  escalate: 'escalate',
};

const documents = isThere
  ? (JSON.parse(readFileSync(at('index.json'), 'utf8')) as readonly { readonly doc: string }[]).map(({ doc }) => doc)
  : [];

/** Decisions of the core, counted at its door: nothing here is decided elsewhere. */
let coreDecisions = 0;
const core = new CoreInstance(fullModule());
const { exports } = core;
Reflect.set(core, 'exports', {
  ...exports,
  decide: (handle: number, point: number, bytesUsed: number): number => {
    coreDecisions += 1;
    return exports.decide(handle, point, bytesUsed);
  },
});

function casesOf(document: string): readonly Case[] {
  return readFileSync(at(`${document}.cases.jsonl`), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Case);
}

function sourceOf(name: string): { readonly path: string; readonly text: string } {
  return { path: name, text: readFileSync(at(name), 'utf8') };
}

function engineOf(name: string): Engine {
  const { artifact, diagnostics } = compile([sourceOf(name)]);
  if (artifact === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  const engine = load(artifact, { core });
  expect(engine.status).toBe('ok');
  return engine;
}

/** Why this case may differ; null: it may not. */
function tagOf(one: Case, text: string): string | null {
  const messages = Object.values(one.context).filter((value) => typeof value === 'string');
  if (messages.some((message) => / (?:and|or) /.test(message)) && /^apiVersion/m.test(text)) return 'quoted-operators';
  const winner = one.expect.matched_rule;
  if (winner !== null && new RegExp(`name: ${winner}\\n(?:.*\\n){1,3}\\s*ruleAction: allow`).test(text))
    return 'rule-action';
  if (one.kind === 'facet') {
    const k8s = 'k8s' in one.context ? (one.context.k8s as object) : {};
    if (!('path' in k8s) && !('method' in k8s)) return 'facet-overwrite';
  }
  if (winner !== null && new RegExp(`name: ${winner}\\n(?:.*\\n){0,4}.*\\(\\?(?:=|!|<=|<!)`).test(text))
    return 'lookaround';
  return null;
}

describe.skipIf(!isThere)('recorded decisions of the Agent Governance Toolkit', () => {
  const found = new Map<string, string[]>(TAGS.map((tag) => [tag, []]));
  let decided = 0;
  let coreDecided = 0;

  for (const document of documents) {
    it(`${document}: as recorded, or different for a listed reason (LANGUAGE.md 15.1, 15.2)`, {
      timeout: 300_000,
    }, () => {
      const { text } = sourceOf(`${document}.yaml`);
      const engine = engineOf(`${document}.yaml`);
      const unexplained: object[] = [];
      for (const one of casesOf(document)) {
        const before = coreDecisions;
        const verdict = engine.decide({ context: one.context });
        decided += 1;
        coreDecided += coreDecisions - before;
        const wanted = {
          decision: DECISIONS[one.expect.action],
          determining: one.expect.matched_rule === null ? [] : [one.expect.matched_rule],
          status: one.expect.error === true ? 'condition-error' : 'ok',
        };
        const { decision, determining, status } = verdict;
        if (JSON.stringify({ decision, determining, status }) === JSON.stringify(wanted)) continue;
        const tag = tagOf(one, text);
        if (tag === null) unexplained.push({ id: one.id, context: one.context, wanted, decision, determining, status });
        else found.get(tag)?.push(one.id);
      }
      engine.dispose();
      expect(unexplained).toEqual([]);
    });
  }

  afterAll(() => {
    if (decided === 0) return;
    const all = [...found.values()].flat();
    const lines = [...found].map(([tag, ids]) => `  ${tag}: ${ids.length}`);
    console.info([`${decided} recorded cases, ${all.length} differ on purpose:`, ...lines].join('\n'));
    expect(coreDecided).toBe(decided);
    expect(all.length).toBeLessThanOrEqual(Math.floor(decided * MOST_DIFFERENCES));
    for (const [tag, ids] of found) expect(ids.length, tag).toBeLessThanOrEqual(differences[tag]?.cases ?? 0);
  });
});

describe.skipIf(!isThere)('the oracle of toolkit documents', () => {
  for (const document of documents) {
    it(`${document}: gives every recorded decision`, { timeout: 120_000 }, () => {
      const root: unknown = parse(readFileSync(at(`${document}.yaml`), 'utf8'));
      for (const one of casesOf(document)) {
        const { allowed, action, matched_rule: rule, error = false } = one.expect;
        expect(agtAnswer(root, one.enriched ?? one.context), one.id).toEqual({ allowed, action, rule, error });
      }
    });
  }
});

describe.skipIf(!isThere)('fixtures that the toolkit publishes', () => {
  interface Fixture {
    readonly id: string;
    readonly input: object;
    readonly expected_verdict: string;
    readonly expected_rule?: string;
  }
  const of = (document: string, files: readonly string[]): void => {
    it(`${document}: every fixture (LANGUAGE.md 15.1)`, { timeout: 120_000 }, () => {
      const engine = engineOf(`${document}.yaml`);
      const fixtures = files.flatMap((file) => {
        const value = JSON.parse(readFileSync(at(`fixtures/${file}`), 'utf8')) as Fixture | readonly Fixture[];
        return Array.isArray(value) ? (value as readonly Fixture[]) : [value as Fixture];
      });
      for (const fixture of fixtures) {
        const verdict = engine.decide({ context: fixture.input });
        expect(verdict.decision, fixture.id).toBe(DECISIONS[fixture.expected_verdict]);
        if (fixture.expected_rule !== undefined)
          expect(verdict.determining, fixture.id).toEqual([fixture.expected_rule]);
      }
      engine.dispose();
    });
  };
  of('general-saas', ['general-saas-fixtures.json', 'k8s-agent-fixtures.json', 'sql-agent-fixtures.json']);
  const conflicts = ['allow_overrides', 'basic_deny', 'conflicting_rule', 'deny_overrides', 'most_specific_wins'];
  of(
    'conflict-resolution-demo',
    conflicts.map((name) => `conflict-resolution/${name}.json`),
  );

  it('tutorial-06-test: every scenario (LANGUAGE.md 15.1)', () => {
    const engine = engineOf('tutorial-06-test.yaml');
    const { scenarios } = parse(readFileSync(at('fixtures/tutorial-06-test-scenarios.yaml'), 'utf8')) as {
      readonly scenarios: readonly {
        readonly name: string;
        readonly context: object;
        readonly expected_action?: string;
        readonly expected_allowed?: boolean;
      }[];
    };
    for (const { name, context, expected_action: action, expected_allowed: allowed } of scenarios) {
      const { decision } = engine.decide({ context });
      if (action !== undefined) expect(decision, name).toBe(DECISIONS[action]);
      if (allowed !== undefined) expect(decision === 'allow' || decision === 'warn', name).toBe(allowed);
    }
    engine.dispose();
  });
});
