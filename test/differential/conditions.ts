// In: random choices and the attributes in sight. Out: a condition, of every operator LANGUAGE.md 4 has; mostly well-typed.

import {
  argsIn,
  argsOf,
  type Expr,
  intText,
  leaf,
  ORDERS,
  operatorsOf,
  otherOf,
  type Sight,
  stringText,
} from './expr.ts';
import { makeGlob, makePattern } from './patterns.ts';
import { listLeaf } from './quantifiers.ts';
import type { Random } from './random.ts';
import { type Attribute, type AttributeType, doubleText, type Scalar } from './world.ts';

/** A condition of at most `depth` connectives above one another. */
export function makeCondition(sight: Sight, depth: number): Expr {
  const { random } = sight;
  const part = (): Expr => makeCondition(sight, depth - 1);
  if (depth === 0 || random.chance(0.35)) return makeLeaf(sight);
  const kind = random.weighted({ not: 5, and: 10, or: 7, choose: 1.5, same: 1 });
  switch (kind) {
    case 'not':
      return { kind, parts: [part()] };
    case 'choose':
      return { kind, parts: [part(), part(), part()] };
    case 'same':
      return { kind, parts: [part(), part()] };
    default:
      return { kind, parts: Array.from({ length: random.between(2, 3) }, part) };
  }
}

/** Many alternatives under many conjuncts: more terms than a planner will write out. */
export function makeWideCondition(sight: Sight): Expr {
  const { random } = sight;
  const some = (): Expr => ({ kind: 'or', parts: Array.from({ length: random.between(2, 4) }, () => makeLeaf(sight)) });
  return { kind: 'and', parts: Array.from({ length: random.between(3, 9) }, some) };
}

/** A test of just this attribute. */
export function makeTest(sight: Sight, attribute: Attribute): Expr {
  return leafOn(sight, attribute, concrete(sight.random, attribute.type));
}

export function makeLeaf(sight: Sight): Expr {
  const { random, attributes, lets } = sight;
  const conditions = lets.filter((one) => !Array.isArray(one.value));
  if (conditions.length > 0 && random.chance(0.06)) {
    const { name, value } = random.pick(conditions);
    const expr: Expr | null = 'kind' in value ? value : null;
    return leaf(name, expr === null ? ['let'] : ['let', ...operatorsOf(expr)], expr === null ? [] : argsOf(expr));
  }
  if (attributes.length === 0 || random.chance(0.015))
    return leaf(random.pick(['true', 'false', '1 < 2', '"a" == "b"']), [], []);
  const attribute = random.pick(attributes);
  if (!sight.isPlain && random.chance(0.12)) {
    const form = random.pick(['has', 'has', '== null', '!= null']);
    if (form === 'has') return leaf(`has(${attribute.text})`, ['has'], []);
    return leaf(`${attribute.text} ${form}`, ['null'], argsIn(attribute));
  }
  return leafOn(sight, attribute, concrete(random, attribute.type));
}

/** What an `any` is read as here. */
function concrete(random: Random, type: AttributeType): Concrete {
  if (type.kind !== 'any') return type;
  const kind = random.pick(['string', 'string', 'int', 'number', 'bool', 'list'] as const);
  return kind === 'list' ? { kind, element: { kind: random.pick(['string', 'int', 'number', 'bool']) } } : { kind };
}

type Concrete = Exclude<AttributeType, { readonly kind: 'any' }>;

