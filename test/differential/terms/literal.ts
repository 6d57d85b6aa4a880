// In: a value of a term. Out: the term that makes it.

import type { Term } from '../../../compiler/check/terms.ts';
import { scalarText } from '../../../compiler/reference/term/numbers.ts';
import type { TermValue } from '../../../compiler/reference/term/values.ts';
import * as t from '../../terms.ts';

export function literal(value: TermValue): Term {
  switch (value.kind) {
    case 'list':
      return t.list(...value.items.map(literal));
    case 'map':
      return t.map(...value.entries.map(([key, item]): [Term, Term] => [literal(key), literal(item)]));
    case 'optional':
      return value.value === null ? t.call('optional.none') : t.call('optional.of', literal(value.value));
    case 'timestamp': {
      const nanos = ((value.nanos % SECOND) + SECOND) % SECOND;
      return t.constant({ kind: 'timestamp', seconds: (value.nanos - nanos) / SECOND, nanos: Number(nanos) });
    }
    case 'duration':
      return t.constant({ kind: 'duration', seconds: value.nanos / SECOND, nanos: Number(value.nanos % SECOND) });
    case 'ip':
    case 'cidr':
      return t.call(value.kind, t.text(scalarText(value) ?? ''));
    default:
      return t.constant(value);
  }
}

const SECOND = 1_000_000_000n;
