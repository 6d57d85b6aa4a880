// In: paths as people type them. Out: bytes, texts, JSON values, entries of folders.
// What cannot be read is a UsageError that names the path. Knows nothing of policies but the shape in which their files go together.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { exactJson, parseJson } from '../check/json.ts';
import { DiagnosticSink } from '../diagnostic.ts';
import type { Source } from '../index.ts';
import { UsageError } from './failure.ts';

/** What V8 holds in one string. */
const MAX_TEXT_BYTES = 0x1fffffe8;

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
