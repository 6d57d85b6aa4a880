// In: a seed, a compiler and a core. Out: how often the compiler took what is at or below a limit of LANGUAGE.md (2.1, 3.1, 4.1, 4.22, 11, 12.1,
// 13) and refused what is above, and the core then decided as the text says; and the first difference. The numbers stand here a second
// time. The same seed gives the same run.

import type { Compilation } from '../../compiler/index.ts';
import type { Source } from '../../compiler/source.ts';
import { type CoreInstance, load } from '../../host-js/full.ts';
import { Random, subSeed } from './random.ts';

interface Bound {
  readonly name: string;
  readonly most: number;
  /** A policy of this size, by which its one request is denied, or else transformed. */
  readonly sources: (size: number, random: Random) => readonly Source[];
  readonly request: (size: number) => object;
  readonly transforms?: true;
  /** Drawn one time in so many: it takes long. */
  readonly rare?: number;
}

const NAMES = 'abcdefghijklmnopqrstuvwxyz'.split('');

function one(lines: string, when: string, rest = ''): readonly Source[] {
  const rule = `rules:\n  - { id: r, effect: deny, when: ${JSON.stringify(when)}${rest} }\n`;
  return [{ path: 'p.policy.yaml', text: `lictor: 1\nname: p\ndefault: allow\n${lines}${rule}` }];
}

const plain = (): object => ({ tool: 't', context: { a: 5, s: 'x' } });
const NUMBER = 'attributes: { context.a: int, context.s: string }\n';

const BOUNDS: readonly Bound[] = [
  {
    name: 'depth of brackets',
    most: 64,
    sources: (size) => one(NUMBER, `${'('.repeat(size)}context.a == 5${')'.repeat(size)}`),
    request: plain,
  },
  {
    // The comparison, its path and the name that this begins with are three.
    name: 'depth of an expression',
    most: 64,
    sources: (size) => one(NUMBER, `${'!'.repeat(size - 3)}(context.a ${size % 2 === 1 ? '==' : '!='} 5)`),
    request: plain,
  },
  {
    name: 'bytes of a condition',
    most: 65_536,
    sources: (size) => one(NUMBER, `context.a == 5${' '.repeat(Math.max(0, size - 14))}`),
    request: plain,
  },
  {
    name: 'bytes of a condition in a comment of two bytes a character',
    most: 65_536,
    sources: (size) =>
      one(
        NUMBER,
        `context.a == 5${size % 2 === 1 ? ' ' : ''}//${'é'.repeat(Math.max(0, Math.floor((size - 16) / 2)))}`,
      ),
    request: plain,
  },
  {
    name: 'literals of a condition',
    most: 4096,
    sources: (size) =>
      one(
        NUMBER,
        Array.from({ length: size }, (_, i) => `context.a==${i === size - 1 ? 5 : 6}`)
          .join('||')
          .replaceAll('context.a==6', 'context.a<0'),
      ),
    request: plain,
    rare: 6,
  },
  {
    name: 'names of a path',
    most: 32,
    sources: (size) => one(`attributes: { ${pathOf(size)}: int }\n`, `${pathOf(size)} == 5`),
    request: (size) => ({ tool: 't', context: nested(size, 5) }),
  },
  {
    name: 'characters of a tool',
    most: 1024,
    sources: (size) => one(NUMBER, 'context.a == 5', `, tool: ${'t'.repeat(size)}`),
    request: (size) => ({ ...plain(), tool: 't'.repeat(size) }),
  },
  {
    name: 'characters of a glob',
    most: 1024,
    sources: (size) => one(NUMBER, 'context.a == 5', `, tool: "*${'t'.repeat(size - 1)}"`),
    request: (size) => ({ ...plain(), tool: `x${'t'.repeat(size)}` }),
  },
  {
    name: 'repetition in a pattern',
    most: 1000,
    sources: (size) => one(NUMBER, `context.s.matches("^x{0,${size}}$")`),
    request: plain,
  },
  {
    name: 'characters of a pattern written out',
    most: 20_000,
    sources: (size) => one(NUMBER, `size(context.s) == 1 || context.s.matches("${writtenOut(size)}")`),
    request: plain,
    rare: 12,
  },
  {
    name: 'operations',
    transforms: true,
    most: 64,
    sources: (size) => [
      {
        path: 'p.policy.yaml',
        text: `lictor: 1\nname: p\ndefault: deny\nrules:\n  - id: r\n    tool: t\n    effect: transform\n    transform:\n${Array.from({ length: size }, (_, i) => `      - { remove: args.a${i} }\n`).join('')}`,
      },
    ],
    request: plain,
  },
  {
    name: 'characters of a replacement',
    transforms: true,
    most: 256,
    sources: (size) => [
      {
        path: 'p.policy.yaml',
        text: `lictor: 1\nname: p\nrules:\n  - { id: r, tool: t, effect: transform, transform: { redact: args.a, pattern: b, with: "${'é'.repeat(size)}" } }\n`,
      },
    ],
    request: plain,
  },
  {
    // The compiled one is one of them.
    name: 'files that import in turn',
    most: 16,
    sources: (size) => [
      ...one(`import: f1.policy.yaml\n${NUMBER}`, 'context.a == five'),
      ...Array.from({ length: size - 1 }, (_, i): Source => {
        const next = i === size - 2 ? 'lets: { five: 5 }' : `import: f${i + 2}.policy.yaml`;
        return { path: `f${i + 1}.policy.yaml`, text: `lictor: 1\nname: f${i + 1}\n${next}\n` };
      }),
    ],
    request: plain,
  },
  {
    name: 'attribute paths',
    most: 4096,
    sources: (size) => [
      {
        path: 'p.policy.yaml',
        text: `lictor: 1\nname: p\ndefault: allow\nrules:\n${Array.from({ length: size }, (_, i) => `  - { id: r${i}, effect: deny, tool: t, when: args.a${i} == 1 }\n`).join('')}`,
      },
    ],
    request: (size) => ({
      tool: 't',
      args: Object.fromEntries(Array.from({ length: size }, (_, i) => [`a${i}`, i === size - 1 ? 1 : 0])),
    }),
    rare: 25,
  },
  {
    name: 'policies of a set',
    most: 1024,
    sources: (size) => [
      {
        path: 'p.policy.yaml',
        text: `lictor: 1\nname: p\ndefault: allow\npolicies: [${Array.from({ length: size - 1 }, (_, i) => `n${i}.policy.yaml`).join(', ')}]\n`,
      },
      ...Array.from(
        { length: size - 1 },
        (_, i): Source => ({
          path: `n${i}.policy.yaml`,
          text: `lictor: 1\nname: n${i}\nrules: [{ id: r, effect: deny, tool: t }]\n`,
        }),
      ),
    ],
    request: plain,
    rare: 25,
  },
];

