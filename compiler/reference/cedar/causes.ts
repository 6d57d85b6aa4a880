// In: a value and what was expected of it, a name that is not there. Out: the EvaluationError, worded as Cedar words it.
// Never decides whether something is wrong.

import type { Span } from '../../source.ts';
import type { EntityUid } from '../../syntax/cedar/ast.ts';
import { codePoints } from '../values.ts';
import { type CedarEntity, type CedarValue, EvaluationError } from './values.ts';

export type CedarKind = CedarValue['kind'];

/** `help` where no type would have been right. */
export function typeError(
  expected: readonly CedarKind[],
  found: CedarValue,
  span: Span | null,
  help: string | null = null,
): EvaluationError {
  const names = expected.map((kind) => (kind === 'entity' ? typeNamed('any_entity_type') : nameOf(kind)));
  const [only] = names;
  const wanted = names.length === 1 ? only : `one of [${names.join(', ')}]`;
  const got = found.kind === 'entity' ? typeNamed(found.uid.type) : nameOf(found.kind);
  return new EvaluationError(`type error: expected ${wanted}, got ${got}`, help, span);
}

function typeNamed(type: string): string {
  return `(entity of type \`${type}\`)`;
}

function nameOf(kind: CedarKind): string {
  return kind === 'ip' ? 'ipaddr' : kind;
}

/** `span`: of what names the entity. */
export function noEntity(uid: EntityUid, span: Span): EvaluationError {
  return new EvaluationError(`entity \`${shownUid(uid)}\` does not exist`, null, span);
}

export function noMember(what: 'attribute' | 'tag', name: string, { uid, attrs, tags }: CedarEntity): EvaluationError {
  const shown = `\`${shownUid(uid)}\``;
  const [own, other] = what === 'attribute' ? [attrs, tags] : [tags, attrs];
  let help = own.size === 0 ? `${shown} does not have any ${what}s` : `available ${what}s: ${list([...own.keys()])}`;
  if (other.has(name)) {
    const instead = what === 'attribute' ? 'a tag (not an attribute)' : 'an attribute (not a tag)';
    help += `; note that ${instead} named \`${name}\` does exist`;
  }
  return new EvaluationError(`${shown} does not have the ${what} \`${name}\``, help);
}

export function noKey(name: string, entries: ReadonlyMap<string, CedarValue>): EvaluationError {
  const names = [...entries.keys()];
  const shown =
    names.length > SHOWN
      ? list(names)
      : `[${sorted(names)
          .map((one) => `"${escaped(one, 'quoted')}"`)
          .join(', ')}]`;
  const help = names.length === 0 ? 'record does not have any attributes' : `available attributes: ${shown}`;
  return new EvaluationError(`record does not have the attribute \`${name}\``, help);
}

/** So many names of those that are there. */
const SHOWN = 5;

function list(names: readonly string[]): string {
  const more = names.length - SHOWN;
  const shown = sorted(names).slice(0, SHOWN).join(',');
  return more > 0 ? `[${shown}, ... (${more} more attributes) ]` : `[${shown}]`;
}

function sorted(names: readonly string[]): string[] {
  return [...names].sort(comparePoints);
}

/** The order of texts by code points. */
export function comparePoints(a: string, b: string): number {
  const [left, right] = [codePoints(a), codePoints(b)];
  const at = left.findIndex((point, index) => point !== right[index]);
  return at < 0 ? left.length - right.length : (left[at] ?? 0) - (right[at] ?? -1);
}

export function shownUid({ type, id }: EntityUid): string {
  return `${type}::"${escaped(id, 'id')}"`;
}

/** What no printer shows is written as its number; in an id the apostrophe is escaped too, a combining mark only if it comes first. */
function escaped(text: string, as: 'id' | 'quoted'): string {
  const isBare = (char: string, index: number): boolean => {
    if (/[\p{C}\p{Zl}\p{Zp}]/u.test(char) || (/\p{Zs}/u.test(char) && char !== ' ')) return false;
    return !/\p{Grapheme_Extend}/u.test(char) || (as === 'id' && index > 0);
  };
  return Array.from(text)
    .map((char, index) => {
      if (char === "'" && as === 'id') return "\\'";
      return ESCAPES[char] ?? (isBare(char, index) ? char : `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
    })
    .join('');
}

const ESCAPES: { readonly [char: string]: string } = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
};
