// In: the sources of a policy as the generator writes them. Out: the same policy spelled anew: values in another of their forms
// (LANGUAGE.md 2.2, 2.3), conditions and paths in other words, and all of it in another layout.

import type { Source } from '../../../compiler/source.ts';
import { spelledCatalogue } from './catalogue.ts';
import { spelledCel } from './cel.ts';
import type { Forms } from './forms.ts';
import { withLets } from './lets.ts';
import { document, jsonString } from './printer.ts';
import { type Tree, textTree, treeOf } from './tree.ts';

/** Beyond it only our own reader reads (2.1). */
const LARGE = 66_000;

export function spelledSources(forms: Forms, sources: readonly Source[]): Source[] {
  const trees = sources.map(({ path, text }) => ({ path, tree: treeOf(text) }));
  const isCatalogue = ({ path }: { readonly path: string }): boolean => path.endsWith('.json');
  const policies = withLets(
    forms,
    trees.filter((one) => !isCatalogue(one)),
  );
  const spelled = [...policies, ...trees.filter(isCatalogue)].map(({ path, tree }): Source => {
    if (path.endsWith('.json')) return { path, text: jsonDocument(forms, spelledCatalogue(forms, tree)) };
    const written = document(forms, spelledPolicy(forms, tree));
    const isLarge =
      !written.startsWith('\ufeff') && !written.includes('\r') && forms.takes('document over 64 KiB', 0.02);
    return {
      path,
      text: isLarge ? `${'# a long comment that makes the text long\n'.repeat(LARGE / 42)}${written}` : written,
    };
  });
  const [first, ...others] = spelled;
  // The policy is the first of the policies; where the others stand does not matter.
  return first !== undefined && others.length > 1 && forms.takes('other files in another order', 0.3)
    ? [first, ...others.toReversed()]
    : spelled;
}

function spelledPolicy(forms: Forms, policy: Tree): Tree {
  if (policy.kind !== 'map') throw new Error('a policy is a mapping');
  const entries = policy.entries.map(([key, value]): readonly [string, Tree] => [
    key,
    spelledMember(forms, key, value),
  ]);
  const version: readonly (readonly [string, Tree])[] = forms.takes('default written: version', 0.1)
    ? [['version', textTree('0.0.0')]]
    : [];
  return { kind: 'map', entries: reordered(forms, [...entries, ...version]) };
}

function spelledMember(forms: Forms, key: string, value: Tree): Tree {
  switch (key) {
    case 'attributes':
      return mapped(value, (name, type) => [spelledPath(forms, name), spelledType(forms, type)]);
    case 'lets':
      return mapped(value, (name, one) => [name, one.kind === 'text' ? spelledCondition(forms, one.value) : one]);
    case 'rules':
      return listed(value, (rule) => spelledRule(forms, rule));
    case 'policies':
      return listed(value, (member) =>
        member.kind === 'text' && forms.takes('policies: { policy }', 0.3)
          ? { kind: 'map', entries: [['policy', member]] }
          : member,
      );
    case 'import':
      return oneOrList(forms, value);
    case 'scope':
      return mapped(value, (level, names) => [level, oneOrList(forms, names)]);
    default:
      return value;
  }
}

function spelledRule(forms: Forms, rule: Tree): Tree {
  if (rule.kind !== 'map') return rule;
  const has = (key: string): boolean => rule.entries.some(([name]) => name === key);
  const entries = rule.entries.map(([key, value]): readonly [string, Tree] => {
    if (key === 'at' || key === 'tool') return [key, oneOrList(forms, value)];
    if (key === 'when' && value.kind === 'text') return [key, spelledCondition(forms, value.value)];
    if (key === 'transform') return [key, spelledOperations(forms, value)];
    return [key, value];
  });
  const added: (readonly [string, Tree])[] = [];
  if (!has('enabled') && forms.takes('default written: enabled', 0.05)) added.push(['enabled', word('true')]);
  if (!has('final') && forms.takes('default written: final', 0.05)) added.push(['final', word('false')]);
  if (!has('at') && forms.takes('default written: at', 0.05)) added.push(['at', textTree('pre_tool_call')]);
  if (!has('when') && forms.takes('default written: when', 0.2)) added.push(['when', spelledCondition(forms, 'true')]);
  return { kind: 'map', entries: reordered(forms, [...entries, ...added]) };
}

