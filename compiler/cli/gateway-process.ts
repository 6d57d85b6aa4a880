// In: a command that is an MCP server, and a gateway. Out: the server's process between our own standard input and output, every line
// by way of the gateway, until it ends; then we end as it did. Decides nothing.

import { type ChildProcess, spawn } from 'node:child_process';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Gateway, Sent } from './mcp/gateway.ts';
import { LineSplitter } from './mcp/lines.ts';

/** Of one message, either way: what is longer is thrown away and logged. */
export const MAX_LINE_BYTES: number = 64 * 1024 * 1024;
const EXPIRY_MS = 250;
/** How long output may still come once the server has ended: something it has started may hold its end open. */
const LINGER_MS = 1000;
const PASSED_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

export interface GatewayProcess {
  readonly gateway: Gateway;
  /** After lines of the server's. */
  readonly onServer: () => void;
  readonly onUnstarted: (error: Error) => void;
}

export function runGateway(command: string, args: readonly string[], options: GatewayProcess): void {
  const { gateway } = options;
  const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const { stdin: input, stdout: output } = process;
  child.on('error', (error) => {
    // Later errors are of signals that did not arrive.
    if (child.pid === undefined) options.onUnstarted(error);
  });
  child.stdin.on('error', () => undefined); // It no longer reads; that it has ended is told by `exit`.
  const send = (lines: readonly Sent[], from: Readable | null): void => {
    for (const { to, line } of lines) write(to === 'client' ? output : child.stdin, line, from);
  };
  eachLine(input, 'client', (line) => send(gateway.fromClient(line), input), gateway).on('end', () =>
    child.stdin.end(),
  );
  eachLine(child.stdout, 'server', (line) => send(gateway.fromServer(line), child.stdout), gateway);
  child.stdout.on('data', options.onServer);
  setInterval(() => send(gateway.expire(), null), EXPIRY_MS).unref();
  for (const signal of PASSED_SIGNALS) process.on(signal, () => child.kill(signal));
  process.on('exit', () => child.kill());
  endWith(child);
}

function eachLine(stream: Readable, from: Sent['to'], onLine: (line: string) => void, gateway: Gateway): Readable {
  const splitter = new LineSplitter(MAX_LINE_BYTES);
  const take = (lines: readonly (string | null)[]): void => {
    for (const line of lines) {
      if (line === null) gateway.tooLong(from, MAX_LINE_BYTES);
      else onLine(line);
    }
  };
  stream.on('data', (chunk: Buffer) => take(splitter.push(chunk)));
  return stream.on('end', () => take(splitter.end()));
}

/** Nothing more is read from where lines come from faster than the other side takes them. */
function write(to: Writable, line: string, from: Readable | null): void {
  if (!to.writable || to.write(`${line}\n`) || from === null || from.isPaused()) return;
  from.pause();
  to.once('drain', () => from.resume());
  to.once('close', () => from.resume());
}

/** The exit code is the server's, or we end by the signal that ended it. */
function endWith(child: ChildProcess): void {
  let isEnding = false;
  const end = (): void => {
    if (isEnding) return;
    isEnding = true;
    const { exitCode, signalCode } = child;
    if (signalCode === null) process.exit(exitCode ?? 1);
    process.removeAllListeners(signalCode);
    process.kill(process.pid, signalCode);
    // A signal that does not end us: say it as a shell would.
    setTimeout(() => process.exit(128 + constants.signals[signalCode]), 100);
  };
  child.on('close', () => {
    if (child.pid !== undefined) end();
  });
  child.on('exit', () => setTimeout(end, LINGER_MS));
}
