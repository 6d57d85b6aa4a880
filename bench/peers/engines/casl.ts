// In: a workload. Out: a CASL ability: tools are actions, tests are MongoDB-like conditions over the request as it is. The last
// rule that holds decides, so denies come last.

import { covers, type Test, unreachable, type Workload, type WorkloadRule } from '../../workload.ts';
import { type Decider, deniesFirst, importPeer, type PeerEngine } from '../engine.ts';

interface Casl {
  createMongoAbility: (
    rules: readonly object[],
    options: { detectSubjectType: () => string },
  ) => { can: (action: string, subject: object) => boolean };
}

export const casl: PeerEngine = {
  name: 'casl',
  packageName: '@casl/ability',
  told: 'tools are actions, a glob is the list of its tools; $in, $gte, $lt, $regex over the request; denies last',
  load: loadCasl,
};

async function loadCasl(workload: Workload): Promise<Decider> {
  const { createMongoAbility } = (await importPeer('@casl/ability')) as Casl;
  const rules = deniesFirst(workload.rules)
    .reverse()
    .map((rule) => ({
      action: actionsOf(rule, workload.tools),
      subject: 'Call',
      inverted: rule.effect === 'deny',
      conditions: conditionsOf(rule.tests),
    }));
  const ability = createMongoAbility(rules, { detectSubjectType: () => 'Call' });
  return { kind: 'now', allows: (request) => ability.can(request.tool, request) };
}

function actionsOf({ target }: WorkloadRule, tools: readonly string[]): string | string[] {
  if (target.kind === 'any') return 'manage';
  return target.kind === 'name' ? target.name : tools.filter((tool) => covers(target, tool));
}

/** Every test is of a field of its own, but prefix and suffix, which become one pattern. */
function conditionsOf(tests: readonly Test[]): object {
  const conditions: Record<string, unknown> = {};
  let [before, after] = ['', ''];
  for (const test of tests) {
    switch (test.kind) {
      case 'roles':
        conditions['principal.roles'] = { $in: test.anyOf };
        break;
      case 'range':
        conditions['args.amount'] = { $gte: test.from, $lt: test.below };
        break;
      case 'prefix':
        before = `^${escaped(test.text)}`;
        break;
      case 'suffix':
        after = `${escaped(test.text)}$`;
        break;
      case 'region':
        conditions['context.region'] = test.region;
        break;
      default:
        unreachable(test);
    }
  }
  if (before !== '' || after !== '') {
    // A prefix ends in a slash and a suffix begins with a dot: they never share a character.
    const between = before !== '' && after !== '' ? '.*' : '';
    conditions['args.path'] = { $regex: new RegExp(`${before}${between}${after}`) };
  }
  return conditions;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
