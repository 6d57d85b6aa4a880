// Rule packs of others as load: how many of their patterns compile, and whether the compiled core gives the labelled answer of each
// of the packs' own tests. A test is a rule and texts: it is flagged when the rule is among the verdict's. Where the label says
// otherwise, the rule's own patterns, run by the JavaScript engine on the same texts, must say what we say: then the label is about
// more than the patterns (normalisation of the text, another field), or about a pattern that was refused. Each such test is listed in
// odd-answers.json: one that is not, and one that changes, fails the run (`LICTOR_GOLDEN=1` writes the list anew).

import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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
const ODD_ANSWERS = new URL('odd-answers.json', import.meta.url);
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
    const unread = (what: RegExp): number => pack.unread.filter((one) => what.test(one.what)).length;
    expect([/^an entropy/, /^an allow list/, /^files of/, /^the whole rule/].map(unread)).toEqual([130, 14, 4, 1]);
    expect(packPolicy(pack, OPTIONS)).toContain('# not read: pkcs12-file: the whole rule: it has no pattern of texts');
    const engine = load(artifactOf(pack));
    const rulesOf = (text: string): readonly string[] => engine.decide({ tool: 'scan', args: { text } }).rules;
    expect(rulesOf(`token: ghp_${'a1B2'.repeat(9)} `)).toContain('github-pat');
    expect(rulesOf(`aws = AKIA${'ABCD2345'.repeat(2)} `)).toContain('aws-access-token');
    expect(rulesOf('nothing of interest')).toEqual([]);
    // A text that is too long to be read is in doubt; a call without one is none of the pack's (LANGUAGE.md 8.2).
    expect(engine.decide({ tool: 'scan', args: { text: 'x'.repeat(70_000) } }).decision).toBe('warn');
    expect(engine.decide({ tool: 'scan', args: {} }).decision).toBe('allow');
    engine.dispose();
  });

  it('personal data: 135 of 139 patterns compile, the rest is refused by name', () => {
    const pack = readPiiList(readFileSync(`${LISTS}/pii-stable.yml`, 'utf8'));
    expect([pack.patternCount, pack.rules.length]).toEqual([139, 135]);
    expect(pack.refused.map(({ rule }) => rule)).toEqual([
      '2-phones',
      '9-ssn-3',
      '10-ssn-number',
      '104-Password-etc-passwd',
    ]);
    expect(artifactOf(pack).length).toBeGreaterThan(0);
  });
});

interface Labelled {
  readonly rule: string;
  readonly name: string;
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

  it('3,238 of 3,353 patterns compile, the rest is refused by name', { timeout: 300_000 }, () => {
    const pack = readThreatRules(files);
    expect([pack.patternCount, pack.refused.length]).toEqual([3353, 115]);
    expect(pack.refused.every(({ rule, reason }) => rule.startsWith('ATR-') && reason !== '')).toBe(true);
  });

  it('the compiled core gives the labelled answer, but for the tests that are listed one by one', {
    timeout: 1_800_000,
  }, () => {
    const counts = { labelled: 0, withoutRule: 0, run: 0, asLabelled: 0 };
    const withoutRule = new Map<string, { tests: number; readonly why: string }>();
    const odd: OddAnswer[] = [];
    for (let first = 0; first < files.length; first += CHUNK) {
      const chunk = files.slice(first, first + CHUNK);
      const pack = readThreatRules(chunk);
      const engine = load(artifactOf(pack));
      const known = new Set(pack.rules.map(({ id }) => id));
      for (const test of chunk.flatMap(labelledTests)) {
        counts.labelled += 1;
        if (!known.has(test.rule)) {
          counts.withoutRule += 1;
          const reasons = new Set(pack.refused.filter(({ rule }) => rule === test.rule).map(({ reason }) => reason));
          const before = withoutRule.get(test.rule) ?? { tests: 0, why: [...reasons].join('; ') || 'no condition' };
          withoutRule.set(test.rule, { ...before, tests: before.tests + 1 });
          continue;
        }
        const found = test.texts.some((text) =>
          engine
            .decide({ tool: 'scan', args: { text } })
            .rules.some((id) => id === test.rule || id.startsWith(`${test.rule}.`)),
        );
        counts.run += 1;
        if (found === test.flagged) counts.asLabelled += 1;
        else odd.push(oddAnswer(test, found, pack));
      }
      engine.dispose();
    }
    console.log('agent-threat-rules', { ...counts, otherwise: odd.length });
    for (const [rule, { tests, why }] of withoutRule) console.log(`not run: ${rule}, ${tests} tests: ${why}`);
    if (process.env['LICTOR_GOLDEN'] === '1') writeFileSync(ODD_ANSWERS, listText(odd));
    // Where the label says otherwise, the pattern says what we say: the engine it was written for agrees.
    expect(odd.filter(({ ours, v8 }) => ours !== v8)).toEqual([]);
    expect(odd).toEqual(JSON.parse(readFileSync(ODD_ANSWERS, 'utf8')));
    expect(counts.withoutRule + counts.run).toBe(counts.labelled);
    expect([...withoutRule.values()].every(({ why }) => why !== '')).toBe(true);
    expect(counts.asLabelled / counts.run).toBeGreaterThan(0.97);
  });
});

/** A test whose label says another thing than the patterns do. No text of the pack: where it stands, and the hash of its texts. */
interface OddAnswer {
  /** `ATR-2026-00001/true_positives[3]`. */
  readonly test: string;
  readonly sha256: string;
  /** Whether it is to be flagged: by its label, by us, by V8's engine with the patterns that we compiled. */
  readonly label: boolean;
  readonly ours: boolean;
  readonly v8: boolean;
}

function oddAnswer({ rule, name, texts, flagged, patterns, all }: Labelled, ours: boolean, pack: Pack): OddAnswer {
  const refused = new Set(pack.refused.map(({ pattern }) => pattern));
  const kept = patterns.filter(({ written }) => !refused.has(written));
  const v8 = texts.some((text) =>
    all ? kept.every(({ regExp }) => regExp.test(text)) : kept.some(({ regExp }) => regExp.test(text)),
  );
  const sha256 = createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 10);
  return { test: `${rule}/${name}`, sha256, label: flagged, ours, v8 };
}

/** One line each. */
function listText(odd: readonly OddAnswer[]): string {
  const lines = odd.map((one) => {
    const members = Object.entries(one).map(([name, value]) => `"${name}": ${JSON.stringify(value)}`);
    return `  { ${members.join(', ')} }`;
  });
  return `[\n${lines.join(',\n')}\n]\n`;
}

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
    list(at(at(document, 'test_cases'), kind)).map((one, i) => ({
      rule: String(at(document, 'id')),
      name: `${kind}[${i}]`,
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
