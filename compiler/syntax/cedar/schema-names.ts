// In: the declarations of a schema as written. Out: the schema with every name resolved.
// Never takes a name that it cannot find, and never one that means two things.

import type { DiagnosticSink } from '../../diagnostic.ts';
import type { Span } from '../../source.ts';
import { type EntityUid, uidText } from './ast.ts';
import type {
  CedarSchema,
  SchemaAction,
  SchemaEntity,
  SchemaRecord,
  SchemaType,
  WrittenAction,
  WrittenName,
  WrittenNamespace,
  WrittenType,
} from './schema.ts';

/** The resolved schema, or null after an error. */
export function resolveSchema(namespaces: readonly WrittenNamespace[], sink: DiagnosticSink): CedarSchema | null {
  const resolver = new Resolver(namespaces, sink);
  const schema = resolver.schema();
  return resolver.failed ? null : schema;
}

const BUILTINS: ReadonlyMap<string, SchemaType> = new Map<string, SchemaType>([
  ['String', { kind: 'string' }],
  ['Long', { kind: 'long' }],
  ['Bool', { kind: 'bool' }],
  ['Boolean', { kind: 'bool' }],
  ['decimal', { kind: 'extension', name: 'decimal' }],
  ['ipaddr', { kind: 'extension', name: 'ipaddr' }],
  ['datetime', { kind: 'extension', name: 'datetime' }],
  ['duration', { kind: 'extension', name: 'duration' }],
]);
const EMPTY: SchemaRecord = { kind: 'record', attributes: new Map(), open: false };

class Resolver {
  readonly #namespaces: readonly WrittenNamespace[];
  readonly #sink: DiagnosticSink;
  readonly #types = new Map<string, { readonly namespace: string; readonly type: WrittenType }>();
  readonly #resolved = new Map<string, SchemaType>();
  readonly #resolving = new Set<string>();
  readonly #entities = new Set<string>();
  readonly #actions = new Set<string>();
  failed = false;

  constructor(namespaces: readonly WrittenNamespace[], sink: DiagnosticSink) {
    this.#namespaces = namespaces;
    this.#sink = sink;
  }

  schema(): CedarSchema {
    for (const { name: namespace, types, entities, actions } of this.#namespaces) {
      for (const { name, type } of types) {
        const full = qualified(namespace, name.name);
        this.#once(this.#types.has(full), name, 'type');
        this.#types.set(full, { namespace, type });
      }
      for (const { name } of entities) {
        const full = qualified(namespace, name.name);
        this.#once(this.#entities.has(full), name, 'entity type');
        this.#entities.add(full);
      }
      for (const { id, span } of actions) {
        const uid = uidText(actionUid(namespace, id));
        this.#once(this.#actions.has(uid), { name: id, span }, 'action');
        this.#actions.add(uid);
      }
    }
    for (const { name: namespace, types } of this.#namespaces) {
      for (const { type } of types) this.#type(type, namespace);
    }
    const entityTypes = new Map<string, SchemaEntity>();
    const actions = new Map<string, SchemaAction>();
    for (const { name: namespace, entities, actions: written } of this.#namespaces) {
      for (const { name, memberOf, shape, tags, ids } of entities) {
        entityTypes.set(qualified(namespace, name.name), {
          memberOf: this.#entityNames(memberOf, namespace),
          shape: this.#record(shape, namespace),
          tags: tags === null ? null : this.#type(tags, namespace),
          ids: ids === null ? null : new Set(ids),
        });
      }
      for (const action of written) {
        const uid = actionUid(namespace, action.id);
        actions.set(uidText(uid), this.#action(action, uid, namespace));
      }
    }
    this.#refuseCycles(actions);
    return { entityTypes, actions };
  }

  #action(written: WrittenAction, uid: EntityUid, namespace: string): SchemaAction {
    const memberOf = written.memberOf.map(({ type, id, span }): EntityUid => {
      const local: EntityUid = { type: qualified(namespace, type ?? 'Action'), id };
      const plain: EntityUid = { type: type ?? 'Action', id };
      const found = [local, plain].find((candidate) => this.#actions.has(uidText(candidate)));
      if (found === undefined) this.#error('P1113', span, `no action \`${uidText(plain)}\` in the schema`);
      return found ?? local;
    });
    if (written.appliesTo === null) return { uid, memberOf, appliesTo: null };
    const { principals, resources, context } = written.appliesTo;
    return {
      uid,
      memberOf,
      appliesTo: {
        principals: this.#entityNames(principals, namespace),
        resources: this.#entityNames(resources, namespace),
        context: this.#record(context, namespace),
      },
    };
  }

  #refuseCycles(actions: ReadonlyMap<string, SchemaAction>): void {
    const done = new Set<string>();
    const visit = (key: string, above: ReadonlySet<string>, span: Span): void => {
      if (above.has(key)) this.#error('P1115', span, `the action \`${key}\` is a member of itself`);
      if (above.has(key) || done.has(key)) return;
      for (const parent of actions.get(key)?.memberOf ?? []) visit(uidText(parent), new Set([...above, key]), span);
      done.add(key);
    };
    for (const { name, actions: written } of this.#namespaces) {
      for (const { id, span } of written) visit(uidText(actionUid(name, id)), new Set(), span);
    }
  }

