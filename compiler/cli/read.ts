// In: paths as people type them. Out: sources for the compiler, artifacts, JSON values.
// What cannot be read is a UsageError that names the path; a policy with errors is not an error here.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { besideFile } from '../check/files.ts';
import { exactJson, parseJson } from '../check/json.ts';
import { DiagnosticSink } from '../diagnostic.ts';
import type { Diagnostic, Source } from '../index.ts';
import { parsePolicy } from '../syntax/policy.ts';
import { agtFilesOf, isAgtFile, readAgt } from './agt-files.ts';
import { UsageError } from './failure.ts';

/** What V8 holds in one string. */
const MAX_TEXT_BYTES = 0x1fffffe8;
const POLICY_NAME = /\.policy\.ya?ml$/;

/**
 * One policy with all files that it and they name. Paths in `sources` are relative to the policy's folder, so that the artifact is the same from
 * wherever it is compiled; `shownPath` makes them readable from here.
 */
export interface PolicySources {
  /** The policy file as the user reaches it. */
  readonly path: string;
  readonly folder: string;
  readonly sources: readonly Source[];
}

export function isPolicyFile(path: string): boolean {
  return POLICY_NAME.test(path);
}

/** The bytes of a file; `-` is standard input. */
export function readBytes(path: string): Uint8Array {
  try {
    return path === '-' ? readFileSync(0) : readFileSync(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

export function readText(path: string): string {
  const bytes = readBytes(path);
  if (bytes.length > MAX_TEXT_BYTES) {
    throw new UsageError(
      `${shownName(path)} is larger than one text can be`,
      'split it, for instance with `split -l 100000`',
    );
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${shownName(path)} is not UTF-8 text`, 'save it as UTF-8');
  }
}

/** The JSON value of a file; a mistake in it, a key twice too, is shown at its place. */
export function readJson(path: string): unknown {
  const text = readText(path);
  const mistake = jsonMistake(path, text);
  if (mistake !== null) throw new UsageError(mistake, 'write one JSON value, each key of an object once');
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new UsageError(`${shownName(path)}: ${messageOf(error)}`, 'write one JSON value');
  }
}

/** The same with integers exact: those beyond 2^53 are BigInts. */
export function readExactJson(path: string): unknown {
  const source = { path: shownName(path), text: readText(path) };
  const sink = new DiagnosticSink();
  const node = parseJson(source, sink);
  if (node !== null) return exactJson(node);
  throw new UsageError(
    jsonMistake(path, source.text) ?? `${source.path} is no JSON`,
    'write one JSON value, each key of an object once',
  );
}

/** `path:line:column: what is wrong`, or null if our own reader finds nothing wrong. */
export function jsonMistake(path: string, text: string): string | null {
  const sink = new DiagnosticSink();
  parseJson({ path: shownName(path), text }, sink);
  const [first] = sink.sorted();
  return first === undefined ? null : `${first.path}:${first.line}:${first.column}: ${first.message}`;
}

/** As the file system says it, or null if there is no such entry. */
export function kindOf(path: string): 'file' | 'folder' | null {
  const entry = statSync(path, { throwIfNoEntry: false });
  return entry === undefined ? null : entry.isDirectory() ? 'folder' : 'file';
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

export function listFolder(path: string): readonly string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    throw unreadable(path, error);
  }
}

export function shownName(path: string): string {
  return path === '-' ? '(standard input)' : path;
}

/** Files that a policy names. Mistakes in it are found again, and reported, when it is compiled. */
function namedFiles(policy: Source): readonly string[] {
  const ast = parsePolicy(policy, new DiagnosticSink());
  if (ast === null) return [];
  const named = [...(ast.tools ?? []), ...ast.imports, ...ast.policies.map((member) => member.path)];
  return [...named, ...(ast.extends === undefined ? [] : [ast.extends])].map(({ value }) => value);
}

function unreadable(path: string, error: unknown): UsageError {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const name = shownName(path);
  switch (code) {
    case 'ENOENT':
      return new UsageError(`${name} does not exist`, 'check the path; it is relative to the current folder');
    case 'EISDIR':
      return new UsageError(`${name} is a folder`, 'name a file in it');
    case 'EACCES':
    case 'EPERM':
      return new UsageError(`${name} may not be read`, 'check its permissions');
    default:
      return new UsageError(`${name} cannot be read: ${messageOf(error)}`, 'check the path');
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
