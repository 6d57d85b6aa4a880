// In: an artifact's bytes (FORMAT.md). Out: the decision tables it carries and what it says of itself, as plain data.
// An independent reader: it shares the contract with `encode`, and no code. It checks that everything read is there and
// belongs together; whether the tables decide safely is the core's check, at load (FORMAT.md 8).

import { sha256 } from '@noble/hashes/sha2.js';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as fields from '../../wasm-core/contract/metadata.ts';
import type { DecisionTables } from '../plan/tables.ts';
import { type ArtifactParts, readTables } from './decode-sections.ts';
import { ArtifactError, Bytes, Table } from './reader.ts';

export { ArtifactError } from './reader.ts';

export interface DecodedArtifact {
  readonly tables: DecisionTables;
  readonly formatVersion: number;
  readonly compilerVersion: string;
  readonly sizeBytes: number;
  /** The content hash the file carries, in hex, and whether it is the hash of the content. */
  readonly hash: string;
  readonly hashMatches: boolean;
  /** Of the slots' path texts in order; positional requests carry it. */
  readonly layoutHash: bigint;
  /** Bytes of every section, by field of the root table. */
  readonly sectionSizes: ReadonlyMap<number, number>;
}

/** Reads an artifact. Throws `ArtifactError` for bytes that are none. */
export function decode(bytes: Uint8Array): DecodedArtifact {
  const file = new Bytes(bytes, 'artifact');
  const identifier = file.u32(4);
  if (identifier !== layout.ARTIFACT_IDENTIFIER) {
    throw new ArtifactError(`artifact: bytes 4 to 7 are ${hex(bytes.subarray(4, 8))}, not "LCTR"`);
  }
  const root = new Table(file, file.u32(0), 'root table');
  const header = root.part(layout.HEADER_FIELD, 'header').part;
  const formatVersion = header.u32(layout.HEADER_FORMAT_VERSION);
  if (formatVersion !== layout.ARTIFACT_FORMAT_VERSION) {
    throw new ArtifactError(
      `artifact: format ${formatVersion}, but this reader knows ${layout.ARTIFACT_FORMAT_VERSION}`,
    );
  }
  if (header.size !== layout.HEADER_SIZE) {
    throw new ArtifactError(`header: ${header.size} bytes, not ${layout.HEADER_SIZE}`);
  }
  const fileSize = header.u32(layout.HEADER_FILE_SIZE);
  if (fileSize !== bytes.length) {
    throw new ArtifactError(`artifact: ${bytes.length} bytes, but its header says ${fileSize}`);
  }
  const parts = readParts(root, header);
  const hash = root.part(layout.HASH_FIELD, 'content hash');
  return {
    tables: readTables(parts),
    formatVersion,
    compilerVersion: parts.metadata.requiredText(fields.METADATA_COMPILER_VERSION_FIELD),
    sizeBytes: bytes.length,
    hash: hex(hash.part.bytes),
    hashMatches: hex(hash.part.bytes) === hex(hashWithout(bytes, hash.at, hash.part.size)),
    layoutHash: header.u64(layout.HEADER_LAYOUT_LO),
    sectionSizes: new Map([...parts.sections].map(([field, part]) => [field, part.size])),
  };
}

/** What the header says a decision may cost (FORMAT.md 2.1), without reading the rest. */
export function predictedCostOf(bytes: Uint8Array): number {
  const file = new Bytes(bytes, 'artifact');
  const root = new Table(file, file.u32(0), 'root table');
  return root.part(layout.HEADER_FIELD, 'header').part.u32(layout.HEADER_PREDICTED_COST);
}

function readParts(root: Table, header: Bytes): ArtifactParts {
  const sections = new Map<number, Bytes>();
  for (let field = layout.FIRST_SECTION; field <= layout.LAST_SECTION; field += 1) {
    const { part, at } = root.part(field, `section ${field}`);
    if (at % 16 !== 0) throw new ArtifactError(`section ${field}: data at ${at}, which is not 16-byte aligned`);
    sections.set(field, part);
  }
  const metadata = root.table(layout.METADATA_FIELD, 'metadata');
  const metadataFormat = metadata.u32(fields.METADATA_FORMAT_FIELD, 0);
  if (metadataFormat !== fields.METADATA_FORMAT_VERSION) {
    throw new ArtifactError(
      `metadata: format ${metadataFormat}, but this reader knows ${fields.METADATA_FORMAT_VERSION}`,
    );
  }
  return { header, sections, metadata };
}

/** SHA-256 of the file with its hash field zero (FORMAT.md 5.1). */
function hashWithout(bytes: Uint8Array, hashAt: number, hashSize: number): Uint8Array {
  const blank = bytes.slice();
  blank.fill(0, hashAt, hashAt + hashSize);
  return sha256(blank);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
