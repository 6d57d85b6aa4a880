// What the gateway does with messages, without processes: every message passes as it came but those that the policy decides.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { load } from '../../../host-js/full.ts';
import { bench, call, initialize, POLICY, RESULT_RULES, result, to } from './harness.ts';

const STATELESS = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };

describe('what is not decided passes as it came', () => {
  const texts = [
    '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"capabilities":{}}}',
    '{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"t","progress":0.5}}',
    '{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":9}}',
    '{ "jsonrpc": "2.0", "id": "a", "method": "server/discover", "params": {"Name": 1} }',
    '{"jsonrpc":"2.0","id":7,"result":{"action":"accept"}}',
    '{"jsonrpc":"2.0","id":3,"method":"x/unknown","params":[1e400,12345678901234567890,-0.0]}',
    '{"hello":true}',
    '42',
    '[]',
  ];
  for (const text of texts) {
    it(`from the client: ${text.slice(0, 60)}`, () => {
      expect(bench().gateway.fromClient(text)).toEqual([{ to: 'server', line: text }]);
    });
  }

  it('from the server: requests, notifications and answers, in the order they came', () => {
    const { client, gateway } = bench();
    client({ jsonrpc: '2.0', id: 5, method: 'ping' });
    for (const text of [
      '{"jsonrpc":"2.0","id":1,"method":"elicitation/create","params":{}}',
      '{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}',
      '{"jsonrpc":"2.0","id":5,"result":{ }}',
      '{"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"no"}}',
    ]) {
      expect(gateway.fromServer(text)).toEqual([{ to: 'client', line: text }]);
    }
  });

  it('whatever the line is, it does not throw, and nothing but a whole line comes of it', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), fc.boolean(), (text, isClient) => {
        const { gateway } = bench();
        const sent = isClient ? gateway.fromClient(text) : gateway.fromServer(text);
        for (const { line } of sent) expect(line).not.toMatch(/[\r\n]/);
      }),
      { numRuns: 300 },
    );
  });
});

