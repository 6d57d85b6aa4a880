// `lictor migrate`: the policy made of a toolkit document decides as the document does. On usual calls always; on odd ones but for causes
// that are listed, and then never milder. Held on the documents and recorded contexts of others, and on random sets of documents.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Call, callsFor } from '../../compiler/agt/calls.ts';
import { migrate } from '../../compiler/agt/migrate.ts';
import { type Both, type Difference, differenceOn } from '../../compiler/cli/agt-differences.ts';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import { compile, formatDiagnostic, type Source } from '../../compiler/index.ts';
import { CoreInstance, load } from '../../host-js/full.ts';
import { fullModule } from '../../host-js/runtimes/inline-full.ts';
import { dataRoot } from '../data.ts';
import { sets } from './generate.ts';

const FOLDER = `${dataRoot ?? ''}/agt-policies`;
/** One document has 1,555 rules and takes a minute; the command proves that one. */
const MOST_BYTES = 200_000;
const CALLS = 1000;
const FIXED_SEED = 20_261_124;

const core = new CoreInstance(fullModule());

/** Null: the documents do not compile, or a rule cannot be written. */
function bothOf(sources: readonly Source[]): (Both & { readonly dispose: () => void }) | null {
  const document = compile(sources);
  const migrated = migrate(sources, new DiagnosticSink());
  if (document.artifact === null || migrated === null) return null;
  const written = compile([{ path: 'm.policy.yaml', text: migrated.text }]);
  if (written.artifact === null) {
    throw new Error(`${written.diagnostics.map(formatDiagnostic).join('\n')}\n${migrated.text}`);
  }
  const engines = { document: load(document.artifact, { core }), policy: load(written.artifact, { core }) };
  const dispose = (): void => Object.values(engines).forEach((engine) => engine.dispose());
  return { ...engines, migrated, dispose };
}

const SEVERITY = ['allow', 'warn', 'transform', 'escalate', 'deny'];

function isMilder({ document, policy }: Difference): boolean {
  const severity = (said: string): number => SEVERITY.indexOf(said.split(' ')[0] ?? '');
  return severity(policy) < severity(document);
}

describe.skipIf(!existsSync(FOLDER))('documents of others (LANGUAGE.md 15.1)', () => {
  const names = existsSync(FOLDER)
    ? readdirSync(FOLDER).filter(
        (name) => name.endsWith('.yaml') && readFileSync(`${FOLDER}/${name}`).length < MOST_BYTES,
      )
    : [];

  it.each(names)('%s: usual calls and recorded contexts are decided alike', { timeout: 120_000 }, (name) => {
    const both = bothOf([{ path: name, text: readFileSync(`${FOLDER}/${name}`, 'utf8') }]);
    if (both === null) throw new Error('not migrated');
    const { conditions, governs } = both.migrated;
    const met = new Set<string>();
    for (const { call, isOdd } of callsFor(conditions, governs, FIXED_SEED, CALLS)) {
      const difference = differenceOn(call, both);
      for (const id of both.document.decide(call).determining) met.add(id);
      const isKnown = difference === null || (isOdd && difference.cause !== null && !isMilder(difference));
      expect(isKnown, JSON.stringify(difference)).toBe(true);
    }
    expect(met.size).toBeGreaterThan(0);
    const recorded = readFileSync(`${FOLDER}/${name.replace('.yaml', '.cases.jsonl')}`, 'utf8')
      .trim()
      .split('\n');
    for (const line of recorded) {
      const { context } = JSON.parse(line) as { readonly context: Call['context'] };
      const difference = differenceOn({ at: 'pre_tool_call', principal: {}, context }, both);
      expect(difference === null || difference.cause !== null, JSON.stringify(difference)).toBe(true);
    }
    both.dispose();
  });
});

it('random sets of documents, in folders too: no difference without a cause, none milder but beside `\\b` (LANGUAGE.md 15.9)', {
  timeout: 300_000,
}, () => {
  let compared = 0;
  const property = fc.property(sets, ({ sources }) => {
    const both = bothOf(sources);
    if (both === null) return;
    const { conditions, governs } = both.migrated;
    for (const { call } of callsFor(conditions, governs, FIXED_SEED, 40)) {
      const difference = differenceOn(call, both);
      compared += 1;
      const isKnown = difference?.cause !== null && (difference === null || !isMilder(difference));
      if (!isKnown && !/RE2/.test(difference?.cause ?? '')) {
        throw new Error(`${JSON.stringify(difference, null, 1)}\n${both.migrated.text}`);
      }
    }
    both.dispose();
  });
  fc.assert(property, { numRuns: Number(process.env['FUZZ_RUNS'] ?? 60), seed: FIXED_SEED });
  expect(compared).toBeGreaterThan(1000);
});