  #entityNames(names: readonly WrittenName[], namespace: string): Set<string> {
    return new Set(
      names.flatMap(({ name, span }) => {
        const found = candidates(name, namespace).find((full) => this.#entities.has(full));
        if (found === undefined) this.#error('P1113', span, `no entity type \`${name}\` in the schema`);
        return found ?? [];
      }),
    );
  }

  #record(type: WrittenType | null, namespace: string): SchemaRecord {
    if (type === null) return EMPTY;
    const resolved = this.#type(type, namespace);
    if (resolved.kind === 'record') return resolved;
    this.#error('P1114', type.span, 'expected a record type here');
    return EMPTY;
  }

  #type(type: WrittenType, namespace: string): SchemaType {
    switch (type.kind) {
      case 'set':
        return { kind: 'set', element: this.#type(type.element, namespace) };
      case 'record': {
        const attributes = type.attributes.map(({ name, type: of, required }) => {
          return [name, { type: this.#type(of, namespace), required }] as const;
        });
        return { kind: 'record', attributes: new Map(attributes), open: type.open };
      }
      default:
        return this.#named(type, namespace);
    }
  }

  #named({ name, as, span }: WrittenType & { kind: 'name' }, namespace: string): SchemaType {
    const names = candidates(name, namespace);
    for (const full of as === 'builtin' ? [] : names) {
      const common = as === 'any' ? this.#types.get(full) : undefined;
      if (common !== undefined) return this.#common(full, span);
      if (this.#entities.has(full)) return { kind: 'entity', name: full };
      // A builtin stands between the namespace and what is outside of all.
      const builtin = full === names[0] && names.length > 1 && as === 'any' ? BUILTINS.get(name) : undefined;
      if (builtin !== undefined) return builtin;
    }
    const builtin = as === 'entity' ? undefined : BUILTINS.get(name.replace(/^__cedar::/, ''));
    if (builtin !== undefined) return builtin;
    this.#error('P1113', span, `no type \`${name}\` in the schema`);
    return EMPTY;
  }

  #common(full: string, span: Span): SchemaType {
    const known = this.#resolved.get(full);
    if (known !== undefined) return known;
    const written = this.#types.get(full);
    if (written === undefined || this.#resolving.has(full)) {
      this.#error('P1115', span, `the type \`${full}\` contains itself`);
      return EMPTY;
    }
    this.#resolving.add(full);
    const type = this.#type(written.type, written.namespace);
    this.#resolving.delete(full);
    this.#resolved.set(full, type);
    return type;
  }

  #once(isThere: boolean, { name, span }: WrittenName, what: string): void {
    if (isThere) this.#error('P1108', span, `the ${what} \`${name}\` is declared twice`);
  }

  #error(code: string, span: Span, message: string): void {
    this.failed = true;
    this.#sink.error(code, span, message);
  }
}

function qualified(namespace: string, name: string): string {
  return namespace === '' || name.includes('::') ? name : `${namespace}::${name}`;
}

/** What a name can mean, the nearest first. */
function candidates(name: string, namespace: string): string[] {
  return namespace === '' || name.includes('::') ? [name] : [`${namespace}::${name}`, name];
}

function actionUid(namespace: string, id: string): EntityUid {
  return { type: qualified(namespace, 'Action'), id };
}
