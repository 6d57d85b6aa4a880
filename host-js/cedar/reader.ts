// In: a Cedar request, `{principal, action, resource, context}`, maybe with entities of its own. Out: the slots of a Cedar artifact,
// filled in the staging area, and the entities it may ask for made known to the core. Reads own data properties only.

import {
  ELEMENT_SIZE,
  ELEMENT_VALUE,
  ENTRY_NONE,
  KIND_LIST,
  KIND_STRING,
  POINT_PRE_TOOL_CALL,
  STATUS_POINT_UNKNOWN,
  STATUS_REQUEST_INVALID,
  STATUS_REQUEST_TOO_LARGE,
} from '../../wasm-core/contract/codes.ts';
import { MAX_LIST_ELEMENTS } from '../../wasm-core/contract/limits.ts';
import { KIND_ENTITY, KIND_RECORD } from '../../wasm-core/contract/terms.ts';
import type { ArtifactContents } from '../artifact.ts';
import type { CoreInstance } from '../core.ts';
import type { EngineOptions } from '../engine.ts';
import { isObject, ownValue } from '../own.ts';
import type { RequestReader } from '../running.ts';
import type { Slot } from '../slots.ts';
import type { Staging } from '../staging.ts';
import { Elements } from './elements.ts';
import { type Entity, readEntities } from './entities.ts';
import { isEscape } from './escapes.ts';
import { ExtensionCaller } from './extensions.ts';
import { EntityStore } from './store.ts';
import { CedarInputError, idOfKey, keyOf, typeOfKey } from './uid.ts';
import { ValueWriter } from './values.ts';
import { EMPTY_RECORD, readWorld, type World, type WorldAction } from './world.ts';

type Part = 'principal' | 'action' | 'resource';
const PARTS: readonly Part[] = ['principal', 'action', 'resource'];

interface PartSlots {
  readonly uid: Slot | null;
  readonly type: Slot | null;
  readonly in: Slot | null;
  readonly entity: Slot | null;
}

export interface CedarReaderOptions {
  /** Whether principal and resource must be of types that the schema lets the action have; false, given, takes of a context only its shape. */
  readonly validateRequest: boolean | undefined;
}

/** Contexts begin the byte room; what follows begins at a multiple of this. */
const BOTTOM_STEP = 512;

/** For `lictor/full` and `lictor/cedar`: what reads the requests of a Cedar artifact. */
export function makeCedarReader(core: CoreInstance, artifact: ArtifactContents, options: EngineOptions): CedarReader {
  return new CedarReader(core, artifact, options.entities ?? [], { validateRequest: options.validateRequest });
}

export class CedarReader implements RequestReader {
  readonly #core: CoreInstance;
  readonly #world: World | null;
  readonly #validate: boolean;
  readonly #slots: readonly Slot[];
  readonly #tool: Slot;
  readonly #parts: Readonly<Record<Part, PartSlots>>;
  readonly #context: Slot | null;
  readonly #extensions: ExtensionCaller;
  readonly #elements = new Elements(4096);
  readonly #writer: ValueWriter;
  #loaded: EntityStore;
  /** By slot: what `#groups` found of an entity among those loaded. */
  readonly #groupsOf: Map<string, readonly string[]>[] = [];
  #overlay: EntityStore | null = null;
  #longRoom: Uint8Array = new Uint8Array(0);
  #bottom = -1;
  #generation = -1;
  /** Why the last request was refused, or empty. */
  problem = '';

  /** @throws CedarInputError for entities that cannot be loaded */
  constructor(core: CoreInstance, artifact: ArtifactContents, entities: unknown, options: CedarReaderOptions) {
    this.#core = core;
    this.#world = readWorld(artifact.cedar ?? '{}');
    this.#validate = options.validateRequest === true;
    this.#slots = artifact.slots;
    const [tool] = artifact.slots;
    if (tool === undefined) throw new RangeError('no tool slot');
    this.#tool = tool;
    const slotOf = (part: string, what?: string): Slot | null =>
      artifact.slots.find(
        ({ segments: [first, second, third] }) => first === 'cedar' && second === part && third === what,
      ) ?? null;
    const partSlots = (part: Part): PartSlots => ({
      uid: slotOf(part, 'uid'),
      type: slotOf(part, 'type'),
      in: slotOf(part, 'in'),
      entity: slotOf(part, 'entity'),
    });
    this.#parts = { principal: partSlots('principal'), action: partSlots('action'), resource: partSlots('resource') };
    this.#context = slotOf('context');
    this.#extensions = new ExtensionCaller(core);
    const shapeOnly = options.validateRequest === false;
    this.#writer = new ValueWriter(this.#elements, this.#world, this.#extensions, shapeOnly);
    this.#loaded = this.#store(readEntities(entities, this.#world));
    for (const part of PARTS) {
      const slot = this.#parts[part].in;
      if (slot !== null) this.#groupsOf[slot.index] = new Map();
    }
  }

