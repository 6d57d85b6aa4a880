// One engine in a process of its own: started by run.ts with one argument, a task as JSON; prints one line of JSON.

import { readFileSync, writeFileSync } from 'node:fs';
import { compile, formatDiagnostic } from '../../compiler/index.ts';
import { load } from '../../host-js/index.ts';
import { policySources } from '../policy-text.ts';
import { makeWorkload, RUN_LENGTH, type Workload, type WorkloadRequest } from '../workload.ts';
import { Absent, type Decider } from './engine.ts';
import { engines } from './engines.ts';
import { matchingRules } from './linear.ts';
import { type Answer, LICTOR, type Task } from './task.ts';
import { allowedSum, type Times, timeDecider } from './timing.ts';

const task = JSON.parse(process.argv[2] ?? '{}') as Task;
const answer = await work(task);
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));

async function work(task: Task): Promise<Answer> {
  const workload = makeWorkload('typical', task.ruleCount);
  try {
    switch (task.do) {
      case 'compile':
        return compiled(workload, task.artifact);
      case 'check':
        return await checked(task, workload);
      case 'time':
        return await timed(task, workload);
      default:
        throw new TypeError('an unknown task');
    }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { status: error instanceof Absent ? 'absent' : 'failed', detail };
  }
}

function compiled(workload: Workload, path: string): Answer {
  const sources = policySources(workload);
  const start = performance.now();
  const { artifact, diagnostics } = compile(sources);
  const compileMs = performance.now() - start;
  if (artifact === null) throw new Error(diagnostics.slice(0, 5).map(formatDiagnostic).join('\n'));
  writeFileSync(path, artifact);
  return { status: 'compiled', compileMs, bytes: artifact.length };
}

async function checked(task: Task, workload: Workload): Promise<Answer> {
  let allowed = 0;
  for (const decider of await decidersOf(task, workload)) {
    allowed = 0;
    for (const [i, request] of freshRequests(workload).entries()) {
      const effects = matchingRules(workload.rules, request).map((index) => workload.rules[index]?.effect);
      const expected = effects.includes('allow') && !effects.includes('deny');
      if (expected) allowed += 1;
      if ((await decider.allows(request)) !== expected) {
        return { status: 'disagrees', detail: `request ${i}: ${expected ? 'denies' : 'allows'} it` };
      }
    }
  }
  return { status: 'agrees', requests: workload.rotating.length, allowed };
}

async function timed(task: Task, workload: Workload): Promise<Answer> {
  const requests = freshRequests(workload);
  const start = performance.now();
  const deciders = await decidersOf(task, workload);
  const loadMs = performance.now() - start;
  const [request] = requests;
  if (request === undefined) throw new RangeError('no requests');
  const firstStart = performance.now();
  await deciders[0]?.allows(request);
  const firstMs = performance.now() - firstStart;
  // Several of one engine share code: all are warm before the first is timed.
  if (deciders.length > 1) for (const decider of deciders) await timeDecider(decider, requests, task.budgetMs / 4);
  const rows: Times[] = [];
  for (const decider of deciders) rows.push(await timeDecider(decider, requests, task.budgetMs));
  return { status: 'timed', loadMs, firstMs, rows, allowed: allowedSum() };
}

/** As they come from JSON: plain objects of one shape. */
function freshRequests(workload: Workload): WorkloadRequest[] {
  return JSON.parse(JSON.stringify(workload.rotating)) as WorkloadRequest[];
}

async function decidersOf(task: Task, workload: Workload): Promise<readonly Decider[]> {
  if (task.engine === LICTOR) return lictorDeciders(readFileSync(task.artifact), workload);
  const engine = engines.find(({ name }) => name === task.engine);
  if (engine === undefined) throw new Error(`no engine ${task.engine}`);
  return [await engine.load(workload)];
}

/** In the order of LICTOR_ROWS. Sessions are one for each run of requests of one principal in one context. */
function lictorDeciders(artifact: Uint8Array, workload: Workload): Decider[] {
  const engine = load(artifact);
  if (engine.status !== 'ok') throw new Error(`${engine.status}: ${engine.help}`);
  return [
    inSessions(engine, workload),
    { kind: 'now', allows: (request) => engine.decide(request).decision === 'allow' },
    inSessions(load(artifact, { remember: false }), workload),
  ];
}

/** Requests are asked in rotation from the first: the session is that of the run. */
function inSessions(engine: ReturnType<typeof load>, { rotating }: Workload): Decider {
  const sessions = new Map(
    rotating
      .filter((_, i) => i % RUN_LENGTH === 0)
      .map(({ principal, context }) => [context.session, engine.session({ principal, context })]),
  );
  return {
    kind: 'now',
    allows: (request) => sessions.get(request.context.session)?.decide(request).decision === 'allow',
  };
}