describe('tools/call', () => {
  it('goes on as it came where the policy allows, and is logged without its arguments', () => {
    const { gateway, log } = bench();
    const text = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"read","arguments":{"path":"/w/a"}}}';
    expect(gateway.fromClient(text)).toEqual([{ to: 'server', line: text }]);
    expect(log).toMatchObject([
      { event: 'call', tool: 'read', id: 1, outcome: 'passed', decision: 'allow', rules: ['read'] },
    ]);
    expect(JSON.stringify(log)).not.toContain('/w/a');
  });

  it('is answered by a result that the model can use where the policy denies, and the server sees nothing', () => {
    const { client, log } = bench();
    const sent = client(call(1, 'read', { path: '/w/.env' }));
    expect(to('server', sent)).toEqual([]);
    const [denied] = to('client', sent);
    expect(denied).toMatchObject({ jsonrpc: '2.0', id: 1, result: { isError: true, content: [{ type: 'text' }] } });
    expect(JSON.stringify(denied)).toContain('keys are not for agents. Advice: ask a person.');
    expect(denied).not.toHaveProperty('error');
    expect(log).toMatchObject([{ outcome: 'denied', decision: 'deny', rules: ['secret'] }]);
  });

  it('says `resultType` where the protocol has no session, and not where it has one', () => {
    const { client } = bench();
    expect(to('client', client(call(1, 'never', {}, STATELESS)))).toMatchObject([
      { result: { resultType: 'complete' } },
    ]);
    expect(to('client', client(call(2, 'never', {})))[0]?.['result']).not.toHaveProperty('resultType');
  });

  it('goes on with changed arguments where the policy transforms, everything else of it as it was', () => {
    const { client, log } = bench();
    const sent = client(call('a', 'pay', { x: 5000, note: 'n' }, { _meta: { progressToken: 7 } }));
    expect(to('server', sent)).toEqual([call('a', 'pay', { x: 100, note: 'n' }, { _meta: { progressToken: 7 } })]);
    expect(log).toMatchObject([{ outcome: 'passed', changed: true }]);
  });

  it('passes under warn', () => {
    const { client, log } = bench();
    expect(to('server', client(call(1, 'noisy')))).toHaveLength(1);
    expect(log).toMatchObject([{ decision: 'warn', outcome: 'passed' }]);
  });

  it('is denied without a name, with a name that is none, without parameters', () => {
    const { client } = bench();
    for (const [id, params] of [undefined, null, [], 'x', {}, { name: 7 }, { name: null }].entries()) {
      const sent = client({ jsonrpc: '2.0', id, method: 'tools/call', params });
      expect(to('server', sent)).toEqual([]);
      expect(to('client', sent)).toMatchObject([{ id, result: { isError: true } }]);
    }
  });

  it('is decided as a notification too, which nobody is answered', () => {
    const { client } = bench();
    const denied = { jsonrpc: '2.0', method: 'tools/call', params: { name: 'never' } };
    expect(client(denied)).toEqual([]);
    const allowed = { jsonrpc: '2.0', method: 'tools/call', params: { name: 'noisy' } };
    expect(to('server', client(allowed))).toEqual([allowed]);
  });

  it('is decided one by one in a batch: what is denied is taken out', () => {
    const { client } = bench();
    const ping = { jsonrpc: '2.0', id: 2, method: 'ping' };
    const sent = client([call(1, 'never'), ping, call(3, 'pay', { x: 1000 }), call(4, 'noisy', {})]);
    expect(to('server', sent)).toEqual([[ping, call(3, 'pay', { x: 100 }), call(4, 'noisy', {})]]);
    expect(to('client', sent)).toMatchObject([{ id: 1, result: { isError: true } }]);
    expect(to('server', client([call(5, 'never')]))).toEqual([]);
  });

  it('is denied when the engine does not run', () => {
    const { client } = bench(POLICY, { decider: load(new Uint8Array(8)) });
    const sent = client(call(1, 'pay', {}));
    expect(to('server', sent)).toEqual([]);
    expect(to('client', sent)).toMatchObject([{ result: { isError: true } }]);
  });

  it('is denied when what decides throws, answers nothing, or answers later', () => {
    for (const decide of [
      () => {
        throw new Error('broken');
      },
      () => undefined,
      () => Promise.resolve({ decision: 'allow' }),
    ]) {
      const { client } = bench(POLICY, { decider: { decide: decide as never } });
      expect(to('server', client(call(1, 'pay', {})))).toEqual([]);
    }
  });

  it('is denied when its decision cannot be logged', () => {
    const { client } = bench(POLICY, {
      log: () => {
        throw new Error('disk full');
      },
    });
    const sent = client(call(1, 'noisy'));
    expect(to('server', sent)).toEqual([]);
    expect(JSON.stringify(to('client', sent))).toContain('cannot be logged');
  });
});

describe('a line means one thing', () => {
  const hidden = '"method":"tools/call","params":{"name":"never"}';
  it.each([
    ['a method twice', `{"jsonrpc":"2.0","id":1,${hidden},"method":"ping"}`],
    [
      'an argument twice',
      '{"id":1,"method":"tools/call","params":{"name":"read","arguments":{"path":"/w/.env","path":"/w/a"}}}',
    ],
    ['a method in another case', '{"jsonrpc":"2.0","id":1,"Method":"tools/call","method":"ping"}'],
    ['a long s', '{"jsonrpc":"2.0","id":1,"method":"ping","paramſ":{}}'],
    ['a name in another case', '{"id":1,"method":"tools/call","params":{"name":"noisy","NAME":"never"}}'],
    ['no JSON', `x{${hidden}}`],
    ['two values', `{"id":1,"method":"ping"} {"id":1,${hidden}}`],
    ['a batch in a batch', `[[{"id":1,${hidden}}]]`],
  ])('%s is not passed on', (_, text) => {
    const { gateway, log } = bench();
    expect(to('server', gateway.fromClient(text))).toEqual([]);
    expect(log).toMatchObject([{ event: 'refused', from: 'client' }]);
  });

  it('who asks is told why', () => {
    const sent = bench().gateway.fromClient(`{"id":"q",${hidden},"method":"ping"}`);
    expect(to('client', sent)).toMatchObject([{ id: 'q', error: { code: -32600 } }]);
  });

  it('a carriage return ends no line on the other side', () => {
    const text = `{"id":1,"method":"ping","x":\r{${hidden}}\r}`;
    expect(bench().gateway.fromClient(text)).toEqual([{ to: 'server', line: text.replaceAll('\r', ' ') }]);
  });

  it('an integer beyond 2^53 is never rounded: neither when it is decided, nor on its way', () => {
    const { gateway } = bench();
    const text = (id: number, args: string): string =>
      `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"pay","arguments":{${args}}}}`;
    expect(to('server', gateway.fromClient(text(1, '"n":9007199254740993')))).toEqual([]);
    const beside = text(2, '"y":9007199254740993');
    expect(gateway.fromClient(beside)).toEqual([{ to: 'server', line: beside }]);
    expect(gateway.fromClient(text(3, '"x":5000,"y":9007199254740993'))).toEqual([
      { to: 'server', line: text(3, '"x":100,"y":9007199254740993') },
    ]);
  });
});

