// In: a number of rules, a seed. Out: rules about globs of paths that overlap as far as globs can, requests, the sources of the policy,
// and a plain walk over the rules that says which hold. Deterministic, as workload.ts is.

import type { Source } from '../compiler/index.ts';
import { Random } from './random.ts';
import { REQUEST_COUNT, SEED, type WorkloadRequest } from './workload.ts';

/** Combined by deny-overrides, default deny. */
export interface GlobRule {
  readonly id: string;
  readonly effect: 'allow' | 'deny';
  readonly glob: string;
}

export interface GlobSet {
  readonly rules: readonly GlobRule[];
  readonly requests: readonly WorkloadRequest[];
}

const WORDS = 'alpha beta gamma delta omega build cache draft keys logs main media notes parts queue temp'.split(' ');
const ENDS = ['.pdf', '.csv', '.json', '.md', '.key', '.log'];
const TOOL = 'files.read';

/** Every glob begins with `**` and holds two more stars: most texts are on the way of most globs. */
export function makeGlobs(ruleCount: number, seed: number = SEED): GlobSet {
  const random = new Random(seed + ruleCount);
  const known = new Set<string>();
  const rules: GlobRule[] = [];
  while (rules.length < ruleCount) {
    const [first = '', second = '', third = ''] = random.sample(WORDS, 3);
    const middle = random.pick([`*${second}*/`, `**/${second}-*/`, `${second}*/`]);
    const glob = `**/${first}*/${middle}**/*${third.slice(0, 3)}*${random.chance(0.5) ? random.pick(ENDS) : ''}`;
    if (known.has(glob)) continue;
    known.add(glob);
    rules.push({ id: `glob-${rules.length}`, effect: random.chance(0.3) ? 'deny' : 'allow', glob });
  }
  const requests = Array.from({ length: REQUEST_COUNT }, (_, i) => ({
    tool: TOOL,
    args: { path: pathOf(random), amount: 1, note: `request ${i}` },
    principal: { id: `user-${i % 50}`, roles: ['reader'] },
    context: { region: 'eu-west', session: `session-${i % 50}` },
  }));
  return { rules, requests };
}

function pathOf(random: Random): string {
  const parts = Array.from({ length: 3 + random.below(4) }, () => {
    const word = random.pick(WORDS);
    return random.chance(0.3) ? `${word}-${random.below(100)}` : word;
  });
  return `/${parts.join('/')}/${random.pick(WORDS)}${random.below(1000)}${random.pick(ENDS)}`;
}

export function globSources({ rules }: GlobSet): Source[] {
  const lines = [
    'lictor: 1',
    `name: globs-${rules.length}`,
    'combine: deny-overrides',
    'default: deny',
    'tools: [tools.json]',
    'rules:',
  ];
  for (const { id, effect, glob } of rules) {
    lines.push(`  - id: ${id}`, `    tool: ${TOOL}`, `    when: 'args.path.glob("${glob}")'`, `    effect: ${effect}`);
  }
  const properties = { path: { type: 'string' }, amount: { type: 'number' }, note: { type: 'string' } };
  const tools = [{ name: TOOL, inputSchema: { type: 'object', properties } }];
  return [
    { path: 'globs.policy.yaml', text: `${lines.join('\n')}\n` },
    { path: 'tools.json', text: JSON.stringify({ tools }) },
  ];
}

/** Which rules hold: each glob as an expression of the host's (LANGUAGE.md 4.15: `*` stops at `/`, `**` does not). */
export function globMatcher({ rules }: GlobSet): (path: string) => number[] {
  const expressions = rules.map(({ glob }) => {
    const parts = glob.split(/(\*\*|\*)/).map((part) => {
      if (part === '**') return '[^]*';
      return part === '*' ? '[^/]*' : part.replace(/[.\\+?^${}()|[\]]/g, '\\$&');
    });
    return new RegExp(`^${parts.join('')}$`);
  });
  return (path) => expressions.flatMap((expression, index) => (expression.test(path) ? [index] : []));
}
