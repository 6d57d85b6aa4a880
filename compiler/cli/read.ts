// In: paths as people type them. Out: policies as sources for the compiler, with all files that belong to each.
// What cannot be read is a UsageError that names the path; a policy with errors is not an error here.

import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { besideFile } from '../check/files.ts';
import { DiagnosticSink } from '../diagnostic.ts';
import type { Diagnostic, Source } from '../index.ts';
import { parsePolicy } from '../syntax/policy.ts';
import { agtFilesOf, isAgtFile, readAgt } from './agt-files.ts';
import { UsageError } from './failure.ts';
import { kindOf, listFolder, type PolicySources, readText, shownName } from './files.ts';

const POLICY_NAME = /\.policy\.ya?ml$/;

export function isPolicyFile(path: string): boolean {
  return POLICY_NAME.test(path);
}

/** The policy file of a folder (of several, the one that is named as the folder is), or the file itself. */
export function policyPath(path: string): string {
  if (kindOf(path) !== 'folder') return path;
  const found = listFolder(path).filter(isPolicyFile);
  if (found.length === 0) found.push(...agtFilesOf(path).map((file) => relative(path, file)));
  const own = found.find((name) => name.replace(POLICY_NAME, '') === basename(resolve(path)));
  const [only, second] = own === undefined ? found : [own];
  if (only === undefined) {
    throw new UsageError(`${path} holds no policy`, 'a policy file is named `NAME.policy.yaml`');
  }
  if (second !== undefined) {
    throw new UsageError(
      `${path} holds ${found.length} policies: ${found.join(', ')}`,
      'name one of the files, or give one the name of the folder',
    );
  }
  return join(path, only);
}

/**
 * Policies among `paths` (files, or folders of one policy), each with the catalogues its `tools:` names. Catalogues that are
 * named among `paths` too are taken from there.
 */
export function readPolicies(paths: readonly string[]): readonly PolicySources[] {
  const files = paths.map(policyPath);
  const documents = files.filter(isAgtFile);
  const policies = files.filter((path) => isPolicyFile(path) && !documents.includes(path));
  const others = files.filter((path) => !isPolicyFile(path) && !documents.includes(path));
  const [stray] = others;
  if (policies.length === 0 && documents.length > 0 && stray === undefined) {
    return documents.map((path) => readAgt([path]));
  }
  if (policies.length === 0) {
    const missing = files.find((file) => kindOf(file) === null);
    if (missing !== undefined) readText(missing); // says that it is not there
    throw new UsageError(
      `no policy among the files: ${files.map(shownName).join(', ')}`,
      'a policy file is named `NAME.policy.yaml`',
    );
  }
  if (stray !== undefined && policies.length > 1) {
    throw new UsageError(
      `${stray} beside ${policies.length} policies`,
      'name catalogues for one policy at a time; those under `tools:` are read anyway',
    );
  }
  return [...policies.map((path) => readPolicy(path, others)), ...documents.map((path) => readAgt([path]))];
}

/** One policy, the policies that it imports, extends and nests, and their catalogues. */
export function readPolicy(path: string, catalogues: readonly string[] = []): PolicySources {
  if (isAgtFile(path)) return readAgt([path]);
  const folder = dirname(path);
  const policy: Source = { path: basename(path), text: readText(path) };
  const found = new Map<string, Source>([[resolve(path), policy]]);
  for (const file of catalogues) {
    if (found.has(resolve(file))) continue;
    found.set(resolve(file), { path: relative(folder, file).replaceAll('\\', '/'), text: readText(file) });
  }
  const policies = [policy];
  for (let from = policies.shift(); from !== undefined; from = policies.shift()) {
    for (const name of namedFiles(from)) {
      const beside = besideFile(name, from.path);
      const file = resolve(folder, beside);
      // One that is not there is left to the compiler, which shows the line that names it.
      if (found.has(file) || kindOf(file) !== 'file') continue;
      const source: Source = { path: beside, text: readText(isAbsolute(beside) ? beside : join(folder, beside)) };
      found.set(file, source);
      if (isPolicyFile(beside)) policies.push(source);
    }
  }
  return { path, folder, sources: [...found.values()] };
}

/** A diagnostic's path as it is reached from here. */
export function shownFrom(folder: string, diagnostic: Diagnostic): Diagnostic {
  return isAbsolute(diagnostic.path) ? diagnostic : { ...diagnostic, path: join(folder, diagnostic.path) };
}

/** Files that a policy names. Mistakes in it are found again, and reported, when it is compiled. */
function namedFiles(policy: Source): readonly string[] {
  const ast = parsePolicy(policy, new DiagnosticSink());
  if (ast === null) return [];
  const named = [...(ast.tools ?? []), ...ast.imports, ...ast.policies.map((member) => member.path)];
  return [...named, ...(ast.extends === undefined ? [] : [ast.extends])].map(({ value }) => value);
}
