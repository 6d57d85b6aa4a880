// lictor eval: one request, its verdict, and why. A deny is an answer, not a failure: the exit code is 0.

import type { Command } from 'commander';
import { resolve } from '../../../host-js/index.ts';
import { didYouMean } from '../../diagnostic.ts';
import type { ExitCode } from '../failure.ts';
import { readExactJson, readJson } from '../files.ts';
import { openPolicy } from '../policy.ts';
import { callText, elide, findingTexts, resolutionText, verdictText } from '../show.ts';
import type { Terminal } from '../terminal.ts';

interface EvalOptions {
  readonly policy: string;
  readonly request: string;
  readonly schema?: string;
  readonly entities?: string;
  readonly json?: true;
}

export function addEval(program: Command, terminal: Terminal, done: (code: ExitCode) => void): void {
  program
    .command('eval')
    .description('decide one request and say why')
    .requiredOption('-p, --policy <POLICY>', 'policy file, its folder, or a compiled `.lctr`')
    .requiredOption(
      '-r, --request <FILE>',
      '{"tool", "args", "principal", "context", "at"} as JSON, "result", "message" or "output" too; `-` is standard input',
    )
    .option('--schema <path>', 'of Cedar policies: a `.cedarschema`, or its JSON form')
    .option('--entities <path>', 'of Cedar policies: entities in JSON; `entities.json` of a folder if left out')
    .option('--json', 'the verdict as JSON')
    .action((options: EvalOptions) => done(evalCommand(options, terminal)));
}

function evalCommand(options: EvalOptions, terminal: Terminal): ExitCode {
  const { engine, warnings } = openPolicy(options.policy, options);
  const request = engine.isCedar ? readExactJson(options.request) : readJson(options.request);
  const verdict = engine.decide(request);
  const resolution = verdict.transforms.length > 0 ? resolve(engine, request) : null;
  if (options.json === true) {
    const resolved =
      resolution === null ? {} : { resolved: { verdict: resolution.verdict, request: resolution.request } };
    terminal.out(JSON.stringify({ ...verdict, ...resolved }, null, 2));
    return 0;
  }
  for (const text of findingTexts(warnings, terminal.errorColours)) terminal.error(`${text}\n`);
  for (const line of unreadKeys(request, engine.isCedar ? CEDAR_KEYS : KEYS)) {
    terminal.error(`${terminal.errorColours.yellow('warning')}: ${line}\n`);
  }
  terminal.out(terminal.colours.dim(elide(callText(request), terminal.columns)));
  terminal.out(verdictText(verdict, engine, terminal.columns, terminal.colours));
  if (resolution !== null) {
    terminal.out(`\n${resolutionText(resolution, engine, terminal.columns, terminal.colours)}`);
  }
  return 0;
}

const KEYS = ['at', 'tool', 'args', 'principal', 'context', 'result', 'message', 'output'];
const CEDAR_KEYS = ['principal', 'action', 'resource', 'context', 'entities'];

/** What stands in a request typed by hand and nothing would ever read. */
function unreadKeys(request: unknown, known: readonly string[]): string[] {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return [];
  return Object.keys(request)
    .filter((key) => !known.includes(key))
    .map((key) => {
      const near = didYouMean(key, known);
      return `nothing reads \`${key}\` of a request: ${near === undefined ? `it has ${known.join(', ')}` : `did you mean \`${near}\`?`}`;
    });
}
