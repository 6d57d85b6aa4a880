// In: a seed. Out: texts of 4 KB as agents hand them to tools: prose, code, logs, JSON, all of them about nothing that a scanner looks
// for. Deterministic. Never holds texts of others.

import type { Random } from './random.ts';

export const TEXT_LENGTH = 4096;

const WORDS =
  'the of and to in a is that for it as was with be by on not he his but at are this have from or had an they which one you were all her she there would their we him been has when who will no more if out so up said what its about than into them can only other time new some could these two may first then do any like my now over such our man me even most made after also did many off before must well back through years where much your way down should because long each just state people those too mr how little good world make very year still see own work men day get here old life both between being under three never know same last another while us might great go come since against right came take used himself few house use place during high without again home around small however found mrs part school thought went say general once upon war every left does got united number hand course water until always away public something fact less though far put head think called set almost enough end took night yet system better four nothing told eyes city going president why days present point didn look find asked second group later next room social business knew program give half side face toward white five let young form given per order large several national important rather big possible among often early john case looked things power god become best turned light country church mind human since report meeting invoice customer shipment draft table column value index list result update release branch review merge build test page layout button label title summary budget quarter travel hotel flight garden kitchen recipe music film novel chapter'.split(
    ' ',
  );
const FIELDS = [
  'id',
  'name',
  'title',
  'status',
  'count',
  'total',
  'created',
  'updated',
  'owner',
  'color',
  'width',
  'city',
];
const LEVELS = ['INFO', 'DEBUG', 'WARN'];

/** `count` different texts. */
export function benignTexts(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => {
    let text = '';
    while (text.length < TEXT_LENGTH) text += random.pick(KINDS)(random);
    return flat(text.slice(0, TEXT_LENGTH));
  });
}

/** One string of bytes, not a slice of another or a tree of parts: what comes out of JSON.parse or off a socket. */
export function flat(text: string): string {
  return Buffer.from(text, 'utf8').toString('utf8');
}

const KINDS: readonly ((random: Random) => string)[] = [prose, prose, json, code, log];

function words(random: Random, count: number): string[] {
  return Array.from({ length: count }, () => random.pick(WORDS));
}

function prose(random: Random): string {
  const sentences = Array.from({ length: 2 + random.below(4) }, () => {
    const [first = '', ...rest] = words(random, 5 + random.below(14));
    const comma = random.below(rest.length);
    const body = rest.map((word, i) => (i === comma ? `${word},` : word)).join(' ');
    return `${first[0]?.toUpperCase() ?? ''}${first.slice(1)} ${body}.`;
  });
  return `${sentences.join(' ')}\n\n`;
}

function json(random: Random): string {
  const members = random.sample(FIELDS, 5).map((field) => {
    const value = random.chance(0.5) ? String(random.below(10_000)) : JSON.stringify(words(random, 2).join(' '));
    return `  "${field}": ${value}`;
  });
  return `{\n${members.join(',\n')}\n}\n`;
}

function code(random: Random): string {
  const [name = '', argument = '', local = '', other = ''] = words(random, 4);
  return [
    `function ${name}${random.below(100)}(${argument}, ${other}) {`,
    `  const ${local} = ${argument}.map((item) => item.${random.pick(FIELDS)} + ${random.below(50)});`,
    `  if (${local}.length > ${random.below(20)}) return ${other}; // ${words(random, 5).join(' ')}`,
    `  return ${local};`,
    '}\n',
  ].join('\n');
}

function log(random: Random): string {
  const two = (limit: number): string => String(random.below(limit)).padStart(2, '0');
  const lines = Array.from(
    { length: 3 },
    () =>
      `2026-${two(12)}-${two(28)} ${two(24)}:${two(60)}:${two(60)} ${random.pick(LEVELS)} ${words(random, 6).join(' ')}`,
  );
  return `${lines.join('\n')}\n`;
}
