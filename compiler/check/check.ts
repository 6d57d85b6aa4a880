// In: a policy as written, and the sources the policies and catalogues it names are among. Out: the policy set with every name
// resolved and every value typed, or null if anything in it is an error. Never stops at the first finding, never rewrites what a
// rule says.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Located, Source, Span } from '../source.ts';
import type { PolicyAst } from '../syntax/ast.ts';
import { BROKEN_CATALOGUE, CatalogueReader } from './catalogue.ts';
import { Environments, topOf } from './environments.ts';
import { SourceFiles } from './files.ts';
import { CheckReport, type Report } from './report.ts';
import { checkRule } from './rules.ts';
import { type Audience, levelOf } from './scopes.ts';
import { type CheckedPolicy, type CheckedRule, type PolicyNode, pathText, type ScopeLevel } from './typed.ts';
import { type Unit, UnitLoader } from './units.ts';
import { ALGORITHMS, checkWord, DEFAULTS, ON_UNKNOWN, wordOf } from './words.ts';
import { checkWorlds } from './worlds.ts';

const MAX_RULES = 100_000;
const MAX_PATHS = 4096;
const MAX_POLICIES = 1024;

/** Checks what LANGUAGE.md 2 to 7 and 12 demand. Findings go to `sink`, all of them; null if one was an error. */
export function check(ast: PolicyAst, sources: readonly Source[], sink: DiagnosticSink): CheckedPolicy | null {
  const report = new CheckReport(sink);
  const files = new SourceFiles(sources);
  const loader = new UnitLoader(files, sink, report);
  const unit = loader.root(ast);
  const environments = new Environments(new CatalogueReader(files, sink, report), report);
  const building = new SetBuilder(environments, report);
  building.add(unit, { parent: -1, prefix: '', audiences: [], priority: 0 });
  checkSize(building, environments, ast, report);
  for (const source of loader.strangers(sources.filter(({ path }) => /\.policy\.ya?ml$/.test(path)))) {
    const start = { source, start: 0, end: 0 };
    report.error('P0011', start, `no policy leads from \`${ast.span.source.path}\` to this one`);
  }
  // An error may hide the place that uses a let.
  if (!sink.hasErrors) environments.reportUnused();
  const [root, ...nested] = building.tree;
  const top = topOf(unit);
  const { environment } = environments.of(top);
  checkWorlds(environment.catalogue, environments, report);
  const fallback = wordOf(top.ast.default, DEFAULTS, 'deny', 'effect deny, escalate, warn or allow', report);
  // INVARIANT: no typed policy comes of a text with any error, the parser's and the catalogue reader's included; where they
  // left `error` nodes, `false` stands in the conditions here, which as an allow or under a `!` could permit.
  const isBroken = environments.all.some((one) => one.environment.catalogue === BROKEN_CATALOGUE);
  if (ast.name === undefined || root === undefined || sink.hasErrors || isBroken) return null;
  return {
    name: ast.name.value,
    version: ast.version?.value ?? '0.0.0',
    default: fallback,
    environment,
    tree: [root, ...nested],
    rules: building.rules,
    source: ast.span,
  };
}

/** Where a policy stands in the set. */
interface Place {
  readonly parent: number;
  /** What the ids of its rules begin with: the names of the policies that lead to it (12.3). */
  readonly prefix: string;
  /** Of all policies around it, and of those it extends. */
  readonly audiences: readonly Audience[];
  readonly priority: number;
}

/** Puts policies into one set, in source order: what is extended, then rules, then nested policies. */
class SetBuilder {
  readonly tree: PolicyNode[] = [];
  readonly rules: CheckedRule[] = [];
  /** Rules as written; those that are wrong are not among `rules`. */
  ruleCount = 0;
  readonly #environments: Environments;
  readonly #report: CheckReport;
  readonly #withNames = new Set<Unit>();

  constructor(environments: Environments, report: CheckReport) {
    this.#environments = environments;
    this.#report = report;
  }