function leafOn(sight: Sight, attribute: Attribute, type: Concrete): Expr {
  const { random } = sight;
  const isAny = attribute.type.kind === 'any';
  const mayMeasure = isAny ? !sight.isPlain : type.kind === 'string' || type.kind === 'list' || type.kind === 'enum';
  if (mayMeasure && random.chance(0.1)) {
    const op = random.pick(ORDERS);
    const other = random.chance(0.3)
      ? (otherOf(sight, 'string', attribute) ?? otherOf(sight, 'list', attribute))
      : null;
    const right =
      other === null ? String(random.between(0, 5)) : `size(${other.text}) ${random.pick(['', '+ 1', '* 2', '% 2'])}`;
    const pair = other === null ? [] : ['attribute pair'];
    return leaf(
      `size(${attribute.text}) ${op} ${right}`,
      ['size', op, ...pair],
      argsIn(attribute, ...(other === null ? [] : [other])),
    );
  }
  switch (type.kind) {
    case 'string':
    case 'enum':
      return textLeaf(sight, attribute, type);
    case 'bool':
      return boolLeaf(sight, attribute);
    case 'int':
      return intLeaf(sight, attribute);
    case 'number':
      return numberLeaf(sight, attribute);
    default:
      return listLeaf(sight, attribute, type.element, makeLeaf);
  }
}

function textLeaf(sight: Sight, attribute: Attribute, type: Scalar): Expr {
  const { random } = sight;
  const { text, strings } = attribute;
  const constant = (): string => stringText(random.pick(strings));
  const isEnum = type.kind === 'enum';
  if (sight.hasPatterns && random.chance(0.4)) return patternLeaf(sight, attribute);
  const form = random.weighted({
    equal: 5,
    among: 3,
    order: 1.5,
    text: isEnum ? 0 : 5,
    pair: isEnum ? 0 : 2,
    member: 1,
    lifted: 1,
  });
  const op = random.pick(['==', '!=']);
  switch (form) {
    case 'among': {
      const sets = sight.lets.filter((one) => Array.isArray(one.value));
      if (!isEnum && sets.length > 0 && random.chance(0.3))
        return leaf(`${text} in ${random.pick(sets).name}`, ['in constants', 'let'], argsIn(attribute));
      const values = random.sample(strings, random.between(1, strings.length > 50 ? 60 : 4)).map(stringText);
      return leaf(`${text} in [${values.join(', ')}]`, ['in constants'], argsIn(attribute));
    }
    case 'order': {
      const order = random.pick(['<', '<=', '>', '>=']);
      return leaf(
        random.chance(0.8) ? `${text} ${order} ${constant()}` : `${constant()} ${order} ${text}`,
        [`string ${order}`],
        argsIn(attribute),
      );
    }
    case 'text': {
      const method = random.pick(['startsWith', 'endsWith', 'contains']);
      if (random.chance(0.08)) return leaf(`${constant()}.${method}(${text})`, [method], argsIn(attribute));
      if (random.chance(0.08)) {
        const test = `[${constant()}, ${constant()}].${random.pick(['exists', 'all'])}(k, ${text}.${method}(k))`;
        return leaf(test, [method, 'quantifier over constants'], argsIn(attribute));
      }
      return leaf(`${text}.${method}(${constant()})`, [method], argsIn(attribute));
    }
    case 'pair': {
      const other = otherOf(sight, 'string', attribute);
      if (other === null) break;
      const args = argsIn(attribute, other);
      if (random.chance(0.5)) {
        const method = random.pick(['startsWith', 'endsWith', 'contains']);
        return leaf(`${text}.${method}(${other.text})`, [method, 'attribute pair'], args);
      }
      const order = random.pick(['==', '!=', '<', '<=', '>', '>=']);
      return leaf(`${text} ${order} ${other.text}`, [order, 'attribute pair'], args);
    }
    case 'member': {
      const lists = sight.attributes.filter((a) => a.type.kind === 'list' && a.type.element.kind === type.kind);
      if (isEnum || lists.length === 0) break;
      const list = random.pick(lists);
      return leaf(`${text} in ${list.text}`, ['in list', 'attribute pair'], argsIn(attribute, list));
    }
    case 'lifted': {
      const test = otherOf(sight, 'bool', attribute);
      if (test === null || isEnum) break;
      const args = argsIn(test, attribute);
      const chosen = `(${test.text} ? ${text} : ${constant()})`;
      const lists = sight.attributes.filter((a) => a.type.kind === 'list' && a.type.element.kind === 'string');
      switch (random.below(lists.length === 0 ? 3 : 4)) {
        case 0:
          return leaf(`${chosen} ${op} ${constant()}`, ['choose value', op], args);
        case 1:
          return leaf(`${chosen} in [${constant()}, ${constant()}]`, ['choose value', 'in constants'], args);
        case 2: {
          const method = random.pick(['startsWith', 'endsWith', 'contains']);
          return leaf(`${constant()}.${method}(${chosen})`, ['choose value', method], args);
        }
        default: {
          const list = random.pick(lists);
          return leaf(`${chosen} in ${list.text}`, ['choose value', 'in list'], [...args, ...argsIn(list)]);
        }
      }
    }
    default:
  }
  return leaf(
    random.chance(0.9) ? `${text} ${op} ${constant()}` : `${constant()} ${op} ${text}`,
    [op],
    argsIn(attribute),
  );
}

