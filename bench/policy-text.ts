// In: a workload. Out: the sources of its policy, as a person would write them: YAML rules and an MCP catalogue. These go through
// the real compiler; nothing else of a workload reaches the engine.

import type { Source } from '../compiler/index.ts';
import { type Test, type ToolTarget, unreachable, type Workload } from './workload.ts';

export function policySources(workload: Workload): Source[] {
  const lines = [
    'lictor: 1',
    `name: ${workload.name}-${workload.ruleCount}`,
    'combine: deny-overrides',
    'default: deny',
    'tools: [tools.json]',
    'attributes:',
    '  principal.roles: list<string>',
    '  context.region: string',
    'rules:',
  ];
  for (const { id, effect, target, tests } of workload.rules) {
    lines.push(`  - id: ${id}`);
    if (target.kind !== 'any') lines.push(`    tool: "${toolPattern(target)}"`);
    lines.push(`    when: '${tests.map(celOf).join(' && ')}'`, `    effect: ${effect}`);
  }
  return [
    { path: `${workload.name}.policy.yaml`, text: `${lines.join('\n')}\n` },
    { path: 'tools.json', text: catalogueText(workload.tools) },
  ];
}

function toolPattern(target: Exclude<ToolTarget, { kind: 'any' }>): string {
  return target.kind === 'name' ? target.name : `${target.prefix}*`;
}

/** A conjunct in CEL. */
export function celOf(test: Test): string {
  switch (test.kind) {
    case 'roles': {
      const each = test.anyOf.map((role) => `"${role}" in principal.roles`).join(' || ');
      return test.anyOf.length === 1 ? each : `(${each})`;
    }
    case 'range':
      return `args.amount >= ${test.from} && args.amount < ${test.below}`;
    case 'prefix':
      return `args.path.startsWith("${test.text}")`;
    case 'suffix':
      return `args.path.endsWith("${test.text}")`;
    case 'region':
      return `context.region == "${test.region}"`;
    default:
      return unreachable(test);
  }
}

function catalogueText(tools: readonly string[]): string {
  const properties = { path: { type: 'string' }, amount: { type: 'number' }, note: { type: 'string' } };
  return JSON.stringify({ tools: tools.map((name) => ({ name, inputSchema: { type: 'object', properties } })) });
}