describe('ids', () => {
  it('a second request with an id that waits is refused, as a text and as a number', () => {
    const { client } = bench();
    client({ jsonrpc: '2.0', id: 1, method: 'ping' });
    for (const id of [1, '1']) expect(to('server', client(call(id, 'noisy')))).toEqual([]);
    expect(to('server', client(call(2, 'noisy')))).toHaveLength(1);
  });

  it('an id is free again once it is answered', () => {
    const { client, server } = bench();
    client(call(1, 'noisy'));
    expect(to('client', server(result(1, { content: [] })))).toEqual([result(1, { content: [] })]);
    expect(to('server', client(call(1, 'noisy')))).toHaveLength(1);
  });

  it('an id is free again once its request is cancelled; an answer that comes all the same goes nowhere', () => {
    const { client, server } = bench();
    client(call(1, 'noisy'));
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } };
    expect(to('server', client(cancelled))).toEqual([cancelled]);
    expect(server(result(1, { content: [] }))).toEqual([]);
    expect(to('server', client(call(1, 'noisy')))).toHaveLength(1);
  });

  it('an answer to what nobody asked is not passed on', () => {
    const { client, server, log } = bench();
    client({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    for (const id of ['1.0', ' 1', '0x1', true, { a: 1 }, 2]) expect(server(result(id, { tools: [] }))).toEqual([]);
    expect(log).toHaveLength(6);
    expect(to('client', server(result(1, { tools: [] })))).toHaveLength(1);
    expect(server(result(1, { tools: [] }))).toEqual([]);
  });

  it.each([[null], [{}], [[1]], [true]])('a request with %j for an id is refused', (id) => {
    expect(to('server', bench().client(call(id, 'noisy')))).toEqual([]);
  });
});

