// Rule packs of others as load: how many of their patterns compile, and whether the compiled core gives the labelled answer of each
// of the packs' own tests. A test is a rule and texts: it is flagged when the rule is among the verdict's. Where the label says
// otherwise, the rule's own patterns, run by the JavaScript engine on the same texts, must say what we say: then the label is about
// more than the patterns (normalisation of the text, another field), or about a pattern that was refused.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { compile } from '../../compiler/index.ts';
import { readThreatRules } from '../../compiler/packs/atr.ts';
import { readGitleaks, readPiiList } from '../../compiler/packs/lists.ts';
import type { Pack } from '../../compiler/packs/pack.ts';
import { packPolicy } from '../../compiler/packs/policy.ts';
import { load } from '../../host-js/index.ts';
import { dataRoot } from '../data.ts';

const OPTIONS = { attribute: 'args.text', effect: 'warn', tool: 'scan' } as const;
const LISTS = `${dataRoot ?? ''}/secret-patterns`;
const THREATS = fileURLToPath(new URL('../../node_modules/agent-threat-rules/rules', import.meta.url));
/** Rules of one artifact, so that one compilation stays short. */
const CHUNK = 100;

function artifactOf(pack: Pack): Uint8Array {
  const { artifact, diagnostics } = compile([{ path: 'pack.policy.yaml', text: packPolicy(pack, OPTIONS) }]);
  if (artifact === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return artifact;
}

describe.skipIf(!existsSync(LISTS))('lists of secrets and personal data (LANGUAGE.md 4.22)', () => {
  it('gitleaks: all 221 patterns compile, and find a secret of their kind', () => {
    const pack = readGitleaks(readFileSync(`${LISTS}/gitleaks.toml`, 'utf8'));
    expect([pack.patternCount, pack.refused]).toEqual([221, []]);
    const engine = load(artifactOf(pack));
    const rulesOf = (text: string): readonly string[] => engine.decide({ tool: 'scan', args: { text } }).rules;
    expect(rulesOf(`token: ghp_${'a1B2'.repeat(9)} `)).toContain('github-pat');
    expect(rulesOf(`aws = AKIA${'ABCD2345'.repeat(2)} `)).toContain('aws-access-token');
    expect(rulesOf('nothing of interest')).toEqual([]);
    engine.dispose();
  });

  it('personal data: 132 of 139 patterns compile, the rest is refused by name', () => {
    const pack = readPiiList(readFileSync(`${LISTS}/pii-stable.yml`, 'utf8'));
    expect([pack.patternCount, pack.rules.length]).toEqual([139, 132]);
    expect(pack.refused.map(({ rule }) => rule)).toEqual([
      '2-phones',
      '5-street-addresses',
      '9-ssn-3',
      '10-ssn-number',
      '56-credit-cards',
      '59-btc-addresses',
      '104-Password-etc-passwd',
    ]);
    expect(artifactOf(pack).length).toBeGreaterThan(0);
  });
});

interface Labelled {
  readonly rule: string;
  readonly texts: readonly string[];
  readonly flagged: boolean;
  /** As written, and as that engine compiles it. */
  readonly patterns: readonly { readonly written: string; readonly regExp: RegExp }[];
  readonly all: boolean;
}

describe.skipIf(!existsSync(THREATS))('agent-threat-rules (LANGUAGE.md 4.22)', () => {
  const files = existsSync(THREATS)
    ? readdirSync(THREATS, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.ya?ml$/.test(name))
        .sort()
        .map((path) => ({ path, text: readFileSync(`${THREATS}/${path}`, 'utf8') }))
    : [];

  it('3,216 of 3,353 patterns compile, the rest is refused by name', { timeout: 300_000 }, () => {
    const pack = readThreatRules(files);
    expect([pack.patternCount, pack.refused.length]).toEqual([3353, 137]);
    expect(pack.refused.every(({ rule, reason }) => rule.startsWith('ATR-') && reason !== '')).toBe(true);
  });

  it('the compiled core says of each labelled test what the patterns say', { timeout: 1_800_000 }, () => {
    const counts = { tests: 0, asLabelled: 0, labelSaysMore: 0, labelSaysLess: 0, disagreements: 0 };
    for (let first = 0; first < files.length; first += CHUNK) {
      const chunk = files.slice(first, first + CHUNK);
      const pack = readThreatRules(chunk);
      const engine = load(artifactOf(pack));
      const known = new Set(pack.rules.map(({ id }) => id));
      for (const test of chunk.flatMap(labelledTests)) {
        if (!known.has(test.rule)) continue;
        const found = test.texts.some((text) =>
          engine
            .decide({ tool: 'scan', args: { text } })
            .rules.some((id) => id === test.rule || id.startsWith(`${test.rule}.`)),
        );
        counts.tests += 1;
        if (found === test.flagged) counts.asLabelled += 1;
        else {
          if (test.flagged) counts.labelSaysMore += 1;
          else counts.labelSaysLess += 1;
          const refused = new Set(pack.refused.map(({ pattern }) => pattern));
          const kept = test.patterns.filter(({ written }) => !refused.has(written));
          const oracle = test.texts.some((text) =>
            test.all ? kept.every(({ regExp }) => regExp.test(text)) : kept.some(({ regExp }) => regExp.test(text)),
          );
          if (oracle !== found) counts.disagreements += 1;
        }
      }
      engine.dispose();
    }
    console.log('agent-threat-rules', counts);
    expect(counts.disagreements).toBe(0);
    expect(counts.asLabelled / counts.tests).toBeGreaterThan(0.9);
  });
});

function labelledTests({ text }: { readonly text: string }): Labelled[] {
  const document: unknown = parseDocument(text, { strict: false, logLevel: 'silent' }).toJS();
  const conditions = at(at(document, 'detection'), 'conditions');
  const patterns = list(conditions).flatMap((one) => {
    const value = at(one, 'value');
    if (typeof value !== 'string') return [];
    const source = value.replace(/^\(\?[imsx]+\)/, '');
    const flags = source.includes('\\u{') || source.includes('\\p{') ? 'iu' : 'i';
    return [{ written: value, regExp: new RegExp(source, flags) }];
  });
  return ['true_positives', 'true_negatives', 'evasion_tests'].flatMap((kind) =>
    list(at(at(document, 'test_cases'), kind)).map((one) => ({
      rule: String(at(document, 'id')),
      texts: textsIn(one),
      flagged: at(one, 'expected') === 'triggered',
      patterns,
      all: at(at(document, 'detection'), 'condition') === 'all',
    })),
  );
}

/** What a test gives to look at; what it says about itself is none of it. */
function textsIn(test: unknown): string[] {
  if (typeof test !== 'object' || test === null) return [];
  return Object.entries(test)
    .filter(
      ([key]) => !/^(?:expected|description|reason|notes|matched_condition|detection_field|.*technique)$/.test(key),
    )
    .flatMap(([, value]) => strings(value));
}

function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(strings) : [];
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