/** Of those that are drawn often. */
export const BOUND_NAMES: readonly string[] = BOUNDS.filter(({ rare }) => rare === undefined).map(({ name }) => name);

export interface BoundRun {
  readonly policies: number;
  /** Taken and refused, of each limit. */
  readonly counts: ReadonlyMap<string, number>;
  readonly difference: string | null;
}

export function runBounds(
  seed: number,
  compile: (sources: readonly Source[]) => Compilation,
  core: CoreInstance,
  goesOn: (policies: number) => boolean,
): BoundRun {
  const counts = new Map<string, number>();
  let policies = 0;
  for (let index = 0; goesOn(policies); index += 1) {
    const random = new Random(subSeed(seed, index));
    const bound = random.pick(BOUNDS);
    if (bound.rare !== undefined && !random.chance(1 / bound.rare)) continue;
    const { name, most } = bound;
    const size = random.pick([
      most,
      most,
      most - 1,
      most + 1,
      most + 1,
      most + random.between(2, 40),
      Math.max(20, most - random.between(2, 40)),
    ]);
    policies += 1;
    const { artifact, diagnostics } = compile(bound.sources(size, random));
    const isTaken = artifact !== null;
    counts.set(
      `${name}: ${isTaken ? 'taken' : 'refused'}`,
      (counts.get(`${name}: ${isTaken ? 'taken' : 'refused'}`) ?? 0) + 1,
    );
    const codes = diagnostics.map(({ code, message }) => `${code} ${message}`).slice(0, 3);
    const differs = (what: string): BoundRun => ({
      policies,
      counts,
      difference: `seed ${seed}: ${name}, ${size}: ${what}`,
    });
    if (isTaken !== size <= most)
      return differs(`${isTaken ? 'taken' : 'refused'}, but the limit is ${most}: ${codes.join('; ')}`);
    if (artifact === null) continue;
    const engine = load(artifact, { core });
    const { decision, status } = engine.decide(bound.request(size));
    engine.dispose();
    if (decision !== (bound.transforms === true ? 'transform' : 'deny') || status !== 'ok')
      return differs(`the decision is ${decision}, status ${status}`);
  }
  return { policies, counts, difference: null };
}

/** `context` and this many names. */
function pathOf(size: number): string {
  return ['context', ...Array.from({ length: size }, (_, i) => NAMES[i % NAMES.length])].join('.');
}

function nested(size: number, value: number): unknown {
  let tree: unknown = value;
  for (let i = size - 1; i >= 0; i -= 1) tree = { [NAMES[i % NAMES.length] ?? 'a']: tree };
  return tree;
}

/** A pattern that counts this many characters when its repetitions are written out: a sequence and a repetition count one more. */
function writtenOut(size: number): string {
  const rest = (size - 1) % 1001;
  const end = rest === 0 ? '' : rest === 1 ? 'y' : `y{${rest - 1}}`;
  return `${'y{1000}'.repeat(Math.floor((size - 1) / 1001))}${end}`;
}
