// In: a difference. Out: its text for a person, and a conformance case for the repository (conformance/cases.ts reads it).

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { analyse, evaluate } from '../../compiler/index.ts';
import type { Source } from '../../compiler/source.ts';
import { revive } from '../conformance/cases.ts';
import type { Subject } from './engines.ts';
import { type Policy } from './generate.ts';
import type { Written } from './requests.ts';
import type { Difference } from './run.ts';
import { type Shrunk, shrink } from './shrink.ts';
import { sourcesOf } from './sources.ts';

/** Shrinks, writes the case into `folder`, and says all of it. */
export function report(subject: Subject, difference: Difference, folder: string): string {
  const { seed, policyIndex, what, mismatch } = difference;
  const lines = [`seed ${seed}, policy ${policyIndex}: ${what}`];
  if (mismatch !== null)
    lines.push(`  expected ${JSON.stringify(mismatch.expected)}`, `  found    ${JSON.stringify(mismatch.found)}`);
  const shrunk = shrink(subject, difference);
  if (shrunk === null) {
    lines.push(
      'policy and request alone show no difference: it hangs on what was decided before',
      policyText(difference.policy),
    );
    lines.push(
      `request ${JSON.stringify(difference.request)}`,
      ...difference.before.map((one) => `before that ${JSON.stringify(one)}`),
    );
    return lines.join('\n');
  }
  lines.push(`shrunk: ${shrunk.what}`);
  if (shrunk.mismatch !== null)
    lines.push(
      `  expected ${JSON.stringify(shrunk.mismatch.expected)}`,
      `  found    ${JSON.stringify(shrunk.mismatch.found)}`,
    );
  lines.push(policyText(shrunk.policy), `request ${JSON.stringify(shrunk.request)}`);
  const name = `fuzz-${seed}-${policyIndex}`;
  const suite = suiteOf(name, shrunk);
  if (suite !== null) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${name}.json`), `${JSON.stringify(suite, null, 2)}\n`);
    lines.push(`written to ${join(folder, `${name}.json`)}`);
  }
  return lines.join('\n');
}

function policyText(policy: Policy): string {
  return sourcesOf(policy)
    .map(({ path, text }) => `--- ${path} (maxStringBytes ${policy.world.maxStringBytes})\n${text}`)
    .join('');
}

/** A suite of one case, or null where the reference itself is at fault. */
export function suiteOf(
  name: string,
  { policy, request, what }: Pick<Shrunk, 'policy' | 'request' | 'what'>,
): object | null {
  const sources = sourcesOf(policy);
  const policies = sources.filter(({ path }) => path.endsWith('.policy.yaml'));
  const catalogue = sources.find(({ path }) => path === 'tools.json');
  const [main] = policies;
  const checked = analyse(sources).policy;
  if (checked === null || main === undefined) return null;
  const asked: Written = request ?? {};
  const { maxStringBytes } = policy.world;
  const options = maxStringBytes === 65536 ? {} : { maxStringBytes };
  let expected: object;
  try {
    expected = evaluate(checked, revive(asked), { maxStringBytes });
  } catch {
    return null;
  }
  return {
    suite: `Found by differential testing: ${name}`,
    policies: {
      found: policies.length === 1 ? lines(main) : Object.fromEntries(policies.map((one) => [one.path, lines(one)])),
    },
    ...(catalogue === undefined ? {} : { files: { [catalogue.path]: jsonOf(catalogue.text) } }),
    cases: [
      {
        name: `all engines agree (${what.split('\n')[0]})`,
        clauses: ['8.2'],
        policy: 'found',
        request: asked,
        options,
        expect: expected,
      },
    ],
  };
}

function lines({ text }: Source): readonly string[] {
  return text.trimEnd().split('\n');
}

function jsonOf(text: string): unknown {
  return JSON.parse(text);
}
