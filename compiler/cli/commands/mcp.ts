// lictor mcp: an MCP server behind a policy. Its client starts this command in the server's place. Standard output belongs to the
// protocol; decisions go to standard error or to a file.

import { randomBytes } from 'node:crypto';
import { openSync, renameSync, writeFileSync, writeSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { type ExitCode, UsageError } from '../failure.ts';
import { kindOf, messageOf, readJson } from '../files.ts';
import { runGateway } from '../gateway-process.ts';
import { Gateway, type LogEntry } from '../mcp/gateway.ts';
import { isObject } from '../mcp/message.ts';
import { Pins } from '../mcp/pins.ts';
import { openPolicy } from '../policy.ts';
import { findingTexts } from '../show.ts';
import type { Terminal } from '../terminal.ts';

interface McpOptions {
  readonly policy: string;
  readonly principal?: string;
  readonly context?: string;
  readonly log?: string;
  readonly pins?: string;
  readonly pinsDeny?: true;
  readonly approvalSeconds: number;
}

export function addMcp(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('mcp')
    .description('run an MCP server (stdio) behind a policy: `lictor mcp -p POLICY -- COMMAND ARGS…`')
    .argument('<command...>', 'what starts the server, after `--`')
    .requiredOption('-p, --policy <POLICY>', 'policy file, its folder, or a compiled `.lctr`')
    .option('--principal <JSON>', 'who calls, for the policy: JSON, or a file of it')
    .option('--context <JSON>', 'in what surroundings, for the policy: JSON, or a file of it')
    .option('--log <FILE>', 'where decisions go, a JSON line each; standard error if left out')
    .option('--pins <FILE>', 'hashes of the tools’ definitions; made of what the server lists if it is not there')
    .option('--pins-deny', 'deny and hide a tool whose definition is not as pinned; without it, that is logged')
    .option('--approval-seconds <N>', 'how long a person is waited for', seconds, 120)
    .action((command: string[], options: McpOptions) => {
      mcpCommand(command, options, terminal);
      done(0); // What counts is how the server ends.
    });
}

function mcpCommand([command = '', ...args]: readonly string[], options: McpOptions, terminal: Terminal): void {
  const { engine, warnings } = openPolicy(options.policy);
  if (engine.isCedar) {
    throw new UsageError('a tool call is no request of Cedar', 'write the policy in Lictor’s own language');
  }
  for (const text of findingTexts(warnings, terminal.errorColours)) terminal.error(`${text}\n`);
  const subject = {
    principal: jsonOption('--principal', options.principal),
    context: jsonOption('--context', options.context),
  };
  const pins = new Pins(readPins(options.pins));
  const gateway = new Gateway({
    decider: engine.session(subject),
    log: openLog(options.log),
    pins,
    denyUnpinned: options.pinsDeny === true,
    idPrefix: `lictor-${randomBytes(12).toString('hex')}-`,
    approvalMs: options.approvalSeconds * 1000,
    nowMs: () => performance.now(),
  });
  engine.warmup();
  const keepPins = pinsWriter(options.pins, pins, terminal);
  runGateway(command, args, {
    gateway,
    onServer: keepPins,
    onUnstarted: (error) => {
      terminal.error(`${terminal.errorColours.red('error')}: ${command} does not start: ${error.message}`);
      process.exit(2);
    },
  });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError('it is a number of seconds.');
  return value;
}

function jsonOption(name: string, given: string | undefined): unknown {
  if (given === undefined) return undefined;
  let value: unknown;
  if (given.trimStart().startsWith('{')) {
    try {
      value = JSON.parse(given);
    } catch (error) {
      throw new UsageError(`${name} is no JSON: ${messageOf(error)}`, 'quote it for the shell, or name a file');
    }
  } else value = readJson(given);
  if (!isObject(value)) throw new UsageError(`${name} is no JSON object`, 'try `{"id": "ana"}`');
  return value;
}

/** `{"tools": {NAME: SHA-256}}`; null: there is no such file yet. */
function readPins(path: string | undefined): ReadonlyMap<string, string> | null {
  if (path === undefined || kindOf(path) === null) return null;
  const file = readJson(path);
  const tools = isObject(file) ? file['tools'] : undefined;
  const entries = isObject(tools) ? Object.entries(tools) : [];
  if (!isObject(tools) || !entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) {
    throw new UsageError(`${path} is no file of pins`, 'remove it, and what the server lists is pinned anew');
  }
  return new Map(entries);
}

/** Writes pins that a session has made; those of a file that was there stay as they are. */
function pinsWriter(path: string | undefined, pins: Pins, terminal: Terminal): () => void {
  if (path === undefined || kindOf(path) !== null) return () => undefined;
  let written = 0;
  return () => {
    if (pins.count === written) return;
    written = pins.count;
    const text = `${JSON.stringify({ tools: Object.fromEntries(pins.all) }, null, 2)}\n`;
    try {
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
    } catch (error) {
      terminal.error(`warning: ${path} cannot be written: ${messageOf(error)}`);
    }
  };
}

/** Throws where nothing can be written: then calls are denied. */
function openLog(path: string | undefined): (entry: LogEntry) => void {
  const text = (entry: LogEntry): string => `${JSON.stringify({ time: new Date().toISOString(), ...entry })}\n`;
  if (path !== undefined) {
    let file: number;
    try {
      file = openSync(path, 'a');
    } catch (error) {
      throw new UsageError(`${path} cannot be written: ${messageOf(error)}`, 'name another place with `--log`');
    }
    return (entry) => void writeSync(file, text(entry));
  }
  let failure: Error | null = null;
  process.stderr.on('error', (error: Error) => {
    failure = error;
  });
  return (entry) => {
    if (failure !== null) throw failure;
    process.stderr.write(text(entry));
  };
}
