// In: the sources of a Cedar policy set: `.cedar`, `.cedar.json`, `.cedarschema`, `.cedarschema.json`, `.cedarlinks.json`. Out: its
// policies, links filled in, and its schema. Never drops a template without saying so.

import { type DiagnosticSink, didYouMean } from '../../diagnostic.ts';
import type { Source, Span } from '../../source.ts';
import { type CedarPolicy, type EntityUid, isTemplate } from '../../syntax/cedar/ast.ts';
import { readJsonPolicy, readJsonUid } from '../../syntax/cedar/json-policies.ts';
import {
  arrayAt,
  type JsonObject,
  JsonShapeMistake,
  objectAt,
  pointer,
  stringAt,
} from '../../syntax/cedar/json-value.ts';
import { linkPolicy, type TemplateLink } from '../../syntax/cedar/links.ts';
import { parseCedar, parseUid } from '../../syntax/cedar/policies.ts';
import type { CedarSchema, WrittenNamespace } from '../../syntax/cedar/schema.ts';
import { readJsonSchema } from '../../syntax/cedar/schema-json.ts';
import { resolveSchema } from '../../syntax/cedar/schema-names.ts';
import { parseSchemaText } from '../../syntax/cedar/schema-text.ts';
import { warnOfHidden } from '../../syntax/hidden.ts';
import { exactJson, parseJson } from '../json.ts';

export interface CedarSet {
  readonly policies: readonly CedarPolicy[];
  readonly templates: readonly CedarPolicy[];
  readonly links: readonly (TemplateLink & { readonly span: Span })[];
  /** Null without one. */
  readonly schema: CedarSchema | null;
}

const POLICY_TEXT = /\.cedar$/;
const POLICY_JSON = /\.cedar\.json$/;
const SCHEMA_TEXT = /\.cedarschema$/;
const SCHEMA_JSON = /\.cedarschema\.json$/;
const LINKS = /\.cedarlinks\.json$/;

/** Whether these are the sources of Cedar policies. */
export function isCedar(sources: readonly Source[]): boolean {
  return sources.some(({ path }) => POLICY_TEXT.test(path) || POLICY_JSON.test(path));
}

/** Null after an error. Ids count on through all files, in the order given. */
export function readCedarSources(sources: readonly Source[], sink: DiagnosticSink): CedarSet | null {
  const set = {
    policies: [] as CedarPolicy[],
    templates: [] as CedarPolicy[],
    links: [] as CedarSet['links'][number][],
  };
  const namespaces: WrittenNamespace[] = [];
  let hasSchema = false;
  for (const source of sources) {
    const { path } = source;
    const whole: Span = { source, start: 0, end: source.text.length };
    warnOfHidden(source, sink);
    if (POLICY_TEXT.test(path)) {
      const offset = set.policies.length + set.templates.length;
      for (const policy of parseCedar(source, sink) ?? []) {
        const id = `policy${offset + Number(policy.id.slice('policy'.length))}`;
        (isTemplate(policy) ? set.templates : set.policies).push({ ...policy, id });
      }
    } else if (POLICY_JSON.test(path)) {
      fromJson(source, sink, (value) => addJsonSet(value, whole, set));
    } else if (SCHEMA_TEXT.test(path)) {
      hasSchema = true;
      namespaces.push(...(parseSchemaText(source, sink) ?? []));
    } else if (SCHEMA_JSON.test(path)) {
      hasSchema = true;
      fromJson(source, sink, (value) => namespaces.push(...readJsonSchema(value, whole)));
    } else if (LINKS.test(path)) {
      fromJson(source, sink, (value) =>
        set.links.push(...arrayAt(value, '').map((item, i) => linkOf(item, `/${i}`, whole))),
      );
    } else {
      sink.error('P1121', whole, `\`${path}\` is no part of a Cedar policy set`);
    }
  }
  const schema = hasSchema && !sink.hasErrors ? resolveSchema(namespaces, sink) : null;
  return sink.hasErrors ? null : { ...set, schema };
}

