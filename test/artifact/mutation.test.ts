// Broken artifacts: the core refuses them with a status, or it decides without a trap; both builds alike (FORMAT.md 8).

import { Builder } from 'flatbuffers';
import { describe, expect, test } from 'vitest';
import { encode } from '../../compiler/artifact/encode.ts';
import * as codes from '../../wasm-core/contract/codes.ts';
import * as layout from '../../wasm-core/contract/layout.ts';
import * as request from '../../wasm-core/contract/request.ts';
import { type Answer, coreBuilds, RawCore, type Staged, sectionOf, slotKeysOf } from './raw-core.ts';
import { realArtifact } from './real.ts';
import { smallTables } from './tables.ts';

const SEED = 4411;
const FLIPS = 10_000;

const artifacts: readonly { readonly name: string; readonly bytes: Uint8Array }[] = [
  { name: 'an artifact written by hand', bytes: encode(smallTables()) },
  { name: 'an artifact with every kind of table', bytes: realArtifact() },
];
const modules = coreBuilds.flatMap(({ module }) => (module === null ? [] : [module]));

describe.skipIf(modules.length < coreBuilds.length)('a broken artifact', () => {
  const cores = modules.map((module) => new RawCore(module));

  describe.each(artifacts)('$name', ({ bytes }) => {
    test('is whole before it is broken: it loads and decides', () => {
      for (const core of cores) {
        const handle = core.load(bytes);
        expect(handle).toBeGreaterThanOrEqual(0);
        expect(
          new Set(requestsFor(slotKeysOf(bytes).length).map((r) => decide(core, handle, r).decision)).size,
        ).toBeGreaterThan(1);
        core.exports.unload(handle);
      }
    });

    test('cut short anywhere is refused or decides without a trap', () => {
      for (let size = 0; size < bytes.length; size += 1) survives(bytes.slice(0, size), `${size} bytes`);
    });

    test(`with one bit flipped (${FLIPS} times, seed ${SEED}) is refused or decides without a trap`, () => {
      const random = randomFrom(SEED);
      for (let flip = 0; flip < FLIPS; flip += 1) {
        const [at, bit] = [random(bytes.length), random(8)];
        const flipped = bytes.slice();
        flipped[at] = (flipped[at] ?? 0) ^ (1 << bit);
        survives(flipped, `byte ${at}, bit ${bit}`);
      }
    });

    test('with any bit of its views flipped does not make the core take much more memory', () => {
      const { at, size } = sectionOf(bytes, layout.VIEW_SECTION);
      for (let bit = 0; bit < size * 8; bit += 1) {
        const flipped = bytes.slice();
        flipped[at + (bit >> 3)] = (flipped[at + (bit >> 3)] ?? 0) ^ (1 << (bit & 7));
        survives(flipped, `view section, bit ${bit}`);
      }
      for (const core of cores) expect(core.exports.memory.buffer.byteLength).toBeLessThan(100_000_000);
    });

    test(`with a word replaced (seed ${SEED}) is refused or decides without a trap`, () => {
      const random = randomFrom(SEED);
      const words = [0, 1, 0x7fff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffff0, 0xffffffff];
      for (let at = 0; at + 4 <= bytes.length; at += 4) {
        const replaced = bytes.slice();
        new DataView(replaced.buffer).setUint32(at, words[random(words.length)] ?? 0, true);
        survives(replaced, `word at ${at}`);
      }
    });

    test(`whole, given broken requests (${FLIPS / 2} flips, seed ${SEED}), never traps (FORMAT.md 4)`, () => {
      const random = randomFrom(SEED);
      const whole = keyedRequest(bytes);
      for (const core of cores) {
        const handle = core.load(bytes);
        expect(handle).toBeGreaterThanOrEqual(0);
        expect(core.decideRequest(handle, whole).status).toBe(codes.STATUS_OK);
        for (let flip = 0; flip < FLIPS / 2; flip += 1) {
          const flipped = whole.slice(0, random(8) === 0 ? random(whole.length) : whole.length);
          if (flipped.length === 0) continue;
          const at = random(flipped.length);
          flipped[at] = (flipped[at] ?? 0) ^ (1 << random(8));
          expectSane(core.decideRequest(handle, flipped));
        }
        core.exports.unload(handle);
      }
    });
  });

  /** Loads the bytes in both builds and, where they take them, runs twenty requests; the builds must agree. */
  function survives(bytes: Uint8Array, what: string): void {
    const outcomes = cores.map((core) => {
      const handle = core.load(bytes);
      if (handle < 0) return { refused: -handle, answers: [] };
      const answers = requestsFor(slotKeysOf(bytes).length).map((staged) => decide(core, handle, staged));
      core.exports.unload(handle);
      return { refused: 0, answers };
    });
    for (const { refused, answers } of outcomes) {
      if (refused > 0 && refused !== codes.STATUS_ARTIFACT_INVALID && refused !== codes.STATUS_ARTIFACT_UNSUPPORTED) {
        throw new Error(`${what}: refused with status ${refused}`);
      }
      for (const answer of answers) expectSane(answer);
    }
    if (JSON.stringify(outcomes[0]) !== JSON.stringify(outcomes[1])) {
      expect(outcomes[0], `${what}: the builds differ`).toEqual(outcomes[1]);
    }
  }
});