describe('escalate', () => {
  it('is denied, and says who could approve, where the client cannot ask', () => {
    for (const capabilities of [{}, { elicitation: { url: {} } }, { elicitation: true }]) {
      const { client } = bench();
      client(initialize(capabilities));
      const sent = client(call(1, 'ship'));
      expect(to('server', sent)).toEqual([]);
      expect(JSON.stringify(to('client', sent))).toContain('It needs the approval of owner.');
    }
  });

  it('is denied where there is no session and the call does not say that its client can ask', () => {
    const { client } = bench();
    client(initialize({ elicitation: {} }));
    expect(to('client', client(call(1, 'ship', {}, STATELESS)))).toMatchObject([{ id: 1, result: { isError: true } }]);
  });

  const asking = {
    _meta: { ...STATELESS._meta, 'io.modelcontextprotocol/clientCapabilities': { elicitation: { form: {} } } },
  };
  const answered = (action: unknown, state: unknown = 'own-round-1') => ({
    ...asking,
    inputResponses: { 'lictor-approval': { action } },
    requestState: state,
  });

  it('asks by way of the result where there is no session, and goes on when the call comes again with accept, once', () => {
    const { client, log } = bench();
    const theirs = { inputResponses: { q: { action: 'accept' } }, requestState: 'theirs' };
    const sent = client(call(1, 'ship', { to: 'x' }, { ...asking, ...theirs }));
    expect(to('server', sent)).toEqual([]);
    expect(to('client', sent)).toMatchObject([
      {
        id: 1,
        result: {
          resultType: 'input_required',
          requestState: 'own-round-1',
          inputRequests: { 'lictor-approval': { method: 'elicitation/create' } },
        },
      },
    ]);
    // The server is given what the call carried of its own questions.
    expect(to('server', client(call(2, 'ship', { to: 'x' }, answered('accept'))))).toEqual([
      call(2, 'ship', { to: 'x' }, { ...asking, ...theirs }),
    ]);
    expect(log.at(-1)).toMatchObject({ outcome: 'passed', decision: 'escalate', approved: true });
    expect(to('client', client(call(3, 'ship', { to: 'x' }, answered('accept'))))).toMatchObject([
      { result: { resultType: 'input_required', requestState: 'own-round-2' } },
    ]);
  });

  it.each([['decline'], ['cancel'], ['Accept'], [undefined]])(
    'is denied where the call comes again with %s',
    (action) => {
      const { client } = bench();
      client(call(1, 'ship', {}, asking));
      const sent = client(call(2, 'ship', {}, answered(action)));
      expect(to('server', sent)).toEqual([]);
      expect(to('client', sent)).toMatchObject([{ id: 2, result: { isError: true } }]);
    },
  );

  it('an approval is for one call, for a time, and of a state that was given: else it is asked anew', () => {
    const { client, wait } = bench();
    let id = 0;
    const again = (args: object, state: string) =>
      to('client', client(call((id += 1), 'ship', args, answered('accept', state))));
    client(call('a', 'ship', { to: 'x' }, asking));
    expect(again({ to: 'y' }, 'own-round-1')).toMatchObject([{ result: { requestState: 'own-round-2' } }]);
    wait(1000);
    expect(again({ to: 'y' }, 'own-round-2')).toMatchObject([{ result: { requestState: 'own-round-3' } }]);
    expect(again({ to: 'y' }, 'own-round-9')).toMatchObject([{ result: { requestState: 'own-round-4' } }]);
    // A state of somebody else's is the server's matter.
    expect(again({ to: 'y' }, 'theirs')).toMatchObject([{ result: { requestState: 'own-round-5' } }]);
  });

  it('what the policy denies by then stays denied, whatever was approved', () => {
    const { client } = bench();
    client(call(1, 'ship', {}, asking));
    expect(to('server', client(call(2, 'never', {}, answered('accept'))))).toEqual([]);
  });

  const asked = (capability: object = {}) => {
    const made = bench();
    made.client(initialize({ elicitation: capability }));
    const sent = made.client(call(1, 'ship', { to: 'x\u202ey' }));
    expect(to('server', sent)).toEqual([]);
    return { ...made, question: to('client', sent)[0] ?? {} };
  };

  it('asks the person, and goes on as it came on accept, once', () => {
    for (const capability of [{}, { form: {} }, { form: {}, url: {} }]) {
      const { client, question, log } = asked(capability);
      expect(question).toMatchObject({ id: 'own-1', method: 'elicitation/create' });
      const { message } = question['params'] as { message: string };
      expect(message).toContain('shipping needs a person');
      expect(message).toContain('owner');
      expect(message).toContain('x\\u202ey');
      const sent = client(result('own-1', { action: 'accept', content: {} }));
      expect(sent).toEqual([{ to: 'server', line: JSON.stringify(call(1, 'ship', { to: 'x\u202ey' })) }]);
      expect(log.at(-1)).toMatchObject({ event: 'approval', outcome: 'passed' });
      // Ours no more: an answer with that id is now nobody's, and goes where the client sends it.
      expect(client(result('own-1', { action: 'accept' }))).toHaveLength(1);
      expect(log.filter(({ event }) => event === 'approval')).toHaveLength(1);
    }
  });

  it.each([
    ['decline', result('own-1', { action: 'decline' })],
    ['cancel', result('own-1', { action: 'cancel' })],
    ['an error', { jsonrpc: '2.0', id: 'own-1', error: { code: -1, message: 'no' } }],
    ['an error beside an accept', { ...result('own-1', { action: 'accept' }), error: {} }],
    ['another word', result('own-1', { action: 'Accept' })],
    ['nothing', result('own-1', null)],
  ])('is denied on %s', (_, reply) => {
    const { client, log } = asked();
    const sent = client(reply);
    expect(to('server', sent)).toEqual([]);
    expect(to('client', sent)).toMatchObject([{ id: 1, result: { isError: true } }]);
    expect(log.at(-1)).toMatchObject({ event: 'approval', outcome: 'denied' });
  });

  it('is denied when nobody answers in time, and a later accept changes nothing', () => {
    const { gateway, wait, client } = asked();
    wait(999);
    expect(gateway.expire()).toEqual([]);
    wait(1);
    expect(to('client', gateway.expire())).toMatchObject([
      { method: 'notifications/cancelled', params: { requestId: 'own-1' } },
      { id: 1, result: { isError: true } },
    ]);
    expect(gateway.expire()).toEqual([]);
    expect(JSON.stringify(client(result('own-1', { action: 'accept' })))).not.toContain('ship');
  });

  it('withdraws the question when the client cancels the call, of which the server hears nothing', () => {
    const { client } = asked();
    const sent = client({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 1 } });
    expect(to('server', sent)).toEqual([]);
    expect(to('client', sent)).toMatchObject([{ method: 'notifications/cancelled', params: { requestId: 'own-1' } }]);
    expect(to('server', client(call(1, 'noisy')))).toHaveLength(1);
  });

  it('asks with the arguments that would run, and they are what runs', () => {
    const { client } = bench(
      `${POLICY}  - { id: ask, tool: pay, when: has(args.x), effect: escalate, approvers: [cfo] }\n`,
    );
    client(initialize({ elicitation: {} }));
    const [question] = to('client', client(call(1, 'pay', { x: 5000 })));
    expect(JSON.stringify(question)).toContain('{\\"x\\":100}');
    expect(to('server', client(result('own-1', { action: 'accept' })))).toEqual([call(1, 'pay', { x: 100 })]);
  });

  it('the server cannot approve', () => {
    const { server } = asked();
    expect(server(result('own-1', { action: 'accept' }))).toEqual([]);
  });
});

