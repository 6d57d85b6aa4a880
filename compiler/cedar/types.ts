// The calls and answers of `@cedar-policy/cedar-wasm` that `lictor/cedar` takes and gives. Shapes only.

export interface TypeAndId {
  readonly type: string;
  readonly id: string;
}

export type EntityUid = TypeAndId | { readonly __entity: TypeAndId };

/** Numbers are integers in ±(2^53−1); BigInts of 64 bits are taken too. */
export type CedarValueJson =
  | boolean
  | number
  | bigint
  | string
  | readonly CedarValueJson[]
  | { readonly [key: string]: CedarValueJson };

export interface EntityJson {
  readonly uid: EntityUid;
  readonly attrs: { readonly [name: string]: CedarValueJson };
  readonly parents: readonly EntityUid[];
  readonly tags?: { readonly [name: string]: CedarValueJson };
}

/** A policy or template as text or in Cedar's JSON form. */
export type Policy = string | { readonly [key: string]: unknown };

export interface PolicySet {
  /** One text, a list, or policies by id. */
  readonly staticPolicies?: string | readonly Policy[] | { readonly [id: string]: Policy };
  readonly templates?: { readonly [id: string]: Policy };
  readonly templateLinks?: readonly {
    readonly templateId: string;
    readonly newId: string;
    readonly values: { readonly [slot: string]: EntityUid };
  }[];
}

/** Cedar text, or the JSON form. */
export type Schema = string | { readonly [namespace: string]: unknown };

export interface Request {
  readonly principal: EntityUid;
  readonly action: EntityUid;
  readonly resource: EntityUid;
  readonly context: { readonly [name: string]: CedarValueJson };
  /** With a schema, `true` if left out. */
  readonly validateRequest?: boolean;
  readonly entities: readonly EntityJson[];
}

export interface AuthorizationCall extends Request {
  readonly schema?: Schema;
  readonly policies: PolicySet;
}

export interface StatefulAuthorizationCall extends Request {
  readonly preparsedSchemaName?: string;
  readonly preparsedPolicySetId: string;
}

export interface EntitiesParsingCall {
  readonly entities: readonly EntityJson[];
  readonly schema?: Schema | null;
}

/** With a schema and an action the context must be the action's. */
export interface ContextParsingCall {
  readonly context: { readonly [name: string]: CedarValueJson };
  readonly schema?: Schema | null;
  readonly action?: EntityUid | null;
}

export interface DetailedError {
  readonly message: string;
  readonly help: string | null;
  readonly code: string | null;
  readonly url: string | null;
  readonly severity: 'advice' | 'warning' | 'error' | null;
  /** Where in the text the error speaks of, in bytes of UTF-8. */
  readonly sourceLocations?: readonly { readonly label: string | null; readonly start: number; readonly end: number }[];
  readonly related?: readonly DetailedError[];
}

export interface AuthorizationError {
  readonly policyId: string;
  readonly error: DetailedError;
}

export interface Response {
  readonly decision: 'allow' | 'deny';
  readonly diagnostics: { readonly reason: readonly string[]; readonly errors: readonly AuthorizationError[] };
}

export type AuthorizationAnswer =
  | { readonly type: 'success'; readonly response: Response; readonly warnings: readonly DetailedError[] }
  | {
      readonly type: 'failure';
      readonly errors: readonly DetailedError[];
      readonly warnings: readonly DetailedError[];
    };

export type CheckParseAnswer =
  | { readonly type: 'success' }
  | { readonly type: 'failure'; readonly errors: readonly DetailedError[] };