/** `matches` or `glob` of a text. */
export function patternLeaf(sight: Sight, attribute: Attribute): Expr {
  const { random } = sight;
  const { text, strings } = attribute;
  if (random.chance(0.2))
    return leaf(`${text}.glob(${stringText(makeGlob(random, strings))})`, ['glob'], argsIn(attribute));
  const pattern = stringText(makePattern(random, strings));
  const test = random.chance(0.1) ? otherOf(sight, 'bool', attribute) : null;
  if (test !== null) {
    const chosen = `(${test.text} ? ${text} : ${stringText(random.pick(strings))})`;
    return leaf(`${chosen}.matches(${pattern})`, ['choose value', 'matches'], argsIn(test, attribute));
  }
  const form = random.chance(0.9) ? `${text}.matches(${pattern})` : `matches(${text}, ${pattern})`;
  return leaf(form, ['matches'], argsIn(attribute));
}

function boolLeaf(sight: Sight, attribute: Attribute): Expr {
  const { random } = sight;
  const { text } = attribute;
  const other = otherOf(sight, 'bool', attribute);
  const isAny = attribute.type.kind === 'any';
  if (other !== null && random.chance(0.15)) {
    const op = random.pick(['==', '!=']);
    return leaf(`${text} ${op} ${other.text}`, [`bool ${op}`, 'attribute pair'], argsIn(attribute, other));
  }
  const form = isAny
    ? `${text} == ${random.pick(['true', 'false'])}`
    : random.pick([text, text, `!${text}`, `${text} == true`, `${text} != true`, `false == ${text}`]);
  return leaf(form, ['truth'], argsIn(attribute));
}

