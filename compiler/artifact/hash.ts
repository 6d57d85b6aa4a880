// In: bytes. Out: the hashes an artifact carries (FORMAT.md 5). For the writer only: `decode.ts` computes its own.

import { sha256 } from '@noble/hashes/sha2.js';

const FACTOR = 0x9e3779b97f4a7c15n;

/** The hash of dictionaries (FORMAT.md 5.4). */
export function dictionaryHash(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  const step = (hash: bigint, word: bigint): bigint => BigInt.asUintN(64, (hash ^ word) * FACTOR);
  let hash = step(0n, BigInt(length));
  if (length < 8) hash = step(hash, shortWord(view));
  else {
    for (let at = 0; at < length - 8; at += 8) {
      hash = step(hash, view.getBigUint64(at, true));
      hash ^= hash >> 32n;
    }
    hash = step(hash, view.getBigUint64(length - 8, true));
  }
  return Number(step(hash, hash >> 32n) >> 32n);
}

/** All bytes of a text of fewer than 8. */
function shortWord(view: DataView): bigint {
  const length = view.byteLength;
  if (length >= 4) return BigInt(view.getUint32(0, true)) | (BigInt(view.getUint32(length - 4, true)) << 32n);
  if (length === 0) return 0n;
  return BigInt(view.getUint8(0) | (view.getUint8(length >> 1) << 8) | (view.getUint8(length - 1) << 16));
}

/** 64-bit FNV-1a: slot keys and the layout hash. */
export function fnv1a64(bytes: Uint8Array): bigint {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffff_ffff_ffff_ffffn;
  return hash;
}

/** SHA-256, 32 bytes. */
export function contentHash(bytes: Uint8Array): Uint8Array {
  return sha256(bytes);
}
