// In: a file of recorded calls, in any form that `lictor replay` reads. Out: requests for the planner to weigh by, with the principal
// and the context of `replay.json` beside the policy where a call has none. Nothing is skipped: what cannot be read ends the command.

import { dirname, join } from 'node:path';
import { readSubject } from './commands/replay.ts';
import { UsageError } from './failure.ts';
import { kindOf, readText, shownName } from './files.ts';
import { placeText, readTraces } from './traces.ts';

/** @throws UsageError if a part of the file is no call, or if there is none */
export function readTraffic(path: string, policyPath: string): readonly unknown[] {
  const { calls, problems } = readTraces(shownName(path), readText(path));
  const [problem] = problems;
  if (problem !== undefined) {
    throw new UsageError(
      `${placeText(problem.place)}: ${problem.message}`,
      'write one call a line, `{"tool": …, "args": {…}}`',
    );
  }
  if (calls.length === 0)
    throw new UsageError(`${shownName(path)} holds no call`, 'record some, or leave `--traffic` out');
  const beside = join(dirname(policyPath), 'replay.json');
  const subject = kindOf(beside) === 'file' ? readSubject(beside) : {};
  return calls.map(({ request }) => ({ ...subject, ...request }));
}
