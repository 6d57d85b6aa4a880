// In: the name of a worked policy under policies/, and what to put for its workspace. Out: an engine that enforces it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, formatDiagnostic } from '../../compiler/index.ts';
import { type Engine, load } from '../../host-js/index.ts';
import { repositoryRoot } from '../peers/engine.ts';

export function workedPolicy(name: string, workspace = '/workspace'): Engine {
  const folder = join(repositoryRoot(), 'policies', name);
  const sources = [`${name}.policy.yaml`, 'tools.json'].map((path) => ({
    path,
    text: readFileSync(join(folder, path), 'utf8').replaceAll('/workspace', workspace),
  }));
  const { artifact, diagnostics } = compile(sources);
  if (artifact === null) throw new Error(diagnostics.slice(0, 5).map(formatDiagnostic).join('\n'));
  const engine = load(artifact);
  if (engine.status !== 'ok') throw new Error(`${engine.status}: ${engine.help}`);
  return engine;
}
