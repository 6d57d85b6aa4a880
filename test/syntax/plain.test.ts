// Our own reader of YAML and JSON against the library: on every document here the same tree with the same places, or no answer at all.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DiagnosticSink } from '../../compiler/diagnostic.ts';
import type { Span } from '../../compiler/source.ts';
import { readYaml, type YamlNode } from '../../compiler/syntax/yaml.ts';
import { LIBRARY_MOST, readByLibrary } from '../../compiler/syntax/yaml-library.ts';
import { readPlainYaml } from '../../compiler/syntax/yaml-plain.ts';
import { dataRoot } from '../data.ts';
import { Random } from '../differential/random.ts';
import { broken, KINDS } from '../malformed/texts.ts';
import { DOCUMENTS, document, jsonDocument, pieces } from './yaml-documents.ts';

interface Reading {
  readonly tree: unknown;
  readonly found: readonly string[];
}

/** Whether our reader reads it; what it says must be what the library says. */
function agrees(text: string): boolean {
  const source = { path: 'p', text };
  const sink = new DiagnosticSink();
  const read = readPlainYaml(source, sink);
  if ('unread' in read) {
    expect(sink.sorted()).toEqual([]);
    expect(read.unread.at, JSON.stringify(text)).toBeLessThanOrEqual(text.length);
    return false;
  }
  expect(reading(read, sink), JSON.stringify(text)).toEqual(byLibrary(text));
  return true;
}

function byLibrary(text: string): Reading {
  const sink = new DiagnosticSink();
  return reading(readByLibrary({ path: 'p', text }, sink), sink);
}

function reading(node: YamlNode | null, sink: DiagnosticSink): Reading {
  return { tree: node === null ? null : plain(node), found: sink.sorted().map((d) => JSON.stringify(d)) };
}

/** The tree as data, with the places of every node, every key, and every code unit of a text. */
function plain(node: YamlNode): unknown {
  const at = offsets(node.span);
  switch (node.kind) {
    case 'map':
      return { at, entries: node.entries.map(({ key, keySpan, value }) => [key, offsets(keySpan), plain(value)]) };
    case 'list':
      return { at, items: node.items.map(plain) };
    case 'text': {
      const { value, place } = node;
      const units = Array.from(value.slice(0, 400), (_, unit) => offsets(place(unit, unit + 1)));
      return { at, value, places: [offsets(place(0, value.length)), offsets(place(0, 0)), ...units] };
    }
    case 'int':
      return { at, int: `${node.value}` };
    case 'float':
      return { at, float: Object.is(node.value, -0) ? '-0' : `${node.value}` };
    case 'bool':
      return { at, value: node.value };
    default:
      return { at, kind: node.kind };
  }
}

function offsets({ start, end }: Span): string {
  return `${start}-${end}`;
}

function filesUnder(directory: string): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|json)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('our own reader of YAML and JSON gives what the library gives', () => {
  test.each(['policies', 'test'])('in every document of %s/', (directory) => {
    const files = filesUnder(new URL(`../../${directory}`, import.meta.url).pathname);
    const read = files.filter((file) => agrees(readFileSync(file, 'utf8')));
    expect(read.length).toBeGreaterThan(files.length * 0.9);
  });

  test.skipIf(dataRoot === null)('in the documents and catalogues of others', { timeout: 600_000 }, () => {
    const texts = filesUnder(dataRoot ?? '')
      .map((file) => readFileSync(file, 'utf8'))
      .filter((text) => text.length <= LIBRARY_MOST);
    const read = texts.filter(agrees);
    expect(read.length).toBeGreaterThan(texts.length / 2);
  });

  test.each(DOCUMENTS)('in %j', (text, isRead) => {
    expect(agrees(text)).toBe(isRead);
  });

  test('in documents at random, nearly all of which it reads', { timeout: 120_000 }, () => {
    const random = new Random(20_261_124);
    let read = 0;
    for (let run = 0; run < 1500; run += 1) if (agrees(document(random))) read += 1;
    expect(read).toBeGreaterThan(1350);
  });

  test('in JSON at random, all of which it reads', () => {
    const random = new Random(7);
    for (let run = 0; run < 500; run += 1) {
      const text = jsonDocument(random);
      expect(agrees(text), text).toBe(true);
    }
  });

  test('in short texts of what YAML is made of, where it reads any', { timeout: 120_000 }, () => {
    const random = new Random(11);
    let read = 0;
    for (let run = 0; run < 20_000; run += 1) if (agrees(pieces(random))) read += 1;
    expect(read).toBeGreaterThan(1500);
  });

  test('in broken documents, where it reads any', { timeout: 240_000 }, () => {
    const random = new Random(4);
    let read = 0;
    const good = KINDS.flatMap(({ sources }) => sources.map(({ text }) => text));
    for (let run = 0; run < 4000; run += 1) {
      const text = run % 4 === 0 ? (good[random.below(good.length)] ?? '') : document(random);
      if (agrees(broken(text, random))) read += 1;
    }
    expect(read).toBeGreaterThan(400);
  });
});

describe('a text that only the library could read', () => {
  const long = `# ${'x'.repeat(LIBRARY_MOST)}\n`;

  test('is refused where it is long, with the place and what stands there', () => {
    const sink = new DiagnosticSink();
    expect(readYaml({ path: 'p', text: `${long}a: 1\nb: [c: d]\n` }, sink)).toBeNull();
    expect(sink.sorted()).toMatchObject([{ code: 'P0014', line: 3, column: 6, severity: 'error' }]);
  });

  test('is refused as nested too deeply where it is', () => {
    const sink = new DiagnosticSink();
    expect(readYaml({ path: 'p', text: `${long}a: ${'['.repeat(200)}` }, sink)).toBeNull();
    expect(sink.sorted()).toMatchObject([{ code: 'P0009', line: 2 }]);
  });

  test('is not refused for its length alone', () => {
    const sink = new DiagnosticSink();
    expect(readYaml({ path: 'p', text: `${long}a: 1\n` }, sink)?.kind).toBe('map');
    expect(sink.sorted()).toEqual([]);
  });
});