/** The policies that decide: the static ones and what links make of templates. Reports templates that no link fills. */
export function linkedPolicies(set: CedarSet, sink: DiagnosticSink): readonly CedarPolicy[] {
  const used = new Set<CedarPolicy>();
  const linked = set.links.flatMap((link) => {
    const template = set.templates.find(({ id, annotations }) => {
      return id === link.templateId || annotations.get('id') === link.templateId;
    });
    if (template === undefined) {
      const known = set.templates.map(({ id, annotations }) => annotations.get('id') ?? id);
      const near = didYouMean(link.templateId, known);
      const help = near === undefined ? undefined : `did you mean \`${near}\`?`;
      sink.error('P1119', link.span, `the link \`${link.id}\` names no template: \`${link.templateId}\``, help);
      return [];
    }
    used.add(template);
    const policy = linkPolicy(template, link);
    if (typeof policy !== 'string') return [{ ...policy, annotations: withoutId(policy.annotations) }];
    sink.error('P1119', link.span, `the link \`${link.id}\` and its template disagree about \`${policy}\``);
    return [];
  });
  for (const template of set.templates) {
    if (!used.has(template)) sink.warning('P1120', template.span, 'no link fills this template, so it never decides');
  }
  return [...set.policies, ...linked];
}

/** A link has an id of its own. */
function withoutId(annotations: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...annotations].filter(([name]) => name !== 'id'));
}

function fromJson(source: Source, sink: DiagnosticSink, read: (value: unknown) => unknown): void {
  const node = parseJson(source, sink);
  if (node === null) return;
  try {
    read(exactJson(node));
  } catch (error) {
    if (!(error instanceof JsonShapeMistake)) throw error;
    const span = { source, start: 0, end: 1 };
    sink.error('P1112', span, error.path === '' ? error.message : `at \`${error.path}\`: ${error.message}`);
  }
}

interface Collected {
  readonly policies: CedarPolicy[];
  readonly templates: CedarPolicy[];
  readonly links: (TemplateLink & { readonly span: Span })[];
}

/** One policy, or a set: `{staticPolicies, templates, templateLinks}`. */
function addJsonSet(value: unknown, span: Span, into: Collected): void {
  const object = objectAt(value, '');
  const count = into.policies.length + into.templates.length;
  const add = (policy: CedarPolicy): unknown => (isTemplate(policy) ? into.templates : into.policies).push(policy);
  if (object['effect'] !== undefined) {
    add(readJsonPolicy(object, `policy${count}`, span));
    return;
  }
  const members = (key: string): [string, unknown][] => Object.entries(objectAt(object[key] ?? {}, `/${key}`));
  for (const [id, policy] of [...members('staticPolicies'), ...members('templates')])
    add(readJsonPolicy(policy, id, span));
  const links = arrayAt(object['templateLinks'] ?? [], '/templateLinks');
  into.links.push(...links.map((item, index) => linkOf(item, pointer('/templateLinks', index), span)));
}

/** `{templateId, newId, values}` as Cedar's JSON has it, or `{template_id, link_id, args}` as its command line has. */
export function linkOf(value: unknown, path: string, span: Span): TemplateLink & { readonly span: Span } {
  const link = objectAt(value, path);
  const templateId = stringAt(link['templateId'] ?? link['template_id'], `${path}/templateId`);
  const id = stringAt(link['newId'] ?? link['link_id'], `${path}/newId`);
  const values: JsonObject = objectAt(link['values'] ?? link['args'] ?? {}, `${path}/values`);
  const other = Object.keys(values).find((slot) => slot !== '?principal' && slot !== '?resource');
  if (other !== undefined) throw new JsonShapeMistake(`${path}/values`, `\`${other}\` is no slot`);
  const entity = (slot: string): EntityUid | null => {
    const uid = values[slot];
    if (uid === undefined) return null;
    if (typeof uid !== 'string') return readJsonUid(uid, `${path}/values/${slot}`);
    const parsed = parseUid(uid);
    if (parsed === null) throw new JsonShapeMistake(`${path}/values/${slot}`, `\`${uid}\` is no entity`);
    return parsed;
  };
  return { templateId, id, principal: entity('?principal'), resource: entity('?resource'), span };
}
