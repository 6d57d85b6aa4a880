// A gateway over a real engine, with what it logs kept, and messages as objects instead of lines.

import { Gateway, type GatewayOptions, type LogEntry, type Sent } from '../../../compiler/cli/mcp/gateway.ts';
import type { Json } from '../../../compiler/cli/mcp/message.ts';
import { Pins } from '../../../compiler/cli/mcp/pins.ts';
import { compile } from '../../../compiler/index.ts';
import { type Engine, load } from '../../../host-js/full.ts';

export const POLICY = `
lictor: 1
name: gateway
attributes: { principal.role: string, args.x: int, args.n: int, args.path: string, args.uri: string, result.content: any, result.note: string }
rules:
  - { id: read, tool: read, when: 'args.path.startsWith("/w/")', effect: allow }
  - { id: secret, tool: read, when: 'args.path.contains(".env")', effect: deny, reason: keys are not for agents, advice: ask a person }
  - { id: noisy, tool: noisy, effect: warn, reason: somebody should know }
  - { id: pay, tool: pay, effect: allow }
  - { id: cap, tool: pay, when: has(args.x), effect: transform, transform: { clamp: args.x, max: 100 } }
  - { id: big, tool: pay, when: has(args.n) && args.n > 1000, effect: deny }
  - { id: ship, tool: ship, effect: escalate, approvers: [owner], reason: shipping needs a person }
  - { id: never, tool: never, effect: deny, reason: this is never done }
  - { id: admin, tool: admin, when: principal.role == "admin", effect: allow }
  - { id: look, tool: resources/read, when: 'args.uri.startsWith("file:///w/")', effect: allow }
`;

export const RESULT_RULES = `
  - { id: answers, at: post_tool_call, tool: [read, pay, noisy], effect: allow }
  - { id: leaks, at: post_tool_call, tool: read, when: 'size(result.content) > 1', effect: deny, reason: that is too much }
  - { id: hide, at: post_tool_call, tool: pay, effect: transform, transform: { redact: 'result.note', pattern: '[0-9]+', with: '#' } }
`;

const engines = new Map<string, Engine>();

/** One for each policy: an engine stays in the core until it is disposed of. */
export function engineOf(text: string, catalogue?: string): Engine {
  const known = engines.get(text);
  if (known !== undefined) return known;
  const tools = catalogue === undefined ? [] : [{ path: 'tools.json', text: catalogue }];
  const { artifact, diagnostics } = compile([{ path: 'gateway.policy.yaml', text }, ...tools]);
  if (artifact === null) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  const engine = load(artifact);
  if (engine.status !== 'ok') throw new Error(engine.status);
  engines.set(text, engine);
  return engine;
}

export interface Bench {
  readonly gateway: Gateway;
  readonly log: LogEntry[];
  readonly client: (message: unknown) => readonly Sent[];
  readonly server: (message: unknown) => readonly Sent[];
  /** Milliseconds pass. */
  readonly wait: (ms: number) => void;
}

interface BenchOptions extends Partial<GatewayOptions> {
  readonly principal?: unknown;
  readonly catalogue?: string;
}

export function bench(policy: string = POLICY, options: BenchOptions = {}): Bench {
  const log: LogEntry[] = [];
  let nowMs = 0;
  const gateway = new Gateway({
    decider: engineOf(policy, options.catalogue).session({ principal: options.principal ?? { role: 'user' } }),
    log: (entry) => void log.push(entry),
    pins: new Pins(null),
    denyUnpinned: false,
    idPrefix: 'own-',
    approvalMs: 1000,
    nowMs: () => nowMs,
    ...options,
  });
  return {
    gateway,
    log,
    client: (message) => gateway.fromClient(JSON.stringify(message)),
    server: (message) => gateway.fromServer(JSON.stringify(message)),
    wait: (ms) => {
      nowMs += ms;
    },
  };
}

export function call(id: unknown, name: string, args?: unknown, more: Json = {}): Json {
  return { jsonrpc: '2.0', id, method: 'tools/call', params: { name, arguments: args, ...more } };
}

export function result(id: unknown, value: unknown): Json {
  return { jsonrpc: '2.0', id, result: value };
}

export function initialize(capabilities: Json): Json {
  return { jsonrpc: '2.0', id: 'init', method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities } };
}

/** Every message that went to one side. */
export function to(side: Sent['to'], sent: readonly Sent[]): Json[] {
  return sent.filter((one) => one.to === side).map(({ line }) => JSON.parse(line) as Json);
}
