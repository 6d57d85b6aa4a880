// In: a compiled core module. Out: an instance of it: its raw exports, its memory's views, its one staging area.
// Never knows what an artifact means. The memory's buffer is touched only here, after an instance is made, loads or grows.

import { instantiateSync } from '@assemblyscript/loader';
import { ABI_VERSION } from '../wasm-core/contract/layout.ts';
import { defaultLoopChars } from './loop-chars.ts';
import { Staging } from './staging.ts';

/** The exports of the core, called as they are: the loader's wrappers cost more than a whole call. */
export interface CoreExports {
  readonly memory: WebAssembly.Memory;
  abiVersion(): number;
  reserve(sizeBytes: number): number;
  load(ptr: number, sizeBytes: number, maxStringBytes: number): number;
  unload(handle: number): void;
  stagingKinds(): number;
  stagingValues(): number;
  stagingBytes(): number;
  stagingBytesSize(): number;
  decide(handle: number, point: number, bytesUsed: number): number;
  requestArea(sizeBytes: number): number;
  decideRequest(handle: number, ptr: number, sizeBytes: number): number;
  decideBatch(handle: number, tablePtr: number, count: number, outPtr: number): number;
  resultPtr(): number;
  explain(handle: number, ruleIndex: number): number;
  explainPtr(): number;
  reserveEntities(sizeBytes: number): number;
  indexEntities(ptr: number): void;
  useEntities(loaded: number, extra: number): void;
  releaseEntities(ptr: number): void;
  callCedar(fn: number, ptr: number): void;
}

const FUNCTIONS = [
  'abiVersion',
  'reserve',
  'load',
  'unload',
  'stagingKinds',
  'stagingValues',
  'stagingBytes',
  'stagingBytesSize',
  'decide',
  'requestArea',
  'decideRequest',
  'decideBatch',
  'resultPtr',
  'explain',
  'explainPtr',
  'reserveEntities',
  'indexEntities',
  'useEntities',
  'releaseEntities',
  'callCedar',
] as const satisfies readonly (keyof CoreExports)[];

export interface CoreOptions {
  /**
   * Up to how many UTF-16 units a text is copied into the core's memory by a loop; longer ones by `TextEncoder`. Left out, what was
   * measured to be fastest in this runtime (loop-chars.ts).
   */
  readonly loopChars?: number;
}

/**
 * One running core. Several engines share one; an engine of another trust domain may have its own. Not thread-safe, and need
 * not be: an instance belongs to one JavaScript thread.
 */
export class CoreInstance {
  readonly exports: CoreExports;
  readonly staging: Staging;
  /** Set once a call into the core threw: its memory can no longer be trusted, so everything it would answer is deny. */
  broken = false;
  /** Views over all of the memory; replaced by `refresh`. */
  u8: Uint8Array = new Uint8Array(0);
  u32: Uint32Array = new Uint32Array(0);
  /** A view of the request area that a caller writes requests to (`Engine.reserve`), until memory grows; null: nobody has one. */
  reserved: Uint8Array | null = null;
  reservedPtr = 0;
  reservedBytes = 0;
  /** Whether somebody has views of the memory as it is now. */
  #isLent = false;
  /** Address of RESULT_* (contract/request.ts) in 4-byte units. */
  resultWord = 0;

  /** Throws if the module is not a core of this ABI, or the platform refuses to instantiate. */
  constructor(module: WebAssembly.Module, { loopChars = defaultLoopChars() }: CoreOptions = {}) {
    const { exports } = instantiateSync(module).instance;
    if (!isCore(exports)) throw new TypeError('the module is not a Lictor core');
    if (exports.abiVersion() !== ABI_VERSION) throw new TypeError('the core is of another version than the host');
    this.exports = exports;
    this.staging = new Staging(loopChars);
    this.refresh();
  }

  /** After anything that may have grown the memory or moved the staging area. */
  refresh(): void {
    const { exports } = this;
    const { buffer } = exports.memory;
    this.u8 = new Uint8Array(buffer);
    this.u32 = new Uint32Array(buffer);
    this.reserved = null;
    this.resultWord = (exports.resultPtr() >>> 0) / 4;
    this.staging.place(
      buffer,
      exports.stagingKinds() >>> 0,
      exports.stagingValues() >>> 0,
      exports.stagingBytes() >>> 0,
      exports.stagingBytesSize() >>> 0,
    );
  }

  /** A view of the request area, for a caller; null: there is no room. */
  lend(sizeBytes: number): Uint8Array | null {
    const ptr = this.exports.requestArea(sizeBytes) >>> 0;
    if (ptr === 0) return null;
    this.reserved = new Uint8Array(this.exports.memory.buffer, ptr, sizeBytes);
    this.reservedPtr = ptr;
    this.reservedBytes = sizeBytes;
    this.#isLent = true;
    return this.reserved;
  }

  /**
   * Copies an artifact in and has it verified.
   *
   * @returns its handle, 0 or more, or -STATUS_*; throws only what a trap throws, and is broken then
   */
  load(artifact: Uint8Array, maxStringBytes: number): number | null {
    if (this.broken) return null;
    this.broken = true; // Until this returns.
    // The request area may move now and an artifact take its place: whoever still has a view of it must not write there. Growing, even
    // by nothing, leaves all views of before without memory.
    if (this.#isLent) this.exports.memory.grow(0);
    this.#isLent = false;
    const ptr = this.exports.reserve(artifact.length) >>> 0;
    this.refresh();
    if (ptr !== 0) this.u8.set(artifact, ptr);
    const handle = ptr === 0 ? null : this.exports.load(ptr, artifact.length, maxStringBytes);
    this.refresh();
    this.broken = false;
    return handle;
  }
}

/** Node's and Bun's own decoder, where there is one: a fresh process gets its core sooner with it than by `atob` (0.8 ms of CPU, compiling included, instead of 3.3). */
interface NativeBase64 {
  readonly Buffer?: { from(text: string, encoding: 'base64'): Uint8Array<ArrayBuffer> };
}

/** Base64 to a module; `atob` is in every runtime. */
export function moduleFromBase64(base64: string): WebAssembly.Module {
  const native = (globalThis as NativeBase64).Buffer;
  if (native !== undefined) return new WebAssembly.Module(native.from(base64, 'base64'));
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i += 1) bytes[i] = text.charCodeAt(i);
  return new WebAssembly.Module(bytes);
}

/**
 * A module that the platform made in another realm, as one of this: there it is no `instanceof WebAssembly.Module`, and would be taken
 * for bytes.
 */
export function ownModule(module: WebAssembly.Module): WebAssembly.Module {
  if (module instanceof WebAssembly.Module) return module;
  if (Object.prototype.toString.call(module) !== '[object WebAssembly.Module]')
    throw new TypeError('no core was imported');
  return Object.setPrototypeOf(module, WebAssembly.Module.prototype) as WebAssembly.Module;
}

function isCore(exports: object): exports is CoreExports {
  const found = new Map<string, unknown>(Object.entries(exports));
  return (
    found.get('memory') instanceof WebAssembly.Memory &&
    FUNCTIONS.every((name) => typeof found.get(name) === 'function')
  );
}