describe('resources/read and prompts/get', () => {
  const read = (id: number, uri: string) => ({ jsonrpc: '2.0', id, method: 'resources/read', params: { uri } });

  it('are decided as tools of these names; a denial is an error, for they have no other', () => {
    const { client } = bench();
    expect(to('server', client(read(1, 'file:///w/a')))).toEqual([read(1, 'file:///w/a')]);
    const sent = client(read(2, 'file:///etc/hosts'));
    expect(to('server', sent)).toEqual([]);
    expect(to('client', sent)).toMatchObject([{ id: 2, error: { code: -32000 } }]);
  });

  it('pass where a catalogue closes the world of tools and does not list them', () => {
    const catalogue = JSON.stringify({ tools: [{ name: 'a', inputSchema: { type: 'object' } }] });
    const { client, log } = bench(
      `lictor: 1\nname: closed\ntools: [tools.json]\nrules: [{ id: a, tool: a, effect: allow }]\n`,
      {
        catalogue,
      },
    );
    expect(to('server', client(read(1, 'file:///etc/hosts')))).toHaveLength(1);
    expect(log).toMatchObject([{ status: 'not-governed', outcome: 'passed' }]);
    expect(to('server', client(call(2, 'b')))).toEqual([]);
  });
});

describe('tools/list', () => {
  const names = ['read', 'never', 'admin', 'ship', 'pay', 'unheard'];
  const listed = { tools: names.map((name) => ({ name, description: name })), nextCursor: 'more', ttl: 1 };

  it('leaves out what is denied whatever its arguments, and nothing else of the answer', () => {
    const { client, server, log } = bench();
    client({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const shown = listed.tools.filter(({ name }) => name !== 'never' && name !== 'admin');
    expect(to('client', server(result(1, listed)))).toEqual([result(1, { ...listed, tools: shown })]);
    expect(log.map(({ tool }) => tool)).toEqual(['never', 'admin']);
  });

  it('lists a tool that this principal may call', () => {
    const { client, server } = bench(POLICY, { principal: { role: 'admin' } });
    client({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    expect(JSON.stringify(server(result(1, listed)))).toContain('admin');
  });

  it('passes what is no list of tools', () => {
    const { client, server } = bench();
    for (const [id, value] of [{}, { tools: 7 }, { tools: [null, 'x', { name: 1 }] }, [], 'x'].entries()) {
      client({ jsonrpc: '2.0', id, method: 'tools/list' });
      expect(to('client', server(result(id, value)))).toEqual([result(id, value)]);
    }
  });
});

describe('answers of tools', () => {
  const governed = POLICY + RESULT_RULES;
  const content = [{ type: 'text', text: 'one' }];

  it('pass as they came where the policy does not speak of them', () => {
    const { client, gateway } = bench();
    client(call(1, 'noisy'));
    const text = '{"jsonrpc":"2.0", "id":1, "result":{"content":[]}}';
    expect(gateway.fromServer(text)).toEqual([{ to: 'client', line: text }]);
  });

  it('are decided where it does: allowed, withheld, changed', () => {
    const { client, server, log } = bench(governed);
    client(call(1, 'read', { path: '/w/a' }));
    expect(to('client', server(result(1, { content })))).toEqual([result(1, { content })]);
    client(call(2, 'read', { path: '/w/a' }));
    const [withheld] = to('client', server(result(2, { content: [...content, ...content] })));
    expect(withheld).toMatchObject({ id: 2, result: { isError: true } });
    expect(JSON.stringify(withheld)).toContain('is withheld: that is too much');
    client(call(3, 'pay', {}));
    expect(to('client', server(result(3, { content, note: 'card 1234' })))).toEqual([
      result(3, { content, note: 'card #' }),
    ]);
    expect(log.filter(({ event }) => event === 'result').map(({ outcome }) => outcome)).toEqual([
      'passed',
      'withheld',
      'passed',
    ]);
  });

  it('errors of the server pass', () => {
    const { client, server } = bench(governed);
    client(call(1, 'read', { path: '/w/a' }));
    const error = { jsonrpc: '2.0', id: 1, error: { code: -32602, message: 'no such file' } };
    expect(to('client', server(error))).toEqual([error]);
  });

  it('a question of the server passes, but not with content beside it', () => {
    const { client, server } = bench(governed);
    const question = { resultType: 'input_required', inputRequests: {}, requestState: 's' };
    client(call(1, 'read', { path: '/w/a' }, STATELESS));
    expect(to('client', server(result(1, question)))).toEqual([result(1, question)]);
    client(call(2, 'read', { path: '/w/a' }, STATELESS));
    expect(to('client', server(result(2, { ...question, content: [...content, ...content] })))).toMatchObject([
      { result: { isError: true, resultType: 'complete' } },
    ]);
  });

  it.each([[{ task: { taskId: 't' } }], [{ resultType: 'task', taskId: 't', content: [] }]])(
    'a task is withheld: its answer would come where nobody decides it',
    (value) => {
      const { client, server } = bench(governed);
      client(call(1, 'noisy'));
      expect(to('client', server(result(1, value)))).toMatchObject([{ result: { isError: true } }]);
    },
  );

  it('an answer that has two readings is an error to whoever waits', () => {
    const { client, gateway } = bench(governed);
    client(call(1, 'read', { path: '/w/a' }));
    const sent = gateway.fromServer('{"jsonrpc":"2.0","id":1,"result":{"content":[1,2]},"result":{"content":[]}}');
    expect(to('client', sent)).toMatchObject([{ id: 1, error: { code: -32000 } }]);
  });
});