function intLeaf(sight: Sight, attribute: Attribute): Expr {
  const { random } = sight;
  const { text, ints, doubles } = attribute;
  const op = random.pick(ORDERS);
  const constant = (): string => intText(random.pick(ints));
  const args = argsIn(attribute);
  switch (random.weighted({ compare: 6, among: 2, mixed: 1, arithmetic: 4, pair: 2, member: 1, quantified: 0.7 })) {
    case 'among':
      return leaf(
        `${text} in [${random
          .sample(ints, random.between(1, ints.length > 50 ? 40 : 4))
          .map(intText)
          .join(', ')}]`,
        ['in constants'],
        args,
      );
    case 'mixed':
      return leaf(`${text} ${op} ${doubleText(random.pick(doubles))}`, [op], args);
    case 'arithmetic': {
      if (random.chance(0.1))
        return leaf(`${text} + 1 in [${constant()}, ${constant()}, 2]`, ['+', 'in constants'], args);
      const test = random.chance(0.15) ? otherOf(sight, 'bool', attribute) : null;
      if (test !== null) {
        const chosen = `(${test.text} ? ${text} : ${constant()})`;
        return leaf(
          `-(${chosen} * 3) ${op} ${constant()}`,
          ['choose value', 'negate', '*', op],
          argsIn(test, attribute),
        );
      }
      const sum = random.pick(['+', '-', '*', '/', '%']);
      const most = '9223372036854775807';
      const isEdge = random.chance(sum === '+' || sum === '-' ? 0.5 : 0.15);
      const big = isEdge ? most : random.pick(['4611686018427387904', '1024', '-1', '0', '2', '3', constant()]);
      const left = random.chance(0.15) ? `-${text}` : text;
      const twice = random.chance(0.3)
        ? `(${left} ${sum} ${big}) ${random.pick(['+', '*', '-', '%'])} ${random.pick(['2', '1024', text])}`
        : random.chance(0.7)
          ? `${left} ${sum} ${big}`
          : `${big} ${sum} ${left}`;
      return leaf(
        `${twice} ${op} ${random.pick([constant(), '0', '1', '-1', '2'])}`,
        [sum, op, ...(left === text ? [] : ['negate'])],
        args,
      );
    }
    case 'pair': {
      const other = otherOf(sight, random.pick(['int', 'int', 'number'] as const), attribute);
      if (other === null) break;
      if (other.type.kind === 'int' && random.chance(0.4)) {
        const sum = random.pick(['+', '-', '*', '/', '%']);
        return leaf(
          `${text} ${sum} ${other.text} ${op} ${constant()}`,
          [sum, op, 'attribute pair'],
          argsIn(attribute, other),
        );
      }
      return leaf(`${text} ${op} ${other.text}`, [op, 'attribute pair'], argsIn(attribute, other));
    }
    case 'member': {
      const lists = sight.attributes.filter((a) => a.type.kind === 'list' && a.type.element.kind === 'int');
      if (lists.length === 0) break;
      const list = random.pick(lists);
      return leaf(
        `${random.chance(0.7) ? text : `${text} + 1`} in ${list.text}`,
        ['in list', 'attribute pair'],
        argsIn(attribute, list),
      );
    }
    case 'quantified': {
      const values = random.sample(ints, random.between(1, 3)).map(intText);
      return leaf(
        `[${values.join(', ')}].${random.pick(['exists', 'all'])}(k, ${text} ${op} k)`,
        ['quantifier over constants', op],
        args,
      );
    }
    default:
  }
  return leaf(random.chance(0.85) ? `${text} ${op} ${constant()}` : `${constant()} ${op} ${text}`, [op], args);
}

function numberLeaf(sight: Sight, attribute: Attribute): Expr {
  const { random } = sight;
  const { text, doubles, ints } = attribute;
  const op = random.pick(ORDERS);
  const constant = (): string => doubleText(random.pick(doubles));
  const args = argsIn(attribute);
  switch (random.weighted({ compare: 7, among: 2, mixed: 1, arithmetic: 4, pair: 2 })) {
    case 'among':
      return leaf(
        `${text} in [${random
          .sample(doubles, random.between(1, doubles.length > 50 ? 40 : 4))
          .map(doubleText)
          .join(', ')}]`,
        ['in constants'],
        args,
      );
    case 'mixed':
      return leaf(`${text} ${op} ${intText(random.pick(ints))}`, [op], args);
    case 'arithmetic': {
      const sum = random.pick(['+', '-', '*', '/']);
      const by = random.pick(['2.0', '0.0', '1e308', '0.1', '-1.0', constant()]);
      const left = random.chance(0.15) ? `-${text}` : text;
      return leaf(`${left} ${sum} ${by} ${op} ${constant()}`, [sum, op, ...(left === text ? [] : ['negate'])], args);
    }
    case 'pair': {
      const other = otherOf(sight, random.pick(['number', 'int'] as const), attribute);
      if (other === null) break;
      if (other.type.kind === 'number' && random.chance(0.4)) {
        const sum = random.pick(['+', '-', '*', '/']);
        return leaf(
          `${text} ${sum} ${other.text} ${op} ${constant()}`,
          [sum, op, 'attribute pair'],
          argsIn(attribute, other),
        );
      }
      return leaf(`${text} ${op} ${other.text}`, [op, 'attribute pair'], argsIn(attribute, other));
    }
    default:
  }
  return leaf(random.chance(0.85) ? `${text} ${op} ${constant()}` : `${constant()} ${op} ${text}`, [op], args);
}
