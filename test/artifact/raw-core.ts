// The core as a bare WebAssembly instance, for tests that hand it what no host would. In: bytes and staged values. Out: what the
// exports answer. Checks nothing, repairs nothing.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Bytes, Table } from '../../compiler/artifact/reader.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as request from '../../wasm-core/contract/request.ts';

/** FORMAT.md 7.1. */
interface CoreExports {
  readonly memory: WebAssembly.Memory;
  readonly reserve: (size: number) => number;
  readonly load: (ptr: number, size: number, maxStringBytes: number) => number;
  readonly unload: (handle: number) => void;
  readonly stagingKinds: () => number;
  readonly stagingValues: () => number;
  readonly stagingBytes: () => number;
  readonly stagingBytesSize: () => number;
  readonly decide: (handle: number, point: number, bytesUsed: number) => number;
  readonly requestArea: (size: number) => number;
  readonly decideRequest: (handle: number, ptr: number, size: number) => number;
  readonly resultPtr: () => number;
  readonly explain: (handle: number, ruleIndex: number) => number;
  readonly explainPtr: () => number;
}

/** Both builds, each null until it is built (`npm run build`). */
export const coreBuilds: readonly { readonly name: string; readonly module: WebAssembly.Module | null }[] = [
  { name: 'SIMD', module: moduleAt('core.wasm') },
  { name: 'scalar', module: moduleAt('core-scalar.wasm') },
];

function moduleAt(name: string): WebAssembly.Module | null {
  const path = fileURLToPath(new URL(`../../build/${name}`, import.meta.url));
  return existsSync(path) ? new WebAssembly.Module(readFileSync(path)) : null;
}

function isCore(exports: object): exports is CoreExports {
  return 'decideRequest' in exports && 'memory' in exports;
}

/** A value to stage. A list holds scalars. */
export type Staged = null | undefined | boolean | number | string | readonly (null | boolean | number | string)[];

export class RawCore {
  readonly exports: CoreExports;

  constructor(module: WebAssembly.Module) {
    const { exports } = new WebAssembly.Instance(module);
    if (!isCore(exports)) throw new Error('not the core');
    this.exports = exports;
  }

  /** A handle, or a negative status. */
  load(artifact: Uint8Array): number {
    const at = this.exports.reserve(artifact.length);
    if (at === 0) return -codes.STATUS_HOST_ERROR;
    new Uint8Array(this.exports.memory.buffer).set(artifact, at);
    return this.exports.load(at, artifact.length, 65536);
  }

  /** Stages `values` by slot, at most `slotCount` of them, and decides. */
  decide(handle: number, slotCount: number, point: number, values: readonly Staged[]): Answer {
    const { exports } = this;
    const view = new DataView(exports.memory.buffer);
    const bytes = new StagedBytes(view, exports.stagingBytes());
    for (let slot = 0; slot < slotCount; slot += 1) {
      const [kind, low, high] = bytes.place(values[slot]);
      view.setUint8(exports.stagingKinds() + slot, kind);
      view.setUint32(exports.stagingValues() + slot * 8, low, true);
      view.setUint32(exports.stagingValues() + slot * 8 + 4, high, true);
    }
    return this.#answer(handle, exports.decide(handle, point, bytes.used));
  }

  decideRequest(handle: number, requestBytes: Uint8Array): Answer {
    const at = this.exports.requestArea(requestBytes.length);
    if (at === 0) throw new Error('no request area');
    new Uint8Array(this.exports.memory.buffer).set(requestBytes, at);
    return this.#answer(handle, this.exports.decideRequest(handle, at, requestBytes.length));
  }

  #answer(handle: number, packed: number): Answer {
    const { exports } = this;
    const view = new DataView(exports.memory.buffer);
    const at = exports.resultPtr();
    const list = (ptr: number, count: number): number[] => {
      const first = view.getUint32(at + ptr, true);
      return Array.from({ length: view.getUint32(at + count, true) }, (_, i) => view.getUint32(first + i * 4, true));
    };
    const unknown = list(request.RESULT_UNKNOWN_PTR, request.RESULT_UNKNOWN_COUNT);
    return {
      decision: view.getUint32(at + request.RESULT_DECISION, true),
      status: view.getUint32(at + request.RESULT_STATUS, true),
      packed,
      rules: list(request.RESULT_TRUE_PTR, request.RESULT_TRUE_COUNT),
      unknown,
      causes: unknown.map((rule) => exports.explain(handle, (rule & request.RESULT_RULE_MASK) >>> 0)),
    };
  }
}

export interface Answer {
  readonly decision: number;
  readonly status: number;
  readonly packed: number;
  readonly rules: readonly number[];
  readonly unknown: readonly number[];
  /** By unknown rule: how many causes it has. */
  readonly causes: readonly number[];
}

/** Where a section's data lies in an artifact that the core accepted. */
export function sectionOf(artifact: Uint8Array, field: number): { readonly at: number; readonly size: number } {
  const file = new Bytes(artifact, 'artifact');
  const { at, part } = new Table(file, file.u32(0), 'root').part(field, 'section');
  return { at, size: part.size };
}

/** The slot keys of an artifact that the core accepted. */
export function slotKeysOf(artifact: Uint8Array): bigint[] {
  const { at: first, size } = sectionOf(artifact, layout.SLOT_SECTION);
  const slots = new Bytes(artifact.subarray(first, first + size), 'slots');
  return slots.records(layout.SLOT_SIZE, (at) => slots.u64(at + layout.SLOT_KEY_LO));
}

/** The bytes column of a staged request (FORMAT.md 4.4, 4.5). */
class StagedBytes {
  used = 0;
  readonly #view: DataView;
  readonly #at: number;

  constructor(view: DataView, at: number) {
    this.#view = view;
    this.#at = at;
  }

  /** Kind, low and high half of the value word. */
  place(value: Staged): readonly [number, number, number] {
    if (value === undefined) return [codes.KIND_MISSING, 0, 0];
    if (value === null) return [codes.KIND_NULL, 0, 0];
    if (typeof value === 'boolean') return [codes.KIND_BOOL, value ? 1 : 0, 0];
    if (typeof value === 'number') {
      const words = new Uint32Array(Float64Array.of(value).buffer);
      return [codes.KIND_NUMBER, words[0] ?? 0, words[1] ?? 0];
    }
    if (typeof value === 'string') return this.#placeText(value);
    this.used = Math.ceil(this.used / 8) * 8;
    const first = this.used;
    this.used += value.length * codes.ELEMENT_SIZE;
    for (const [i, element] of value.entries()) {
      const [kind, low, high] = this.place(element);
      const at = this.#at + first + i * codes.ELEMENT_SIZE;
      this.#view.setUint32(at + codes.ELEMENT_KIND, kind, true);
      this.#view.setUint32(at + 4, 0, true);
      this.#view.setUint32(at + codes.ELEMENT_VALUE, low, true);
      this.#view.setUint32(at + codes.ELEMENT_VALUE + 4, high, true);
    }
    return [codes.KIND_LIST, first, value.length];
  }

  #placeText(text: string): readonly [number, number, number] {
    const utf8 = new TextEncoder().encode(text);
    const at = this.used;
    new Uint8Array(this.#view.buffer).set(utf8, this.#at + at);
    this.used += utf8.length;
    return [codes.KIND_STRING, at, utf8.length];
  }
}
