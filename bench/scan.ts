// In: which sets of patterns to scan for. Out: what scanning 4 KB costs by Lictor and by V8's own engine, on texts without a find, with one,
// and on texts that look like a find everywhere. All must agree on every text before anything is timed. Texts rotate, so that
// nothing is remembered.

import { fresh, type Measured, type MeasureOptions, measure, rotating, type Variant } from './harness.ts';
import { type ScanSetName, type ScanSubject, scanSubject } from './scan-subjects.ts';
import { pairedRatio, type Summary, summary } from './statistics.ts';

export interface ScanRow extends Summary {
  readonly row: string;
  readonly batchSize: number;
}

export interface ScanRecord {
  readonly name: ScanSetName;
  readonly patternCount: number;
  readonly compileMs: number;
  readonly artifactBytes: number;
  /** Answers compared before timing. */
  readonly comparisons: number;
  /** Mean number of rules found in a text. */
  readonly found: Readonly<Record<TextKind, number>>;
  readonly rows: readonly (ScanRow & { readonly texts: TextKind })[];
  readonly ratios: readonly {
    readonly texts: TextKind;
    readonly row: string;
    readonly against: string;
    readonly times: number;
  }[];
}

export type TextKind = 'benign' | 'hits' | 'worst';

const KINDS: readonly TextKind[] = ['benign', 'hits', 'worst'];
const OBJECT = 'plain object';
const BYTES = 'bytes';

export function measureScans(
  names: readonly ScanSetName[],
  options: MeasureOptions,
  say: (text: string) => void,
): ScanRecord[] {
  return names.flatMap((name) => {
    say(`scan, ${name}: compile`);
    const subject = scanSubject(name);
    if (subject === null) return [];
    say(`scan, ${name}: check that all agree`);
    const checked = check(subject);
    const rows: (ScanRow & { readonly texts: TextKind })[] = [];
    const ratios: ScanRecord['ratios'][number][] = [];
    for (const texts of KINDS) {
      say(`scan, ${name}: ${texts}`);
      const measured = measure(variantsOf(subject, texts), options);
      rows.push(...measured.map(({ row, batchSize, samplesNs }) => ({ texts, row, batchSize, ...summary(samplesNs) })));
      ratios.push(...ratiosOf(measured).map((ratio) => ({ texts, ...ratio })));
    }
    subject.engine.dispose();
    const { patternCount, compileMs, artifactBytes } = subject;
    return [{ name, patternCount, compileMs, artifactBytes, ...checked, rows, ratios }];
  });
}

function ratiosOf(measured: readonly Measured[]): { row: string; against: string; times: number }[] {
  const own = measured.filter(({ row }) => row.startsWith(OBJECT) || row.startsWith(BYTES));
  return own.flatMap(({ row, samplesNs }) =>
    measured
      .filter((other) => !own.includes(other))
      .map((other) => ({ row, against: other.row, times: pairedRatio(samplesNs, other.samplesNs) })),
  );
}

const callOf = (text: string): { readonly tool: string; readonly args: { readonly text: string } } => ({
  tool: 'scan',
  args: { text },
});

/** Texts of `plain object` are made anew for each call, as those that come off a socket are. */
function variantsOf({ engine, patternCount, texts, v8 }: ScanSubject, kind: TextKind): Variant[] {
  const calls = texts[kind].map(callOf);
  const bytes = calls.map((call) => engine.encode(call));
  const copies = texts[kind].map((text) => Buffer.from(text, 'utf8'));
  return [
    rotating(OBJECT, patternCount, calls, (call) => engine.decide(call).rules.length),
    fresh(
      `${OBJECT}, fresh`,
      patternCount,
      copies.length,
      (i) => callOf(copies[i]?.toString('utf8') ?? ''),
      (call) => engine.decide(call).rules.length,
    ),
    rotating(BYTES, patternCount, bytes, (request) => engine.decideBytes(request).rules.length),
    ...v8.map(({ row, scan }) =>
      rotating(row, patternCount, texts[kind], (text) => {
        const found = scan(text);
        return typeof found === 'boolean' ? Number(found) : found.length;
      }),
    ),
  ];
}

function check({ name, engine, texts, v8 }: ScanSubject): Pick<ScanRecord, 'comparisons' | 'found'> {
  let comparisons = 0;
  const found = { benign: 0, hits: 0, worst: 0 };
  for (const kind of KINDS) {
    for (const text of texts[kind]) {
      const { rules } = engine.decide(callOf(text));
      const fromBytes = engine.decideBytes(engine.encode(callOf(text))).rules;
      found[kind] += rules.length / texts[kind].length;
      const ids = idsOf(rules);
      const answers = [idsOf(fromBytes), ...v8.map(({ scan }) => scan(text))];
      for (const answer of answers) {
        comparisons += 1;
        const isSame = typeof answer === 'boolean' ? answer === rules.length > 0 : idsOf(answer).join() === ids.join();
        if (!isSame) throw new Error(`scan, ${name}: ${ids.join()} or ${String(answer)} in ${JSON.stringify(text)}`);
      }
    }
  }
  return { comparisons, found };
}

/** Parts of one rule of a pack (compiler/packs/policy.ts) count as the rule. */
function idsOf(rules: readonly string[]): string[] {
  return [...new Set(rules.map((id) => id.replace(/\.\d+$/, '')))].sort();
}
