// In: decision tables. Out: the artifact's bytes (FORMAT.md), the same for the same tables on every machine.
// The only writer. Never decides anything: what is not in the tables is not in the file.

import { Builder, type Offset } from 'flatbuffers';
import * as layout from '../../wasm-core/contract/layout.ts';
import type { DecisionTables } from '../plan/tables.ts';
import { contentHash } from './hash.ts';
import { writeMetadata } from './metadata.ts';
import { sections } from './sections.ts';

/** Alignment of every section's data, for the core's 16-byte loads. */
const SECTION_ALIGNMENT = 16;
const HASH_SIZE = 32;

/**
 * The artifact of these tables. Throws only for tables that no planner should make: a number that does not fit its field, a
 * lone surrogate in a dictionary.
 */
export function encode(tables: DecisionTables): Uint8Array {
  const parts = sections(tables);
  let sizeBytes = 4096 + tables.rules.length * 128;
  for (const part of parts.values()) sizeBytes += part.length + SECTION_ALIGNMENT + 4;
  const builder = new Builder(sizeBytes);

  const metadata = writeMetadata(builder, tables);
  const offsets = new Map<number, Offset>();
  // Backwards, since a Builder grows downwards: the header comes first in the file.
  for (const [field, bytes] of [...parts].sort(([a], [b]) => b - a)) offsets.set(field, alignedVector(builder, bytes));
  const headerEnd = builder.offset();
  offsets.set(layout.HASH_FIELD, alignedVector(builder, new Uint8Array(HASH_SIZE)));
  const hashEnd = builder.offset();

  builder.startObject(layout.ARTIFACT_FIELD_COUNT);
  for (const [field, offset] of offsets) builder.addFieldOffset(field, offset, 0);
  builder.addFieldOffset(layout.METADATA_FIELD, metadata, 0);
  builder.finish(builder.endObject(), identifierText(layout.ARTIFACT_IDENTIFIER));

  // A copy: the Builder's own buffer has unused room before the artifact.
  const artifact = builder.asUint8Array().slice();
  const headerOffset = artifact.length - headerEnd + 4;
  new DataView(artifact.buffer).setUint32(headerOffset + layout.HEADER_FILE_SIZE, artifact.length, true);
  const hashOffset = artifact.length - hashEnd + 4;
  artifact.set(contentHash(artifact), hashOffset);
  return artifact;
}

/**
 * A [ubyte] whose data is 16-byte aligned from the end of the buffer. INVARIANT: `finish` pads the whole to the largest alignment
 * seen, so it is aligned from the start too. `startVector` pads; `createByteVector` then finds nothing left to pad and copies.
 */
function alignedVector(builder: Builder, bytes: Uint8Array): Offset {
  builder.startVector(1, bytes.length, SECTION_ALIGNMENT);
  return builder.createByteVector(bytes);
}

function identifierText(identifier: number): string {
  return String.fromCharCode(...[0, 8, 16, 24].map((shift) => (identifier >>> shift) & 0xff));
}
