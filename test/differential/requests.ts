// In: random choices and a policy's world. Out: requests as the conformance cases write them (conformance/cases.ts revives them),
// with values at the policy's own boundaries and everything odd that JavaScript can put in their place.

import type { Policy } from './generate.ts';
import { POINTS } from './generate.ts';
import type { Random } from './random.ts';
import { typedValue } from './typed-values.ts';
import type { Attribute, AttributeType, Scalar, World } from './world.ts';

/** A JSON value, or an object such as `{$number: "NaN"}` that stands for what JSON cannot say. */
export type Written = null | boolean | number | string | readonly Written[] | { readonly [key: string]: Written };
export type WrittenObject = { [key: string]: Written };

/** The part of a request that a session fixes. */
export function makeSubject(random: Random, policy: Policy): WrittenObject {
  const subject = emptyObject();
  const odd = oddities(random);
  for (const root of ['principal', 'context'] as const) put(subject, root, makeRoot(random, policy.world, root, odd));
  if (random.chance(0.01))
    subject[random.pick(['principal', 'context'])] = random.pick<Written>([
      null,
      'text',
      [],
      5,
      { $getter: {} },
      { $undefined: true },
    ]);
  return subject;
}

/** The rest of it, or something that is no request at all. */
export function makeCall(random: Random, policy: Policy): Written {
  if (random.chance(0.012))
    return random.pick<Written>([null, [], 'text', 5, { $undefined: true }, { $function: true }, [{ tool: 'x' }]]);
  if (random.chance(0.012)) return { $throwingProxy: true };
  const { world } = policy;
  const call = emptyObject();
  const point = makePoint(random, policy);
  if (point !== null) put(call, 'at', point);
  const tool = makeTool(random, world);
  if (tool !== null) put(call, 'tool', tool);
  put(call, 'args', makeRoot(random, world, 'args', oddities(random)));
  for (const root of ['result', 'message', 'output'] as const) {
    if (random.chance(0.9)) put(call, root, makePayload(random, world, root));
  }
  if (random.chance(0.01))
    call['args'] = random.pick<Written>([null, 'text', [], 5, { $getter: {} }, { $throwingProxy: true }]);
  return call;
}

function makePoint(random: Random, { rules }: Policy): Written | null {
  if (random.chance(0.65)) return null;
  if (random.chance(0.05))
    return random.pick<Written>([
      'PRE_TOOL_CALL',
      'pre_tool_call ',
      '',
      null,
      4,
      { $undefined: true },
      { $getter: 'input' },
      ['input'],
      { $nonEnumerable: 'output' },
    ]);
  const named = rules.flatMap(({ at }) => at ?? []);
  return random.chance(0.5) && named.length > 0 ? random.pick(named) : random.pick(POINTS);
}

function makeTool(random: Random, world: World): Written | null {
  const name = random.pick(world.tools).name;
  switch (random.weighted({ name: 88, near: 6, none: 2, odd: 2, open: 2 })) {
    case 'name':
      return name;
    case 'near':
      return near(random, name);
    case 'none':
      return null;
    case 'open':
      return random.pick(['unlisted.tool', 'mail', 'm.d', 'toString', '__proto__', '*', '']);
    default:
      return random.pick<Written>([
        null,
        5,
        {},
        [name],
        { $getter: name },
        { $nonEnumerable: name },
        '\ud800',
        `${name}\udc00`,
        { $repeat: ['x', 70000] },
        { $undefined: true },
      ]);
  }
}

/** How odd one tree of a request is: mostly not at all, so that rules match; sometimes everywhere. */
interface Oddities {
  readonly hidden: number;
  readonly wrong: number;
}

function oddities(random: Random): Oddities {
  return random.pick([
    { hidden: 0.02, wrong: 0.01 },
    { hidden: 0.1, wrong: 0.04 },
    { hidden: 0.3, wrong: 0.1 },
    { hidden: 0.05, wrong: 0.35 },
  ]);
}

