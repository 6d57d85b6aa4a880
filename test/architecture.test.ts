// The module table of ARCHITECTURE.md as data, held against every import of every source file.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Rule {
  /** Folder or file this rule speaks of; the longest match wins. */
  readonly of: string;
  /** What it may import besides itself: folders, files, npm packages, `node:` for Node's own. */
  readonly may: readonly string[];
}

const rules: readonly Rule[] = [
  { of: 'wasm-core/contract', may: [] },
  { of: 'wasm-core/assembly', may: ['wasm-core/contract'] },
  { of: 'compiler/source.ts', may: [] },
  { of: 'compiler/findings.ts', may: [] },
  { of: 'compiler/finding-examples.ts', may: ['compiler/source.ts'] },
  { of: 'compiler/diagnostic.ts', may: ['compiler/source.ts', 'compiler/findings.ts'] },
  { of: 'compiler/regex', may: [] },
  { of: 'compiler/packs', may: ['compiler/regex', 'compiler/syntax'] },
  {
    of: 'compiler/regex/program.ts',
    may: [
      'compiler/regex',
      'compiler/diagnostic.ts',
      'wasm-core/contract/limits.ts',
      'wasm-core/contract/redaction.ts',
    ],
  },
  {
    of: 'compiler/syntax',
    may: ['compiler/source.ts', 'compiler/diagnostic.ts', 'wasm-core/contract/limits.ts', 'yaml'],
  },
  {
    of: 'compiler/check',
    may: [
      'compiler/source.ts',
      'compiler/diagnostic.ts',
      'compiler/syntax',
      'compiler/regex',
      'wasm-core/contract/limits.ts',
      'yaml',
      '@cfworker/json-schema',
    ],
  },
  {
    of: 'compiler/analysis',
    may: ['compiler/diagnostic.ts', 'compiler/check/typed.ts', 'compiler/reference'],
  },
  {
    of: 'compiler/reference',
    may: [
      'compiler/source.ts',
      'compiler/diagnostic.ts',
      'compiler/syntax/ast.ts',
      'compiler/check/typed.ts',
      'compiler/check/terms.ts',
      'compiler/check/term-reads.ts',
      // The parser of patterns and what it makes, not what searches: its risk is met by other engines as oracles.
      'compiler/regex/parse.ts',
      'compiler/regex/tree.ts',
      'compiler/regex/sets.ts',
      'compiler/syntax/cedar',
      'wasm-core/contract/limits.ts',
    ],
  },
  {
    of: 'compiler/ir',
    may: [
      'compiler/regex',
      'compiler/source.ts',
      'compiler/diagnostic.ts',
      'compiler/syntax/ast.ts',
      'compiler/check/typed.ts',
      'compiler/check/terms.ts',
      'compiler/check/term-reads.ts',
      'wasm-core/contract/limits.ts',
    ],
  },
  {
    of: 'compiler/plan',
    may: [
      'compiler/source.ts',
      'compiler/diagnostic.ts',
      'compiler/check/typed.ts',
      'compiler/check/terms.ts',
      'compiler/check/term-reads.ts',
      'compiler/ir',
      'compiler/regex',
      'wasm-core/contract/limits.ts',
      'wasm-core/contract/codes.ts',
      'wasm-core/contract/opcodes.ts',
      'wasm-core/contract/terms.ts',
      'wasm-core/contract/layout.ts',
    ],
  },
  { of: 'compiler/plan/tables.ts', may: ['compiler/check/typed.ts'] },
  {
    of: 'compiler/artifact',
    may: [
      'compiler/plan/tables.ts',
      'compiler/check/typed.ts',
      'compiler/diagnostic.ts',
      'wasm-core/contract',
      'flatbuffers',
      '@noble/hashes',
    ],
  },
  {
    of: 'compiler/agt',
    may: [
      'compiler/source.ts',
      'compiler/diagnostic.ts',
      'compiler/syntax/hidden.ts',
      'compiler/syntax/yaml.ts',
      'compiler/syntax/reading.ts',
      'compiler/syntax/clip.ts',
      'compiler/syntax/ast.ts',
      'compiler/check/typed.ts',
      'compiler/regex/parse.ts',
      'compiler/regex/pieces.ts',
      'compiler/regex/print.ts',
      'compiler/regex/sets.ts',
      'compiler/regex/tree.ts',
    ],
  },
  {
    of: 'compiler/index.ts',
    may: [
      'compiler/agt',
      'compiler/source.ts',
      'compiler/diagnostic.ts',
      'compiler/syntax',
      'compiler/analysis',
      'compiler/check',
      'compiler/ir',
      'compiler/plan',
      'compiler/artifact',
      'compiler/reference',
    ],
  },
  { of: 'compiler/cedar', may: ['compiler', 'host-js/full.ts'] },
  {
    of: 'compiler/cli',
    may: [
      'compiler',
      'host-js/index.ts',
      'host-js/full.ts',
      'commander',
      'picocolors',
      'cli-table3',
      'cli-progress',
      'node:',
    ],
  },
  // Messages in, messages out: no files, no processes.
  {
    of: 'compiler/cli/mcp',
    may: ['host-js/index.ts', 'compiler/check/json.ts', 'compiler/diagnostic.ts', '@noble/hashes'],
  },
  { of: 'host-js', may: ['wasm-core/contract', 'build', 'flatbuffers', '@assemblyscript/loader'] },
  { of: 'host-js/runtimes', may: ['host-js/core.ts', 'build'] },
];

