// In: attributes in sight. Out: a condition in CEL that no literal of LANGUAGE.md 5.2 can say: a term, as people write them. Well-typed
// as written, so that the compiler takes it; what it computes is left to chance. term-generate.ts makes the terms that nobody writes.

import { argsIn, type Expr, leaf, type Sight, stringText } from './expr.ts';
import { textTest, typedTest } from './typed-values.ts';
import type { Attribute } from './world.ts';

/** Null: nothing in sight that a term could be about. */
export function makeTermLeaf(sight: Sight): Expr | null {
  const { random, attributes, typed } = sight;
  if (typed.length > 0 && random.chance(0.25)) {
    const one = random.pick(typed);
    const what = one.root === 'args' ? 'typed argument' : one.isAbsent ? 'typed absent' : 'typed';
    return leaf(typedTest(random, one), ['term', what], one.root === 'args' ? [one.text] : []);
  }
  if (attributes.length === 0) return null;
  const texts = attributes.filter(({ type }) => type.kind === 'string');
  if (texts.length > 0 && random.chance(0.2)) {
    const attribute = random.pick(texts);
    return leaf(textTest(random, attribute.text), ['term'], argsIn(attribute));
  }
  const writer = new Writer(sight);
  const text = writer.bool(random.between(1, 3));
  return writer.used.size === 0 ? null : leaf(text, ['term'], argsIn(...writer.used));
}

class Writer {
  readonly used = new Set<Attribute>();
  readonly #sight: Sight;
  #variables = 0;

  constructor(sight: Sight) {
    this.#sight = sight;
  }

  bool(depth: number): string {
    const { random } = this.#sight;
    const inner = depth - 1;
    const test = (): string => (inner <= 0 ? this.#test(1) : this.bool(inner));
    switch (random.weighted({ test: 5, and: 1.5, or: 1.5, not: 1, choose: 1, bind: 1, fold: 3 })) {
      case 'and':
        return `(${test()} && ${test()})`;
      case 'or':
        return `(${test()} || ${test()})`;
      case 'not':
        return `!(${test()})`;
      case 'choose':
        return `(${this.#test(1)} ? ${test()} : ${test()})`;
      case 'bind': {
        const name = this.#variable();
        return `cel.bind(${name}, ${this.#text(inner)}, ${name} == ${this.#text(0)} || ${name}.size() < ${random.between(0, 20)})`;
      }
      case 'fold':
        return this.#fold(inner);
      default:
        return this.#test(depth);
    }
  }

  #test(depth: number): string {
    const { random } = this.#sight;
    const inner = depth - 1;
    const order = random.pick(['==', '!=', '<', '<=', '>', '>=']);
    switch (random.weighted({ text: 4, int: 4, double: 2, list: 2, tree: 3, method: 2, type: 1, time: 1 })) {
      case 'text':
        return `${this.#text(inner)} ${order} ${this.#text(inner)}`;
      case 'int':
        return `${this.#int(inner)} ${order} ${this.#int(inner)}`;
      case 'double':
        return `double(${this.#int(inner)}) ${order} ${random.pick(['0.5', '-1.0', '1e10'])}`;
      case 'list':
        return random.chance(0.5)
          ? `${this.#text(inner)} in ${this.#texts(inner)}`
          : `${this.#texts(inner)} == ${this.#texts(inner)}`;
      case 'tree': {
        const tree = this.#any();
        if (tree === null) return `${this.#int(inner)} == ${this.#int(0)}`;
        return random.pick([
          `has(${tree}.k)`,
          `${tree}.k == ${random.pick(['1.0', '"a"', 'true', 'null'])}`,
          `${tree}[0] == ${tree}[1]`,
          `"k" in ${tree}`,
          `${tree}.?k.?m.orValue("none") == "a"`,
          `dyn(${tree}) == {"k": 1.0}`,
        ]);
      }
      case 'method':
        return `${this.#text(inner)}.${random.pick(['contains', 'startsWith', 'endsWith'])}(${this.#text(inner)})`;
      case 'type': {
        const tree = this.#any();
        return tree === null
          ? 'type(1) == int'
          : `type(${tree}) ${random.pick(['==', '!='])} ${random.pick(['string', 'double', 'list', 'map', 'null_type'])}`;
      }
      default:
        return `timestamp(${this.#int(inner)}).${random.pick(['getHours', 'getDayOfWeek', 'getFullYear'])}() ${order} ${random.between(0, 12)}`;
    }
  }

