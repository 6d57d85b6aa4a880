// In: bytes. Out: the hashes an artifact carries (FORMAT.md 5). For the writer only: `decode.ts` computes its own.

import { sha256 } from '@noble/hashes/sha2.js';

/** 32-bit FNV-1a: dictionary hashes. */
export function fnv1a32(bytes: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
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
