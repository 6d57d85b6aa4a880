// Cedar schemas as data: as written (names not resolved; what both readers make) and resolved (what loading entities and
// compiling need).

import type { Span } from '../../source.ts';
import type { EntityUid } from './ast.ts';

// --- as written ---

export type WrittenType =
  /** `as`: what a JSON schema says the name is; Cedar text never says. */
  | { readonly kind: 'name'; readonly name: string; readonly as: 'any' | 'entity' | 'builtin'; readonly span: Span }
  | { readonly kind: 'set'; readonly element: WrittenType; readonly span: Span }
  | {
      readonly kind: 'record';
      readonly attributes: readonly WrittenAttribute[];
      readonly open: boolean;
      readonly span: Span;
    };

export interface WrittenAttribute {
  readonly name: string;
  readonly type: WrittenType;
  readonly required: boolean;
}

export interface WrittenName {
  readonly name: string;
  readonly span: Span;
}

export interface WrittenEntity {
  readonly name: WrittenName;
  readonly memberOf: readonly WrittenName[];
  readonly shape: WrittenType | null;
  readonly tags: WrittenType | null;
  /** The only ids there are, or null. */
  readonly ids: readonly string[] | null;
}

export interface WrittenAction {
  readonly id: string;
  /** `type` null: an action of this namespace. */
  readonly memberOf: readonly { readonly type: string | null; readonly id: string; readonly span: Span }[];
  readonly appliesTo: {
    readonly principals: readonly WrittenName[];
    readonly resources: readonly WrittenName[];
    readonly context: WrittenType | null;
  } | null;
  readonly span: Span;
}

export interface WrittenCommonType {
  readonly name: WrittenName;
  readonly type: WrittenType;
}

/** One block; a namespace may have several. `name` is empty outside of all. */
export interface WrittenNamespace {
  readonly name: string;
  readonly types: readonly WrittenCommonType[];
  readonly entities: readonly WrittenEntity[];
  readonly actions: readonly WrittenAction[];
}

// --- resolved ---

export type ExtensionType = 'decimal' | 'ipaddr' | 'datetime' | 'duration';

export type SchemaType =
  | { readonly kind: 'bool' | 'long' | 'string' }
  | { readonly kind: 'extension'; readonly name: ExtensionType }
  | { readonly kind: 'entity'; readonly name: string }
  | { readonly kind: 'set'; readonly element: SchemaType }
  | SchemaRecord;

export interface SchemaRecord {
  readonly kind: 'record';
  readonly attributes: ReadonlyMap<string, SchemaAttribute>;
  /** Whether other attributes may be there. */
  readonly open: boolean;
}

export interface SchemaAttribute {
  readonly type: SchemaType;
  readonly required: boolean;
}

export interface SchemaEntity {
  /** Types of which entities of this type can be members, directly. */
  readonly memberOf: ReadonlySet<string>;
  readonly shape: SchemaRecord;
  readonly tags: SchemaType | null;
  readonly ids: ReadonlySet<string> | null;
}

export interface SchemaAction {
  readonly uid: EntityUid;
  readonly memberOf: readonly EntityUid[];
  /** Null: the action applies to nothing, it is a group. */
  readonly appliesTo: {
    readonly principals: ReadonlySet<string>;
    readonly resources: ReadonlySet<string>;
    readonly context: SchemaRecord;
  } | null;
}

export interface CedarSchema {
  readonly entityTypes: ReadonlyMap<string, SchemaEntity>;
  /** By `uidText`. */
  readonly actions: ReadonlyMap<string, SchemaAction>;
}
