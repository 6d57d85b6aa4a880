// In: an operation on an argument, and the tools its rule covers. Out, reported: values that a tool's own JSON Schema refuses
// (LANGUAGE.md 13.7). The schema is asked about this one argument: what it requires besides is not looked at.

import { Validator } from '@cfworker/json-schema';
import type { Span } from '../source.ts';
import type { JsonValue } from '../syntax/ast.ts';
import { declaredType } from './paths.ts';
import type { Report } from './report.ts';
import type { Scope } from './tools.ts';
import { type CatalogueTool, type Operation, targetText } from './typed.ts';

export function checkSchemas(operation: Operation, span: Span, scope: Scope, report: Report): void {
  const text = targetText(operation.target);
  for (const tool of scope.tools) {
    const declared = declaredType(tool.args, beforeElements(operation));
    if (declared === null) {
      // Of a tool that has no such argument, only `set` would make one.
      if (operation.kind !== 'set') continue;
      report.error(
        'P1009',
        span,
        `the tool \`${tool.name}\` has no argument \`${text}\` that could be set`,
        'name the tools that have it with `tool`',
      );
      continue;
    }
    if (operation.kind === 'remove') {
      if (!isRequired(tool, operation)) continue;
      report.error(
        'P1009',
        span,
        `the tool \`${tool.name}\` requires \`${text}\``,
        'set it to a harmless value instead',
      );
      continue;
    }
    for (const value of valuesOf(operation)) {
      if (accepts(tool.schema, operation, value)) continue;
      report.error(
        'P1009',
        span,
        `the schema of the tool \`${tool.name}\` does not take \`${JSON.stringify(value)}\` as \`${text}\``,
        'see what its JSON Schema says of this argument',
      );
    }
  }
}

function beforeElements({ target }: Operation): readonly string[] {
  const each = target.segments.indexOf(null);
  return (each < 0 ? target.segments : target.segments.slice(0, each)).filter((name) => name !== null);
}

/** What the operation can put in the argument's place, as far as that is known: redacted text is not. */
function valuesOf(operation: Operation): readonly JsonValue[] {
  if (operation.kind === 'set') return [operation.value];
  if (operation.kind === 'clamp') return [operation.min, operation.max].filter((bound) => bound !== null);
  return [];
}

/** The innermost object's own `required`, where it is written without references and branches. */
function isRequired({ schema }: CatalogueTool, { target }: Operation): boolean {
  let below = schema;
  for (const [i, segment] of target.segments.entries()) {
    if (!isMapping(below)) return false;
    if (i === target.segments.length - 1) {
      const required = below['required'];
      return Array.isArray(required) && segment !== null && required.includes(segment);
    }
    const properties = below['properties'];
    const next: JsonValue | undefined =
      segment === null ? below['items'] : isMapping(properties) ? properties[segment] : undefined;
    if (next === undefined) return false;
    below = next;
  }
  return false;
}

function accepts(schema: JsonValue, { target }: Operation, value: JsonValue): boolean {
  const args = target.segments.reduceRight<JsonValue>(
    (inner, segment) => (segment === null ? [inner] : Object.fromEntries([[segment, inner]])),
    value,
  );
  const partial = withoutRequired(schema);
  if (!isMapping(partial)) return true;
  try {
    return new Validator(partial, '2020-12', true).validate(args).valid;
  } catch {
    return true; // a reference out of the schema: the types have been checked all the same
  }
}

/** The schema of a part: nothing is required of what is not there. */
function withoutRequired(schema: JsonValue): JsonValue {
  if (Array.isArray(schema)) return schema.map(withoutRequired);
  if (!isMapping(schema)) return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) => !ABOUT_OTHERS.has(key) || isMapping(value), // a property of that name is a schema
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutRequired(value)]));
}

const ABOUT_OTHERS: ReadonlySet<string> = new Set(['required', 'minProperties', 'minItems', 'dependentRequired']);

function isMapping(value: JsonValue | undefined): value is { readonly [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
