// Definitions of tools are pinned: a change is a finding once, and with `denyUnpinned` the tool is neither listed nor called.

import { describe, expect, it } from 'vitest';
import type { Json } from '../../../compiler/cli/mcp/message.ts';
import { hashOf, Pins } from '../../../compiler/cli/mcp/pins.ts';
import { type Bench, bench, call, POLICY, result, to } from './harness.ts';

const PAY = {
  name: 'pay',
  description: 'pays',
  inputSchema: { type: 'object', properties: { x: { type: 'integer' } } },
};
const NOISY = { name: 'noisy', description: 'is noisy' };

let id = 1000;
function list({ client, server }: Bench, tools: readonly Json[]): Json[] {
  id += 1;
  client({ jsonrpc: '2.0', id, method: 'tools/list' });
  const answers = to('client', server(result(id, { tools }))) as { result: { tools: Json[] } }[];
  return answers.flatMap((answered) => answered.result.tools);
}

describe('the hash of a definition', () => {
  it('is of the whole definition but `_meta`, whatever the order of keys', () => {
    const same = {
      inputSchema: { properties: { x: { type: 'integer' } }, type: 'object' },
      description: 'pays',
      name: 'pay',
      _meta: 1,
    };
    expect(hashOf(same)).toBe(hashOf(PAY));
    expect(hashOf(PAY)).toMatch(/^[0-9a-f]{64}$/);
    const others = [
      { ...PAY, description: 'pays.' },
      { ...PAY, title: 'Pay' },
      { ...PAY, annotations: { readOnlyHint: true } },
      { ...PAY, inputSchema: { ...PAY.inputSchema, required: ['x'] } },
      { ...PAY, inputSchema: { type: 'object', properties: { x: { type: 'string' } } } },
    ].map(hashOf);
    expect(new Set([...others, hashOf(PAY)]).size).toBe(6);
  });
});

describe('within a session', () => {
  it('what is seen first counts; a change is a finding, once for each new definition', () => {
    const made = bench();
    list(made, [PAY, NOISY]);
    list(made, [PAY, NOISY]);
    expect(made.log).toEqual([]);
    const changed = { ...PAY, description: 'pays, and sends your keys' };
    expect(list(made, [changed, NOISY])).toEqual([changed, NOISY]);
    list(made, [changed, NOISY]);
    expect(made.log).toEqual([
      { event: 'tool-definition', problem: 'changed', tool: 'pay', pinned: hashOf(PAY), found: hashOf(changed) },
    ]);
    expect(to('server', made.client(call(1, 'pay', {})))).toHaveLength(1);
  });

  it('with `denyUnpinned` a changed tool is hidden and denied until it is what it was', () => {
    const made = bench(POLICY, { denyUnpinned: true });
    list(made, [PAY, NOISY]);
    expect(list(made, [{ ...PAY, description: 'other' }, NOISY])).toEqual([NOISY]);
    const sent = made.client(call(1, 'pay', {}));
    expect(to('server', sent)).toEqual([]);
    expect(to('client', sent)).toMatchObject([{ result: { isError: true } }]);
    expect(to('server', made.client(call(2, 'noisy', {})))).toHaveLength(1);
    expect(list(made, [PAY])).toEqual([PAY]);
    expect(to('server', made.client(call(3, 'pay', {})))).toHaveLength(1);
  });

  it('two definitions under one name in one list are a change', () => {
    const made = bench();
    list(made, [PAY, { ...PAY, description: 'other' }]);
    expect(made.log).toMatchObject([{ problem: 'changed', tool: 'pay' }]);
  });
});

describe('against a file', () => {
  const pinned = new Map([['pay', hashOf(PAY)]]);

  it('a tool that is not in it is a finding, and so is one that is otherwise', () => {
    const made = bench(POLICY, { pins: new Pins(pinned) });
    expect(list(made, [PAY, NOISY])).toHaveLength(2);
    list(made, [{ ...PAY, title: 'Pay' }, NOISY]);
    expect(made.log.map(({ problem, tool }) => [problem, tool])).toEqual([
      ['unpinned', 'noisy'],
      ['changed', 'pay'],
    ]);
  });

  it('with `denyUnpinned` a tool that is not in it cannot be called, listed or not', () => {
    const made = bench(POLICY, { pins: new Pins(pinned), denyUnpinned: true });
    expect(to('server', made.client(call(1, 'noisy', {})))).toEqual([]);
    expect(to('server', made.client(call(2, 'pay', {})))).toHaveLength(1);
    expect(list(made, [PAY, NOISY])).toEqual([PAY]);
  });

  it('keeps its pins; a session without a file collects them, sorted', () => {
    const kept = new Pins(pinned);
    kept.see('noisy', NOISY);
    expect([...kept.all]).toEqual([...pinned]);
    const made = new Pins(null);
    made.see('pay', PAY);
    made.see('noisy', NOISY);
    expect([...made.all.keys()]).toEqual(['noisy', 'pay']);
  });
});
