// Many requests, requests written straight into the core's memory, and warming up (host-js/engine.ts).

import { describe, expect, it } from 'vitest';
import { compile } from '../../compiler/index.ts';
import { CoreInstance, decisionFromCode, load } from '../../host-js/index.ts';
import { inlineModule } from '../../host-js/runtimes/inline.ts';

const text = `
lictor: 1
name: batch
rules:
  - { id: small, tool: pay, when: 'args.amount < 10.0', effect: allow }
`;
const { artifact } = compile([{ path: 'batch.policy.yaml', text }]);
if (artifact === null) throw new Error('the policy does not compile');
const pay = (amount: unknown): object => ({ tool: 'pay', args: { amount } });

describe('decideBatch', () => {
  it('answers each request as decide does, in order', () => {
    const engine = load(artifact);
    const requests = [pay(1), pay(50), null, pay(2), pay('1')];
    expect(engine.decideBatch(requests)).toEqual(requests.map((request) => engine.decide(request)));
    expect(engine.decideBatch([])).toEqual([]);
    engine.dispose();
    expect(engine.decideBatch([pay(1)])).toMatchObject([{ decision: 'deny', status: 'host-error' }]);
  });
});

describe('reserve', () => {
  it('gives a place whose bytes are decided where they stand, verified each time', () => {
    const engine = load(artifact, { core: new CoreInstance(inlineModule()) });
    const small = engine.encode(pay(1));
    const large = engine.encode(pay(50));
    const place = engine.reserve(small.length);
    expect(place).toHaveLength(small.length);
    for (const bytes of [small, large, small]) {
      place.set(bytes);
      expect(engine.decideBytes(place)).toEqual(engine.decideBytes(bytes));
    }
    place.set(small);
    expect(engine.decideBytes(place).decision).toBe('allow');
    place.fill(0xff);
    expect(engine.decideBytes(place)).toMatchObject({ decision: 'deny', status: 'request-invalid' });
  });

  it('a place from before a load is empty: what is written there reaches no artifact', () => {
    const core = new CoreInstance(inlineModule());
    const engine = load(artifact, { core, maxStringBytes: 64 });
    const bytes = engine.encode(pay(1));
    const place = engine.reserve(bytes.length);
    place.set(bytes);
    // As after something large was disposed of: the request area moves, and memory need not grow for it.
    core.exports.reserve(64 << 20);
    core.refresh();
    const late = engine.reserve(1 << 16);
    expect(late).toHaveLength(1 << 16);
    const others = Array.from({ length: 20 }, () => load(artifact, { core, maxStringBytes: 1 << 20 }));
    expect([place.length, late.length]).toEqual([0, 0]);
    expect(() => late.fill(0xff)).toThrow(TypeError);
    expect(engine.decideBytes(place)).toMatchObject({ decision: 'deny', status: 'request-invalid' });
    for (const other of others) expect(other.decide(pay(1)).decision).toBe('allow');
    expect(engine.decideBytes(bytes).decision).toBe('allow');
    expect(engine.reserve(8)).toHaveLength(8);
  });

  it('bytes whose memory has gone elsewhere are refused, and nothing else is', () => {
    const engine = load(artifact, { core: new CoreInstance(inlineModule()) });
    const bytes = engine.encode(pay(1));
    const gone = new Uint8Array(bytes);
    structuredClone(gone.buffer, { transfer: [gone.buffer] });
    expect(engine.decideBytes(gone)).toMatchObject({ decision: 'deny', status: 'request-invalid' });
    expect([...engine.decideBytesBatch([gone, bytes])].map(decisionFromCode)).toEqual(['deny', 'allow']);
    expect(engine.decideBytes(bytes).decision).toBe('allow');
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 32, 2 ** 53, 1 << 30])('of %d bytes is empty', (sizeBytes) => {
    const engine = load(artifact);
    expect(engine.reserve(sizeBytes)).toHaveLength(0);
    engine.dispose();
    expect(engine.reserve(8)).toHaveLength(0);
  });
});

describe('warmup', () => {
  it('changes no verdict, with requests and without, also of an engine that refuses', () => {
    for (const requests of [undefined, [pay(1), pay(50), null, 5]]) {
      const engine = load(artifact);
      engine.warmup(requests);
      expect(engine.decide(pay(1)).decision).toBe('allow');
      expect(engine.decide(pay(50)).decision).toBe('deny');
    }
    const broken = load(new Uint8Array(4));
    broken.warmup();
    expect(broken.decide(pay(1)).status).toBe('artifact-invalid');
  });
});
