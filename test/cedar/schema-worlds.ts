// In: a seed. Out: a Cedar world as fuzzers write them: a schema with namespaces, common types, enums and tags; deep hierarchies;
// policies and templates with links; names, ids and texts of odd characters; entities and requests that mostly conform. All of it text
// and JSON. Never judges.

import { Random } from '../differential/random.ts';

export interface SchemaWorld {
  readonly schema: string;
  readonly policies: {
    readonly staticPolicies: { readonly [id: string]: string };
    readonly templates: { readonly [id: string]: string };
    readonly templateLinks: readonly object[];
  };
  readonly entities: readonly object[];
  readonly requests: readonly object[];
}

export const REQUESTS_PER_SCHEMA_WORLD = 25;

type Type =
  | { readonly kind: 'bool' | 'long' | 'string' | 'decimal' | 'ip' | 'datetime' | 'duration' }
  | { readonly kind: 'entity'; readonly name: string }
  | { readonly kind: 'set'; readonly of: Type }
  | { readonly kind: 'record'; readonly parts: readonly Part[] };
interface Part {
  readonly name: string;
  readonly type: Type;
  readonly optional: boolean;
}
interface EntityType {
  readonly name: string;
  readonly parts: readonly Part[];
  readonly tags: Type | null;
  readonly memberOf: readonly string[];
  readonly ids: readonly string[] | null;
}
interface Uid {
  readonly type: string;
  readonly id: string;
}

const IDS = [
  '',
  'a',
  'b',
  '\u0000\u0011',
  '"',
  '\\',
  "it's",
  '😀',
  'é',
  '*',
  '\n\t',
  '::"',
  'if',
  '\u{10ffff}',
  '\u200b',
  ' ',
];
const NAMES = [
  'a',
  'b',
  'c',
  'id',
  'type',
  'Set',
  'has_',
  '_',
  'x y',
  '',
  'é',
  'in',
  'true',
  '\u0000',
  '"q"',
  '\\',
  '😀',
  '__entity',
  '__extn',
];
const TEXTS = [
  '',
  'a',
  'ab',
  'aab',
  '*',
  '\\',
  '\\*',
  '"',
  '\u0000',
  'é',
  'e\u0301',
  '😀',
  '😀😀',
  'a*b',
  '\n',
  'permit',
  '\u{10ffff}',
  'ba'.repeat(40),
];
const DECIMALS = [
  '0.0',
  '-0.0',
  '-0.5',
  '0.0001',
  '922337203685477.5807',
  '-922337203685477.5808',
  '922337203685477.5808',
  '922337203685478.0',
  '1.',
  '.1',
  '1.00000',
  '00.10',
  '-00.1',
  '+1.0',
  '1e1',
  '1.0 ',
];
const IPS = [
  '0.0.0.0',
  '255.255.255.255',
  '127.0.0.1',
  '127.255.255.255/8',
  '128.0.0.1/0',
  '10.0.0.0/8',
  '10.1.2.3/31',
  '224.0.0.0/4',
  '239.1.1.1/32',
  '::',
  '::1',
  '::1/127',
  '::2/128',
  'ff00::/8',
  'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
  'FE80::ABCD',
  '1::',
  '1:2:3:4:5:6:7::',
  '::2:3:4:5:6:7:8',
  '1:2:3:4:5:6:7:8/64',
  '::/0',
  '0:0:0:0:0:0:0:1',
  '::ffff:1.2.3.4',
  '1:2:3:4:5:6:7',
  '1.2.3.4/33',
  '1.2.3.4/',
  '1.2.3.4/+1',
  '::g',
  '00001::',
  '1.2.3.04',
  '1.2.3.4.5',
  ' ::1',
];
const DATETIMES = [
  '1970-01-01',
  '0000-01-01',
  '9999-12-31',
  '2000-02-29',
  '1900-02-29',
  '2024-02-30',
  '1969-12-31T23:59:59.999Z',
  '2024-10-15T00:00:00Z',
  '2024-10-15T23:59:59.999+2359',
  '0000-01-01T00:00:00.000+2359',
  '9999-12-31T23:59:59.999-2359',
  '2024-10-15T11:38:02+0000',
  '2024-10-15T11:38:02-0060',
  '2024-10-15T11:38:02+2400',
  '2024-10-15T11:38:02.1Z',
  '2024-10-15T11:38Z',
  '2024-10-15t11:38:02Z',
  '2024-10-15T24:00:00Z',
  '2024-6-15',
  '-2024-01-01',
  '2024-10-15 ',
];
const DURATIONS = [
  '0d',
  '-0ms',
  '1d',
  '1d1h1m1s1ms',
  '-1d1h1m1s1ms',
  '24h',
  '86400000ms',
  '9223372036854775807ms',
  '-9223372036854775808ms',
  '9223372036854775808ms',
  '106751991167d7h12m55s807ms',
  '106751991167d7h12m55s808ms',
  '-106751991167d7h12m55s808ms',
  '1h1d',
  '1',
  'd',
  '',
  '-',
  '1.5s',
  '1ms1s',
  '00001s',
  '99999999999999999999ms',
];
const LONGS = [
  '0',
  '1',
  '-1',
  '2',
  '9223372036854775807',
  '-9223372036854775808',
  '4611686018427387904',
  '3037000499',
  '3037000500',
  '-4611686018427387904',
  '4294967296',
  '9007199254740993',
];
const PATTERNS = [
  '*',
  '',
  '**',
  'a*',
  '*a',
  '*b*',
  'a**b',
  '\\*',
  '*\\**',
  '\\\\',
  '\\\\*',
  '\\u{1f600}*',
  '*\\u{301}',
  'é',
  '\\0*',
  '*\\"',
  "\\'*",
  '\\x61*',
  'ba*ab*a',
  '*a*a*a*b',
];

