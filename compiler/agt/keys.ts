// In: a mapping of a document and the keys it may have. Out: its entries by key; what is not read is reported: a key that is
// nearly a known one is an error, any other has no effect there either and gets a warning that says so.

import { type DiagnosticSink, didYouMean } from '../diagnostic.ts';
import { clip } from '../syntax/clip.ts';
import { wrongKind } from '../syntax/reading.ts';
import type { YamlEntry, YamlNode } from '../syntax/yaml.ts';
import type { Keys } from './words.ts';

export type Entries = ReadonlyMap<string, YamlEntry>;

export function readKeys(node: YamlNode, keys: Keys, sink: DiagnosticSink): Entries | undefined {
  if (node.kind !== 'map') return wrongKind(node, `${keys.what} as a mapping`, sink);
  const found = new Map<string, YamlEntry>();
  for (const entry of node.entries) {
    if (keys.read.includes(entry.key)) found.set(entry.key, entry);
    else if (!keys.notes.includes(entry.key)) reportUnread(entry, keys, node, sink);
  }
  return found;
}

function reportUnread(entry: YamlEntry, keys: Keys, node: YamlNode, sink: DiagnosticSink): void {
  if (sink.isFull) return;
  const purpose = keys.unenforced.get(entry.key);
  if (purpose !== undefined) {
    sink.warning('P1210', entry.keySpan, `\`${entry.key}\` is not enforced: ${purpose}`);
    return;
  }
  const known = [...keys.read, ...keys.notes, ...keys.unenforced.keys()];
  const near = didYouMean(entry.key, known);
  const isFree = near !== undefined && node.kind === 'map' && !node.entries.some(({ key }) => key === near);
  if (near !== undefined && isFree && isNear(entry.key, near)) {
    const help = `did you mean \`${near}\`? Their engines pass over a key they do not know, without a word`;
    sink.error('P1202', entry.keySpan, `${keys.what} has no key \`${clip(entry.key)}\``, help);
  } else sink.warning('P1203', entry.keySpan, `\`${clip(entry.key)}\` has no effect: ${keys.what} has no such key`);
}

/** Within a slip of the pen: another case, other separators, or one or two letters of a longer word. */
function isNear(key: string, known: string): boolean {
  if (plain(key) === plain(known)) return true;
  const most = known.length >= 8 ? 2 : 1;
  return known.length >= 4 && slips(plain(key), plain(known)) <= most;
}

export function plain(word: string): string {
  return word.toLowerCase().replace(/[^a-z0-9]/g, '');
}

/** Letters to insert, drop, change or swap. */
export function slips(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const changed = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let least = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, changed);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(least);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
