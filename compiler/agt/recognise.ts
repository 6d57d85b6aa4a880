// In: a source. Out: the tree of a document of the Agent Governance Toolkit, if its content is one (LANGUAGE.md 15.1). What is wrong
// with its YAML is kept for whoever compiles it: no document is read twice.

import { DiagnosticSink } from '../diagnostic.ts';
import type { Source } from '../source.ts';
import { warnOfHidden } from '../syntax/hidden.ts';
import { readYaml, type YamlNode } from '../syntax/yaml.ts';
import type { Family } from './ast.ts';

/** The text must have this to be worth reading as YAML: catalogues and requests do not. (`\s` would take a line end, and quadratic time on empty lines.) */
const HINT = /^[ \t]*["']?(?:rules|apiVersion|default_action|defaults)["']?\s*:|"rules"\s*:/m;

/** A Lictor policy says so at once: it is not read twice. */
const LICTOR = /^["']?lictor["']?\s*:|^[ \t]*\{\s*"lictor"\s*:/m;

/** A source that is such a document, as it was read. */
export interface AgtSource {
  readonly source: Source;
  readonly root: YamlNode;
  readonly family: Family;
  /** What reading it found. */
  readonly found: DiagnosticSink;
}

/** Undefined: not such a document. */
export function recognise(source: Source): AgtSource | undefined {
  if (!/\.(?:ya?ml|json)$/i.test(source.path) || !HINT.test(source.text) || LICTOR.test(source.text)) return undefined;
  const found = new DiagnosticSink();
  const root = readYaml(source, found);
  warnOfHidden(source, found);
  const family = root === null ? null : familyOf(root);
  return root === null || family === null ? undefined : { source, root, family, found };
}

/** Null: not such a document. */
function familyOf(root: YamlNode): Family | null {
  if (root.kind !== 'map' || valueOf(root, 'lictor') !== undefined) return null;
  const api = valueOf(root, 'apiVersion');
  const isNamed = api?.kind === 'text' && api.value.startsWith('governance.toolkit/');
  const rules = valueOf(root, 'rules');
  if (rules !== undefined && rules.kind !== 'list') return isNamed ? 'expressions' : null;
  const conditions = (rules?.items ?? []).map((rule) => valueOf(rule, 'condition'));
  if (conditions.some((condition) => condition?.kind === 'map')) return 'rules';
  if (conditions.some((condition) => condition?.kind === 'text')) return 'expressions';
  if (isNamed || valueOf(root, 'default_action') !== undefined) return 'expressions';
  return rules !== undefined && (valueOf(root, 'defaults') !== undefined || valueOf(root, 'version') !== undefined)
    ? 'rules'
    : null;
}

function valueOf(node: YamlNode, key: string): YamlNode | undefined {
  return node.kind === 'map' ? node.entries.find((entry) => entry.key === key)?.value : undefined;
}
