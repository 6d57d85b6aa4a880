// In: what a rule says of tools, and the catalogue. Out: its target, and the types that args have under it (LANGUAGE.md 7).
// Never looks at conditions.

import { didYouMean } from '../diagnostic.ts';
import type { Located, Span } from '../source.ts';
import { BROKEN_CATALOGUE } from './catalogue.ts';
import type { Declarations } from './declarations.ts';
import { declaredPaths, declaredType, nearestPath } from './paths.ts';
import type { Report } from './report.ts';
import type { AttributePath, Catalogue, CatalogueTool, ToolTarget } from './typed.ts';
import { pathText } from './typed.ts';
import { ANY, type AttributeType, hasLoneSurrogate, isList, joinTypes, sameType, typeText } from './types.ts';

/** White space at an end, control and invisible characters, and marks of other pattern languages. */
const ODD_TOOL = /^\s|\s$|[\p{Cc}\p{Cf}?!,^$[\]{}|()\\]/u;
/** Of a tool name or glob in a rule, in UTF-16 units (LANGUAGE.md 11.1). */
const MAX_TOOL_LENGTH = 1024;

export type Resolved = AttributeType | { readonly kind: 'error' };

/** The listed tools that a rule covers, and the types their arguments have together (7.3). One per distinct target. */
export class Scope {
  readonly #catalogue: Catalogue | null;
  readonly #declarations: Declarations;
  readonly #tools: readonly CatalogueTool[];
  readonly #everyToolListed: boolean;
  readonly #known = new Map<string, AttributeType>();

  constructor(catalogue: Catalogue | null, declarations: Declarations, target: ToolTarget) {
    this.#catalogue = catalogue;
    this.#declarations = declarations;
    this.#tools = catalogue === null ? [] : coveredTools(catalogue, target);
    this.#everyToolListed =
      target.kind === 'every' || target.names.every((name) => catalogue?.tools.has(name) === true);
  }

  /** The listed tools that are covered. */
  get tools(): readonly CatalogueTool[] {
    return this.#tools;
  }

  /** The type of `args.p` in a rule with this target; an error is reported at `span`. */
  typeOf(path: AttributePath, span: Span, report: Report): Resolved {
    const text = pathText(path);
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const type = this.#resolve(path, text, span, report);
    // What failed is resolved again at its next use, which has a place of its own to report.
    if (type.kind !== 'error') this.#known.set(text, type);
    return type;
  }

