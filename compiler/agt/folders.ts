// PolicyDocuments in folders: each folder's `governance.yaml` speaks for the paths below it (`context.path`), together with those
// of the folders above (LANGUAGE.md 15.8). In: documents with their paths. Out: rules, each under the condition that the request's
// path is where its chain holds. Nothing outside the folders is read: a path that would have to be resolved is denied.

import type { Condition, Effect } from '../check/typed.ts';
import type { DiagnosticSink } from '../diagnostic.ts';
import { clip } from '../syntax/clip.ts';
import type { AgtDocument, AgtRule } from './ast.ts';
import { Builder } from './build.ts';
import { inOrder } from './order.ts';
import { defaultOf, defaultRule, type GuardedRule, type Parts } from './parts.ts';

/** Documents with a `scope` above one path: each doubles the chains. */
const MOST_SCOPES = 4;

export function isFolderSet(documents: readonly AgtDocument[]): boolean {
  const inFolders = documents.every(
    ({ family, span }) => family === 'rules' && /(?:^|\/)governance\.ya?ml$/.test(span.source.path),
  );
  return inFolders && (documents.length > 1 || documents.some(({ scope }) => scope !== null));
}

export function chainsOf(documents: readonly AgtDocument[], sink: DiagnosticSink): Parts {
  const folders = new Map(documents.map((document) => [folderOf(document), document]));
  const defaults = new Map(documents.map((document) => [document, defaultOf(document, sink)]));
  const [root] = [...folders].sort(([a], [b]) => a.length - b.length);
  const fallback: Effect = root === undefined ? 'deny' : (defaults.get(root[1]) ?? 'deny');
  const rules = [...folders.keys()].flatMap((folder) => chainRules(folder, { folders, defaults, fallback, sink }));
  return { rules: root === undefined ? [] : [unresolvedPath(root[1]), ...rules], fallback };
}

interface World {
  readonly folders: ReadonlyMap<string, AgtDocument>;
  readonly defaults: ReadonlyMap<AgtDocument, Effect>;
  readonly fallback: Effect;
  readonly sink: DiagnosticSink;
}

/** Rules of the paths whose nearest document is this folder's: for each way in which the scopes above may take a path. */
function chainRules(folder: string, world: World): GuardedRule[] {
  const chain = chainOf(folder, world.folders);
  const nearest = chain.at(-1);
  if (nearest === undefined) return [];
  const path = new Builder(['path'], nearest.span);
  const deeper = [...world.folders.keys()].filter((other) => other !== folder && isBelow(other, folder));
  const here = path.text(path.and(below(folder, path), ...deeper.map((other) => path.not(below(other, path)))));
  const scoped = chain.filter(({ scope }) => scope !== null);
  if (scoped.length > MOST_SCOPES) {
    world.sink.error(
      'P1217',
      nearest.span,
      `over ${MOST_SCOPES} documents with a \`scope\` speak for one path`,
      'use fewer scopes',
    );
    return [];
  }
  const rules: GuardedRule[] = [];
  for (let way = 0; way < 2 ** scoped.length; way += 1) {
    const isTaken = (document: AgtDocument): boolean => ((way >> scoped.indexOf(document)) & 1) === 1;
    const taken = chain.filter((document) => document.scope === null || isTaken(document));
    const scopes = scoped.map((document) => {
      const inside = path.matches(globPattern(document.scope?.value ?? '*'));
      return isTaken(document) ? inside : path.not(inside);
    });
    const last = taken.at(-1);
    if (last === undefined) continue;
    const guard = path.and(here, ...scopes);
    const merged = mergedRules(taken, way === 0 || scoped.length === 0 ? world.sink : null);
    const ordered = inOrder(
      merged.map((rule) => ({ rule, guard, specificity: 0 })),
      'priority_first_match',
    );
    rules.push(...ordered);
    const effect = world.defaults.get(last) ?? 'deny';
    if (effect !== world.fallback) rules.push({ rule: defaultRule(last, effect), guard, specificity: 0 });
  }
  return rules;
}

/** Documents from the outermost folder to this one, cut where one does not inherit. */
function chainOf(folder: string, folders: ReadonlyMap<string, AgtDocument>): readonly AgtDocument[] {
  const chain = [...folders]
    .filter(([other]) => isBelow(folder, other))
    .sort(([a], [b]) => a.length - b.length)
    .map(([, document]) => document);
  const cut = chain.findLastIndex(({ inherit }) => !inherit);
  return cut < 0 ? chain : chain.slice(cut);
}

/** A deny of an outer folder stays; another rule of its name replaces an outer one only with `override`. */
function mergedRules(chain: readonly AgtDocument[], sink: DiagnosticSink | null): readonly AgtRule[] {
  if (chain.length === 1) return chain[0]?.rules ?? [];
  const byName = new Map<string, AgtRule>();
  for (const rule of chain.flatMap(({ rules }) => rules)) {
    const outer = byName.get(rule.name);
    if (outer !== undefined && (!rule.override || outer.action === 'deny')) {
      const why = rule.override
        ? 'an outer deny of that name cannot be overridden'
        : 'it does not say `override: true`';
      sink?.warning('P1215', rule.span, `\`${clip(rule.name)}\` is left out: ${why}`);
      continue;
    }
    byName.delete(rule.name); // a replacement stands where it is written
    byName.set(rule.name, rule);
  }
  return [...byName.values()];
}

function folderOf({ span }: AgtDocument): string {
  const { path } = span.source;
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

function isBelow(inner: string, outer: string): boolean {
  return outer === '' || inner === outer || inner.startsWith(`${outer}/`);
}

function below(folder: string, path: Builder): Condition {
  if (folder === '') return path.constant(true);
  return path.or(path.equalsText(folder), path.textTest('startsWith', `${folder}/`));
}

/** `..`, `.`, `//`, a leading `/` or a backslash: what the path means depends on the file system. */
function unresolvedPath(document: AgtDocument): GuardedRule {
  const path = new Builder(['path'], document.span);
  const guard = path.text(path.matches('^/|//|\\\\|(?:^|/)\\.{1,2}(?:/|$)'));
  const message = 'the path must be relative to the outermost folder, without `.`, `..`, `//` and backslashes';
  const rule: AgtRule = { ...defaultRule(document, 'deny'), name: 'unresolved-path', message };
  return { rule, guard, specificity: 0 };
}

/** What `fnmatch` makes of a glob: `*` crosses slashes, `[…]` is a set. */
function globPattern(glob: string): string {
  let pattern = '^(?s:';
  for (let at = 0; at < glob.length; at += 1) {
    const character = glob.charAt(at);
    const close = character === '[' ? glob.indexOf(']', glob.charAt(at + 1) === '!' ? at + 3 : at + 2) : -1;
    if (character === '*') pattern += '.*';
    else if (character === '?') pattern += '.';
    else if (close > 0) {
      const inside = glob.slice(at + 1, close).replaceAll('\\', '\\\\');
      pattern += `[${inside.startsWith('!') ? `^${inside.slice(1)}` : inside.replace(/^([\^[])/, '\\$1')}]`;
      at = close;
    } else pattern += character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
  }
  return `${pattern})\\Z`;
}