describe('directions between modules (ARCHITECTURE.md)', () => {
  const files = ['compiler', 'host-js', 'wasm-core/contract', 'wasm-core/assembly'].flatMap(sourceFiles);

  it('finds the sources', () => {
    expect(files.length).toBeGreaterThan(30);
  });

  for (const file of files) {
    const rule = ruleFor(file);
    if (rule === undefined) {
      it(`${file} has a rule`, () => expect.fail('no row of the table covers this file'));
      continue;
    }
    it(`${file} imports only what ${rule.of} may`, () => {
      const forbidden = importsOf(file).filter((target) => !allowed(rule, target));
      expect(forbidden).toEqual([]);
    });
  }

  it('contract files hold nothing but constants that are legal in both languages', () => {
    for (const file of sourceFiles('wasm-core/contract')) {
      const code = readFileSync(join(root, file), 'utf8')
        .replace(/\/\*[\s\S]*?\*\//g, '')
        .replace(/\/\/.*$/gm, '');
      const other = code
        .split('\n')
        .filter(
          (line) => line.trim() !== '' && !/^export const [A-Z][A-Z0-9_]* = (-?\d+|0x[0-9a-f]+);$/.test(line.trim()),
        );
      expect(other, file).toEqual([]);
    }
  });

  it('the core imports nothing that it does not use: no linter reads AssemblyScript', () => {
    for (const file of sourceFiles('wasm-core/assembly')) {
      const code = readFileSync(join(root, file), 'utf8');
      const imports = [...code.matchAll(/^import \{([^}]*)\} from [^;]*;/gm)];
      const rest = imports.reduce((text, [whole]) => text.replace(whole, ''), code);
      const names = imports.flatMap(([, list = '']) =>
        list.split(',').map((name) => name.trim().split(' as ').at(-1) ?? ''),
      );
      const unused = names.filter((name) => name !== '' && !new RegExp(`\\b${name}\\b`).test(rest));
      expect(unused, file).toEqual([]);
    }
  });

  it('the meaning stays short enough to read in one sitting: at most 620 lines, and 250 to read a request', () => {
    const linesOf = (file: string): number =>
      readFileSync(join(root, 'compiler/reference', file), 'utf8')
        .trimEnd()
        .split('\n').length;
    expect(linesOf('evaluate.ts') + linesOf('conditions.ts') + linesOf('combining.ts')).toBeLessThanOrEqual(620);
    expect(linesOf('values.ts')).toBeLessThanOrEqual(250);
  });
});

function sourceFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.d.ts'))
    .map((name) => join(folder, name))
    .sort();
}

function ruleFor(file: string): Rule | undefined {
  return rules.filter((rule) => covers(rule.of, file)).sort((a, b) => b.of.length - a.of.length)[0];
}

function covers(place: string, target: string): boolean {
  return target === place || target.startsWith(place.endsWith(':') ? place : `${place}/`);
}

function allowed(rule: Rule, target: string): boolean {
  return covers(rule.of, target) || rule.may.some((place) => covers(place, target));
}

function importsOf(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [
    ...text.matchAll(/^\s*(?:import|export)\b[^;]*?\bfrom\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm),
  ].map((found) => {
    const specifier = found[1] ?? found[2] ?? '';
    return specifier.startsWith('.') ? normalize(join(dirname(file), specifier)) : specifier;
  });
}
