// In: a workload, or an artifact and requests. Out: one file for driver.c: the artifact, then the request area of a core: table of (offset, size), room for the
// answers, the requests as FlatBuffers, each at a multiple of 8. Numbers are u32, little-endian.

import { compile, formatDiagnostic } from '../../compiler/index.ts';
import { load } from '../../host-js/index.ts';
import { policySources } from '../policy-text.ts';
import type { Workload } from '../workload.ts';

/** Throws, with the diagnostics, if the workload does not compile. */
export function fixtureOf(workload: Workload): Uint8Array {
  const { artifact, diagnostics } = compile(policySources(workload));
  if (artifact === null) throw new Error(diagnostics.slice(0, 5).map(formatDiagnostic).join('\n'));
  return fixture(artifact, workload.rotating);
}

/** Throws if the artifact does not load. */
export function fixture(artifact: Uint8Array, plain: readonly unknown[]): Uint8Array {
  const engine = load(artifact);
  if (engine.status !== 'ok') throw new Error(`the engine says ${engine.status}`);
  const requests = plain.map((request) => engine.encode(request));
  engine.dispose();

  const first = align(requests.length * 10);
  const areaSize = requests.reduce((sum, bytes) => sum + align(bytes.length), first);
  const file = new Uint8Array(4 + artifact.length + 8 + areaSize);
  const view = new DataView(file.buffer);
  view.setUint32(0, artifact.length, true);
  file.set(artifact, 4);
  const head = 4 + artifact.length;
  view.setUint32(head, requests.length, true);
  view.setUint32(head + 4, areaSize, true);
  let at = first;
  for (const [i, bytes] of requests.entries()) {
    view.setUint32(head + 8 + i * 8, at, true);
    view.setUint32(head + 12 + i * 8, bytes.length, true);
    file.set(bytes, head + 8 + at);
    at += align(bytes.length);
  }
  return file;
}

function align(size: number): number {
  return (size + 7) & ~7;
}
