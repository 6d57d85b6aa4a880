// lictor bench: what deciding *this* policy's calls costs on *this* machine: latency by way of asking, throughput, the predicted worst
// case, the dearest rules and calls, memory.

import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { type Engine, load as loadFull, type Session } from '../../../host-js/full.ts';
import { load as loadSmall } from '../../../host-js/index.ts';
import { decode } from '../../artifact/decode.ts';
import { type DearParts, dearParts, dearText } from '../../plan/dearest.ts';
import type { DecisionTables } from '../../plan/tables.ts';
import { type ExitCode, UsageError } from '../failure.ts';
import { kindOf, readExactJson, shownName } from '../files.ts';
import { type Latencies, measureWays, type Way } from '../latency.ts';
import { openPolicy } from '../policy.ts';
import { Progress } from '../progress.ts';
import { callText, count, counted, duration, elide, findingTexts, table } from '../show.ts';
import type { Terminal } from '../terminal.ts';

interface BenchOptions {
  readonly policy: string;
  readonly requests?: string;
  readonly schema?: string;
  readonly entities?: string;
  readonly seconds: string;
  readonly json?: true;
}

const DEAREST = 5;

export function addBench(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('bench')
    .description('measure what deciding calls costs under a policy, on this machine')
    .requiredOption('-p, --policy <POLICY>', 'policy file, its folder, or a compiled `.lctr`')
    .option(
      '-r, --requests <FILE>',
      'a JSON list of requests, or of expectations; else `requests.json` beside the policy',
    )
    .option('--seconds <N>', 'how long to measure, 1 to 600', '10')
    .option('--schema <path>', 'of Cedar policies: a `.cedarschema`, or its JSON form')
    .option('--entities <path>', 'of Cedar policies: entities in JSON; `entities.json` of a folder if left out')
    .option('--json', 'everything as one JSON document')
    .action((options: BenchOptions) => done(benchCommand(options, terminal)));
}

function benchCommand(options: BenchOptions, terminal: Terminal): ExitCode {
  const seconds = Number(options.seconds);
  if (!(seconds >= 1 && seconds <= 600)) {
    throw new UsageError(`--seconds ${options.seconds} is no number from 1 to 600`, 'try `--seconds 10`');
  }
  const policy = openPolicy(options.policy, options);
  for (const text of findingTexts(policy.warnings, terminal.errorColours)) terminal.error(`${text}\n`);
  const requests = readRequests(options.requests ?? requestsBeside(options.policy));

  // The core that an embedder of this policy would take.
  const load = policy.engine.needsFullCore ? loadFull : loadSmall;
  const entities = policy.entities;
  policy.engine.dispose();
  const before = process.memoryUsage().external;
  const loadStartMs = performance.now();
  const engine = load(policy.artifact, { entities });
  const loadMs = performance.now() - loadStartMs;
  const memoryBytes = Math.max(0, process.memoryUsage().external - before);
  const asked = load(policy.artifact, { entities, remember: false });
  const ways = waysOf(engine, asked, requests);
  const progress = new Progress('measuring', 100);
  let latencies: Latencies;
  try {
    latencies = measureWays(ways, requests.length, seconds * 1000, (share) => progress.at(Math.round(share * 100)));
  } finally {
    progress.stop();
  }
  const { tables } = decode(policy.artifact);
  const report = {
    policy: `${engine.name} ${engine.version}`.trim(),
    rules: engine.rules.length,
    requests: requests.length,
    compileMs: policy.compileMs,
    loadMs,
    artifactBytes: policy.artifactBytes,
    memoryBytes,
    predicted: dearParts(tables),
    timerNs: latencies.timerNs,
    ways: latencies.ways,
    dearestRules: dearestRules(tables, engine),
    dearestCalls: dearestCalls(latencies, requests),
  };
  if (options.json === true) terminal.out(JSON.stringify(report, null, 2));
  else terminal.out(reportText(report, terminal));
  return 0;
}

type Report = Readonly<{
  policy: string;
  rules: number;
  requests: number;
  compileMs: number;
  loadMs: number;
  artifactBytes: number;
  /** Outside the JavaScript heap, core included, by which the process grew. */
  memoryBytes: number;
  /** Instructions. */
  predicted: DearParts;
  timerNs: number;
  ways: Latencies['ways'];
  dearestRules: readonly RuleWork[];
  dearestCalls: readonly { readonly ns: number; readonly request: unknown }[];
}>;

function waysOf(engine: Engine, asked: Engine, requests: readonly unknown[]): Way[] {
  const sessions = sessionsOf(engine, requests);
  const ways: Way[] = [
    { name: 'plain object', decide: (i) => engine.decide(requests[i]) },
    { name: 'session', decide: (i) => sessions[i]?.decide(requests[i]) },
  ];
  if (engine.isCedar) return ways;
  const askedSessions = sessionsOf(asked, requests);
  const bytes = requests.map((request) => engine.encode(request));
  const trusted = { trusted: true };
  ways.push(
    { name: 'session, trusted', decide: (i) => sessions[i]?.decide(requests[i], trusted) },
    { name: 'plain object, nothing remembered', decide: (i) => asked.decide(requests[i]) },
    { name: 'session, nothing remembered', decide: (i) => askedSessions[i]?.decide(requests[i]) },
    { name: 'request bytes', decide: (i) => engine.decideBytes(bytes[i] ?? new Uint8Array(0)) },
  );
  return ways;
}