function makeRoot(random: Random, world: World, root: Attribute['root'], odd: Oddities): Written {
  const tree = emptyObject();
  const isHeavy = random.chance(0.002);
  for (const declared of world.attributes) {
    if (declared.root !== root || random.chance(odd.hidden)) continue;
    const variants = world.variants.filter(({ text }) => text === declared.text);
    const attribute = variants.length > 0 && random.chance(0.5) ? random.pick(variants) : declared;
    if (isHeavy) {
      place(tree, attribute.segments, heavyValue(random, attribute));
      continue;
    }
    const value = random.chance(odd.wrong)
      ? wrongValue(random, attribute, world)
      : valueOf(random, attribute, attribute.type, world);
    place(tree, attribute.segments, value);
  }
  for (const one of world.typed) {
    if (one.root === root && !random.chance(odd.hidden)) put(tree, one.name, typedValue(random, one));
  }
  if (random.chance(0.1)) put(tree, random.pick(['undeclared', 'extra', 'valueOf']), 'x');
  if (random.chance(0.03)) return inherited(random, tree);
  return tree;
}

/** A payload that is a value as a whole, or a tree of parts. */
function makePayload(random: Random, world: World, root: Attribute['root']): Written {
  const whole = world.attributes.find((attribute) => attribute.root === root && attribute.segments.length === 0);
  if (whole === undefined) return makeRoot(random, world, root, oddities(random));
  return random.chance(0.12) ? wrongValue(random, whole, world) : valueOf(random, whole, whole.type, world);
}

/** Long lists and long texts together: quantifiers that take many steps (LANGUAGE.md 5.8). */
function heavyValue(random: Random, { type, strings, ints }: Attribute): Written {
  const isTexts =
    type.kind === 'any' || type.kind === 'string' || (type.kind === 'list' && type.element.kind === 'string');
  if (type.kind === 'list') {
    const element = isTexts ? random.pick(['x', 'y', random.pick(strings).slice(0, 4)]) : Number(random.pick(ints));
    return { $array: [random.pick([3800, 4096]), element] };
  }
  return isTexts ? { $repeat: ['xyz', random.pick([300, 340, 342, 600])] } : random.chance(0.5);
}

/** Some of it comes from the prototype, where nobody may look. */
function inherited(random: Random, tree: WrittenObject): Written {
  const own = emptyObject();
  const above = emptyObject();
  for (const key of Object.keys(tree)) put(random.chance(0.5) ? own : above, key, tree[key] ?? null);
  put(own, '$inherit', above);
  return own;
}

function place(tree: WrittenObject, segments: readonly string[], value: Written): void {
  const [first = '', ...rest] = segments;
  if (rest.length === 0) {
    put(tree, first, value);
    return;
  }
  if (!Object.hasOwn(tree, first)) put(tree, first, emptyObject());
  const inner: unknown = Object.getOwnPropertyDescriptor(tree, first)?.value;
  if (isPlain(inner)) place(inner, rest, value);
}

function isPlain(value: unknown): value is WrittenObject {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    !Object.keys(value).some((key) => key.startsWith('$'))
  );
}

export function emptyObject(): WrittenObject {
  const empty: WrittenObject = {};
  Object.setPrototypeOf(empty, null);
  return empty;
}

/** `__proto__` is a key like any other: the object has no prototype. */
function put(object: WrittenObject, key: string, value: Written): void {
  object[key] = value;
}

function valueOf(random: Random, attribute: Attribute, type: AttributeType, world: World): Written {
  switch (type.kind) {
    case 'any':
      if (world.isWhole && random.chance(0.35)) return nestedValue(random, attribute, world);
      return world.hasTrees && random.chance(0.25)
        ? treeValue(random, attribute, world, 2)
        : valueOf(random, attribute, anyType(random), world);
    case 'list':
      return listValue(random, attribute, type.element, world);
    default:
      return scalarValue(random, attribute, type);
  }
}

