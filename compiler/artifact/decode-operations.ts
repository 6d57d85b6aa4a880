// In: a table `OperationMetadata`. Out: the operation as the planner gave it. An independent reader: shares no code with the writer.

import * as fields from '../../wasm-core/contract/metadata.ts';
import type { Target } from '../check/typed.ts';
import type { OperationTable } from '../plan/tables.ts';
import { ArtifactError, type Table } from './reader.ts';

const KINDS = new Map<number, OperationTable['kind']>([
  [fields.OPERATION_SET, 'set'],
  [fields.OPERATION_REMOVE, 'remove'],
  [fields.OPERATION_CLAMP, 'clamp'],
  [fields.OPERATION_REDACT, 'redact'],
]);

const ROOTS = new Map<number, Target['root']>([
  [fields.ROOT_ARGS, 'args'],
  [fields.ROOT_RESULT, 'result'],
  [fields.ROOT_MESSAGE, 'message'],
  [fields.ROOT_OUTPUT, 'output'],
  [fields.ROOT_CONTEXT, 'context'],
]);

export function readOperation(table: Table): OperationTable {
  const kind = KINDS.get(table.u8(fields.OPERATION_METADATA_KIND_FIELD, fields.OPERATION_SET));
  const root = ROOTS.get(table.u8(fields.OPERATION_METADATA_ROOT_FIELD, fields.ROOT_TOOL));
  if (kind === undefined || root === undefined) throw new ArtifactError('operation: of no known kind or root');
  const segments = table.texts(fields.OPERATION_METADATA_STEPS_FIELD).map((step) => {
    if (step === '*') return null;
    if (!step.startsWith('.')) throw new ArtifactError(`operation: \`${step}\` is no step`);
    return step.slice(1);
  });
  const hasProgram = kind === 'redact';
  const words = hasProgram ? table.part(fields.OPERATION_METADATA_PROGRAM_FIELD, 'program').part : null;
  return {
    kind,
    target: { root, segments },
    detail: table.text(fields.OPERATION_METADATA_DETAIL_FIELD),
    program: words === null ? [] : words.records(4, (at) => words.u32(at)),
  };
}
