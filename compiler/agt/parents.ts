// `extends` of governance.toolkit/v1: a child has its parents' rules and then its own; it cannot weaken a deny of theirs by a rule of
// the same name. In: documents. Out: those that no other one extends, with all their rules; what is dropped is reported.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Located } from '../source.ts';
import { clip } from '../syntax/clip.ts';
import type { AgtDocument, AgtRule } from './ast.ts';

export function withParents(documents: readonly AgtDocument[], sink: DiagnosticSink): readonly AgtDocument[] {
  const byPath = new Map(documents.map((document) => [document.span.source.path, document]));
  const extended = new Set<AgtDocument>();
  const whole = documents.map((document) => ({
    document,
    rules: rulesOf(document, [], { byPath, extended, sink }),
  }));
  return whole.filter(({ document }) => !extended.has(document)).map(({ document, rules }) => ({ ...document, rules }));
}

interface World {
  readonly byPath: ReadonlyMap<string, AgtDocument>;
  readonly extended: Set<AgtDocument>;
  readonly sink: DiagnosticSink;
}

function rulesOf(document: AgtDocument, below: readonly AgtDocument[], world: World): readonly AgtRule[] {
  if (document.extends.length === 0) return document.rules;
  const inherited = new Map<string, AgtRule>();
  for (const reference of document.extends) {
    const parent = parentOf(document, reference, [...below, document], world);
    if (parent === undefined) continue;
    world.extended.add(parent);
    for (const rule of rulesOf(parent, [...below, document], world)) {
      if (!inherited.has(rule.name)) inherited.set(rule.name, rule);
    }
  }
  const own = document.rules.filter((rule) => {
    const weakens = inherited.get(rule.name)?.effect === 'deny' && (rule.action === 'allow' || rule.action === 'log');
    if (weakens) {
      const said = `\`${clip(rule.name)}\` would weaken a deny that the document extends, and is left out`;
      world.sink.warning('P1215', rule.span, said);
    }
    return !weakens;
  });
  return [...inherited.values(), ...own];
}

function parentOf(
  document: AgtDocument,
  reference: Located<string>,
  below: readonly AgtDocument[],
  { byPath, sink }: World,
): AgtDocument | undefined {
  const path = pathFrom(document.span.source.path, reference.value);
  if (path === null) {
    const help = 'name a file in the same folder or below it; their engine refuses any other';
    sink.error('P1216', reference.span, `\`${clip(reference.value)}\` is outside the document's folder`, help);
    return undefined;
  }
  const parent = byPath.get(path);
  if (parent === undefined) {
    const help = 'give the file to the compiler too; their engine refuses a document whose parent is not there';
    sink.error('P1216', reference.span, `\`${clip(reference.value)}\` is not among the documents`, help);
  } else if (below.includes(parent)) {
    sink.error(
      'P1216',
      reference.span,
      `\`${clip(reference.value)}\` extends this document in turn`,
      'remove one of the two',
    );
    return undefined;
  }
  return parent;
}

/** Relative to the folder of `from`; null: not below it. */
export function pathFrom(from: string, reference: string): string | null {
  if (reference.startsWith('/')) return null;
  const folder = from.includes('/') ? from.slice(0, from.lastIndexOf('/')).split('/') : [];
  const parts = [...folder];
  for (const part of reference.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return null;
  }
  return folder.every((part, i) => parts[i] === part) && parts.length > folder.length ? parts.join('/') : null;
}