/** For each request the session of its principal and context. */
function sessionsOf(engine: Engine, requests: readonly unknown[]): Session[] {
  const known = new Map<string, Session>();
  return requests.map((request) => {
    const own = typeof request === 'object' && request !== null ? request : {};
    const roots = engine.isCedar ? ['principal'] : ['principal', 'context'];
    const subject = Object.fromEntries(Object.entries(own).filter(([key]) => roots.includes(key)));
    const key = JSON.stringify(subject, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
    const session = known.get(key) ?? engine.session(subject);
    known.set(key, session);
    return session;
  });
}

/** What the tables hold for one rule: terms (rows of clusters, copies under several keys included) and words of residual code. */
interface RuleWork {
  readonly rule: string;
  readonly bits: number;
  readonly codeWords: number;
}

/** Residual code costs a step a word where its rule's classes leave it open; a bit costs its share of a vector. */
function dearestRules(tables: DecisionTables, engine: Engine): RuleWork[] {
  const work = tables.rules.map(({ id }) => ({ rule: id, bits: 0, codeWords: 0, residuals: new Set<number>() }));
  for (const bit of tables.bits) {
    const own = work[bit.rule];
    if (own === undefined) continue;
    own.bits += 1;
    if (bit.code < 0 || own.residuals.has(bit.residual)) continue;
    own.residuals.add(bit.residual);
    own.codeWords += bit.codeWords;
  }
  return work
    .filter(({ bits }) => bits > 0)
    .sort((a, b) => b.codeWords - a.codeWords || b.bits - a.bits)
    .slice(0, Math.min(DEAREST, engine.rules.length))
    .map(({ rule, bits, codeWords }) => ({ rule, bits, codeWords }));
}

function dearestCalls({ byCall }: Latencies, requests: readonly unknown[]): Report['dearestCalls'] {
  return Array.from(byCall, (ns, index) => ({ ns, request: requests[index] }))
    .filter(({ ns }) => Number.isFinite(ns))
    .sort((a, b) => b.ns - a.ns)
    .slice(0, DEAREST);
}

function requestsBeside(policyPath: string): string {
  const path = join(kindOf(policyPath) === 'folder' ? policyPath : dirname(policyPath), 'requests.json');
  if (kindOf(path) === 'file') return path;
  throw new UsageError(
    'no calls to measure with',
    'name a JSON list of requests with `-r`, or put `requests.json` beside the policy',
  );
}

/** Requests, or the requests of expectations. */
function readRequests(path: string): readonly unknown[] {
  const value = readExactJson(path);
  if (!Array.isArray(value) || value.length === 0) {
    throw new UsageError(`${shownName(path)} is not a list of requests`, 'write `[{"tool": …, "args": {…}}, …]`');
  }
  return value.map((entry: unknown) =>
    typeof entry === 'object' && entry !== null && 'request' in entry && 'expect' in entry ? entry.request : entry,
  );
}

function reportText(report: Report, { colours, columns }: Terminal): string {
  const { rules, requests, ways, timerNs } = report;
  const compiled = report.compileMs > 0 ? `compiled in ${duration(report.compileMs * 1e6)}, ` : '';
  const right = { align: 'right' } as const;
  const times = table(
    [
      { title: 'asked as' },
      { title: 'p50', ...right },
      { title: 'p99', ...right },
      { title: 'p99.9', ...right },
      { title: 'a second', ...right },
    ],
    ways.map(({ name, p50, p99, p999, perSecond }) => [
      name,
      duration(p50),
      duration(p99),
      duration(p999),
      count(perSecond),
    ]),
    colours,
  );
  const slow = report.dearestCalls.map(({ ns, request }) => [duration(ns), elide(callText(request), columns - 14)]);
  const work = report.dearestRules.map(({ rule, bits, codeWords }) => [rule, count(bits), count(codeWords)]);
  return [
    `${colours.bold(report.policy)}  ${counted(rules, 'rule')}, ${count(report.artifactBytes)} bytes, ${compiled}loaded in ${duration(report.loadMs * 1e6)}, ${(report.memoryBytes / 2 ** 20).toFixed(1)} MB of memory`,
    '',
    `${counted(requests, 'call')} in turn, one timed call at a time; an empty timed call takes ${duration(timerNs)}, which is taken off`,
    times,
    `\nA call of usual size (texts of 256 bytes, lists of 32) costs at most, by prediction, ${dearText(report.predicted)}`,
    '\nDearest calls, as plain objects, at their best',
    table([{ title: 'least', ...right }, { title: 'call' }], slow, colours),
    '\nDearest rules: places in the tables, and words of code that classes cannot replace',
    table([{ title: 'rule' }, { title: 'places', ...right }, { title: 'code', ...right }], work, colours),
  ].join('\n');
}