function spelledCondition(forms: Forms, cel: string): Tree {
  if ((cel === 'true' || cel === 'false') && forms.takes('a condition that is a word', 0.5)) return word(cel);
  const { text, isWhole } = spelledCel(forms, cel);
  return textTree(text, isWhole);
}

function spelledOperations(forms: Forms, operations: Tree): Tree {
  const spelled = listed(operations, (operation) =>
    mapped(operation, (key, value) => [
      key,
      value.kind === 'text' && /^(set|remove|clamp|redact)$/.test(key)
        ? textTree(spelledPath(forms, value.value))
        : value,
    ]),
  );
  const only = spelled.kind === 'list' && spelled.items.length === 1 ? spelled.items[0] : undefined;
  return only !== undefined && forms.takes('an operation without a list', 0.3) ? only : spelled;
}

function spelledType(forms: Forms, type: Tree): Tree {
  return type.kind === 'text' && forms.takes('attribute: { type }', 0.15)
    ? { kind: 'map', entries: [['type', type]] }
    : type;
}

function oneOrList(forms: Forms, value: Tree): Tree {
  return value.kind === 'text' && forms.takes('one as a list', 0.25) ? { kind: 'list', items: [value] } : value;
}

/** A path as `attributes` and operations take it: names, brackets, `[*]`. */
export function spelledPath(forms: Forms, path: string): string {
  const root = /^[a-z]+/.exec(path)?.[0] ?? '';
  const steps = [...path.slice(root.length).matchAll(/\.([A-Za-z_][A-Za-z0-9_]*)|\[("(?:[^"\\]|\\.)*")\]|\[\*\]/g)];
  if (root.length + steps.reduce((sum, [step]) => sum + step.length, 0) !== path.length)
    throw new Error(`no path: ${path}`);
  const spelled = steps.map(([step, name, quoted]) => {
    if (step === '[*]') return step;
    const value: unknown = quoted === undefined ? name : JSON.parse(quoted);
    const text = String(value);
    const form = forms.oneOf('path ["name"]', {
      'path .name': /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? 4 : 0,
      'path ["name"]': 1,
      "path ['name']": /^[^'\\\n]*$/.test(text) ? 1 : 0,
    });
    if (form === 'path .name') return `.${text}`;
    return form === "path ['name']" ? `['${text}']` : `[${jsonString(forms, text)}]`;
  });
  return `${root}${spelled.join('')}`;
}

function reordered(forms: Forms, entries: readonly (readonly [string, Tree])[]): readonly (readonly [string, Tree])[] {
  return forms.takes('keys in another order', 0.3) ? forms.random.sample(entries, entries.length) : entries;
}

function mapped(tree: Tree, change: (key: string, value: Tree) => readonly [string, Tree]): Tree {
  return tree.kind === 'map' ? { kind: 'map', entries: tree.entries.map(([key, value]) => change(key, value)) } : tree;
}

function listed(tree: Tree, change: (item: Tree) => Tree): Tree {
  return tree.kind === 'list' ? { kind: 'list', items: tree.items.map(change) } : tree;
}

function word(source: string): Tree {
  return { kind: 'word', source };
}

function jsonDocument(forms: Forms, tree: Tree): string {
  const text = (node: Tree): string => {
    const gap = forms.takes('JSON blanks', 0.1) ? forms.random.pick([' ', '\n', '\t ', '\r\n']) : '';
    switch (node.kind) {
      case 'word':
        return node.source;
      case 'text':
        return jsonString(forms, node.value);
      case 'list':
        return `[${gap}${node.items.map(text).join(`${gap},${gap}`)}${gap}]`;
      default:
        return `{${gap}${node.entries.map(([key, value]) => `${jsonString(forms, key)}${gap}:${gap}${text(value)}`).join(`,${gap}`)}${gap}}`;
    }
  };
  return text(tree);
}