/** What operations with two steps of `[*]` are about (LANGUAGE.md 13.2), now and then something else on the way. */
function nestedValue(random: Random, attribute: Attribute, world: World): Written {
  const some = (make: () => Written): Written[] => Array.from({ length: random.between(0, 3) }, make);
  const scalar = (): Written => (random.chance(0.92) ? valueOf(random, attribute, anyType(random), world) : null);
  const field = (key: string, value: Written): Written => Object.assign(emptyObject(), { [key]: value });
  const item = random.pick<() => Written>([
    () => field('k', some(scalar)),
    () => some(scalar),
    () =>
      field(
        'k',
        some(() => field('m', scalar())),
      ),
  ]);
  const odd = (): Written => random.pick<Written>([null, 'x', [], {}, 7]);
  const list = some(() => (random.chance(0.95) ? item() : odd()));
  return random.chance(0.2) ? field('k', list) : list;
}

/** An object or a list with values inside, for terms. */
function treeValue(random: Random, attribute: Attribute, world: World, depth: number): Written {
  const inside = (): Written =>
    depth > 0 && random.chance(0.3)
      ? treeValue(random, attribute, world, depth - 1)
      : random.chance(0.5)
        ? random.pick<Written>([1, 'a', true, null, { $bigint: '7' }, { $number: 'NaN' }])
        : valueOf(random, attribute, anyType(random), world);
  if (random.chance(0.4)) return Array.from({ length: random.between(0, 4) }, inside);
  const tree = emptyObject();
  for (const key of random.sample(['k', 'm', 'a', 'é'], random.between(0, 3))) put(tree, key, inside());
  return tree;
}

function anyType(random: Random): AttributeType {
  const kind = random.pick(['string', 'string', 'int', 'number', 'bool', 'list'] as const);
  return kind === 'list' ? { kind, element: { kind: random.pick(['string', 'int', 'bool']) } } : { kind };
}

function scalarValue(random: Random, attribute: Attribute, type: Scalar): Written {
  switch (type.kind) {
    case 'bool':
      return random.chance(0.5);
    case 'int':
      return numberText(intNear(random, attribute));
    case 'number':
      return numberText(doubleNear(random, attribute));
    case 'enum':
      return random.chance(0.9) ? random.pick(type.values) : near(random, random.pick(type.values));
    default: {
      const constant = random.pick(attribute.strings);
      return random.chance(0.45) ? constant : near(random, constant);
    }
  }
}

/** A text one step away from a constant. */
function near(random: Random, text: string): string {
  switch (random.below(10)) {
    case 0:
      return `${text}${random.pick(['a', 'b', ' ', 'é', '😀', '\u0000', '\uffff'])}`;
    case 1:
      return `${random.pick(['a', 'x', 'é', '😀', '/'])}${text}`;
    case 2:
      return wellFormed(text.slice(0, -1));
    case 3:
      return wellFormed(text.slice(1));
    case 4:
      return text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase();
    case 5:
      return `${text}${text}`;
    case 6:
      return `pre${text}post`;
    case 7:
      return text.normalize(text.normalize('NFC') === text ? 'NFD' : 'NFC');
    case 8:
      return wellFormed(`${text.slice(0, 1)}${random.pick(['q', '日', ''])}${text.slice(1)}`);
    default:
      return `${'long '.repeat(random.between(1, 12))}${text}`;
  }
}

