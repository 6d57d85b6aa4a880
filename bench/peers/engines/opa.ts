// In: a workload, and in OPA_BIN the `opa` program, which no npm package brings. Out: a Rego policy compiled by it to WebAssembly.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Test, type ToolTarget, unreachable, type Workload } from '../../workload.ts';
import { Absent, type Decider, importPeer, type PeerEngine } from '../engine.ts';

interface OpaWasm {
  loadPolicy: (wasm: Uint8Array) => Promise<{ evaluate: (input: object) => readonly { result: unknown }[] }>;
}

export const opa: PeerEngine = {
  name: 'opa-wasm',
  packageName: '@open-policy-agent/opa-wasm',
  told: 'Rego, a rule a rule, compiled to WebAssembly by the program in OPA_BIN',
  load: loadOpa,
};

const ENTRY = 'bench/allow';

async function loadOpa(workload: Workload): Promise<Decider> {
  const program = process.env['OPA_BIN'];
  if (program === undefined) throw new Absent('no opa program given: OPA_BIN=/path/to/opa');
  const module = (await importPeer('@open-policy-agent/opa-wasm')) as OpaWasm & { default?: OpaWasm };
  const loadPolicy = module.loadPolicy ?? module.default?.loadPolicy;
  const policy = await loadPolicy(compiled(program, regoOf(workload)));
  return { kind: 'now', allows: (request) => policy.evaluate(request)[0]?.result === true };
}

function compiled(program: string, rego: string): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), 'lictor-opa-'));
  try {
    writeFileSync(join(folder, 'bench.rego'), rego);
    const bundle = join(folder, 'bundle.tar.gz');
    execFileSync(program, ['build', '-t', 'wasm', '-e', ENTRY, '-o', bundle, join(folder, 'bench.rego')]);
    execFileSync('tar', ['-xzf', bundle, '-C', folder]);
    return readFileSync(join(folder, 'policy.wasm'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function regoOf({ rules }: Workload): string {
  return [
    'package bench',
    'import rego.v1',
    'default allow := false',
    'allow if { not denied; permitted }',
    'default denied := false',
    'default permitted := false',
    ...rules.map(({ effect, target, tests }) => {
      const conditions = [...toolTest(target), ...tests.flatMap(conditionsOf)].join('; ');
      return `${effect === 'deny' ? 'denied' : 'permitted'} if { ${conditions} }`;
    }),
  ].join('\n');
}

function toolTest(target: ToolTarget): string[] {
  if (target.kind === 'any') return [];
  return [target.kind === 'name' ? `input.tool == "${target.name}"` : `startswith(input.tool, "${target.prefix}")`];
}

function conditionsOf(test: Test): string[] {
  switch (test.kind) {
    case 'roles':
      return [`input.principal.roles[_] in {${test.anyOf.map((role) => `"${role}"`).join(', ')}}`];
    case 'range':
      return [`input.args.amount >= ${test.from}`, `input.args.amount < ${test.below}`];
    case 'prefix':
      return [`startswith(input.args.path, "${test.text}")`];
    case 'suffix':
      return [`endswith(input.args.path, "${test.text}")`];
    case 'region':
      return [`input.context.region == "${test.region}"`];
    default:
      return unreachable(test);
  }
}
