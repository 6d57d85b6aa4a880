// `lictor mcp` as a client starts it: a process in front of a process, with a tiny server that can misbehave, and with the real
// server-filesystem and the official client where bench/peers has them (absent: skipped, and counted as skipped).

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { importPeer, peersFolder, peerVersion } from '../../../bench/peers/engine.ts';
import type { Json } from '../../../compiler/cli/mcp/message.ts';
import { root } from '../run.ts';
import { call, initialize } from './harness.ts';

const LICTOR = `${root}dist/compiler/cli/main.js`;
const SERVER = fileURLToPath(new URL('server.mjs', import.meta.url));
const POLICY = `
lictor: 1
name: tiny
attributes: { principal.role: string, args.text: string }
rules:
  - { id: tools, tool: [echo, die, kill, big, odd], effect: allow }
  - { id: no-keys, tool: echo, when: 'has(args.text) && args.text.contains("key")', effect: deny, reason: no keys, advice: leave it out }
  - { id: forbidden, tool: forbidden, effect: deny }
  - { id: env, tool: env, when: principal.role == "admin", effect: escalate, approvers: [owner] }
`;

let folder = '';
const running: ChildProcessWithoutNullStreams[] = [];

beforeAll(() => {
  if (!existsSync(LICTOR)) throw new Error('dist/ is missing: `node wasm-core/build.mjs --fast` makes it');
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'lictor-mcp-')));
  writeFileSync(join(folder, 'tiny.policy.yaml'), POLICY);
});
afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Session {
  readonly child: ChildProcessWithoutNullStreams;
  /** All lines so far. */
  readonly lines: string[];
  readonly errors: () => string;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  readonly send: (message: unknown) => void;
  /** The first message of which this holds, now or later. */
  readonly heard: (holds: (message: Json) => boolean) => Promise<Json>;
  readonly answered: (id: unknown) => Promise<Json>;
}

function start(
  options: readonly string[] = [],
  server: readonly string[] = [process.execPath, SERVER],
  env: NodeJS.ProcessEnv = {},
): Session {
  const args = [LICTOR, 'mcp', '-p', folder, ...options, '--', ...server];
  const child = spawn(process.execPath, args, { env: { ...process.env, NO_COLOR: '1', ...env } });
  running.push(child);
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk.toString();
  });
  child.stdin.on('error', () => undefined);
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    for (const look of waiting) look();
  });
  const heard = (holds: (message: Json) => boolean): Promise<Json> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = lines.map((line) => JSON.parse(line) as Json).find(holds);
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  return {
    child,
    lines,
    errors: () => errors,
    ended: new Promise((resolve) => child.on('close', (code, signal) => resolve({ code, signal }))),
    send: (message) => child.stdin.write(typeof message === 'string' ? message : `${JSON.stringify(message)}\n`),
    heard,
    answered: (id) => heard((message) => message['id'] === id && !('method' in message)),
  };
}

const ping = (id: unknown): Json => ({ jsonrpc: '2.0', id, method: 'ping' });

