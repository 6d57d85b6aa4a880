// Values as the official CEL suite writes them (protobuf JSON of `cel.expr.Value`). Out: the term that makes the value, what a request
// carries for it, and whether an outcome of the reference is it.

import type { Term, TermConstant } from '../../compiler/check/terms.ts';
import type { AttributeType } from '../../compiler/check/types.ts';
import type { TermValue } from '../../compiler/reference/term/values.ts';
import type { Span } from '../../compiler/source.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type Expected =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'error' }
  /** Only what the static type is: nothing to evaluate. */
  | { readonly kind: 'type' };

/** Of the original test. Without any expectation it is `true`. */
export function expectedOf(original: Json): Expected {
  const { value, evalError, typedResult, checkOnly } = fields(original);
  if (evalError !== undefined) return { kind: 'error' };
  if (value !== undefined) return { kind: 'value', value };
  if (typedResult === undefined) return { kind: 'value', value: { boolValue: true } };
  const { result } = fields(typedResult);
  return result === undefined || checkOnly === true ? { kind: 'type' } : { kind: 'value', value: result };
}

function fields(json: Json): { readonly [key: string]: Json | undefined } {
  return isRecord(json) ? json : {};
}

export function isRecord(json: Json | undefined): json is { readonly [key: string]: Json } {
  return typeof json === 'object' && json !== null && !isList(json);
}

function isList(json: Json | undefined): json is readonly Json[] {
  return Array.isArray(json);
}

function list(json: Json | undefined): readonly Json[] {
  return isList(json) ? json : [];
}

/** The one member that says what a value is: `['int64Value', '5']`. */
function only(value: Json): readonly [string, Json] {
  const [found = ['none', null]] = Object.entries(fields(value));
  return [found[0], found[1] ?? null];
}

function numberOf(json: Json): number {
  return Number(json);
}

/** Members that are texts, and 64-bit integers, which this format writes as texts. */
function textOf(json: Json): string {
  return typeof json === 'string' ? json : JSON.stringify(json);
}

function bytesOf(json: Json): Uint8Array {
  return Uint8Array.from(Buffer.from(textOf(json), 'base64'));
}

/** What a request carries. */
export function rawOf(value: Json): unknown {
  const [kind, inside] = only(value);
  switch (kind) {
    case 'int64Value':
    case 'uint64Value':
      return BigInt(textOf(inside));
    case 'doubleValue':
      return numberOf(inside);
    case 'bytesValue':
      return bytesOf(inside);
    case 'listValue':
      return list(fields(inside)['values']).map(rawOf);
    case 'mapValue':
      return new Map(
        list(fields(inside)['entries']).map((entry) => {
          const { key = null, value: item = null } = fields(entry);
          return [rawOf(key), rawOf(item)] as const;
        }),
      );
    default:
      return inside;
  }
}

/** The type a variable with this value is declared with; a uint needs one, since requests carry ints. */
export function typeOfRaw(value: Json): AttributeType {
  return only(value)[0] === 'uint64Value' ? { kind: 'uint' } : { kind: 'any' };
}

/** The term that makes the value; null: no term can. */
export function termOf(value: Json, span: Span): Term | null {
  const [kind, inside] = only(value);
  const constant = (of: TermConstant): Term => ({ kind: 'constant', constant: of, span });
  switch (kind) {
    case 'nullValue':
      return constant({ kind: 'null' });
    case 'boolValue':
      return constant({ kind: 'bool', value: inside === true });
    case 'int64Value':
      return constant({ kind: 'int', value: BigInt(textOf(inside)) });
    case 'uint64Value':
      return constant({ kind: 'uint', value: BigInt(textOf(inside)) });
    case 'doubleValue':
      return constant({ kind: 'double', value: numberOf(inside) });
    case 'stringValue':
      return constant({ kind: 'string', value: textOf(inside) });
    case 'bytesValue':
      return constant({ kind: 'bytes', value: bytesOf(inside) });
    case 'typeValue':
      return constant({ kind: 'type', name: textOf(inside) });
    case 'listValue': {
      const items = list(fields(inside)['values']).map((item) => termOf(item, span));
      if (items.includes(null)) return null;
      return { kind: 'list', items: items.flatMap((term) => (term === null ? [] : [{ term, optional: false }])), span };
    }
    case 'mapValue': {
      const entries = list(fields(inside)['entries']).flatMap((entry) => {
        const { key = null, value: item = null } = fields(entry);
        const [keyTerm, itemTerm] = [termOf(key, span), termOf(item, span)];
        return keyTerm === null || itemTerm === null ? [] : [{ key: keyTerm, value: itemTerm, optional: false }];
      });
      return entries.length === list(fields(inside)['entries']).length ? { kind: 'map', entries, span } : null;
    }
    default:
      return null;
  }
}

/** Whether a value is the expected one, of the same kind: 1, 1u and 1.0 are three values. */
export function isExpected(found: TermValue, value: Json): boolean {
  const [kind, inside] = only(value);
  switch (kind) {
    case 'nullValue':
      return found.kind === 'null';
    case 'boolValue':
      return found.kind === 'bool' && found.value === inside;
    case 'int64Value':
      return found.kind === 'int' && found.value === BigInt(textOf(inside));
    case 'uint64Value':
      return found.kind === 'uint' && found.value === BigInt(textOf(inside));
    case 'doubleValue': {
      const expected = numberOf(inside);
      return (
        found.kind === 'double' && (found.value === expected || (found.value !== found.value && expected !== expected))
      );
    }
    case 'stringValue':
      return found.kind === 'string' && found.value === inside;
    case 'bytesValue':
      return found.kind === 'bytes' && Buffer.from(found.value).equals(bytesOf(inside));
    case 'typeValue':
      return found.kind === 'type' && found.name === inside;
    case 'listValue': {
      const items = list(fields(inside)['values']);
      return (
        found.kind === 'list' &&
        found.items.length === items.length &&
        found.items.every((item, i) => isExpected(item, items[i] ?? null))
      );
    }
    case 'mapValue': {
      const entries = list(fields(inside)['entries']).map(fields);
      return (
        found.kind === 'map' &&
        found.entries.length === entries.length &&
        found.entries.every(([key, item]) =>
          entries.some((e) => isExpected(key, e['key'] ?? null) && isExpected(item, e['value'] ?? null)),
        )
      );
    }
    default:
      return false;
  }
}
