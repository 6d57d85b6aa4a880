// A small policy that makes the planner use every kind of table, compiled by the real pipeline.

import { compile, formatDiagnostic } from '../../compiler/index.ts';

const POLICY = `
lictor: 1
name: every-table
version: 0.3.0
combine: priority
default: deny
tools: [tools.json]
attributes:
  principal.id: string
  principal.roles: list<string>
  principal.limits: list<int>
  context.env: { enum: [dev, staging, prod] }
  context.risk: number
  context.path: string
  args.force: { type: bool, absent: false }
rules:
  - id: reads
    tool: read
    effect: allow
    reason: reading is free
  - id: payments
    tool: "pay*"
    when: '"finance" in principal.roles && context.env == "prod"'
    effect: allow
    priority: 1
  - id: cap
    tool: pay
    when: args.amount > 1000 && !("cfo" in principal.roles)
    effect: escalate
    approvers: [finance-lead, cfo]
    advice: split the transfer
    priority: 2
  - id: own-account
    tool: pay
    when: args.to == principal.id || args.amount * 2 > args.budget
    effect: deny
    priority: 2
  - id: secrets
    when: context.path.startsWith("/etc/") || context.path.endsWith(".key") || context.path.contains("secret")
    effect: deny
    reason: secrets stay where they are
    priority: 3
  - id: forced
    when: args.force && context.risk >= 0.5
    effect: warn
  - id: named
    when: principal.roles.exists(r, r.startsWith("admin-") || context.path.contains(r))
    effect: warn
  - id: limits
    when: principal.limits.all(n, n < 5000) && has(principal.id)
    effect: warn
  - id: ends
    at: [output, post_tool_call]
    when: context.risk > 0.9
    effect: deny
`;

const TOOLS = JSON.stringify({
  read: { type: 'object', properties: { path: { type: 'string' }, force: { type: 'boolean' } } },
  pay: {
    type: 'object',
    properties: { amount: { type: 'integer' }, budget: { type: 'integer' }, to: { type: 'string' } },
  },
  'pay.large': { type: 'object', properties: { amount: { type: 'integer' } } },
});

export function realArtifact(): Uint8Array {
  const { artifact, diagnostics } = compile([
    { path: 'every-table.policy.yaml', text: POLICY },
    { path: 'tools.json', text: TOOLS },
  ]);
  if (artifact === null) throw new Error(diagnostics.map(formatDiagnostic).join('\n'));
  return artifact;
}
