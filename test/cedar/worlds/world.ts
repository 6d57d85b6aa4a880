// In: a seed. Out: a Cedar world: a schema or none, policies, templates with links, each to be given as text or as JSON; entities, requests.
// The same seed gives the same world. Never judges.

import { Random } from '../../differential/random.ts';
import { PolicyMaker, type SlotName } from './policies.ts';
import { quoted, TEXTS, type Uid } from './pools.ts';
import { makeUids, REQUESTS_PER_SCHEMA_WORLD, RequestMaker, type WorldEntity } from './requests.ts';
import { makeSchema, schemaJson, schemaText } from './schema.ts';

export type Form = 'text' | 'json';

export interface WorldPolicy {
  readonly id: string;
  /** Without `@id`. */
  readonly text: string;
  readonly form: Form;
}

export interface WorldLink {
  readonly templateId: string;
  readonly newId: string;
  readonly values: { readonly [slot: string]: Uid };
}

export interface SchemaWorld {
  /** Null: the world has none. */
  readonly schema: {
    readonly text: string;
    readonly json: { [namespace: string]: object };
    readonly form: Form;
  } | null;
  readonly policies: readonly WorldPolicy[];
  readonly templates: readonly WorldPolicy[];
  readonly links: readonly WorldLink[];
  /** How the links are written: Cedar's JSON, that of its command line, or within the set of JSON policies. */
  readonly linkForm: 'json' | 'command line' | 'set';
  readonly entities: readonly WorldEntity[];
  readonly requests: readonly { readonly [key: string]: unknown }[];
  /** Undefined: left out. */
  readonly validateRequest: boolean | undefined;
}

export function generateSchemaWorld(seed: number): SchemaWorld {
  const r = new Random(seed);
  const schema = makeSchema(r);
  const uids = makeUids(r, schema);
  const asked = new RequestMaker(r, schema, uids);
  const maker = new PolicyMaker(r, schema, uids);
  const isMixed = r.chance(0.5);
  const written = (id: string, slots: readonly SlotName[]): WorldPolicy => {
    const note = r.chance(0.1) ? `@note(${quoted(r.pick(TEXTS))}) @other ` : '';
    return { id, text: `${note}${maker.policy(slots)}`, form: isMixed && r.chance(0.5) ? 'json' : 'text' };
  };
  const policies = Array.from({ length: r.between(1, 4) }, (_, i) => written(`p${i}`, []));
  const slotted = Array.from({ length: r.pick([0, 1, 1, 2]) }, (_, i) => {
    const slots = r.pick<readonly SlotName[]>([['principal'], ['resource'], ['principal', 'resource']]);
    return { slots, template: written(`t${i}`, slots) };
  });
  const links = slotted.flatMap(({ slots, template }) =>
    Array.from({ length: r.pick([0, 1, 2, 3, 5]) }, (_, i): WorldLink => {
      const values = Object.fromEntries(slots.map((slot) => [`?${slot}`, r.pick(uids)]));
      return { templateId: template.id, newId: `${template.id}l${i}`, values };
    }),
  );
  return {
    schema: r.chance(0.75)
      ? { text: schemaText(schema), json: schemaJson(schema), form: r.chance(0.5) ? 'json' : 'text' }
      : null,
    policies,
    templates: slotted.map(({ template }) => template),
    links,
    linkForm: r.pick(['json', 'command line', 'set']),
    entities: asked.entities(),
    requests: Array.from({ length: REQUESTS_PER_SCHEMA_WORLD }, () => asked.request()),
    validateRequest: r.chance(0.3) ? undefined : r.chance(0.5),
  };
}
