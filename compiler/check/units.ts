// In: a policy as parsed, and the sources the files it names are among. Out: all of them as one graph (LANGUAGE.md 12.1).
// Never goes round in a circle: a file that leads back to itself is an error, and is left out.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Located, Source } from '../source.ts';
import type { MemberAst, PolicyAst } from '../syntax/ast.ts';
import { parsePolicy } from '../syntax/policy.ts';
import type { SourceFiles } from './files.ts';
import type { Report } from './report.ts';

/** A policy file and what it names. */
export interface Unit {
  readonly ast: PolicyAst;
  readonly imports: readonly Named[];
  /** What it extends. */
  readonly base: Unit | null;
  readonly members: readonly (Named & { readonly written: MemberAst })[];
}

export interface Named {
  readonly unit: Unit;
  readonly path: Located<string>;
}

/** How many files may lead from one to the next, the compiled one among them. */
const MAX_DEPTH = 16;

export class UnitLoader {
  readonly #files: SourceFiles;
  readonly #sink: DiagnosticSink;
  readonly #report: Report;
  readonly #units = new Map<Source, Unit | null>();
  readonly #open: Source[] = [];
  #isCut = false;

  constructor(files: SourceFiles, sink: DiagnosticSink, report: Report) {
    this.#files = files;
    this.#sink = sink;
    this.#report = report;
  }

  /** The compiled policy, and through it all others. */
  root(ast: PolicyAst): Unit {
    const unit = this.#unitOf(ast);
    this.#units.set(ast.span.source, unit);
    return unit;
  }

  /** Sources that no policy leads to; none are known where the way was cut short. */
  strangers(sources: readonly Source[]): readonly Source[] {
    return this.#isCut ? [] : sources.filter((source) => !this.#units.has(source));
  }

  #unitOf(ast: PolicyAst): Unit {
    this.#open.push(ast.span.source);
    const imports = this.#several(ast.imports, ast, 'import').map(({ unit, path }) => ({ unit, path }));
    for (const { unit, path } of imports) this.#checkImported(unit, path);
    const base = ast.extends === undefined ? null : this.#load(ast.extends, ast);
    if (base !== null) this.#checkExtending(ast, base);
    const paths = ast.policies.map(({ path }) => path);
    const members = this.#several(paths, ast, 'policies').flatMap(({ unit, path }) => {
      const written = ast.policies.find((entry) => entry.path === path);
      return written === undefined ? [] : [{ unit, path, written }];
    });
    this.#checkNames(ast, base, members);
    this.#open.pop();
    return { ast, imports, base, members };
  }

  #several(paths: readonly Located<string>[], ast: PolicyAst, key: string): Named[] {
    const seen = new Set<Source>();
    return paths.flatMap((path) => {
      const unit = this.#load(path, ast);
      if (unit === null) return [];
      const { source } = unit.ast.span;
      if (seen.has(source)) {
        this.#report.error('P0902', path.span, `\`${path.value}\` is named twice under \`${key}\``);
        return [];
      }
      seen.add(source);
      return [{ unit, path }];
    });
  }

  #load(path: Located<string>, from: PolicyAst): Unit | null {
    const source = this.#files.find(path, from.span.source.path, 'policy', 'P0901', this.#report);
    if (source === undefined) return null;
    const at = this.#open.indexOf(source);
    if (at >= 0) {
      const circle = [...this.#open.slice(at), source].map((one) => `\`${one.path}\``).join(' → ');
      this.#report.error('P0903', path.span, `a policy cannot lead back to itself: ${circle}`);
      return null;
    }
    if (this.#open.length >= MAX_DEPTH) {
      this.#isCut = true;
      this.#report.error(
        'P0906',
        path.span,
        `files lead over ${MAX_DEPTH} others to this one, and at most ${MAX_DEPTH} may stand in a row`,
      );
      return null;
    }
    const known = this.#units.get(source);
    if (known !== undefined) return known;
    const ast = parsePolicy(source, this.#sink);
    const unit = ast === null ? null : this.#unitOf(ast);
    this.#units.set(source, unit);
    return unit;
  }

  /** An import brings lets, attributes and tools; what else a file says would be passed over in silence. */
  #checkImported({ ast, base }: Unit, path: Located<string>): void {
    const other = [
      [ast.rules.length > 0, '`rules`'],
      [ast.policies.length > 0, '`policies`'],
      [base !== null, '`extends`'],
      ...(['combine', 'default', 'onUnknown', 'unlisted', 'scope'] as const).map((key) => [
        ast[key] !== undefined,
        `\`${key}\``,
      ]),
    ].flatMap(([says, key]) => (says === true ? [key] : []));
    if (other.length === 0) return;
    this.#report.error(
      'P0904',
      path.span,
      `\`${path.value}\` has ${other.join(', ')}, which an import does not bring`,
      'put what is shared into a file of its own; or name the policy under `extends` or `policies`',
    );
  }

  /** How rules combine is said once, by the policy that no other policy of the chain extends. */
  #checkExtending(ast: PolicyAst, base: Unit): void {
    for (const key of ['combine', 'default', 'unlisted'] as const) {
      const written = ast[key];
      if (written === undefined) continue;
      this.#report.error(
        'P0905',
        written.span,
        `\`${key}\` is said by \`${base.ast.span.source.path}\`, which this policy extends`,
        `leave it out; or nest this policy under another with \`policies\``,
      );
    }
  }

  /** 12.3: rules are told apart by the names of their policies. */
  #checkNames(ast: PolicyAst, base: Unit | null, members: readonly Named[]): void {
    const first = new Map<string, string>();
    const others = [
      ...(base === null || ast.extends === undefined ? [] : [{ unit: base, path: ast.extends }]),
      ...members,
    ];
    for (const { unit, path } of others) {
      const name = unit.ast.name?.value;
      if (name === undefined) continue;
      const before = first.get(name);
      if (before === undefined) first.set(name, path.value);
      else {
        this.#report.error(
          'P0907',
          path.span,
          `\`${path.value}\` and \`${before}\` are both named \`${name}\``,
          'give one of them another `name`: verdicts name rules by it',
        );
      }
    }
  }
}