/** Without the halves that cutting leaves. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '');
}

function intNear(random: Random, { ints }: Attribute): number {
  const constant = Number(random.pick(ints));
  return random.pick([constant, constant, constant, constant + 1, constant - 1, -constant, -0, 2, 9007199254740991]);
}

function doubleNear(random: Random, { doubles, ints }: Attribute): number {
  const constant = random.chance(0.85) ? random.pick(doubles) : Number(random.pick(ints));
  return random.pick([
    constant,
    constant,
    beside(constant, 1n),
    beside(constant, -1n),
    -constant,
    constant + 1,
    constant / 2,
  ]);
}

const word = new DataView(new ArrayBuffer(8));

/** The double one unit in the last place further from zero, or nearer to it. */
function beside(value: number, step: bigint): number {
  word.setFloat64(0, value);
  const bits = word.getBigUint64(0) & 0x7fffffffffffffffn;
  const moved = bits === 0n && step < 0n ? 1n : bits + step;
  word.setBigUint64(0, moved > 0x7fefffffffffffffn ? 0x7fefffffffffffffn : moved);
  const found = word.getFloat64(0);
  return value < 0 || Object.is(value, -0) ? -found : found;
}

export function numberText(value: number): Written {
  return Number.isFinite(value) && !Object.is(value, -0)
    ? value
    : { $number: Object.is(value, -0) ? '-0' : String(value) };
}

function listValue(random: Random, attribute: Attribute, element: Scalar, world: World): Written {
  const size = random.pick([0, 1, 1, 2, 2, 3, 4, 7]);
  const list = Array.from({ length: size }, () => scalarValue(random, attribute, element));
  if (random.chance(0.05))
    list.splice(
      random.below(size + 1),
      0,
      random.pick<Written>([
        { $hole: true },
        null,
        5,
        'x',
        {},
        { $getter: 'a' },
        { $undefined: true },
        '\udc00',
        [],
        { $number: 'NaN' },
        { $bigint: '1' },
      ]),
    );
  if (random.chance(0.001)) return { $array: [random.pick([4096, 4097]), list[0] ?? 'x'] };
  if (random.chance(world.maxStringBytes > 1000 ? 0.001 : 0.02)) return [...list, overlong(random, world)];
  return list;
}

/** At the limit, or one byte past it. */
function overlong(random: Random, { maxStringBytes }: World): Written {
  return { $repeat: ['x', maxStringBytes + random.pick([0, 1])] };
}

function wrongValue(random: Random, attribute: Attribute, world: World): Written {
  const own = (): Written => valueOf(random, attribute, attribute.type, world);
  switch (random.weighted({ nothing: 3, scalar: 4, strange: 4, odd: 4, text: 3, own: 2 })) {
    case 'nothing':
      return random.pick<Written>([null, null, { $undefined: true }]);
    case 'scalar':
      return random.pick<Written>([true, 'x', 0, 1.5, '', '1', [], {}, ['x'], [1]]);
    case 'strange':
      return random.pick<Written>([
        { $bigint: '5' },
        { $function: true },
        { a: 1, b: 2 },
        { $inherit: { a: 1 }, own: 1 },
        [{ $hole: true }],
        { length: 2 },
      ]);
    case 'odd':
      return random.pick(
        [
          Number.NaN,
          Infinity,
          -Infinity,
          -0,
          0.5,
          9007199254740992,
          -9007199254740992,
          1e300,
          4503599627370495.5,
          2 ** 63,
        ].map(numberText),
      );
    case 'text':
      // A text of 64 KiB takes the reference a millisecond.
      return random.chance(world.maxStringBytes > 1000 ? 0.93 : 0.5)
        ? random.pick<Written>([
            '\ud800',
            `a${'\udfff'}b`,
            `${random.pick(attribute.strings)}${'\ud83d'}`,
            { $join: [{ $repeat: ['long', 9] }, '\ud800'] },
          ])
        : random.pick<Written>([
            overlong(random, world),
            { $repeat: ['é', Math.floor(world.maxStringBytes / 2) + random.pick([0, 1])] },
            { $repeat: ['日', Math.floor(world.maxStringBytes / 3) + random.pick([0, 1])] },
          ]);
    default:
      return random.chance(0.5) ? { $getter: own() } : { $nonEnumerable: own() };
  }
}
