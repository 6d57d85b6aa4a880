// In: the text of a YAML 1.2 document. Out: a plain tree in which every node has its place, and text knows the place of
// each of its characters. Our own reader reads it if it can, the library if it cannot. Never throws.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Source } from '../source.ts';
import { LIBRARY_MOST, readByLibrary } from './yaml-library.ts';
import { readPlainYaml } from './yaml-plain.ts';
import type { YamlNode } from './yaml-tree.ts';

export { kindName, type Place, type YamlEntry, type YamlNode, type YamlText } from './yaml-tree.ts';

/** Reads the one document of `source`; null where it is not YAML at all (reported). An empty document is a `null` node. */
export function readYaml(source: Source, sink: DiagnosticSink): YamlNode | null {
  const read = readPlainYaml(source, sink);
  if (!('unread' in read)) return read;
  const { text } = source;
  if (text.length <= LIBRARY_MOST) return readByLibrary(source, sink);
  const { code, at, found } = read.unread;
  const span = { source, start: Math.min(at, text.length - 1), end: Math.min(at + 1, text.length) };
  sink.error(code, span, code === 'P0014' ? `${found}, in a text of more than ${LIBRARY_MOST >> 10} KiB` : found);
  return null;
}
