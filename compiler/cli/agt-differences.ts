// In: what a toolkit document and the policy made of it say of one context. Out: null where they say the same, else why they may
// differ: the first known cause that this context has, or none.

import type { Verdict } from '../../host-js/full.ts';
import type { Migrated, Wanted } from '../agt/migrate.ts';
import { elide } from './show.ts';

export interface Explained {
  /** Null: nothing that is known. */
  readonly cause: string | null;
  readonly example: string;
}

type Answer = Pick<Verdict, 'decision' | 'determining' | 'status'>;

export function differenceOf(
  context: object,
  document: Answer,
  policy: Answer,
  attributes: Migrated['attributes'],
): Explained | null {
  const same =
    document.decision === policy.decision && document.determining.join('\n') === policy.determining.join('\n');
  if (same) return null;
  const said = ({ decision, determining }: Answer): string => `${decision} by ${determining.join(', ') || 'no rule'}`;
  const example = `${elide(JSON.stringify(context), 120)}: document ${said(document)}; policy ${said(policy)}`;
  return { cause: causeOf(context, attributes), example };
}

function causeOf(context: object, attributes: Migrated['attributes']): string | null {
  const values = attributes.map(({ path, wanted }) => ({ value: valueAt(context, path.segments), wanted }));
  if (values.some(({ value, wanted }) => value !== undefined && value !== null && !isWanted(value, wanted))) {
    return 'a value of another type: to the policy it is unknown, the document converts it or fails';
  }
  const texts = values.map(({ value }) => value).filter((value) => typeof value === 'string');
  if (texts.some((text) => /[^\0-\x7f]/.test(text))) {
    return 'characters beyond ASCII: `\\d \\s \\w \\b` of the document know them, those of RE2 do not';
  }
  if (texts.some((text) => text.endsWith('\n'))) {
    return 'a last line break: `$` of the document also stands before it, that of RE2 does not';
  }
  return null;
}

function isWanted(value: unknown, wanted: ReadonlySet<Wanted>): boolean {
  const is = typeof value === 'boolean' ? 'bool' : typeof value;
  return [...wanted].every((want) => want === is);
}

function valueAt(context: object, segments: readonly string[]): unknown {
  let value: unknown = context;
  for (const name of segments) {
    value =
      typeof value === 'object' && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
  }
  return value;
}
