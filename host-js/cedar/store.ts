// In: entities that were read. Out: a store of them in the core's memory (FORMAT.md 3.11), and their ancestors for the host.
// INVARIANT: texts are in reach of the staging area's bytes; when that area moved, `refresh` lays the store out again.

import { ELEMENT_SIZE } from '../../wasm-core/contract/codes.ts';
import * as terms from '../../wasm-core/contract/terms.ts';
import type { CoreInstance } from '../core.ts';
import { Elements } from './elements.ts';
import { ancestorsOf, type Entity } from './entities.ts';
import type { ExtensionCaller } from './extensions.ts';
import { CedarInputError } from './uid.ts';
import { ValueWriter } from './values.ts';
import type { World } from './world.ts';

export class EntityStore {
  readonly #core: CoreInstance;
  readonly entities: ReadonlyMap<string, Entity>;
  readonly ancestors: ReadonlyMap<string, readonly string[]>;
  readonly #elements: Elements;
  #address = 0;
  /** Where the staging area's bytes were when offsets were counted from them. */
  #base = -1;
  #shifted = 0;

  /** @throws CedarInputError for what is no entity, RangeError if the core has no room */
  constructor(core: CoreInstance, entities: ReadonlyMap<string, Entity>, world: World | null, caller: ExtensionCaller) {
    this.#core = core;
    this.entities = entities;
    this.ancestors = ancestorsOf(entities);
    this.#elements = new Elements(4096 + entities.size * 256);
    this.#write(world, caller);
    this.refresh();
  }

  /** Address of the store in the core. */
  get address(): number {
    return this.#address;
  }

  /** Lays the store out anew if offsets are no longer right. */
  refresh(): void {
    const core = this.#core;
    if (this.#base === core.staging.bytesAt) return;
    if (this.#address === 0) {
      this.#address = core.exports.reserveEntities(this.#elements.used) >>> 0;
      if (this.#address === 0) throw new RangeError('the core has no room for these entities');
      core.refresh();
    }
    const origin = this.#address - core.staging.bytesAt;
    this.#elements.place(core.u8, this.#address, origin - this.#shifted);
    this.#shifted = origin;
    this.#base = core.staging.bytesAt;
    core.exports.indexEntities(this.#address);
  }

  release(): void {
    if (this.#address !== 0) this.#core.exports.releaseEntities(this.#address);
    this.#address = 0;
    this.#base = -1;
  }

  #write(world: World | null, caller: ExtensionCaller): void {
    const elements = this.#elements;
    const writer = new ValueWriter(elements, world, caller);
    const count = this.entities.size;
    let buckets = 4;
    while (buckets < count * 2) buckets *= 2;
    const header = elements.reserve(terms.STORE_HEADER + count * terms.ENTITY_SIZE);
    const table = elements.reserve(buckets * 8);
    elements.u32(header + terms.STORE_COUNT, count);
    elements.u32(header + terms.STORE_MASK, buckets - 1);
    elements.u32(header + terms.STORE_BUCKETS, table);
    let record = header + terms.STORE_HEADER;
    for (const [key, entity] of this.entities) {
      elements.entity(record + terms.ENTITY_KEY, key);
      const { declared, path } = entity;
      writer.record(record + terms.ENTITY_ATTRIBUTES, entity.attrs, declared?.shape ?? null, `${path}/attrs`);
      this.#tags(writer, record + terms.ENTITY_TAGS, entity);
      const ancestors = this.ancestors.get(key) ?? [];
      let element = elements.set(record + terms.ENTITY_ANCESTORS, ancestors.length);
      for (const ancestor of ancestors) {
        elements.entity(element, ancestor);
        element += ELEMENT_SIZE;
      }
      record += terms.ENTITY_SIZE;
    }
  }

  #tags(writer: ValueWriter, at: number, { tags, declared, path }: Entity): void {
    if (typeof tags !== 'object' || tags === null) throw new CedarInputError(`${path}/tags`, 'expected an object');
    const type = declared?.tags ?? null;
    if (type === null) return writer.record(at, tags, null, `${path}/tags`);
    const attributes = new Map(Object.keys(tags).map((name) => [name, { type, required: false }]));
    writer.record(at, tags, { kind: 'record', open: false, attributes, requiredCount: 0 }, `${path}/tags`);
  }
}
