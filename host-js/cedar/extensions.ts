// In: a call of one of Cedar's extension functions in JSON (`__extn`). Out: its value, as the core computes it: one reading of
// decimals, addresses and times for policies, entities and requests. Uses the end of the staging area, which must not be filling.

import { ELEMENT_SIZE, ELEMENT_VALUE, KIND_STRING } from '../../wasm-core/contract/codes.ts';
import * as terms from '../../wasm-core/contract/terms.ts';
import type { CoreInstance } from '../core.ts';
import { utf8Length } from '../text.ts';
import type { Elements } from './elements.ts';
import { CedarInputError } from './uid.ts';

const encoder = new TextEncoder();

/** A value the core made. */
export interface ExtensionValue {
  readonly kind: number;
  readonly word: bigint;
  /** Of an ip: prefix and 16 bytes. */
  readonly aux: number;
  readonly address: Uint8Array | null;
  write(elements: Elements, at: number): void;
}

const FUNCTIONS: { readonly [fn: string]: number } = {
  decimal: terms.FN_CEDAR_DECIMAL,
  ip: terms.FN_CEDAR_IP,
  datetime: terms.FN_CEDAR_DATETIME,
  duration: terms.FN_CEDAR_DURATION,
  lessThan: terms.FN_CEDAR_DECIMAL_LESS,
  lessThanOrEqual: terms.FN_CEDAR_DECIMAL_LESS_EQUAL,
  greaterThan: terms.FN_CEDAR_DECIMAL_GREATER,
  greaterThanOrEqual: terms.FN_CEDAR_DECIMAL_GREATER_EQUAL,
  isIpv4: terms.FN_CEDAR_IS_IPV4,
  isIpv6: terms.FN_CEDAR_IS_IPV6,
  isLoopback: terms.FN_CEDAR_IS_LOOPBACK,
  isMulticast: terms.FN_CEDAR_IS_MULTICAST,
  isInRange: terms.FN_CEDAR_IS_IN_RANGE,
  offset: terms.FN_CEDAR_OFFSET,
  durationSince: terms.FN_CEDAR_DURATION_SINCE,
  toDate: terms.FN_CEDAR_TO_DATE,
  toTime: terms.FN_CEDAR_TO_TIME,
  toMilliseconds: terms.FN_CEDAR_TO_MILLISECONDS,
  toSeconds: terms.FN_CEDAR_TO_SECONDS,
  toMinutes: terms.FN_CEDAR_TO_MINUTES,
  toHours: terms.FN_CEDAR_TO_HOURS,
  toDays: terms.FN_CEDAR_TO_DAYS,
};
const TWO_OPERANDS: ReadonlySet<string> = new Set([
  ...['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'],
  ...['isInRange', 'offset', 'durationSince'],
]);
const IP_SIZE = 16;

export class ExtensionCaller {
  readonly #core: CoreInstance;

  constructor(core: CoreInstance) {
    this.#core = core;
  }

  /** @throws CedarInputError */
  call(fn: string, args: readonly (string | ExtensionValue)[], path: string): ExtensionValue {
    const code = Object.hasOwn(FUNCTIONS, fn) ? FUNCTIONS[fn] : undefined;
    if (code === undefined) throw new CedarInputError(path, `\`${fn}\` is no extension function for JSON`);
    if (args.length !== (TWO_OPERANDS.has(fn) ? 2 : 1)) {
      throw new CedarInputError(path, `\`${fn}\` has the wrong number of arguments`);
    }
    const { staging, exports } = this.#core;
    let { room } = staging;
    let view = new DataView(room.buffer, room.byteOffset, room.byteLength);
    const texts = args.reduce((sum, arg) => sum + (typeof arg === 'string' ? utf8Length(arg) : IP_SIZE), 0);
    const at = ((staging.size - ELEMENT_SIZE * 2 - texts) & ~7) >>> 0;
    if (texts > 4096 || at < 65536) throw new CedarInputError(path, 'the argument is too long');
    let textAt = at + ELEMENT_SIZE * 2;
    args.forEach((arg, index) => {
      const element = at + index * ELEMENT_SIZE;
      view.setBigUint64(element, 0n, true);
      if (typeof arg === 'string') {
        const { written } = encoder.encodeInto(arg, room.subarray(textAt));
        room[element] = KIND_STRING;
        view.setUint32(element + ELEMENT_VALUE, textAt, true);
        view.setUint32(element + ELEMENT_VALUE + 4, written, true);
        textAt += written;
      } else {
        room[element] = arg.kind;
        view.setBigInt64(element + ELEMENT_VALUE, arg.word, true);
        if (arg.address === null) return;
        view.setUint32(element + 4, arg.aux, true);
        view.setUint32(element + ELEMENT_VALUE, textAt, true);
        room.set(arg.address, textAt);
        textAt += IP_SIZE;
      }
    });
    exports.callCedar(code, staging.bytesAt + at);
    // The first call may have made the memory grow.
    if (room.buffer !== exports.memory.buffer) this.#core.refresh();
    ({ room } = staging);
    view = new DataView(room.buffer, room.byteOffset, room.byteLength);
    const kind = room[at] ?? terms.KIND_UNKNOWN;
    if (kind >= terms.KIND_UNKNOWN || kind === KIND_STRING) {
      throw new CedarInputError(path, `\`${fn}\` does not take ${JSON.stringify(args.filter(isText))}`);
    }
    const start = (staging.bytesAt + view.getUint32(at + ELEMENT_VALUE, true)) >>> 0;
    return {
      kind,
      word: view.getBigInt64(at + ELEMENT_VALUE, true),
      aux: view.getUint32(at + 4, true),
      address: kind === terms.KIND_CIDR ? this.#core.u8.slice(start, start + 16) : null,
      write(elements, place) {
        if (this.address === null) elements.word(place, this.kind, this.word);
        else elements.ip(place, this.address, Number(this.word >> 32n), this.aux);
      },
    };
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