  setEntities(entities: unknown): string | null {
    try {
      const store = this.#store(readEntities(entities, this.#world));
      this.#loaded.release();
      this.#loaded = store;
      for (const known of this.#groupsOf) known?.clear();
      return null;
    } catch (error) {
      if (error instanceof CedarInputError) return error.message;
      throw error;
    }
  }

  release(): void {
    this.#loaded.release();
    this.#overlay?.release();
    this.#overlay = null;
  }

  /** @returns the intervention point, or -STATUS_*; `problem` says more */
  stageRequest(staging: Staging, request: unknown): number {
    this.problem = '';
    try {
      return this.#stage(staging, request);
    } catch (error) {
      if (!(error instanceof CedarInputError)) throw error;
      this.problem = error.message;
      return -STATUS_REQUEST_INVALID;
    }
  }

  #stage(staging: Staging, request: unknown): number {
    if (!isObject(request)) throw new CedarInputError('', 'a request is an object');
    const at = ownValue(request, 'at');
    if (at !== undefined && at !== 'pre_tool_call') return -STATUS_POINT_UNKNOWN;
    const principal = keyOf(ownValue(request, 'principal'), '/principal');
    const action = keyOf(ownValue(request, 'action'), '/action');
    const resource = keyOf(ownValue(request, 'resource'), '/resource');
    const declared = this.#declared(action, principal, resource);
    const given = ownValue(request, 'context');
    const context = given === undefined ? NOTHING : given;
    // Before anything is staged: the core is asked in the staging area for what extension values are.
    const ancestors = this.#entities(ownValue(request, 'entities'));
    const elements = this.#elements;
    elements.clear();
    const root = elements.reserve(ELEMENT_SIZE);
    const type = declared === undefined ? null : (declared?.appliesTo?.context ?? EMPTY_RECORD);
    if (type === null && isObject(context) && isEscape(context)) {
      throw new CedarInputError('/context', 'a context is a record');
    }
    this.#writer.record(root, context, type, '/context');
    if (this.#loaded.address !== 0) this.#loaded.refresh();

    // The context lies at the beginning of the byte room, where its offsets are counted from.
    if (elements.used > staging.size - 65536) return -STATUS_REQUEST_TOO_LARGE;
    elements.place(staging.room, 0, 0);
    const bottom = (elements.used + BOTTOM_STEP - 1) & -BOTTOM_STEP;
    staging.begin(staging.size, bottom, staging.size, this.#longRoomFrom(staging, bottom), false);
    for (const slot of this.#slots) staging.missing(slot.index);
    if (this.#context !== null) staging.word(this.#context.index, KIND_RECORD, root, 0);
    this.#text(staging, this.#tool, action);
    const keys = { principal, action, resource };
    for (const part of PARTS) this.#part(staging, this.#parts[part], keys[part], ancestors);
    staging.finish();
    this.#core.exports.useEntities(this.#loaded.address, this.#overlay?.address ?? 0);
    return staging.overflow ? -STATUS_REQUEST_TOO_LARGE : POINT_PRE_TOOL_CALL;
  }

  /** The byte room behind a context; contexts are much of a size, so that the last one mostly serves. */
  #longRoomFrom(staging: Staging, bottom: number): Uint8Array {
    if (this.#bottom !== bottom || this.#generation !== staging.generation) {
      this.#longRoom = staging.room.subarray(bottom);
      this.#bottom = bottom;
      this.#generation = staging.generation;
    }
    return this.#longRoom;
  }

  /** Undefined: there is no schema. @throws CedarInputError for what the schema does not allow */
  #declared(action: string, principal: string, resource: string): WorldAction | undefined {
    const world = this.#world;
    if (world === null) return undefined;
    const declared = world.actions.get(action);
    if (declared === undefined) throw new CedarInputError('/action', `no action \`${action}\` in the schema`);
    if (!this.#validate) return declared;
    const { appliesTo } = declared;
    for (const [part, key, types] of [
      ['principal', principal, appliesTo?.principals],
      ['resource', resource, appliesTo?.resources],
    ] as const) {
      const type = typeOfKey(key);
      const entity = world.entities.get(type);
      if (entity === undefined) throw new CedarInputError(`/${part}`, `no entity type \`${type}\` in the schema`);
      if (types?.has(type) !== true) {
        throw new CedarInputError(
          `/${part}`,
          `the action \`${action}\` does not apply to a ${part} of type \`${type}\``,
        );
      }
      if (entity.ids !== null && !entity.ids.has(idOfKey(key))) {
        throw new CedarInputError(`/${part}`, `\`${idOfKey(key)}\` is no id of the enumerated type \`${type}\``);
      }
    }
    return declared;
  }

  /** Of a request's own entities; the ancestors to ask. */
  #entities(own: unknown): ReadonlyMap<string, readonly string[]> {
    this.#overlay?.release();
    this.#overlay = null;
    if (own === undefined) return this.#loaded.ancestors;
    const extra = readEntities(own, this.#world);
    // Ancestors of entities that were loaded may change: then all of them are laid out with the request's.
    const all = new Map<string, Entity>([...this.#loaded.entities, ...extra]);
    this.#overlay = this.#store(all);
    return this.#overlay.ancestors;
  }

  #store(entities: ReadonlyMap<string, Entity>): EntityStore {
    return new EntityStore(this.#core, entities, this.#world, this.#extensions);
  }

  #part(staging: Staging, slots: PartSlots, key: string, ancestors: ReadonlyMap<string, readonly string[]>): void {
    if (slots.uid !== null) this.#text(staging, slots.uid, key);
    if (slots.type !== null) this.#text(staging, slots.type, typeOfKey(key));
    if (slots.in !== null) this.#groups(staging, slots.in, key, ancestors.get(key) ?? []);
    if (slots.entity !== null) staging.textElement(slots.entity.index, KIND_ENTITY, key);
  }

  #text(staging: Staging, slot: Slot, text: string): void {
    const entry = slot.entries?.get(text);
    if (entry !== undefined) staging.entry(slot.index, entry);
    else if (slot.entries !== null && slot.closed) staging.entry(slot.index, ENTRY_NONE);
    else staging.text(slot.index, text);
  }

  /** The entity and its ancestors, as far as a policy names them: others make no difference. */
  #groups(staging: Staging, slot: Slot, key: string, ancestors: readonly string[]): void {
    const known = this.#overlay === null ? this.#groupsOf[slot.index] : undefined;
    const groups = known?.get(key) ?? named(slot, key, ancestors);
    if (known !== undefined && known.size < MAX_KNOWN) known.set(key, groups);
    if (groups.length > MAX_LIST_ELEMENTS) staging.overflow = true;
    else stageTexts(staging, slot.index, groups);
  }
}

/** Entities whose groups are remembered, for each slot. */
const MAX_KNOWN = 65536;

/** A list of keys, which are texts that were read before. */
function stageTexts(staging: Staging, slot: number, texts: readonly string[]): void {
  const count = texts.length;
  const first = ((staging.top - (staging.top % 8)) | 0) - count * ELEMENT_SIZE;
  if (first < staging.bottom) {
    staging.overflow = true;
    return;
  }
  staging.top = first;
  let word = (staging.bytesAt + first) / 4;
  for (let i = 0; i < count; i += 1) {
    const sizeBytes = staging.putText(texts[i] ?? '', staging.size);
    if (sizeBytes < 0 || staging.overflow) {
      staging.overflow = true;
      return;
    }
    staging.u32[word] = KIND_STRING;
    staging.u32[word + 1] = 0;
    staging.u32[word + ELEMENT_VALUE / 4] = staging.top;
    staging.u32[word + ELEMENT_VALUE / 4 + 1] = sizeBytes;
    word += ELEMENT_SIZE / 4;
  }
  staging.word(slot, KIND_LIST, count === 0 ? 0 : first, count);
}

function named({ members }: Slot, key: string, ancestors: readonly string[]): readonly string[] {
  const groups = members === null || members.has(key) ? [key] : [];
  for (const ancestor of ancestors) if (members === null || members.has(ancestor)) groups.push(ancestor);
  return groups;
}

const NOTHING: object = Object.freeze({});
