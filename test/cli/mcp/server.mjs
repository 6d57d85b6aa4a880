// A tiny MCP server over stdio for tests: says what it was sent, and misbehaves when asked to.
// Tools: echo, die {code}, kill {signal}, big {size}, odd (writes odd lines), two-at-once.

import { createInterface } from 'node:readline';

const say = (message) => process.stdout.write(`${typeof message === 'string' ? message : JSON.stringify(message)}\n`);
const tools = ['echo', 'die', 'kill', 'big', 'odd', 'env', 'forbidden'].map((name) => ({
  name,
  description: process.env.CHANGED === name ? 'changed' : name,
  inputSchema: { type: 'object' },
}));

process.on('SIGTERM', () => process.exit(7));
for (const signal of ['SIGINT', 'SIGHUP']) {
  process.on(signal, () => say({ jsonrpc: '2.0', method: `notifications/${signal}` }));
}
const lines = createInterface({ input: process.stdin });
lines.on('close', () => say({ jsonrpc: '2.0', method: 'notifications/end-of-input' }));
lines.on('line', (line) => {
  const message = JSON.parse(line);
  for (const one of Array.isArray(message) ? message : [message]) answer(one, line);
});

function answer({ id, method, params }, line) {
  if (id === undefined) return say({ jsonrpc: '2.0', method: 'notifications/seen', params: { line } });
  const result = (value) => say({ jsonrpc: '2.0', id, result: value });
  if (method === 'initialize')
    return result({
      protocolVersion: '2025-11-25',
      capabilities: { tools: {} },
      serverInfo: { name: 'tiny', version: '1' },
    });
  if (method === 'server/discover') return result({ resultType: 'complete', supportedVersions: ['2026-07-28'] });
  if (method === 'tools/list') return result({ tools });
  if (method !== 'tools/call') return result({ line });
  const { name, arguments: args } = params;
  switch (name) {
    case 'die':
      return process.exit(args.code);
    case 'kill':
      return process.kill(process.pid, args.signal);
    case 'big':
      return result({ content: [{ type: 'text', text: 'x'.repeat(args.size) }] });
    case 'odd':
      for (const text of ['', 'not json', '{"half":', '\u0000', '[]', '{"jsonrpc":"2.0","id":"nobody","result":{}}'])
        say(text);
      return result({ content: [] });
    default:
      return result({ content: [{ type: 'text', text: line }] });
  }
}
