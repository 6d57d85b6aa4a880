// In: random choices, a schema and its entities. Out: Cedar policies and templates as text, mostly of the schema's types, with odd
// characters, boundary values and expressions that err. Never judges.

import type { Random } from '../../differential/random.ts';
import {
  DATETIMES,
  DECIMALS,
  DURATIONS,
  GOOD,
  IPS,
  isWord,
  LONGS,
  NAMES,
  PATTERNS,
  quoted,
  shown,
  TEXTS,
  type Uid,
} from './pools.ts';
import { type Part, type SchemaModel, type Type, TypeMaker } from './schema.ts';

export type SlotName = 'principal' | 'resource';

export class PolicyMaker {
  readonly #r: Random;
  readonly #schema: SchemaModel;
  readonly #uids: readonly Uid[];
  /** Of all actions. */
  readonly #context: readonly Part[];
  readonly #make: TypeMaker;

  constructor(random: Random, schema: SchemaModel, uids: readonly Uid[]) {
    this.#r = random;
    this.#schema = schema;
    this.#uids = uids;
    this.#context = schema.actions.flatMap(({ applies }) => applies?.context.parts ?? []);
    this.#make = new TypeMaker(
      random,
      schema.types.map(({ name }) => name),
    );
  }

  /** Slots or none; what stands before the effect is the caller's. */
  policy(slots: readonly SlotName[]): string {
    const r = this.#r;
    const scope = (name: SlotName): string => {
      const isSlot = slots.includes(name);
      const entity = isSlot ? `?${name}` : shown(r.pick(this.#uids));
      const type = r.pick(this.#schema.types).name;
      const kind = r.weighted({ any: isSlot ? 0 : 5, equal: 1, in: isSlot ? 5 : 2, is: isSlot ? 0 : 2, isIn: 1 });
      if (kind === 'any') return name;
      if (kind === 'equal') return `${name} == ${entity}`;
      if (kind === 'in') return `${name} in ${entity}`;
      return kind === 'is' ? `${name} is ${type}` : `${name} is ${type} in ${entity}`;
    };
    const of = this.#schema.actionType;
    const action = r.pick([
      'action',
      'action',
      `action == ${of}::"ed it"`,
      `action in ${of}::"top"`,
      `action in [${of}::"view", ${of}::"all"]`,
      'action in []',
    ]);
    const clauses = Array.from(
      { length: r.between(0, 2) },
      () => `${r.pick(['when', 'unless'])} { ${this.#expr({ kind: 'bool' }, 0)} }`,
    );
    return `${r.chance(0.65) ? 'permit' : 'forbid'}(${scope('principal')}, ${action}, ${scope('resource')}) ${clauses.join('\n')};`;
  }

  #expr(type: Type, depth: number): string {
    const r = this.#r;
    const wanted = r.chance(0.02) ? this.#make.type(2) : type;
    if (depth > 5) return this.#literal(wanted, depth);
    const sub = (kind: Type): string => this.#expr(kind, depth + 1);
    const bool: Type = { kind: 'bool' };
    if (r.chance(0.05)) return `(if ${sub(bool)} then ${sub(wanted)} else ${sub(wanted)})`;
    const path = r.chance(0.45) ? this.#path(wanted) : null;
    if (path !== null) return path;
    if (r.chance(0.04)) return `{${quoted(r.pick(NAMES))}: ${sub(this.#make.type(3))}, "k": ${sub(wanted)}}["k"]`;
    switch (wanted.kind) {
      case 'bool':
        return this.#bool(depth);
      case 'long': {
        const how = r.weighted({ literal: 4, sum: 3, negate: 1, time: 1 });
        if (how === 'sum') return `(${sub(wanted)} ${r.pick(['+', '-', '*'])} ${sub(wanted)})`;
        if (how === 'negate') return `${r.pick(['-', '--', '---'])}(${sub(wanted)})`;
        return how === 'time'
          ? `${sub({ kind: 'duration' })}.${r.pick(['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays'])}()`
          : this.#literal(wanted, depth);
      }
      case 'datetime':
        if (r.chance(0.3)) return `${sub(wanted)}.offset(${sub({ kind: 'duration' })})`;
        return r.chance(0.1) ? `${sub(wanted)}.toDate()` : this.#literal(wanted, depth);
      case 'duration':
        if (r.chance(0.2)) return `${sub({ kind: 'datetime' })}.durationSince(${sub({ kind: 'datetime' })})`;
        return r.chance(0.1) ? `${sub({ kind: 'datetime' })}.toTime()` : this.#literal(wanted, depth);
      default:
        return this.#literal(wanted, depth);
    }
  }

  #bool(depth: number): string {
    const r = this.#r;
    const sub = (type: Type): string => this.#expr(type, depth + 1);
    const entity = (): Type => ({ kind: 'entity', name: r.pick(this.#schema.types).name });
    const how = r.weighted({
      literal: 2,
      and: 4,
      or: 4,
      not: 2,
      equal: 4,
      less: 3,
      in: 5,
      inSet: 3,
      has: 4,
      like: 3,
      is: 2,
      sets: 4,
      tag: 3,
      extension: 4,
      deep: 0.3,
    });
    switch (how) {
      case 'literal':
        return r.pick(['true', 'false']);
      case 'and':
      case 'or': {
        const count = r.chance(0.03) ? 60 : r.between(2, 3);
        const few = Array.from({ length: Math.min(count, 4) }, () => sub({ kind: 'bool' }));
        return `(${Array.from({ length: count }, (_, i) => few[i % few.length]).join(how === 'and' ? ' && ' : ' || ')})`;
      }
      case 'deep':
        return `${'('.repeat(30)}${'!!'.repeat(2)}(${sub({ kind: 'bool' })})${')'.repeat(30)}`;
      case 'not':
        return `!(${sub({ kind: 'bool' })})`;
      case 'equal': {
        const type = this.#make.type(2);
        return `(${sub(type)} ${r.pick(['==', '!='])} ${sub(type)})`;
      }
      case 'less': {
        const type: Type = { kind: r.pick(['long', 'long', 'datetime', 'duration']) };
        return `(${sub(type)} ${r.pick(['<', '<=', '>', '>='])} ${sub(type)})`;
      }
      case 'in':
        return `(${sub(entity())} in ${sub(entity())})`;
      case 'inSet': {
        const count = r.chance(0.05) ? 200 : r.below(4);
        if (r.chance(0.2)) return `(${sub(entity())} in ${sub({ kind: 'set', of: entity() })})`;
        return `(${sub(entity())} in [${Array.from({ length: count }, () => (count > 10 ? shown(r.pick(this.#uids)) : sub(entity()))).join(', ')}])`;
      }
      case 'has': {
        const on = r.pick([
          () => 'context',
          () => 'principal',
          () => sub(entity()),
          () => sub({ kind: 'record', parts: this.#make.parts(2) }),
        ])();
        const words = NAMES.filter(isWord);
        return r.chance(0.4)
          ? `(${on} has ${r.sample(words, r.between(1, 4)).join('.')})`
          : `(${on} has ${quoted(r.pick(NAMES))})`;
      }
      case 'like':
        return `(${sub({ kind: 'string' })} like "${r.pick(PATTERNS)}")`;
      case 'is':
        return `(${sub(entity())} is ${r.pick(this.#schema.types).name}${r.chance(0.5) ? ` in ${sub(entity())}` : ''})`;
      case 'sets': {
        const of = this.#make.type(3);
        const set: Type = { kind: 'set', of };
        const method = r.pick(['contains', 'containsAll', 'containsAny', 'isEmpty']);
        if (method === 'isEmpty') return `${sub(set)}.isEmpty()`;
        return `${sub(set)}.${method}(${sub(method === 'contains' ? of : set)})`;
      }
      case 'tag': {
        const on = sub(entity());
        const name = r.chance(0.7) ? quoted(r.pick(NAMES)) : sub({ kind: 'string' });
        const tags = r.pick(this.#schema.types).tags ?? { kind: 'long' as const };
        return r.chance(0.4)
          ? `${on}.hasTag(${name})`
          : `(${on}.hasTag(${name}) && ${on}.getTag(${name}) == ${sub(tags)})`;
      }
      case 'extension': {
        if (r.chance(0.4))
          return `${sub({ kind: 'decimal' })}.${r.pick(['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'])}(${sub({ kind: 'decimal' })})`;
        const method = r.pick(['isIpv4', 'isIpv6', 'isLoopback', 'isMulticast', 'isInRange']);
        return `${sub({ kind: 'ip' })}.${method}(${method === 'isInRange' ? sub({ kind: 'ip' }) : ''})`;
      }
    }
  }

  /** An attribute of that kind, maybe through others; null if none was found. */
  #path(type: Type): string | null {
    const r = this.#r;
    const roots: readonly (readonly [string, Type])[] = [
      ['context', { kind: 'record', parts: this.#context }],
      ...['principal', 'resource'].map((name): readonly [string, Type] => [
        name,
        { kind: 'entity', name: r.pick(this.#schema.types).name },
      ]),
      ...this.#uids.slice(0, 3).map((uid): readonly [string, Type] => [shown(uid), { kind: 'entity', name: uid.type }]),
    ];
    const found: string[] = [];
    const visit = (text: string, at: Type, depth: number): void => {
      if (at.kind === type.kind && (at.kind !== 'entity' || type.kind !== 'entity' || at.name === type.name))
        found.push(text);
      if (depth > 3) return;
      const parts =
        at.kind === 'record'
          ? at.parts
          : at.kind === 'entity'
            ? (this.#schema.types.find(({ name }) => name === at.name)?.parts ?? [])
            : [];
      for (const part of parts)
        visit(
          isWord(part.name) && r.chance(0.7) ? `${text}.${part.name}` : `${text}[${quoted(part.name)}]`,
          part.type,
          depth + 1,
        );
    };
    for (const [text, root] of roots) visit(text, root, 0);
    return found.length === 0 ? null : r.pick(found);
  }

  #literal(type: Type, depth: number): string {
    const r = this.#r;
    switch (type.kind) {
      case 'bool':
        return r.pick(['true', 'false']);
      case 'long':
        return r.pick(LONGS);
      case 'string':
        return quoted(r.pick(TEXTS));
      case 'decimal':
        return `decimal(${quoted(r.pick(r.chance(0.6) ? GOOD.decimal : DECIMALS))})`;
      case 'ip':
        return `ip(${quoted(r.pick(r.chance(0.6) ? GOOD.ip : IPS))})`;
      case 'datetime':
        return `datetime(${quoted(r.pick(r.chance(0.6) ? GOOD.datetime : DATETIMES))})`;
      case 'duration':
        return `duration(${quoted(r.pick(r.chance(0.6) ? GOOD.duration : DURATIONS))})`;
      case 'entity': {
        const own = this.#uids.filter((uid) => uid.type === type.name);
        return r.pick(['principal', 'resource', 'action', ...own.map(shown), `${type.name}::"gone"`]);
      }
      case 'set': {
        const count = r.chance(0.04) ? 200 : r.below(4);
        const few = Array.from({ length: Math.min(count, 5) }, () =>
          depth > 6 ? '1' : this.#expr(type.of, depth + 2),
        );
        return `[${Array.from({ length: count }, (_, i) => few[i % few.length]).join(', ')}]`;
      }
      case 'record':
        return `{${type.parts.map((part) => `${quoted(part.name)}: ${depth > 6 ? '1' : this.#expr(part.type, depth + 2)}`).join(', ')}}`;
    }
  }
}
