// In: paths. Out: documents of the Agent Governance Toolkit with all that belongs to them: the parents that one extends, and of a
// `governance.yaml` those of the folders below it. Knows them by their content; reads nothing else.

import { readdirSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { readDocument } from '../agt/document.ts';
import { pathFrom } from '../agt/parents.ts';
import { recognise } from '../agt/recognise.ts';
import { DiagnosticSink } from '../diagnostic.ts';
import type { Source } from '../index.ts';
import { kindOf, listFolder, type PolicySources, readText } from './files.ts';

const DOCUMENT = /\.(?:ya?ml|json)$/i;
const FOLDER_DOCUMENT = /^governance\.ya?ml$/;
/** Folders that hold no documents of their own. */
const PASSED_OVER: ReadonlySet<string> = new Set(['.git', 'node_modules']);
const MOST_DOCUMENTS = 1000;

export function isAgtFile(path: string): boolean {
  return DOCUMENT.test(path) && kindOf(path) === 'file' && recognise({ path, text: readText(path) }) !== undefined;
}

/** The documents that stand directly in a folder: a `governance.yaml` alone if there is one. */
export function agtFilesOf(folder: string): readonly string[] {
  const names = listFolder(folder).filter((name) => DOCUMENT.test(name));
  const own = names.filter((name) => FOLDER_DOCUMENT.test(name)).map((name) => join(folder, name));
  const found = own.filter(isAgtFile);
  return found.length > 0 ? found : names.map((name) => join(folder, name)).filter(isAgtFile);
}

/** Documents that are compiled together, by paths relative to the first one's folder. */
export function readAgt(paths: readonly string[]): PolicySources {
  const first = paths[0] ?? '';
  const folder = dirname(first);
  const sources = new Map<string, Source>();
  const pending = paths.map((path) => relative(folder, path).replaceAll('\\', '/'));
  if (paths.length === 1 && FOLDER_DOCUMENT.test(basename(first))) pending.push(...documentsBelow(folder));
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    if (sources.has(path)) continue;
    const file = join(folder, path);
    // One that is not there is left to the compiler, which shows the line that names it.
    if (kindOf(file) !== 'file') continue;
    const source = { path, text: readText(file) };
    sources.set(path, source);
    const document = recognise(source);
    const parents = document === undefined ? [] : (readDocument(document, new DiagnosticSink())?.extends ?? []);
    for (const parent of parents) {
      const below = pathFrom(path, parent.value);
      if (below !== null) pending.push(below);
    }
  }
  return { path: first, folder, sources: [...sources.values()] };
}

function documentsBelow(root: string): string[] {
  const found: string[] = [];
  const pending = [''];
  for (let folder = pending.shift(); folder !== undefined; folder = pending.shift()) {
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() && !PASSED_OVER.has(entry.name)) pending.push(path);
      if (entry.isFile() && FOLDER_DOCUMENT.test(entry.name) && found.length < MOST_DOCUMENTS) found.push(path);
    }
  }
  return found.sort();
}
