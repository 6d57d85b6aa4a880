// In: a list attribute. Out: conditions over its elements: `in`, `exists`, `all`, with bodies plain and involved (LANGUAGE.md 4.6, 4.7).

import { argsIn, type Expr, leaf, ORDERS, otherOf, type Sight, scalarText, stringText } from './expr.ts';
import { makeGlob, makePattern } from './patterns.ts';
import type { Attribute, Scalar } from './world.ts';

/** `anyLeaf` makes parts of bodies that look at other attributes. */
export function listLeaf(sight: Sight, attribute: Attribute, element: Scalar, anyLeaf: (sight: Sight) => Expr): Expr {
  const { random } = sight;
  const { text } = attribute;
  if (random.chance(0.4) && element.kind !== 'bool') {
    return leaf(`${scalarText(random, attribute, element)} in ${text}`, ['in list'], argsIn(attribute));
  }
  const quantifier = random.pick(['exists', 'exists', 'all']);
  const body = makeBody(sight, attribute, element, anyLeaf);
  return leaf(
    `${text}.${quantifier}(v, ${body.text})`,
    [quantifier, ...body.ops],
    [...argsIn(attribute), ...body.args],
  );
}

interface Body {
  readonly text: string;
  readonly ops: readonly string[];
  readonly args: readonly string[];
}

/** The body of a quantifier: simple tests of the variable, some together, some with other attributes. */
function makeBody(sight: Sight, attribute: Attribute, element: Scalar, anyLeaf: (sight: Sight) => Expr): Body {
  const { random } = sight;
  const one = elementTest(sight, attribute, element);
  if (random.chance(0.6)) return one;
  const more = random.chance(0.6) ? elementTest(sight, attribute, element) : outsideTest(sight, anyLeaf);
  const join = random.pick(['&&', '||']);
  const text = random.chance(0.3) ? `!(${one.text}) ${join} ${more.text}` : `${one.text} ${join} (${more.text})`;
  return { text, ops: [...one.ops, ...more.ops, join === '&&' ? 'and' : 'or'], args: [...one.args, ...more.args] };
}

/** A part of a body that does not look at the variable. */
function outsideTest(sight: Sight, anyLeaf: (sight: Sight) => Expr): Body {
  const simple = sight.attributes.filter(({ type }) => type.kind !== 'list' && type.kind !== 'any');
  if (simple.length === 0) return { text: 'true', ops: [], args: [] };
  const found = anyLeaf({ ...sight, attributes: simple, lets: [] });
  return found.kind === 'leaf' && !/\.(exists|all)\(/.test(found.text) ? found : { text: 'false', ops: [], args: [] };
}

function elementTest(sight: Sight, attribute: Attribute, element: Scalar): Body {
  const { random } = sight;
  const constant = (): string => scalarText(random, attribute, element);
  const op = random.pick(ORDERS);
  if (random.chance(0.2)) {
    const among = [constant(), constant()].join(', ');
    if (element.kind !== 'bool') return { text: `v in [${among}]`, ops: ['in constants'], args: [] };
  }
  if (random.chance(0.08)) {
    const lists = sight.attributes.filter(
      (a) => a !== attribute && a.type.kind === 'list' && a.type.element.kind === element.kind,
    );
    const bools = sight.attributes.filter((a) => a.type.kind === 'bool');
    if (lists.length > 0 && element.kind !== 'bool') {
      const list = random.pick(lists);
      return { text: `v in ${list.text}`, ops: ['in list'], args: argsIn(list) };
    }
    if (bools.length > 0 && (element.kind === 'string' || element.kind === 'int')) {
      const test = random.pick(bools);
      return {
        text: `v ${op} (${test.text} ? ${constant()} : ${constant()})`,
        ops: ['choose value', op],
        args: argsIn(test),
      };
    }
  }
  const other = random.chance(0.15) ? otherOf(sight, element.kind, attribute) : null;
  const otherText = other?.text ?? null;
  const mayCompute = attribute.type.kind !== 'any' && random.chance(0.2);
  const args = other === null ? [] : argsIn(other);
  switch (element.kind) {
    case 'bool':
      return { text: random.pick(['v', '!v', 'v == true']), ops: ['truth'], args: [] };
    case 'int':
      if (mayCompute)
        return {
          text: `v ${random.pick(['+', '*', '%', '/', '-'])} ${random.pick(['2', '0', '9223372036854775807'])} ${op} ${otherText ?? constant()}`,
          ops: [op],
          args,
        };
      return { text: `v ${op} ${otherText ?? constant()}`, ops: [op], args };
    case 'number':
      if (mayCompute)
        return {
          text: `v ${random.pick(['+', '*', '/', '-'])} ${random.pick(['2.0', '0.0', '1e300'])} ${op} ${constant()}`,
          ops: [op],
          args: [],
        };
      return { text: `v ${op} ${otherText ?? constant()}`, ops: [op], args };
    case 'enum':
      return { text: `v ${random.pick(['==', '!='])} ${constant()}`, ops: ['=='], args: [] };
    default: {
      if (sight.hasPatterns && random.chance(0.5)) {
        return random.chance(0.8)
          ? { text: `v.matches(${stringText(makePattern(random, attribute.strings))})`, ops: ['matches'], args: [] }
          : { text: `v.glob(${stringText(makeGlob(random, attribute.strings))})`, ops: ['glob'], args: [] };
      }
      const method = random.pick(['startsWith', 'endsWith', 'contains']);
      if (random.chance(0.4)) return { text: `v.${method}(${otherText ?? constant()})`, ops: [method], args };
      const text = otherOf(sight, 'string', attribute);
      if (text !== null && random.chance(0.15))
        return { text: `${text.text}.${method}(v)`, ops: [method], args: argsIn(text) };
      if (random.chance(0.15)) return { text: `size(v) ${op} ${random.between(0, 6)}`, ops: ['size', op], args: [] };
      return { text: `v ${op} ${otherText ?? constant()}`, ops: [op], args };
    }
  }
}
