// In: a rule's metadata. Out: its transforms, ready to be applied (FORMAT.md 1.5, 1.6). Never trusts: what is no operation throws.

import * as fields from '../wasm-core/contract/metadata.ts';
import type { FlatTable } from './fb.ts';
import { Redactor } from './redact.ts';
import { type Transform, type TransformRoot, transformOf } from './transform.ts';

const ROOTS: Readonly<Record<number, TransformRoot>> = {
  [fields.ROOT_ARGS]: 'args',
  [fields.ROOT_RESULT]: 'result',
  [fields.ROOT_MESSAGE]: 'message',
  [fields.ROOT_OUTPUT]: 'output',
  [fields.ROOT_CONTEXT]: 'context',
};

/** @throws RangeError or SyntaxError if a table is no operation */
export function readTransforms(rule: string, tables: readonly FlatTable[]): readonly Transform[] {
  return Object.freeze(tables.map((table) => readTransform(rule, table)));
}

function readTransform(rule: string, table: FlatTable): Transform {
  const root = ROOTS[table.u8(fields.OPERATION_METADATA_ROOT_FIELD)];
  if (root === undefined) throw new RangeError('an operation on nothing');
  const steps = table.texts(fields.OPERATION_METADATA_STEPS_FIELD).map(stepOf);
  const path = steps.reduce((text: string, step) => text + (step === null ? '[*]' : nameText(step)), root);
  const detail: unknown = JSON.parse(table.text(fields.OPERATION_METADATA_DETAIL_FIELD) ?? 'null');
  const plain = { root, steps, redactor: null, textsOnly: false };
  switch (table.u8(fields.OPERATION_METADATA_KIND_FIELD)) {
    case fields.OPERATION_SET:
      return transformOf({ rule, path, kind: 'set', value: deeplyFrozen(detail) }, plain);
    case fields.OPERATION_REMOVE:
      return transformOf({ rule, path, kind: 'remove' }, plain);
    case fields.OPERATION_CLAMP: {
      const [min, max] = listOf(detail, 2);
      return transformOf({ rule, path, kind: 'clamp', min: boundOf(min), max: boundOf(max) }, plain);
    }
    case fields.OPERATION_REDACT: {
      const [pattern, replacement, textsOnly] = listOf(detail, 3);
      if (typeof pattern !== 'string' || typeof replacement !== 'string' || typeof textsOnly !== 'boolean') {
        throw new RangeError('a redaction of another form');
      }
      const redactor = new Redactor(wordsOf(table.bytes(fields.OPERATION_METADATA_PROGRAM_FIELD)));
      return transformOf(
        { rule, path, kind: 'redact', pattern, with: replacement },
        { root, steps, redactor, textsOnly },
      );
    }
    default:
      throw new RangeError('an operation of another version');
  }
}

function stepOf(step: string): string | null {
  if (step === '*') return null;
  if (!step.startsWith('.')) throw new RangeError('no step of a path');
  return step.slice(1);
}

/** As the policy spells it. */
function nameText(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function listOf(detail: unknown, length: number): readonly unknown[] {
  if (!Array.isArray(detail) || detail.length !== length) throw new RangeError('an operation of another form');
  return detail;
}

function boundOf(bound: unknown): number | null {
  if (bound === null || typeof bound === 'number') return bound;
  throw new RangeError('no bound');
}

function wordsOf(bytes: Uint8Array | null): Uint32Array {
  if (bytes === null || bytes.length % 4 !== 0) throw new RangeError('a redaction without a program');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(i * 4, true));
}

/** What JSON gives; shared by all verdicts of the rule. */
function deeplyFrozen(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  for (const inner of Object.values(value)) deeplyFrozen(inner);
  return Object.freeze(value);
}
