// In: a generated world. Out: the sources that it gives our compiler, all as text or in the forms it asks for, and the policy set that
// it gives Cedar's calls. JSON of a policy is what the official implementation prints.

import type { PolicySet } from '../../../compiler/cedar/types.ts';
import type { Source } from '../../../compiler/index.ts';
import type { Official } from '../differential.ts';
import { quoted, shown } from './pools.ts';
import type { SchemaWorld, WorldLink, WorldPolicy } from './world.ts';

export interface Forms {
  /** Everything as text: what the reference is given. */
  readonly texts: readonly Source[];
  /** As the world asks. */
  readonly sources: readonly Source[];
  readonly set: PolicySet;
  /** Ids of the policies and links whose body is given as JSON. */
  readonly jsonIds: ReadonlySet<string>;
}

/** Without the official implementation, and where it prints none that may be nested so deep, a policy stays text. */
export function formsOf(world: SchemaWorld, official: Official | null): Forms {
  const json = new Map<string, PolicyJson>();
  if (official !== null) {
    for (const [policies, isTemplate] of [
      [world.policies, false],
      [world.templates, true],
    ] as const) {
      for (const { id, text, form } of policies) {
        if (form === 'text') continue;
        const printed = printedJson(official, text, isTemplate);
        if (printed !== null) json.set(id, printed);
      }
    }
  }
  const { schema } = world;
  const all = [...world.policies, ...world.templates];
  const texts = [
    policyText(all),
    ...linkFile(world.links, 'json'),
    ...(schema === null ? [] : [{ path: 'world.cedarschema', text: schema.text }]),
  ];
  const inSet = json.size > 0 && world.linkForm === 'set';
  const textual = all.filter(({ id }) => !json.has(id));
  const sources = [
    ...(textual.length > 0 || json.size === 0 ? [policyText(textual)] : []),
    ...(json.size > 0 ? [jsonFile(world, json, inSet ? world.links : [])] : []),
    ...(inSet ? [] : linkFile(world.links, world.linkForm)),
    ...(schema === null
      ? []
      : [
          schema.form === 'text'
            ? { path: 'world.cedarschema', text: schema.text }
            : { path: 'world.cedarschema.json', text: JSON.stringify(schema.json) },
        ]),
  ];
  const given = (policies: readonly WorldPolicy[]): { [id: string]: string | { [key: string]: unknown } } =>
    Object.fromEntries(policies.map(({ id, text }) => [id, json.get(id)?.value ?? text]));
  const set = { staticPolicies: given(world.policies), templates: given(world.templates), templateLinks: world.links };
  const linked = world.links.filter(({ templateId }) => json.has(templateId)).map(({ newId }) => newId);
  return { texts, sources, set, jsonIds: new Set([...json.keys(), ...linked]) };
}

function policyText(policies: readonly WorldPolicy[]): Source {
  return { path: 'world.cedar', text: policies.map(({ id, text }) => `@id(${quoted(id)}) ${text}`).join('\n') };
}

function linkFile(links: readonly WorldLink[], form: SchemaWorld['linkForm']): Source[] {
  if (links.length === 0) return [];
  const written =
    form === 'command line'
      ? links.map(({ templateId, newId, values }) => ({
          template_id: templateId,
          link_id: newId,
          args: Object.fromEntries(Object.entries(values).map(([slot, uid]) => [slot, shown(uid)])),
        }))
      : links;
  return [{ path: 'world.cedarlinks.json', text: JSON.stringify(written) }];
}

/** A single policy, or a set. */
function jsonFile(world: SchemaWorld, json: ReadonlyMap<string, PolicyJson>, links: readonly WorldLink[]): Source {
  const members = (policies: readonly WorldPolicy[]): string =>
    policies
      .flatMap(({ id }) => {
        const printed = json.get(id);
        return printed === undefined ? [] : [`${JSON.stringify(id)}: ${printed.text}`];
      })
      .join(', ');
  const text = `{"staticPolicies": {${members(world.policies)}}, "templates": {${members(world.templates)}}, "templateLinks": ${JSON.stringify(links)}}`;
  return { path: 'world.cedar.json', text };
}

interface PolicyJson {
  /** With exact integers. */
  readonly text: string;
  /** Null where a number of JavaScript would not be exact. */
  readonly value: { [key: string]: unknown } | null;
}

const LONG = /"(?:[^"\\]|\\.)*"|-?\b\d{16,}\b/g;
const STAND_IN = 700_000_000_001;

/** Integers that JavaScript cannot hold go through stand-ins. */
function printedJson(official: Official, text: string, isTemplate: boolean): PolicyJson | null {
  const longs: string[] = [];
  const stand = text.replace(LONG, (found) => {
    if (found.startsWith('"')) return found;
    longs.push(found.replace('-', ''));
    return `${found.startsWith('-') ? '-' : ''}${STAND_IN + longs.length - 1}`;
  });
  const answer = isTemplate ? official.templateToJson(stand) : official.policyToJson(stand);
  if (answer.type === 'failure') return null;
  const value = answer.json as unknown as { [key: string]: unknown };
  const exact = JSON.stringify(value).replace(
    /\b700000000\d{3}\b/g,
    (digits) => longs[Number(digits) - STAND_IN] ?? digits,
  );
  return depthOf(value) < MAX_DEPTH ? { text: exact, value: longs.length === 0 ? value : null } : null;
}

/** 128 levels of objects and arrays are taken by both, those of the file or call around it counted. */
const MAX_DEPTH = 120;

function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}
