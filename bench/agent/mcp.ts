// Out: an MCP client over stdio to server-filesystem, which reads a small file of a temporary folder, with the call bare and guarded.
// `close` ends the server and removes the folder.

import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { guard, isDenial } from '../../host-js/index.ts';
import { importPeer, peersFolder } from '../peers/engine.ts';
import type { Loop } from './pairs.ts';
import { workedPolicy } from './policy.ts';

interface Answer {
  readonly content: readonly { readonly text?: string }[];
  readonly isError?: boolean;
}

interface Client {
  connect: (transport: object) => Promise<void>;
  callTool: (call: { name: string; arguments: object }) => Promise<Answer>;
  close: () => Promise<void>;
}

const SERVER = 'node_modules/@modelcontextprotocol/server-filesystem/dist/index.js';
const TOOL = 'read_text_file';
const TEXT = 'a note of the workspace\n';

export async function mcpLoop(): Promise<Loop & { readonly close: () => Promise<void> }> {
  const { Client } = (await importPeer('@modelcontextprotocol/sdk/client/index.js')) as {
    Client: new (about: { name: string; version: string }) => Client;
  };
  const { StdioClientTransport } = (await importPeer('@modelcontextprotocol/sdk/client/stdio.js')) as {
    StdioClientTransport: new (server: { command: string; args: string[]; stderr: 'ignore' }) => object;
  };
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'lictor-agent-')));
  const path = join(folder, 'note.md');
  writeFileSync(path, TEXT);
  const client = new Client({ name: 'lictor-bench', version: '1' });
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [join(peersFolder(), SERVER), folder],
      stderr: 'ignore',
    }),
  );
  const read = (args: { path: string }): Promise<Answer> => client.callTool({ name: TOOL, arguments: args });
  const engine = workedPolicy('filesystem', folder);
  const guarded = guard(read, engine, { tool: TOOL, principal: { id: 'dev-1', role: 'editor' } });
  if (!isDenial(await guarded({ path: join(folder, '.env') }))) throw new Error('a secret was read');
  const expectText = (answer: unknown): void => {
    const { content } = answer as Answer;
    if (content?.[0]?.text !== TEXT) throw new Error(`the server answers ${JSON.stringify(answer)}`);
  };
  return {
    name: 'MCP over stdio, server-filesystem reads a file',
    calls: 1,
    plain: async () => expectText(await read({ path })),
    guarded: async () => expectText(await guarded({ path })),
    close: async () => {
      await client.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