describe('a server behind a policy', () => {
  it('answers as without it, in both eras; what the policy denies it never sees', async () => {
    const { send, answered, errors, child, ended } = start();
    send(initialize({}));
    expect(await answered('init')).toMatchObject({ result: { serverInfo: { name: 'tiny' } } });
    send({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
    const { result } = (await answered(1)) as { result: { tools: { name: string }[] } };
    expect(result.tools.map(({ name }) => name)).toEqual(['echo', 'die', 'kill', 'big', 'odd']);
    const modern = { _meta: { 'io.modelcontextprotocol/protocolVersion': '2026-07-28' } };
    for (const [id, more] of [{}, modern].entries()) {
      const allowed = call(`a${id}`, 'echo', { text: 'hé 😀' }, more);
      send(allowed);
      expect(await answered(`a${id}`)).toMatchObject({ result: { content: [{ text: JSON.stringify(allowed) }] } });
      send(call(`d${id}`, 'echo', { text: 'my key' }, more));
      const denied = JSON.stringify(await answered(`d${id}`));
      expect(denied).toContain('The call of `echo` was not run: no keys. Advice: leave it out.');
      expect(denied.includes('resultType')).toBe(more === modern);
    }
    child.stdin.end();
    await ended;
    const decisions = errors()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json)
      .filter(({ event }) => event === 'call');
    expect(decisions.map(({ outcome }) => outcome)).toEqual(['passed', 'denied', 'passed', 'denied']);
    expect(errors()).not.toContain('my key');
  });

  it('goes on after odd lines from both sides', async () => {
    const { send, answered, heard, lines } = start();
    send('\n\r\nnot json\n{"half":\n\u0000\n[]\n{"jsonrpc":"2.0"}\n');
    send(call(1, 'odd', {}));
    await answered(1);
    send([ping(2), call(3, 'nothing', {}), { jsonrpc: '2.0', method: 'notifications/x' }]);
    expect(await answered(3)).toMatchObject({ result: { isError: true } });
    await answered(2);
    await heard(({ method }) => method === 'notifications/seen');
    expect(lines.join('\n')).not.toContain('nobody');
  });

  it('takes a message in pieces, and messages of megabytes', async () => {
    const { send, answered, child } = start();
    const text = 'ü'.repeat(2_000_000);
    const whole = Buffer.from(`${JSON.stringify(call(1, 'echo', { other: text }))}\n`);
    for (let at = 0; at < whole.length; at += 65_537) child.stdin.write(whole.subarray(at, at + 65_537));
    expect(JSON.stringify(await answered(1))).toContain(text);
    send(call(2, 'big', { size: 5_000_000 }));
    expect(JSON.stringify(await answered(2)).length).toBeGreaterThan(5_000_000);
  });

  it('asks the person through the client', async () => {
    const { send, answered, heard } = start(['--principal', '{"role":"admin"}']);
    send(initialize({ elicitation: {} }));
    send(call(1, 'env', {}));
    const question = await heard(({ method }) => method === 'elicitation/create');
    send({ jsonrpc: '2.0', id: question['id'], result: { action: 'accept', content: {} } });
    expect(await answered(1)).toMatchObject({ result: { content: [{ type: 'text' }] } });
    expect(await answered(1)).not.toHaveProperty('result.isError');
  });

  it('denies when nobody answers in time', async () => {
    const { send, answered } = start(['--principal', '{"role":"admin"}', '--approval-seconds', '0.2']);
    send(initialize({ elicitation: {} }));
    send(call(1, 'env', {}));
    expect(JSON.stringify(await answered(1))).toContain('nobody answered in time');
  });

  it('pins definitions in a file: made the first time, held against the next', async () => {
    const pins = join(folder, 'pins.json');
    const log = join(folder, 'log.jsonl');
    const list = async (env: NodeJS.ProcessEnv): Promise<string> => {
      const { send, answered, child, ended } = start(['--pins', pins, '--pins-deny', '--log', log], undefined, env);
      send({ jsonrpc: '2.0', id: 1, method: 'tools/list' });
      send(call(2, 'echo', {}));
      const answers = JSON.stringify([await answered(1), await answered(2)]);
      child.stdin.end();
      await ended;
      return answers;
    };
    expect(await list({})).toContain('"description":"echo"');
    const made = readFileSync(pins, 'utf8');
    expect(Object.keys((JSON.parse(made) as { tools: object }).tools)).toContain('echo');
    expect(await list({ CHANGED: 'echo' })).not.toContain('"description":"changed"');
    expect(readFileSync(pins, 'utf8')).toBe(made);
    expect(readFileSync(log, 'utf8')).toContain('"event":"tool-definition"');
  });
});

describe('ends as the server does', () => {
  it.each([0, 3])('with its code: %i', async (code) => {
    const { send, ended } = start();
    send(call(1, 'die', { code }));
    expect(await ended).toEqual({ code, signal: null });
  });

  it('by the signal that killed it, with calls that nobody has answered', async () => {
    const { send, ended } = start();
    send(call(1, 'kill', { signal: 'SIGKILL' }));
    expect(await ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('when the client has no more to say, with what was still to be said', async () => {
    const { send, child, ended, lines } = start();
    send(call(1, 'echo', {}));
    child.stdin.end(JSON.stringify(call(2, 'echo', {})));
    expect(await ended).toEqual({ code: 0, signal: null });
    expect(lines.map((line) => (JSON.parse(line) as Json)['id'] ?? 'end')).toEqual([1, 2, 'end']);
  });

  it('passes signals on, and lives on as long as the server does', async () => {
    const { send, answered, heard, child, ended } = start();
    send(ping(1));
    await answered(1);
    child.kill('SIGINT');
    await heard(({ method }) => method === 'notifications/SIGINT');
    send(ping(2));
    await answered(2);
    child.kill('SIGTERM');
    expect(await ended).toEqual({ code: 7, signal: null });
  });

  it('when it does not start, or the command line is wrong: code 2 and a word about it', async () => {
    const none = start([], ['/nowhere/at-all']);
    expect((await none.ended).code).toBe(2);
    expect(none.errors()).toContain('/nowhere/at-all does not start');
    for (const options of [
      ['--principal', '{'],
      ['--context', '[]'],
      ['--approval-seconds', 'x'],
      ['--log', folder],
    ]) {
      const wrong = start(options);
      expect((await wrong.ended).code).toBe(2);
      expect(wrong.errors()).toContain('error');
      expect(wrong.lines).toEqual([]);
    }
  });
});

interface Client {
  connect: (transport: object) => Promise<void>;
  listTools: () => Promise<{ tools: { name: string }[] }>;
  callTool: (request: object) => Promise<{ content: { text: string }[]; isError?: boolean }>;
  setRequestHandler: (schema: unknown, handler: (request: unknown) => unknown) => void;
  close: () => Promise<void>;
}

const FILESYSTEM = '@modelcontextprotocol/server-filesystem';
const isAbsent = peerVersion(FILESYSTEM) === null || peerVersion('@modelcontextprotocol/sdk') === null;

describe.skipIf(isAbsent)('the real server-filesystem under the worked policy, by the official client', () => {
  it('reads, refuses secrets, and writes what a person approves', async () => {
    const workspace = join(folder, 'workspace');
    const policy = join(folder, 'filesystem');
    mkdirSync(workspace);
    mkdirSync(policy);
    for (const file of ['filesystem.policy.yaml', 'tools.json']) {
      const text = readFileSync(`${root}policies/filesystem/${file}`, 'utf8');
      writeFileSync(join(policy, file), text.replaceAll('/workspace', workspace));
    }
    writeFileSync(join(workspace, 'note.md'), 'a note');
    writeFileSync(join(workspace, '.env'), 'KEY=1');
    const { Client } = (await importPeer('@modelcontextprotocol/sdk/client/index.js')) as {
      Client: new (about: object, options: object) => Client;
    };
    const { StdioClientTransport } = (await importPeer('@modelcontextprotocol/sdk/client/stdio.js')) as {
      StdioClientTransport: new (server: object) => object;
    };
    const { ElicitRequestSchema } = (await importPeer('@modelcontextprotocol/sdk/types.js')) as {
      ElicitRequestSchema: unknown;
    };
    const client = new Client({ name: 'test', version: '1' }, { capabilities: { elicitation: {} } });
    const asked: unknown[] = [];
    let action = 'decline';
    client.setRequestHandler(ElicitRequestSchema, (request) => {
      asked.push(request);
      return { action, content: {} };
    });
    await client.connect(
      new StdioClientTransport({
        command: process.execPath,
        args: [
          ...[LICTOR, 'mcp', '-p', policy, '--principal', '{"id":"dev-1","role":"editor"}'],
          ...['--log', join(folder, 'filesystem.jsonl'), '--'],
          ...[process.execPath, join(peersFolder(), 'node_modules', FILESYSTEM, 'dist/index.js'), workspace],
        ],
        stderr: 'ignore',
      }),
    );
    try {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain('read_text_file');
      const read = (file: string) =>
        client.callTool({ name: 'read_text_file', arguments: { path: join(workspace, file) } });
      expect(await read('note.md')).toMatchObject({ content: [{ text: 'a note' }] });
      const secret = await read('.env');
      expect(secret.isError).toBe(true);
      expect(secret.content[0]?.text).toContain('keys and passwords are not for agents');
      const write = () =>
        client.callTool({ name: 'write_file', arguments: { path: join(workspace, 'package.json'), content: '{}' } });
      expect((await write()).isError).toBe(true);
      expect(existsSync(join(workspace, 'package.json'))).toBe(false);
      action = 'accept';
      expect((await write()).isError).toBeUndefined();
      expect(existsSync(join(workspace, 'package.json'))).toBe(true);
      expect(asked).toHaveLength(2);
    } finally {
      await client.close();
    }
    const outcomes = readFileSync(join(folder, 'filesystem.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Json)
      .map(({ event, outcome }) => `${String(event)} ${String(outcome)}`);
    expect(outcomes).toEqual([
      'call passed',
      'call denied',
      'call asked',
      'approval denied',
      'call asked',
      'approval passed',
    ]);
  });
});