  add(unit: Unit, { parent, prefix, audiences, priority }: Place): void {
    const number = this.tree.length;
    const { combine } = topOf(unit).ast;
    const algorithm = wordOf(combine, ALGORITHMS, 'deny-overrides', 'a combining algorithm', this.#report);
    const scope = this.#scopeOf(unit);
    this.tree.push({ parent, algorithm, priority, scope, position: this.ruleCount });
    this.#addMembers(unit, number, prefix, audiences);
  }

  #addMembers(unit: Unit, policy: number, prefix: string, around: readonly Audience[]): Audience[] {
    const { ast, base, members } = unit;
    const audiences = [...around];
    if (base !== null) {
      const name = checkWord(base.ast.name, 'the `name` of a policy', this.#report) ?? '';
      audiences.push(...this.#addMembers(base, policy, `${prefix}${name}/`, around).slice(around.length));
    }
    checkWord(ast.name, 'the `name` of a policy', this.#report);
    this.#checkIds(unit);
    const surroundings = this.#environments.of(unit);
    if (surroundings.audience !== null) audiences.push(surroundings.audience);
    const algorithm = this.tree[policy]?.algorithm ?? 'deny-overrides';
    const rx = {
      ...surroundings,
      algorithm,
      onUnknown: wordOf(ast.onUnknown, ON_UNKNOWN, null, '`skip` or `match`', this.#report),
      catalogue: surroundings.environment.catalogue,
      audiences,
      place: { policy, prefix, scope: this.#scopeOf(unit) },
      report: this.#report,
    };
    for (const { path } of audiences) {
      const text = pathText(path);
      rx.paths.add(text);
      // INVARIANT: so a scope means the same in every environment.
      if (!rx.environment.absent.some((declared) => pathText(declared.path) === text)) continue;
      this.#report.error(
        'P0912',
        rx.declarations.byText.get(text)?.span ?? ast.span,
        `\`${text}\` decides whom a scope is about, so it cannot have \`absent\``,
        'leave `absent` out: of a call that does not say whom it is for, that stays unknown',
      );
    }
    for (const written of ast.rules) {
      const index = this.ruleCount;
      this.ruleCount += 1;
      if (index >= MAX_RULES || this.#report.isFull) continue;
      const rule = checkRule(written, index, rx);
      if (rule !== null) this.rules.push(rule);
    }
    for (const { unit: member, path, written } of members) {
      if (this.tree.length >= MAX_POLICIES) {
        this.#report.error('P0906', path.span, `a set has at most ${MAX_POLICIES} policies`);
        break;
      }
      if (written.priority !== undefined && algorithm !== 'priority') {
        this.#report.warning(
          'P0506',
          written.priority.span,
          `\`priority\` means nothing under \`combine: ${algorithm}\``,
          'say `combine: priority`, or leave it out',
        );
      }
      this.#checkNested(member, path);
      const priority = written.priority?.value ?? 0;
      this.add(member, { parent: policy, prefix: `${prefix}${member.ast.name?.value ?? ''}/`, audiences, priority });
    }
    return audiences;
  }

  /** Its own, else that of what it extends. */
  #scopeOf(unit: Unit): ScopeLevel {
    const own = levelOf(unit.ast.scope, this.#report);
    return own ?? (unit.base === null ? 'global' : this.#scopeOf(unit.base));
  }

  /** 12.5. */
  #checkNested(unit: Unit, path: Located<string>): void {
    const { ast } = topOf(unit);
    if (ast.default === undefined) return;
    wordOf(ast.default, DEFAULTS, 'deny', 'effect deny, escalate, warn or allow', this.#report);
    this.#report.warning(
      'P0910',
      path.span,
      `\`default: ${ast.default.value}\` of \`${path.value}\` does not speak here: where nothing in it matches, it is not applicable`,
      'only the `default` of the compiled policy counts; write a rule without `when` to the same effect, if it is meant',
    );
  }

  /** 2.6. */
  #checkIds(unit: Unit): void {
    if (this.#withNames.has(unit)) return;
    this.#withNames.add(unit);
    const first = new Set<string>();
    for (const { id } of unit.ast.rules) {
      if (id === undefined) continue;
      if (first.has(id.value)) {
        this.#report.error(
          'P0501',
          id.span,
          `two rules have the id \`${id.value}\``,
          'an id names one rule of the policy',
        );
      } else first.add(id.value);
    }
  }
}

function checkSize(building: SetBuilder, environments: Environments, ast: PolicyAst, report: Report): void {
  const top: Span = { ...ast.span, end: ast.span.start };
  if (building.ruleCount > MAX_RULES) {
    const place = ast.rules[MAX_RULES]?.id?.span ?? ast.name?.span ?? top;
    report.error('P0701', place, `a policy has at most ${MAX_RULES} rules, this one has ${building.ruleCount}`);
  }
  const paths = new Set(environments.all.flatMap((one) => [...one.paths]));
  if (paths.size > MAX_PATHS) {
    const place = ast.name?.span ?? top;
    report.error('P0704', place, `a policy reads at most ${MAX_PATHS} attribute paths, this one reads ${paths.size}`);
  }
}