interface StagedRequest {
  readonly point: number;
  readonly values: readonly Staged[];
}

function decide(core: RawCore, handle: number, { point, values }: StagedRequest): Answer {
  return core.decide(handle, values.length, point, values);
}

const TOOLS: readonly Staged[] = ['pay', 'read', 'files.write', 'pay.large', '', 'nothing of the kind', undefined];
const SCALARS: readonly Staged[] = [undefined, null, true, false, 0, -1, 1000, 1000.5, 2 ** 53, Number.MAX_VALUE, -0];
const STRINGS: readonly Staged[] = ['', 'admin', 'dev', 'a/secret/b', '/etc/passwd', 'x'.repeat(3000), '\u{1f600}'];
const LISTS: readonly Staged[] = [[], ['admin'], ['a', 'cfo', 'zz'], [1, 2, 5000], [true], [null], ['secret', 7]];
const VALUES: readonly Staged[] = [...SCALARS, ...STRINGS, ...LISTS];

/** Twenty requests, most of them at a tool point with a tool. */
function requestsFor(slotCount: number): StagedRequest[] {
  const random = randomFrom(20 + slotCount);
  return Array.from({ length: 20 }, (_, i) => ({
    point: i % 5 === 4 ? random(codes.POINT_COUNT + 1) : codes.POINT_PRE_TOOL_CALL,
    values: Array.from({ length: slotCount }, (__, slot) =>
      slot === 0 ? TOOLS[random(i % 4 === 3 ? TOOLS.length : 2)] : VALUES[random(VALUES.length)],
    ),
  }));
}

/** What every answer is, whatever was asked (LANGUAGE.md 1.2, 10). */
function expectSane(answer: Answer): void {
  const { decision, status, packed } = answer;
  const isEffect = [codes.EFFECT_ALLOW, codes.EFFECT_WARN, codes.EFFECT_ESCALATE, codes.EFFECT_DENY].includes(decision);
  const isStatus = status >= codes.STATUS_OK && status <= codes.STATUS_HOST_ERROR;
  const isPacked = (packed & 0xff) === decision && ((packed >>> request.PACKED_STATUS_SHIFT) & 0xff) === status;
  const isDenied = status <= codes.STATUS_NOT_GOVERNED || decision === codes.EFFECT_DENY;
  if (!isEffect || !isStatus || !isPacked || !isDenied) throw new Error(`no answer: ${JSON.stringify(answer)}`);
}

/** A keyed request for every slot of an artifact, in the slots' key order: strings, a number, a list. */
function keyedRequest(artifact: Uint8Array): Uint8Array {
  const keys = slotKeysOf(artifact);
  const text = new TextEncoder().encode('payadmin');
  // One element per slot, so that lists share none (FORMAT.md 4.5).
  const bytes = new Uint8Array(8 + keys.length * codes.ELEMENT_SIZE);
  bytes.set(text);
  for (const slot of keys.keys()) {
    const element = new DataView(bytes.buffer, 8 + slot * codes.ELEMENT_SIZE);
    element.setUint32(codes.ELEMENT_KIND, codes.KIND_STRING, true);
    element.setUint32(codes.ELEMENT_VALUE, 3, true);
    element.setUint32(codes.ELEMENT_VALUE + 4, 5, true);
  }
  const given = (slot: number): readonly { readonly kind: number; readonly word: bigint }[] => [
    { kind: codes.KIND_NUMBER, word: 0x409f400000000000n },
    { kind: codes.KIND_LIST, word: BigInt(8 + slot * codes.ELEMENT_SIZE) | (1n << 32n) },
    { kind: codes.KIND_STRING, word: 3n | (5n << 32n) },
    { kind: codes.KIND_BOOL, word: 1n },
    { kind: codes.KIND_MAP, word: 2n },
  ];
  const tool = { kind: codes.KIND_STRING, word: 3n << 32n };
  const columns = keys
    .map((key, slot) => ({ key, ...(slot === 0 ? tool : (given(slot)[slot % 5] ?? tool)) }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
  const builder = new Builder(1024);
  builder.startVector(1, bytes.length, 8);
  const bytesAt = builder.createByteVector(bytes);
  const valuesAt = longs(
    builder,
    columns.map(({ word }) => word),
  );
  const kindsAt = builder.createByteVector(Uint8Array.from(columns, ({ kind }) => kind));
  const keysAt = longs(
    builder,
    columns.map(({ key }) => key),
  );
  builder.startObject(request.REQUEST_FIELD_COUNT);
  builder.addFieldOffset(request.REQUEST_KEYS_FIELD, keysAt, 0);
  builder.addFieldOffset(request.REQUEST_KINDS_FIELD, kindsAt, 0);
  builder.addFieldOffset(request.REQUEST_VALUES_FIELD, valuesAt, 0);
  builder.addFieldOffset(request.REQUEST_BYTES_FIELD, bytesAt, 0);
  builder.finish(builder.endObject(), 'LCRQ');
  return builder.asUint8Array().slice();
}

function longs(builder: Builder, values: readonly bigint[]): number {
  builder.startVector(8, values.length, 8);
  for (const value of values.toReversed()) builder.addInt64(BigInt.asIntN(64, value));
  return builder.endVector();
}

/** xorshift32: the same numbers on every machine. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