/** As Cedar writes a text. */
export function quoted(text: string): string {
  const escapes: { readonly [char: string]: string } = {
    '"': '\\"',
    '\\': '\\\\',
    '\n': '\\n',
    '\t': '\\t',
    '\u0000': '\\0',
  };
  return `"${Array.from(text, (char) => escapes[char] ?? (/[\p{C}]/u.test(char) ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}` : char)).join('')}"`;
}

const RESERVED = new Set(['true', 'false', 'if', 'then', 'else', 'in', 'is', 'like', 'has', '__cedar']);
const isWord = (name: string): boolean => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !RESERVED.has(name);
const shown = (uid: Uid): string => `${uid.type}::${quoted(uid.id)}`;

export function generateSchemaWorld(seed: number): SchemaWorld {
  return new Generator(new Random(seed)).world();
}

class Generator {
  readonly #r: Random;
  #types: EntityType[] = [];
  #context: readonly Part[] = [];
  #uids: Uid[] = [];

  constructor(random: Random) {
    this.#r = random;
  }

  world(): SchemaWorld {
    const r = this.#r;
    const names = r.sample(['User', 'Group', 'N::Doc', 'N::M::Box', '_t', 'Z9'], r.between(2, 4));
    this.#types = names.map((name, index) => ({
      name,
      parts: [],
      tags: null,
      memberOf: r.sample(names.slice(index), r.below(3)),
      ids: null,
    }));
    this.#types = this.#types.map((type) => ({
      ...type,
      parts: this.#parts(0),
      tags: r.chance(0.4) ? this.#type(1) : null,
    }));
    this.#types.push({ name: 'Kind', parts: [], tags: null, memberOf: [], ids: ['one', '"', ''] });
    this.#context = this.#parts(0);
    this.#uids = this.#types.flatMap(({ name, ids }) => (ids ?? r.sample(IDS, 4)).map((id) => ({ type: name, id })));
    const actions = ['view', 'ed it', 'all', 'top'];
    const entities = this.#entities();
    const staticPolicies = Object.fromEntries(
      Array.from({ length: r.between(1, 4) }, (_, i) => [`p${i}`, this.#policy(false)]),
    );
    const templates = r.chance(0.4) ? { t: this.#policy(true) } : {};
    const needs = (slot: string): boolean => templates.t?.includes(slot) === true;
    const values = {
      ...(needs('?principal') ? { '?principal': r.pick(this.#uids) } : {}),
      ...(needs('?resource') ? { '?resource': r.pick(this.#uids) } : {}),
    };
    return {
      schema: this.#schema(names),
      policies: {
        staticPolicies,
        templates,
        templateLinks: templates.t === undefined ? [] : [{ templateId: 't', newId: 'l', values }],
      },
      entities,
      requests: Array.from({ length: REQUESTS_PER_SCHEMA_WORLD }, () => ({
        principal: r.pick(this.#uids),
        action: { type: 'Action', id: r.pick(actions.slice(0, 2)) },
        resource: r.pick(this.#uids),
        context: this.#json({ kind: 'record', parts: this.#context }),
        validateRequest: r.chance(0.1),
      })),
    };
  }

  #schema(names: readonly string[]): string {
    const lines = this.#types.map(({ name, parts, tags, memberOf, ids }) => {
      const parents = memberOf.length === 0 ? '' : ` in [${memberOf.join(', ')}]`;
      const [space, own] = name.includes('::')
        ? [name.slice(0, name.lastIndexOf('::')), name.slice(name.lastIndexOf('::') + 2)]
        : ['', name];
      const body =
        ids === null
          ? `${parents} = ${this.#typeText({ kind: 'record', parts })}${tags === null ? '' : ` tags ${this.#typeText(tags)}`}`
          : ` enum [${ids.map(quoted).join(', ')}]`;
      const declared = `entity ${own}${body};`;
      return space === '' ? declared : `namespace ${space} { ${declared} }`;
    });
    const all = [...names, 'Kind'].join(', ');
    const applies = `appliesTo { principal: [${all}], resource: [${all}], context: ${this.#typeText({ kind: 'record', parts: this.#context })} }`;
    lines.push(`action view, "ed it" in [all] ${applies};`, 'action all in [top];', 'action top;');
    return lines.join('\n');
  }

  #typeText(type: Type): string {
    switch (type.kind) {
      case 'bool':
        return 'Bool';
      case 'long':
        return '__cedar::Long';
      case 'string':
        return 'String';
      case 'ip':
        return 'ipaddr';
      case 'entity':
        return type.name;
      case 'set':
        return `Set<${this.#typeText(type.of)}>`;
      case 'record':
        return `{ ${type.parts.map((part) => `${isWord(part.name) ? part.name : quoted(part.name)}${part.optional ? '?' : ''}: ${this.#typeText(part.type)}`).join(', ')} }`;
      default:
        return type.kind;
    }
  }

  #parts(depth: number): Part[] {
    const r = this.#r;
    return r
      .sample(NAMES, r.between(depth === 0 ? 2 : 0, 5))
      .map((name) => ({ name, type: this.#type(depth + 1), optional: r.chance(0.4) }));
  }

  #type(depth: number): Type {
    const r = this.#r;
    const kind = r.weighted({
      bool: 2,
      long: 3,
      string: 3,
      decimal: 1,
      ip: 1,
      datetime: 1,
      duration: 1,
      entity: 3,
      set: depth > 3 ? 0 : 2,
      record: depth > 3 ? 0 : 3,
    });
    if (kind === 'entity') return { kind, name: r.pick(this.#types).name };
    if (kind === 'set') return { kind, of: this.#type(depth + 1) };
    return kind === 'record' ? { kind, parts: this.#parts(depth) } : { kind };
  }

  #entities(): object[] {
    const r = this.#r;
    const present = this.#uids.filter(() => r.chance(0.8));
    const list: object[] = present.map((uid, index) => {
      const type = this.#types.find(({ name }) => name === uid.type);
      const parents = present.slice(index + 1).filter((other) => type?.memberOf.includes(other.type) === true);
      const tags = type?.tags;
      return {
        uid,
        attrs: this.#json({ kind: 'record', parts: type?.parts ?? [] }),
        parents: r.sample(parents, r.between(0, 3)),
        ...(tags !== null && tags !== undefined && r.chance(0.8)
          ? { tags: Object.fromEntries(r.sample(NAMES, r.below(4)).map((name) => [name, this.#json(tags)])) }
          : {}),
      };
    });
    return r.chance(0.02) ? [...list, { uid: r.pick(this.#uids), attrs: { zzz: 1 }, parents: [] }] : list;
  }

  #json(type: Type): unknown {
    const r = this.#r;
    if (r.chance(0.002)) return r.pick<unknown>([null, 1, 'x', [], {}, { __entity: r.pick(this.#uids) }]);
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
        const uid = r.pick(
          this.#uids
            .filter((each) => each.type === type.name)
            .concat({ type: type.name, id: type.name === 'Kind' ? 'one' : 'gone' }),
        );
        return r.chance(0.5) ? uid : { __entity: uid };
      }
      case 'set':
        return Array.from({ length: r.below(4) }, () => this.#json(type.of));
      case 'record':
        return Object.fromEntries(
          type.parts
            .filter((part) => !part.optional || r.chance(0.6))
            .map((part) => [part.name, this.#json(part.type)]),
        );
    }
  }

  #policy(isTemplate: boolean): string {
    const r = this.#r;
    const scope = (name: 'principal' | 'resource'): string => {
      const entity = isTemplate && (name === 'principal' || r.chance(0.5)) ? `?${name}` : shown(r.pick(this.#uids));
      const type = r.pick(this.#types).name;
      const kind = r.weighted({
        any: isTemplate && name === 'principal' ? 0 : 5,
        equal: 1,
        in: 2,
        is: isTemplate ? 0 : 2,
        isIn: 1,
      });
      if (kind === 'any') return name;
      if (kind === 'equal') return `${name} == ${entity}`;
      if (kind === 'in') return `${name} in ${entity}`;
      return kind === 'is' ? `${name} is ${type}` : `${name} is ${type} in ${entity}`;
    };
    const action = r.pick([
      'action',
      'action',
      'action == Action::"ed it"',
      'action in Action::"top"',
      'action in [Action::"view", Action::"all"]',
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
    const wanted = r.chance(0.02) ? this.#type(2) : type;
    if (depth > 5) return this.#literal(wanted, depth);
    const sub = (kind: Type): string => this.#expr(kind, depth + 1);
    const bool: Type = { kind: 'bool' };
    if (r.chance(0.05)) return `(if ${sub(bool)} then ${sub(wanted)} else ${sub(wanted)})`;
    const path = r.chance(0.45) ? this.#path(wanted) : null;
    if (path !== null) return path;
    if (r.chance(0.04)) return `{${quoted(r.pick(NAMES))}: ${sub(this.#type(3))}, "k": ${sub(wanted)}}["k"]`;
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
    const entity = (): Type => ({ kind: 'entity', name: r.pick(this.#types).name });
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
        return `${'('.repeat(40)}${'!!'.repeat(2)}${sub({ kind: 'bool' })}${')'.repeat(40)}`;
      case 'not':
        return `!(${sub({ kind: 'bool' })})`;
      case 'equal': {
        const type = this.#type(2);
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
          () => sub({ kind: 'record', parts: this.#parts(2) }),
        ])();
        const words = NAMES.filter(isWord);
        return r.chance(0.4)
          ? `(${on} has ${r.sample(words, r.between(1, 4)).join('.')})`
          : `(${on} has ${quoted(r.pick(NAMES))})`;
      }
      case 'like':
        return `(${sub({ kind: 'string' })} like "${r.pick(PATTERNS)}")`;
      case 'is':
        return `(${sub(entity())} is ${r.pick(this.#types).name}${r.chance(0.5) ? ` in ${sub(entity())}` : ''})`;
      case 'sets': {
        const of = this.#type(3);
        const set: Type = { kind: 'set', of };
        const method = r.pick(['contains', 'containsAll', 'containsAny', 'isEmpty']);
        if (method === 'isEmpty') return `${sub(set)}.isEmpty()`;
        return `${sub(set)}.${method}(${sub(method === 'contains' ? of : set)})`;
      }
      case 'tag': {
        const on = sub(entity());
        const name = r.chance(0.7) ? quoted(r.pick(NAMES)) : sub({ kind: 'string' });
        const tags = r.pick(this.#types).tags ?? { kind: 'long' as const };
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
        { kind: 'entity', name: r.pick(this.#types).name },
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
            ? (this.#types.find(({ name }) => name === at.name)?.parts ?? [])
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

const GOOD = {
  decimal: DECIMALS.slice(0, 6),
  ip: IPS.slice(0, 22),
  datetime: [
    '1970-01-01',
    '0000-01-01',
    '9999-12-31',
    '2000-02-29',
    '1969-12-31T23:59:59.999Z',
    '2024-10-15T23:59:59.999+2359',
    '0000-01-01T00:00:00.000+2359',
    '9999-12-31T23:59:59.999-2359',
  ],
  duration: DURATIONS.slice(0, 9),
} as const;
