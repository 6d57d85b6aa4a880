// In: a policy as written, and the sources its catalogues are among. Out: the policy with every name resolved and every value
// typed, or null if anything in it is an error. Never stops at the first finding, never rewrites what a rule says.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Located, Source, Span } from '../source.ts';
import type { PolicyAst } from '../syntax/ast.ts';
import { BROKEN_CATALOGUE, readCatalogues } from './catalogue.ts';
import { checkDeclarations } from './declarations.ts';
import { checkLets } from './names.ts';
import { CheckReport, type Report } from './report.ts';
import { checkRule, type RuleContext } from './rules.ts';
import type { Catalogue, CheckedPolicy, CheckedRule } from './typed.ts';
import { ALGORITHMS, checkWord, EFFECTS, ON_UNKNOWN, UNLISTED, wordOf } from './words.ts';

const MAX_RULES = 100_000;
const MAX_PATHS = 4096;

/** Checks what LANGUAGE.md 2 to 7 demand. Findings go to `sink`, all of them; null if one was an error. */
export function check(ast: PolicyAst, sources: readonly Source[], sink: DiagnosticSink): CheckedPolicy | null {
  const report = new CheckReport(sink);
  const top: Span = { ...ast.span, end: ast.span.start };
  const name = checkWord(ast.name, 'the `name` of a policy', report);
  const algorithm = wordOf(ast.combine, ALGORITHMS, 'deny-overrides', 'a combining algorithm', report);
  const fallback = wordOf(ast.default, EFFECTS, 'deny', 'effect deny, escalate, warn or allow', report);
  const onUnknown = wordOf(ast.onUnknown, ON_UNKNOWN, null, '`skip` or `match`', report);
  const catalogue = checkCatalogue(ast, sources, sink, report);
  const declarations = checkDeclarations(ast.attributes, catalogue, report);
  const lets = checkLets(ast.lets, report);
  const environment = { catalogue, absent: declarations.absent };
  const rx: RuleContext = {
    algorithm,
    onUnknown,
    environment,
    catalogue,
    declarations,
    lets,
    report,
    scopes: new Map(),
    paths: new Set(),
  };
  checkRuleIds(ast, report);
  const rules: CheckedRule[] = [];
  ast.rules.slice(0, MAX_RULES).forEach((written, index) => {
    const rule = checkRule(written, index, rx);
    if (rule !== null) rules.push(rule);
  });
  if (ast.rules.length > MAX_RULES) {
    report.error(
      'P0701',
      ast.rules[MAX_RULES]?.id?.span ?? top,
      `a policy has at most ${MAX_RULES} rules, this one has ${ast.rules.length}`,
    );
  }
  if (rx.paths.size > MAX_PATHS) {
    report.error(
      'P0704',
      ast.name?.span ?? top,
      `a policy reads at most ${MAX_PATHS} attribute paths, this one reads ${rx.paths.size}`,
    );
  }
  // An error may hide the place that uses a let.
  if (!sink.hasErrors) reportUnusedLets(ast, lets.used, report);
  // INVARIANT: no typed policy comes of a text with any error, the parser's and the catalogue reader's included; where they
  // left `error` nodes, `false` stands in the conditions here, which as an allow or under a `!` could permit.
  if (name === null || sink.hasErrors || catalogue === BROKEN_CATALOGUE) return null;
  return {
    name,
    version: ast.version?.value ?? '0.0.0',
    default: fallback,
    environment,
    tree: [{ parent: -1, algorithm, priority: 0, scope: 'global', position: 0 }],
    rules,
    source: ast.span,
  };
}

function checkCatalogue(
  ast: PolicyAst,
  sources: readonly Source[],
  sink: DiagnosticSink,
  report: Report,
): Catalogue | null {
  const unlisted = wordOf(ast.unlisted, UNLISTED, 'deny', '`deny` or `evaluate`', report);
  if (ast.tools === undefined) {
    if (ast.unlisted !== undefined) {
      report.warning(
        'P0511',
        ast.unlisted.span,
        '`unlisted` means nothing without `tools`',
        'name a catalogue under `tools`',
      );
    }
    return null;
  }
  const tools = readCatalogues(ast.tools, ast.span.source.path, sources, sink, report);
  return tools === null ? BROKEN_CATALOGUE : { tools, closed: unlisted === 'deny' };
}

/** 2.6. */
function checkRuleIds(ast: PolicyAst, report: Report): void {
  const first = new Map<string, Located<string>>();
  for (const { id } of ast.rules) {
    if (id === undefined) continue;
    if (first.has(id.value))
      report.error('P0501', id.span, `two rules have the id \`${id.value}\``, 'an id names one rule of the policy');
    else first.set(id.value, id);
  }
}

function reportUnusedLets(ast: PolicyAst, used: ReadonlySet<string>, report: Report): void {
  for (const { name } of ast.lets) {
    if (!used.has(name.value)) report.warning('P0507', name.span, `the let \`${name.value}\` is not used`);
  }
}
