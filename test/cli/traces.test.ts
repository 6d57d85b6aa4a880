// The trace forms of `lictor replay`, read from texts: every call is found, and nothing is skipped silently.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { placeText, readTraces, type Traces } from '../../compiler/cli/traces.ts';
import { dataRoot } from '../data.ts';

function fixture(name: string): Traces {
  return readTraces(name, readFileSync(new URL(`fixtures/traces/${name}`, import.meta.url), 'utf8'));
}

function calls(traces: Traces): unknown[] {
  return traces.calls.map(({ request }) => request);
}

function problems(traces: Traces): string[] {
  return traces.problems.map(({ kind, place }) => `${kind} ${placeText(place)}`);
}

describe('trace forms', () => {
  it('AgentDojo: runs a line, arguments as objects, parallel calls', () => {
    const traces = fixture('agentdojo.jsonl');
    expect(calls(traces)).toEqual([
      { tool: 'read', args: { box: 'in' } },
      { tool: 'send', args: { to: 'a@example.com', body: 'the password is x' } },
      { tool: 'delete', args: { id: '7' } },
    ]);
    expect(traces.calls.map(({ place }) => placeText(place))).toEqual([
      'agentdojo.jsonl:1 messages[2]',
      'agentdojo.jsonl:1 messages[4].tool_calls[0]',
      'agentdojo.jsonl:1 messages[4].tool_calls[1]',
    ]);
    expect([...traces.forms]).toEqual([['agentdojo', 2]]);
    expect(traces.problems).toEqual([]);
  });

  it('tau: one document of runs, arguments as JSON text; text that is no JSON is a malformed call', () => {
    const traces = fixture('tau.json');
    expect(calls(traces)).toEqual([{ tool: 'send', args: { to: 'a@example.com', body: 'hi' } }]);
    expect(problems(traces)).toEqual(['malformed tau.json [0].traj[1]']);
    expect([...traces.forms]).toEqual([['tau', 1]]);
  });

  it('messages: a list of them, in all three forms of a call', () => {
    const traces = fixture('messages.json');
    expect(calls(traces)).toEqual([
      { tool: 'read', args: {} },
      { tool: 'send', args: { to: 'nobody@example.com' } },
      { tool: 'read', args: { box: 'out' } },
    ]);
    expect([...traces.forms]).toEqual([['messages', 1]]);
  });

  it('messages: an object that holds them, and one message a line', () => {
    const message = { role: 'assistant', tool_calls: [{ function: { name: 'read', arguments: '{}' } }] };
    for (const text of [
      JSON.stringify({ messages: [message, message] }),
      JSON.stringify({ messages: [message, message] }, null, 2),
      JSON.stringify([message, message], null, 2),
      `${JSON.stringify(message)}\n${JSON.stringify(message)}\n`,
      `${JSON.stringify([message])}\r\n${JSON.stringify([message])}\r\n`,
    ]) {
      const traces = readTraces('t', text);
      expect(calls(traces), text).toEqual([
        { tool: 'read', args: {} },
        { tool: 'read', args: {} },
      ]);
      expect(traces.problems).toEqual([]);
    }
  });

  it('requests: one a line, with what of a request they carry; blank lines are nothing', () => {
    const traces = fixture('requests.jsonl');
    expect(traces.calls.map(({ place }) => placeText(place))).toEqual(
      [1, 3, 4, 5, 6].map((n) => `requests.jsonl:${n}`),
    );
    expect([...traces.forms]).toEqual([['requests', 5]]);
    expect(calls(traces)[3]).toEqual({ at: 'input', args: {} });
  });

  it('an own `__proto__` of recorded arguments stays an own property', () => {
    const traces = readTraces('t', '{"tool":"read","args":{"__proto__":{"a":1}}}');
    expect(JSON.stringify(traces.calls[0]?.request.args)).toBe('{"__proto__":{"a":1}}');
  });
});

describe('what cannot be read is reported with its place', () => {
  it('lines that are no JSON, or no trace', () => {
    const traces = fixture('damaged.jsonl');
    expect(traces.calls).toHaveLength(2);
    expect(problems(traces)).toEqual([2, 3, 4].map((n) => `unreadable damaged.jsonl:${n}`));
  });

  it('a broken first line does not hide the others', () => {
    const traces = readTraces('t', '{"tool":\n{"tool":"read"}\n{"tool":"read"}');
    expect(traces.calls).toHaveLength(2);
    expect(problems(traces)).toEqual(['unreadable t:1']);
  });

  it('a broken document is one problem', () => {
    expect(problems(readTraces('t', '[\n  {"role": "user"},\n  oops\n]\n'))).toHaveLength(1);
  });

  it('messages that are none, calls without a name, `tool_calls` that are no list', () => {
    const text = JSON.stringify({
      messages: [
        7,
        { role: 'assistant', tool_calls: [{ function: {} }, null] },
        { role: 'assistant', tool_calls: 'x' },
      ],
    });
    const traces = readTraces('t', text);
    expect(traces.calls).toEqual([]);
    expect(problems(traces)).toEqual([
      'unreadable t messages[0]',
      'unreadable t messages[1].tool_calls[0]',
      'unreadable t messages[1].tool_calls[1]',
      'unreadable t messages[2].tool_calls',
    ]);
  });

  it('lists without end, and a file that is something else: one problem says that no more is read', () => {
    const deep = readTraces('t', `${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    expect(deep.problems.map(({ message }) => message)).toEqual(['lists stand within lists more than 16 deep here']);
    const call = '{"tool":"read"}\n';
    const other = readTraces('t', `${call}${'- not a trace\n'.repeat(5000)}${call}`);
    expect([other.calls.length, other.problems.length]).toEqual([1, 1001]);
    expect(other.problems.at(-1)?.message).toContain('the file is not read');
  });

  it('an empty file holds nothing and hides nothing', () => {
    for (const text of ['', '\n\n', ' '])
      expect(readTraces('t', text)).toEqual({ calls: [], problems: [], forms: new Map() });
  });
});

describe.skipIf(dataRoot === null)('recorded traffic of others', () => {
  const cases = [
    ['agentdojo-traces/slack.traces.jsonl', 3376, 'agentdojo', 714],
    ['agentdojo-traces/workspace.traces.jsonl', 1551, 'agentdojo', 640],
    ['tau-airline/trajectories.gpt-4o.json', 1164, 'tau', 200],
  ] as const;
  for (const [path, callCount, form, runs] of cases) {
    it(`${path}: ${callCount} calls in ${runs} runs, all readable`, () => {
      const traces = readTraces(path, readFileSync(join(dataRoot ?? '', path), 'utf8'));
      expect(traces.problems).toEqual([]);
      expect(traces.calls).toHaveLength(callCount);
      expect([...traces.forms]).toEqual([[form, runs]]);
    });
  }
});