  #resolve(path: AttributePath, text: string, span: Span, report: Report): Resolved {
    const declaration = this.#declarations.byText.get(text);
    if (declaration?.type === 'broken') return { kind: 'error' };
    const declared = declaration?.type ?? null;
    if (this.#catalogue === null) return declared ?? ANY;
    if (this.#catalogue === BROKEN_CATALOGUE) return declared ?? { kind: 'error' };
    const joined = this.#join(path, text, span, report);
    if (joined === 'error') return { kind: 'error' };
    if (joined === null) {
      // In an open world a tool that no catalogue lists may have the argument (7.5).
      if (!this.#catalogue.closed && (declared !== null || !this.#everyToolListed)) return declared ?? ANY;
      this.#reportUndeclared(path, text, span, report);
      return { kind: 'error' };
    }
    if (declared === null || declared.kind === 'any') return joined;
    if (sameType(joined, declared) || fillsIn(joined, declared)) return declared;
    report.error(
      'P0408',
      declaration?.span ?? span,
      `\`${text}\` is declared here as ${typeText(declared)}, but the catalogue says ${typeText(joined)}`,
      'a type under `attributes` can only fill in what the catalogue leaves open',
    );
    return { kind: 'error' };
  }

  /** Null: no covered tool declares it. */
  #join(path: AttributePath, text: string, span: Span, report: Report): AttributeType | 'error' | null {
    let joined: AttributeType | null = null;
    let firstTool = '';
    for (const tool of this.#tools) {
      const type = declaredType(tool.args, path.segments);
      if (type === null) continue;
      const both: AttributeType | null = joined === null ? type : joinTypes(joined, type);
      if (both === null) {
        report.error(
          'P0407',
          span,
          `\`${text}\` is ${typeText(joined ?? type)} for the tool \`${firstTool}\`, but ${typeText(type)} for \`${tool.name}\``,
          'write one rule for each of them, with `tool`',
        );
        return 'error';
      }
      if (joined === null) firstTool = tool.name;
      joined = both;
    }
    return joined;
  }

  #reportUndeclared(path: AttributePath, text: string, span: Span, report: Report): void {
    const candidates = this.#tools.flatMap((tool) => declaredPaths(tool.args, [], 256));
    const near = nearestPath(path, candidates);
    const elsewhere = [...(this.#catalogue?.tools.values() ?? [])].find(
      (tool) => declaredType(tool.args, path.segments) !== null,
    );
    const [only] = this.#tools;
    const who =
      this.#tools.length === 1 && only !== undefined
        ? `the tool \`${only.name}\` has no argument \`${text}\``
        : `no tool that this rule covers has an argument \`${text}\``;
    const distinct = [...new Set(candidates.map(pathText))];
    report.error(
      'P0303',
      span,
      who,
      near !== undefined
        ? `did you mean \`${near}\`?`
        : elsewhere !== undefined
          ? `the tool \`${elsewhere.name}\` has it`
          : distinct.length > 0 && distinct.length <= 12
            ? `there are ${distinct.map((name) => `\`${name}\``).join(', ')}`
            : undefined,
    );
  }
}

/** True where `declared` says more than the catalogue can: what is in an open object, that a text is a time. */
function fillsIn(joined: AttributeType, declared: AttributeType): boolean {
  switch (joined.kind) {
    case 'any':
      return true;
    case 'list-of-any':
      return isList(declared);
    case 'object':
      return declared.kind === 'map' && joined.schema.open && joined.schema.properties.size === 0;
    case 'string':
      return declared.kind === 'timestamp' || declared.kind === 'duration';
    case 'int':
      return declared.kind === 'uint';
    default:
      return false;
  }
}

/** The target of a rule; names that the catalogue does not list are errors in a closed world (7.5). */
export function checkTarget(
  written: readonly Located<string>[] | undefined,
  ruleSpan: Span,
  catalogue: Catalogue | null,
  report: Report,
): ToolTarget {
  if (written === undefined) return { kind: 'every' };
  if (written.length === 0) {
    report.error('P0503', ruleSpan, '`tool: []` can never match', 'leave `tool` out to speak of every tool');
  }
  const names = new Set<string>();
  const globs = new Set<string>();
  for (const tool of written) {
    if (tool.value === '' || hasLoneSurrogate(tool.value)) {
      report.error('P0406', tool.span, 'expected the name of a tool or a glob, but this is empty or not well-formed');
      continue;
    }
    if (tool.value.length > MAX_TOOL_LENGTH) {
      report.error(
        'P0708',
        tool.span,
        `a tool name or glob has at most ${MAX_TOOL_LENGTH} characters, this one has ${tool.value.length}`,
      );
      continue;
    }
    if (ODD_TOOL.test(tool.value) && catalogue?.closed !== true) {
      report.warning(
        'P0513',
        tool.span,
        `no tool is likely to be called ${JSON.stringify(tool.value)}, so this rule may never speak`,
        'names are compared exactly; in a glob only `*` is special; several tools are a list: `tool: [a, b]`',
      );
    }
    if (tool.value.includes('*')) globs.add(tool.value);
    else names.add(tool.value);
    if (catalogue?.closed !== true) continue;
    if (tool.value.includes('*')) {
      if (coversSome(tool.value, catalogue)) continue;
      report.error('P0406', tool.span, `the glob \`${tool.value}\` covers no tool of the catalogue`, NEVER_CALLED);
    } else if (!catalogue.tools.has(tool.value)) {
      const near = didYouMean(tool.value, catalogue.tools.keys());
      report.error(
        'P0406',
        tool.span,
        `no catalogue lists the tool \`${tool.value}\``,
        near === undefined ? NEVER_CALLED : `did you mean \`${near}\`?`,
      );
    }
  }
  return { kind: 'listed', names: [...names], globs: [...globs] };
}

/** Rules share globs, and a catalogue may list thousands of tools. */
const covering = new WeakMap<Catalogue, Map<string, boolean>>();

function coversSome(glob: string, catalogue: Catalogue): boolean {
  const known = covering.get(catalogue) ?? new Map<string, boolean>();
  covering.set(catalogue, known);
  let covers = known.get(glob);
  if (covers === undefined) {
    covers = [...catalogue.tools.keys()].some((name) => globMatches(glob, name));
    known.set(glob, covers);
  }
  return covers;
}

const NEVER_CALLED = 'a tool that is not listed is denied before any rule, unless the policy says `unlisted: evaluate`';

/** `*` matches any run of characters (7.4). Linear in `name` for every `*`: it goes back to the last one only. */
export function globMatches(glob: string, name: string): boolean {
  let g = 0;
  let n = 0;
  let star = -1;
  let starName = 0;
  while (n < name.length) {
    if (g < glob.length && glob[g] === '*') {
      star = g;
      starName = n;
      g += 1;
    } else if (g < glob.length && glob[g] === name[n]) {
      g += 1;
      n += 1;
    } else if (star >= 0) {
      starName += 1;
      n = starName;
      g = star + 1;
    } else return false;
  }
  while (g < glob.length && glob[g] === '*') g += 1;
  return g === glob.length;
}

function coveredTools(catalogue: Catalogue, target: ToolTarget): readonly CatalogueTool[] {
  if (target.kind === 'every') return [...catalogue.tools.values()];
  if (target.globs.length === 0) {
    return target.names.map((name) => catalogue.tools.get(name)).filter((tool) => tool !== undefined);
  }
  const names = new Set(target.names);
  return [...catalogue.tools.values()].filter(
    (tool) => names.has(tool.name) || target.globs.some((glob) => globMatches(glob, tool.name)),
  );
}
