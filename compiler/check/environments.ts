// In: a policy file and what it imports and extends. Out: what its rules can name and what they mean by it: lets, attributes, tools
// (LANGUAGE.md 12.1, 12.2). One per file, however often it is part of a set.

import type { LetAst, PolicyAst } from '../syntax/ast.ts';
import { BROKEN_CATALOGUE, type CatalogueReader } from './catalogue.ts';
import { checkDeclarations, type Declarations } from './declarations.ts';
import { checkLets, type Lets } from './names.ts';
import { parsePath } from './paths.ts';
import type { Report } from './report.ts';
import type { RuleContext } from './rules.ts';
import { type Audience, audienceOf } from './scopes.ts';
import type { Scope } from './tools.ts';
import { type Catalogue, type Environment, pathText } from './typed.ts';
import type { Unit } from './units.ts';
import { UNLISTED, wordOf } from './words.ts';

/** An environment with all that checking a rule in it takes. */
export interface Surroundings {
  readonly unit: Unit;
  readonly environment: Environment;
  readonly declarations: Declarations;
  readonly lets: Lets;
  readonly audience: Audience | null;
  readonly scopes: RuleContext['scopes'];
  readonly paths: Set<string>;
}

export class Environments {
  readonly #catalogues: CatalogueReader;
  readonly #report: Report;
  readonly #known = new Map<Unit, Surroundings>();

  constructor(catalogues: CatalogueReader, report: Report) {
    this.#catalogues = catalogues;
    this.#report = report;
  }

  get all(): readonly Surroundings[] {
    return [...this.#known.values()];
  }

  of(unit: Unit): Surroundings {
    const known = this.#known.get(unit);
    if (known !== undefined) return known;
    const { ast } = unit;
    const files = filesOf(unit);
    const catalogue = this.#catalogue(unit, files);
    const declarations = checkDeclarations(
      files.flatMap(({ attributes }) => attributes),
      ast.span.source,
      catalogue,
      this.#report,
    );
    const made: Surroundings = {
      unit,
      environment: { catalogue, absent: declarations.absent },
      declarations,
      lets: checkLets(
        files.flatMap(({ lets }) => lets),
        this.#report,
      ),
      audience: audienceOf(ast.scope, declarations, this.#report),
      scopes: new Map<string, Scope>(),
      paths: new Set(),
    };
    this.#known.set(unit, made);
    return made;
  }

  #catalogue(unit: Unit, files: readonly PolicyAst[]): Catalogue | null {
    const { unlisted } = topOf(unit).ast;
    const word = wordOf(unlisted, UNLISTED, 'deny', '`deny` or `evaluate`', this.#report);
    const names = files.flatMap(({ tools, span }) => (tools ?? []).map((path) => ({ path, from: span.source.path })));
    if (names.length === 0 && files.every(({ tools }) => tools === undefined)) {
      if (unlisted !== undefined) {
        this.#report.warning(
          'P0511',
          unlisted.span,
          '`unlisted` means nothing without `tools`',
          'name a catalogue under `tools`',
        );
      }
      return null;
    }
    const tools = this.#catalogues.tools(names);
    return tools === null ? BROKEN_CATALOGUE : { tools, closed: word === 'deny' };
  }

  /** Lets that nothing uses, and imports of which nothing is used, in policies that have rules of their own. */
  reportUnused(): void {
    const usedLets = new Set<LetAst>();
    const usedPaths = new Set<string>();
    for (const { lets, paths } of this.#known.values()) {
      for (const one of lets.list) if (lets.used.has(one.name.value)) usedLets.add(one);
      for (const path of paths) usedPaths.add(path);
    }
    for (const { unit } of this.#known.values()) {
      for (const one of unit.ast.lets) {
        if (usedLets.has(one)) continue;
        this.#report.warning('P0507', one.name.span, `the let \`${one.name.value}\` is not used`);
      }
      for (const { unit: imported, path } of unit.imports) {
        const isUsed = filesOf(imported).some(
          ({ lets, attributes, tools }) =>
            tools !== undefined ||
            lets.some((one) => usedLets.has(one)) ||
            attributes.some((attribute) => {
              const declared = parsePath(attribute.path.value);
              return declared !== null && usedPaths.has(pathText(declared));
            }),
        );
        if (isUsed) continue;
        this.#report.warning('P0909', path.span, `nothing of \`${path.value}\` is used`);
      }
    }
  }
}

/** The policy that says how the rules of a chain of `extends` combine. */
export function topOf(unit: Unit): Unit {
  return unit.base === null ? unit : topOf(unit.base);
}

/** The files whose lets, attributes and tools can be named in this one: each once, those named first. */
function filesOf(unit: Unit): readonly PolicyAst[] {
  const files = new Set<PolicyAst>();
  const add = ({ ast, imports, base }: Unit): void => {
    if (base !== null) add(base);
    for (const imported of imports) add(imported.unit);
    files.add(ast);
  };
  add(unit);
  return [...files];
}
