// In: random choices, a rule's points and the attributes it may read. Out: operations of a transform as YAML, mostly of the kind that
// their targets are for. Knows LANGUAGE.md 13, not what a policy decides.

import type { Random } from './random.ts';
import type { Attribute, World } from './world.ts';

const TARGETS: Readonly<Record<string, string>> = {
  input: 'message',
  pre_model_call: 'message',
  post_model_call: 'message',
  pre_tool_call: 'args',
  post_tool_call: 'result',
  output: 'output',
};

const PATTERNS = ['a+', '[a-z]*?b', '\\d{2}', '(?i)admin|dev', 'é|😀', '[^/]+/', '(?:ab?)+'];
/** These match most replacements: they go with the empty one. */
const BROAD = ['^.', '\\b\\w', '.{3}$', '.*', '.'];
const REPLACEMENTS = ['', '***', '#', '\u{1d4b3}', ' '];

/** What a transform at these points may change; null if there is nothing, or not the same. */
export function targetRoot(at: readonly string[] | null): string | null {
  const roots = new Set((at ?? ['pre_tool_call']).map((point) => TARGETS[point]));
  const [root] = roots;
  return roots.size === 1 && root !== undefined ? root : null;
}

/** Roots that all these points carry beside the subject and `args` (LANGUAGE.md 3.9). */
export function carries(at: readonly string[] | null, root: string): boolean {
  return root === 'args' || root === 'principal' || root === 'context' || targetRoot(at) === root;
}

/** At least one operation as YAML, or null where nothing of the root is known. */
export function makeOperations(
  random: Random,
  world: World,
  readable: readonly Attribute[],
  root: string,
): string[] | null {
  const known = readable.filter((attribute) => attribute.root === root);
  if (known.length === 0) return null;
  return Array.from({ length: random.chance(0.7) ? 1 : random.between(2, 3) }, () =>
    makeOperation(random, world, random.pick(known)),
  );
}

function makeOperation(random: Random, world: World, attribute: Attribute): string {
  const { type } = attribute;
  const isList = type.kind === 'list' || (type.kind === 'any' && random.chance(0.2));
  const isDeep = world.isWhole && type.kind === 'any' && random.chance(0.6);
  const deep = random.pick(['[*][*]', '[*].k[*]', '[*].k[*].m', '.k[*].k[*]', '.k[*][*]']);
  const each = isDeep ? deep : isList && random.chance(0.4) ? '[*]' : '';
  const target = JSON.stringify(`${attribute.text}${each}`);
  const element = type.kind === 'list' ? type.element.kind : type.kind;
  const isText = element === 'string' || type.kind === 'any';
  const isNumber =
    (each !== '' || type.kind !== 'list') && (element === 'int' || element === 'number' || type.kind === 'any');
  const mayRemove = each.endsWith('.m') || (each === '' && attribute.segments.length > 0);
  // A tool without the argument refuses a `set`.
  const maySet = world.catalogue === 'none' || attribute.root !== 'args';
  const kind = random.weighted({
    redact: isText ? 5 : 0.01,
    clamp: isNumber ? 5 : 0.01,
    remove: mayRemove ? 2 : 0.01,
    set: maySet ? 2 : 0.01,
  });
  switch (kind) {
    case 'redact': {
      if (random.chance(0.3)) return `{ redact: ${target}, pattern: ${JSON.stringify(random.pick(BROAD))}, with: "" }`;
      const replacement = random.chance(0.4) ? '' : `, with: ${JSON.stringify(random.pick(REPLACEMENTS))}`;
      return `{ redact: ${target}, pattern: ${JSON.stringify(random.pick(PATTERNS))}${replacement} }`;
    }
    case 'clamp': {
      // A tool may have narrowed a number to an int.
      const isInt = element === 'int' || world.catalogue !== 'none';
      const numbers = isInt ? attribute.ints.map(Number) : attribute.doubles.map((double) => double + 0);
      const [a = 0, b = 0] = [random.pick(numbers), random.pick(numbers)].sort((x, y) => x - y);
      return random.chance(0.5)
        ? `{ clamp: ${target}, max: ${JSON.stringify(b)} }`
        : `{ clamp: ${target}, min: ${JSON.stringify(a)}, max: ${JSON.stringify(b)} }`;
    }
    case 'remove':
      return `{ remove: ${target} }`;
    default:
      return `{ set: ${target}, to: ${JSON.stringify(valueFor(random, attribute, each !== ''))} }`;
  }
}

function valueFor(random: Random, attribute: Attribute, isElement: boolean): unknown {
  const { type, strings, ints, doubles } = attribute;
  const kind = type.kind === 'list' && isElement ? type.element.kind : type.kind;
  switch (kind) {
    case 'string':
    case 'enum':
      return random.pick(strings);
    case 'int':
      return Number(random.pick(ints));
    case 'number':
      return random.pick(doubles) + 0;
    case 'bool':
      return random.chance(0.5);
    case 'list':
      return [];
    default:
      return random.pick([null, 1, 'x', true, [1, 'a'], { a: { b: null } }]);
  }
}
