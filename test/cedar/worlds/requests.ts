// In: random choices and a schema. Out: entities of deep hierarchies, and requests, as JSON, that mostly conform to it. Never judges.

import type { Random } from '../../differential/random.ts';
import { GOOD, IDS, NAMES, TEXTS, type Uid } from './pools.ts';
import type { SchemaModel, Type } from './schema.ts';

export const REQUESTS_PER_SCHEMA_WORLD = 25;

export interface WorldEntity {
  readonly uid: Uid;
  readonly attrs: unknown;
  readonly parents: readonly Uid[];
  readonly tags?: unknown;
}

/** The entities that policies and requests speak of. */
export function makeUids(r: Random, { types }: SchemaModel): Uid[] {
  return types.flatMap(({ name, ids }) => (ids ?? r.sample(IDS, 4)).map((id) => ({ type: name, id })));
}

export class RequestMaker {
  readonly #r: Random;
  readonly #schema: SchemaModel;
  readonly #uids: readonly Uid[];

  constructor(random: Random, schema: SchemaModel, uids: readonly Uid[]) {
    this.#r = random;
    this.#schema = schema;
    this.#uids = uids;
  }

  entities(): WorldEntity[] {
    const r = this.#r;
    const { types, actions, actionType } = this.#schema;
    const present = this.#uids.filter(() => r.chance(0.8));
    const list: WorldEntity[] = present.map((uid, index) => {
      const type = types.find(({ name }) => name === uid.type);
      const parents = present.slice(index + 1).filter((other) => type?.memberOf.includes(other.type) === true);
      const tags = type?.tags;
      return {
        uid,
        attrs: this.json({ kind: 'record', parts: type?.parts ?? [] }),
        parents: r.sample(parents, r.between(0, 3)),
        ...(tags !== null && tags !== undefined && r.chance(0.8)
          ? { tags: Object.fromEntries(r.sample(NAMES, r.below(4)).map((name) => [name, this.json(tags)])) }
          : {}),
      };
    });
    if (r.chance(0.3)) {
      const action = (id: string): Uid => ({ type: actionType, id });
      const declared = actions.map(({ id, memberOf }) => {
        return { uid: action(id), attrs: {}, parents: r.chance(0.01) ? [] : memberOf.map(action) };
      });
      list.push(...r.sample(declared, r.between(1, 4)));
    }
    return r.chance(0.02) ? [...list, { uid: r.pick(this.#uids), attrs: { zzz: 1 }, parents: [] }] : list;
  }

  request(): { readonly [key: string]: unknown } {
    const r = this.#r;
    const { actions, actionType } = this.#schema;
    const asked = r.pick(actions.filter(({ applies }) => applies !== null || r.chance(0.02)));
    const { applies } = asked;
    const one = (types: readonly string[] | undefined): Uid => {
      const fitting = this.#uids.filter(({ type }) => types?.includes(type) === true);
      return r.pick(fitting.length > 0 && r.chance(0.9) ? fitting : this.#uids);
    };
    return {
      principal: one(applies?.principals),
      action: { type: actionType, id: asked.id },
      resource: one(applies?.resources),
      context: applies === null ? {} : this.json(applies.context),
    };
  }

  json(type: Type): unknown {
    const r = this.#r;
    if (r.chance(0.001)) return r.pick<unknown>([null, 1, 'x', [], {}, { __entity: r.pick(this.#uids) }]);
    switch (type.kind) {
      case 'bool':
        return r.chance(0.5);
      case 'long':
        return r.pick([0, 1, -1, 2, 9007199254740991, -9007199254740991, 4294967296]);
      case 'string':
        return r.pick(TEXTS);
      case 'decimal':
      case 'ip':
      case 'datetime':
      case 'duration': {
        const arg = r.pick(GOOD[type.kind]);
        return r.pick<unknown>([arg, { fn: type.kind, arg }, { __extn: { fn: type.kind, arg } }]);
      }
      case 'entity': {
        const own = this.#uids.filter((each) => each.type === type.name);
        const uid = r.pick(own.concat({ type: type.name, id: type.name === 'Kind' ? 'one' : 'gone' }));
        return r.chance(0.5) ? uid : { __entity: uid };
      }
      case 'set':
        return Array.from({ length: r.below(4) }, () => this.json(type.of));
      case 'record':
        return Object.fromEntries(
          type.parts.filter((part) => !part.optional || r.chance(0.6)).map((part) => [part.name, this.json(part.type)]),
        );
    }
  }
}
