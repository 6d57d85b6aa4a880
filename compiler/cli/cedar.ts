// In: paths of Cedar policies, schemas, links, or a folder of them. Out: sources for the compiler; a folder's entities.
// A file's kind is its name's: `.cedar`, `.cedar.json`, `.cedarschema`, `.cedarschema.json`, `.cedarlinks.json`.

import { basename, dirname, join, relative } from 'node:path';
import { UsageError } from './failure.ts';
import { kindOf, listFolder, type PolicySources, readExactJson, readText } from './files.ts';
import { isPolicyFile } from './read.ts';

const POLICY = /\.cedar(\.json)?$/;
const PART = /\.cedar(\.json|schema|schema\.json|links\.json)?$/;

/** Whether these paths name Cedar policies; a folder does if it holds any and no policy of Lictor. */
export function namesCedar(paths: readonly string[]): boolean {
  return paths.some((path) => POLICY.test(path) || partsOfFolder(path).length > 0);
}

/** One set of policies. @throws UsageError for a file that is no part of one */
export function readCedar(paths: readonly string[]): PolicySources {
  const files = paths.flatMap((path) => (kindOf(path) === 'folder' ? partsOfFolder(path) : [path]));
  const stray = files.find((file) => !PART.test(file));
  if (stray !== undefined) {
    throw new UsageError(
      `${stray} is no part of a Cedar policy set`,
      'files end in `.cedar`, `.cedarschema`, `.cedarlinks.json`; entities are given to `eval` with `--entities`',
    );
  }
  // The policies first: the first of them gives the set its name.
  const ordered = [...files.filter((file) => POLICY.test(file)), ...files.filter((file) => !POLICY.test(file))];
  const [path = ''] = ordered;
  const folder = dirname(path);
  const sources = ordered.map((file) => ({
    path: file === path ? basename(file) : relative(folder, file).replaceAll('\\', '/'),
    text: readText(file),
  }));
  return { path, folder, sources };
}

/** What stands in a folder's `entities.json`, or undefined. */
export function entitiesBeside(path: string): unknown {
  if (kindOf(path) !== 'folder') return undefined;
  const file = join(path, 'entities.json');
  return kindOf(file) === 'file' ? readExactJson(file) : undefined;
}

/** For policies of another kind: an option that nothing would read is a mistake. @throws UsageError */
export function refuseSchema(path: string | undefined): void {
  if (path === undefined) return;
  throw new UsageError('`--schema` belongs to Cedar policies', 'leave it out, or name a `.cedar` file');
}

/** @throws UsageError */
export function refuseEntities(path: string | undefined): void {
  if (path === undefined) return;
  throw new UsageError('`--entities` belongs to Cedar policies', 'leave it out, or name a `.cedar` file');
}

function partsOfFolder(path: string): string[] {
  if (kindOf(path) !== 'folder') return [];
  const names = listFolder(path);
  if (names.some(isPolicyFile) || !names.some((name) => POLICY.test(name))) return [];
  return names.filter((name) => PART.test(name)).map((name) => join(path, name));
}
