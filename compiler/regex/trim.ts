// In: a tree that a text is searched for. Out: one that the same texts have a match of, with less to repeat: whether there is some
// match does not depend on how far it could be drawn out. `\w{0,50}key=\w+` becomes `key=\w`. Never for what asks where matches lie.

import type { Tree } from './tree.ts';

const NOTHING: Tree = { kind: 'concat', items: [] };

export function trimmed(tree: Tree): Tree {
  return shortened(shortened(tree, 'front'), 'back');
}

/**
 * A match stays one without the copies that its repetition at one end need not have: it begins later or ends sooner. What an
 * assertion keeps in its place is not at an end.
 */
function shortened(tree: Tree, end: 'front' | 'back'): Tree {
  switch (tree.kind) {
    case 'set':
    case 'assert':
      return tree;
    case 'alternate': {
      const items = tree.items.map((item) => shortened(item, end));
      return items.some(isNothing) ? NOTHING : { kind: 'alternate', items };
    }
    case 'repeat': {
      const { item, min } = tree;
      if (min === 0) return NOTHING;
      return min === 1 ? shortened(item, end) : { kind: 'repeat', item, min, max: min };
    }
    case 'concat': {
      const items = [...tree.items];
      for (;;) {
        const at = end === 'front' ? 0 : items.length - 1;
        const item = items[at];
        if (item === undefined) return NOTHING;
        const less = shortened(item, end);
        items[at] = less;
        if (!isNothing(less)) return { kind: 'concat', items };
        items.splice(at, 1);
      }
    }
  }
}

function isNothing(tree: Tree): boolean {
  return tree.kind === 'concat' && tree.items.length === 0;
}