  #text(depth: number): string {
    const { random } = this.#sight;
    const attribute = this.#of('string');
    if (depth <= 0) return attribute ?? this.#constant();
    switch (random.weighted({ plain: 4, add: 2, case: 2, part: 2, string: 2, replace: 1, join: 1 })) {
      case 'add':
        return `(${this.#text(depth - 1)} + ${this.#text(depth - 1)})`;
      case 'case':
        return `${this.#text(depth - 1)}.${random.pick(['lowerAscii', 'upperAscii', 'trim'])}()`;
      case 'part':
        return random.pick([
          `${this.#text(depth - 1)}.substring(${random.between(0, 3)})`,
          `${this.#text(depth - 1)}.charAt(${random.between(0, 3)})`,
        ]);
      case 'string':
        return `string(${this.#int(depth - 1)})`;
      case 'replace':
        return `${this.#text(depth - 1)}.replace(${this.#constant()}, ${this.#constant()})`;
      case 'join':
        return `${this.#texts(depth - 1)}.join(${this.#constant()})`;
      default:
        return attribute ?? this.#constant();
    }
  }

  #int(depth: number): string {
    const { random } = this.#sight;
    const attribute = this.#of('int') ?? String(random.pick([0, 1, 2, 7, 100]));
    if (depth <= 0) return attribute;
    switch (random.weighted({ plain: 4, size: 3, arithmetic: 3, index: 1, conversion: 1 })) {
      case 'size':
        return `size(${random.chance(0.6) ? this.#text(depth - 1) : this.#texts(depth - 1)})`;
      case 'arithmetic':
        return `(${this.#int(depth - 1)} ${random.pick(['+', '-', '*', '/', '%'])} ${this.#int(depth - 1)})`;
      case 'index':
        return `${this.#text(depth - 1)}.${random.pick(['indexOf', 'lastIndexOf'])}(${this.#constant()})`;
      case 'conversion':
        return `int(${this.#text(depth - 1)})`;
      default:
        return attribute;
    }
  }

  /** A list of texts. */
  #texts(depth: number): string {
    const { random } = this.#sight;
    const attribute = this.#listOf('string');
    const plain = attribute ?? `[${this.#constant()}, ${this.#text(0)}]`;
    if (depth <= 0) return plain;
    const name = this.#variable();
    switch (random.weighted({ plain: 4, split: 2, filter: 2, map: 2, add: 1, slice: 1 })) {
      case 'split':
        return `${this.#text(depth - 1)}.split(${this.#constant()})`;
      case 'filter':
        return `${this.#texts(depth - 1)}.filter(${name}, ${name}.size() > ${random.between(0, 3)})`;
      case 'map':
        return `${this.#texts(depth - 1)}.map(${name}, ${name} + ${this.#constant()})`;
      case 'add':
        return `(${this.#texts(depth - 1)} + ${this.#texts(depth - 1)})`;
      case 'slice':
        return `${this.#texts(depth - 1)}.slice(0, ${random.between(0, 2)})`;
      default:
        return plain;
    }
  }

  #fold(depth: number): string {
    const { random } = this.#sight;
    const [name, other] = [this.#variable(), this.#variable()];
    const tree = this.#any();
    if (tree !== null && random.chance(0.3)) {
      return random.pick([
        `${tree}.exists(${name}, ${tree}[${name}] == 1.0)`,
        `${tree}.all(${name}, ${name} != "k")`,
        `${tree}.transformMap(${name}, ${other}, ${other}).size() > 1`,
      ]);
    }
    const method = random.pick(['exists', 'all', 'exists_one']);
    const over = this.#texts(depth);
    const body = random.pick([
      `${name}.contains(${this.#constant()})`,
      `${name} == ${this.#text(0)}`,
      `${this.#texts(0)}.exists(${other}, ${other} == ${name})`,
      `${name}.matches("^[a-m]")`,
    ]);
    return `${over}.${method}(${name}, ${body})`;
  }

  #variable(): string {
    this.#variables += 1;
    return `v${this.#variables}`;
  }

  #constant(): string {
    const { random, attributes } = this.#sight;
    return stringText(
      random.chance(0.5) ? random.pick(['', 'a', 'b', ',', ' ']) : random.pick(random.pick(attributes).strings),
    );
  }

  #of(kind: 'string' | 'int'): string | null {
    return this.#pick(({ type }) => type.kind === kind);
  }

  #listOf(element: 'string'): string | null {
    return this.#pick(({ type }) => type.kind === 'list' && type.element.kind === element);
  }

  #any(): string | null {
    return this.#pick(({ type }) => type.kind === 'any');
  }

  #pick(fits: (attribute: Attribute) => boolean): string | null {
    const fitting = this.#sight.attributes.filter(fits);
    if (fitting.length === 0) return null;
    const found = this.#sight.random.pick(fitting);
    this.used.add(found);
    return found.text;
  }
}
