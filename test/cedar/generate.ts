// In: a seed. Out: a Cedar world as text and JSON: policies, entities, requests. Mostly meaningful, with boundary values, wrong types,
// missing attributes and entities, so that every way to err is met. Never a text that Cedar does not parse.

import { Random } from '../differential/random.ts';

export interface GeneratedWorld {
  readonly policies: string;
  readonly entities: readonly object[];
  readonly requests: readonly { readonly [key: string]: unknown }[];
}

export const REQUESTS_PER_WORLD = 50;

type Kind = 'bool' | 'long' | 'string' | 'entity' | 'set' | 'record' | 'decimal' | 'ip' | 'datetime' | 'duration';

const TYPES = ['User', 'Group', 'App::Photo'] as const;
const IDS = ['a', 'b', 'c', 'd', '', 'é"\\', 'x y'] as const;
const ACTIONS = ['view', 'edit', 'all', 'none'] as const;
const NAMES = ['n', 's', 'b', 'e', 'l', 'r', 'd', 'i', 't', 'u', 'a b', 'if'] as const;
/** What an attribute mostly is. */
const KIND_OF: { readonly [name: string]: Kind } = {
  n: 'long',
  s: 'string',
  b: 'bool',
  e: 'entity',
  l: 'set',
  r: 'record',
  d: 'decimal',
  i: 'ip',
  t: 'datetime',
  u: 'duration',
  'a b': 'long',
  if: 'string',
};
const LONGS = [0n, 1n, -1n, 2n, 7n, 9007199254740991n, -9007199254740991n];
const EXTREMES = ['9223372036854775807', '-9223372036854775808', '4611686018427387904', '3037000500'];
const STRINGS = ['', 'a', 'ab', 'abc', 'b*c', 'é', 'a\\b', 'x\u{1f600}y', '*', '"'];
const PATTERNS = ['*', 'a*', '*c', 'a*c', '*b*', '', 'a', '*\\**', '**', 'é', '*\\u{1f600}*', 'a\\\\b'];
const DECIMALS = [
  '0.0',
  '1.5',
  '-1.5',
  '0.0001',
  '922337203685477.5807',
  '-922337203685477.5808',
  '922337203685477.5808',
  '1.',
  '1',
  '.5',
  '1.00000',
  '-0.0',
  '01.10',
];
const IPS = [
  '127.0.0.1',
  '10.0.0.0/8',
  '10.1.2.3',
  '10.1.2.3/32',
  '224.0.0.1',
  '::1',
  '::',
  'ff02::1',
  'fe80::/10',
  '1:2:3:4:5:6:7:8',
  '1::8/128',
  '0.0.0.0/0',
  '::/0',
  '256.0.0.1',
  '01.2.3.4',
  '1.2.3',
  '1.2.3.4/33',
  '1.2.3.4/08',
  '::ffff:1.2.3.4',
  '1:2:3:4:5:6:7::8',
  '1::2::3',
  ':1::',
  '12345::',
  '',
];
const DATETIMES = [
  '1970-01-01',
  '2024-02-29',
  '2023-02-29',
  '2024-10-15T11:35:00Z',
  '2024-10-15T11:35:00.123Z',
  '2024-10-15T11:35:00+0130',
  '2024-10-15T11:35:00.5Z',
  '1969-12-31T23:59:59.999Z',
  '0000-01-01',
  '9999-12-31T23:59:59.999-2359',
  '2024-10-15T24:00:00Z',
  '2024-13-01',
  '2024-1-01',
  '2024-10-15T11:35:60Z',
  '2024-10-15T11:35:00',
];
const DURATIONS = [
  '0ms',
  '1d',
  '-1d',
  '1d2h3m4s5ms',
  '5ms',
  '1m',
  '1s1m',
  '',
  '-',
  '1',
  '9223372036854775807ms',
  '-9223372036854775808ms',
  '9223372036854775808ms',
  '106751991167d',
  '1h1h',
  '25h',
];

export function generateWorld(seed: number): GeneratedWorld {
  return new Generator(new Random(seed), false).world();
}

/** With `@advice` on many of its permits (LANGUAGE.md 14.7), and contexts that carry an `input`. */
export function generateAdvisedWorld(seed: number): GeneratedWorld {
  return new Generator(new Random(seed), true).world();
}

class Generator {
  readonly #random: Random;
  readonly #isAdvised: boolean;

  constructor(random: Random, isAdvised: boolean) {
    this.#random = random;
    this.#isAdvised = isAdvised;
  }

  world(): GeneratedWorld {
    const r = this.#random;
    const made = Array.from({ length: r.between(1, 5) }, () => this.#policy());
    const settling = this.#isAdvised ? [this.#settling(), 'permit (principal, action, resource);'] : [];
    const policies = [...made, ...settling.filter(() => r.chance(0.4))].join('\n');
    const entities = this.#entities();
    const requests = Array.from({ length: REQUESTS_PER_WORLD }, () => ({
      principal: this.#uid(r.pick(TYPES)),
      action: { type: 'Action', id: r.pick(ACTIONS) },
      resource: this.#uid(r.pick(TYPES)),
      context: this.#isAdvised ? this.#contextWithInput() : this.#attributes(0),
    }));
    return { policies, entities, requests };
  }

  #entities(): object[] {
    const r = this.#random;
    const all: { type: string; id: string }[] = TYPES.flatMap((type) => IDS.map((id) => ({ type, id })));
    const chosen = r.sample(all, r.between(3, 9));
    const list: object[] = chosen.map((uid, index) => ({
      uid,
      attrs: this.#attributes(0),
      // Parents come later in the list, or do not exist: no circle.
      parents: r.sample(
        chosen.slice(index + 1).concat(r.chance(0.1) ? [{ type: 'Group', id: 'gone' }] : []),
        r.below(3),
      ),
      ...(r.chance(0.5) ? { tags: this.#attributes(0) } : {}),
    }));
    list.push({ uid: { type: 'Action', id: 'view' }, attrs: {}, parents: [{ type: 'Action', id: 'all' }] });
    if (r.chance(0.5))
      list.push({ uid: { type: 'Action', id: 'edit' }, attrs: {}, parents: [{ type: 'Action', id: 'all' }] });
    return list;
  }

  #uid(type: string): { type: string; id: string } {
    return { type, id: this.#random.pick(IDS) };
  }

  #attributes(depth: number): object {
    const r = this.#random;
    const entries = r.sample(NAMES, depth === 0 ? r.between(2, 8) : r.between(0, 3)).map((name): [string, unknown] => {
      const kind = r.chance(0.9) ? (KIND_OF[name] ?? 'long') : r.pick(Object.values(KIND_OF));
      return [name, this.#json(kind, depth + 1)];
    });
    return Object.fromEntries(entries);
  }

  #json(kind: Kind, depth: number): unknown {
    const r = this.#random;
    switch (kind) {
      case 'bool':
        return r.chance(0.5);
      case 'long':
        return Number(r.pick(LONGS));
      case 'string':
        return r.pick(STRINGS);
      case 'entity':
        return { __entity: this.#uid(r.pick(TYPES)) };
      case 'set': {
        const element: Kind = r.pick(['long', 'string', 'entity', 'set', 'record', 'ip']);
        if (depth > 2) return [];
        return Array.from({ length: r.below(4) }, () => this.#json(r.chance(0.9) ? element : 'bool', depth + 1));
      }
      case 'record':
        return depth > 2 ? {} : this.#attributes(depth);
      case 'decimal':
        return { __extn: { fn: 'decimal', arg: r.pick(['0.0', '1.5', '-1.5', '922337203685477.5807']) } };
      case 'ip':
        return { __extn: { fn: 'ip', arg: r.pick(['127.0.0.1', '10.0.0.0/8', '::1', 'ff02::1/16']) } };
      case 'datetime':
        return {
          __extn: {
            fn: 'datetime',
            arg: r.pick(['1970-01-01', '2024-10-15T11:35:00.123Z', '1969-12-31T23:59:59.999Z']),
          },
        };
      case 'duration':
        return { __extn: { fn: 'duration', arg: r.pick(['0ms', '1d', '-1d2h', '9223372036854775807ms']) } };
    }
  }

  #policy(): string {
    const r = this.#random;
    const clauses = Array.from(
      { length: r.below(3) },
      () => `${r.pick(['when', 'unless'])} { ${this.#expr('bool', 0)} }`,
    );
    const action = r.pick([
      'action',
      'action == Action::"view"',
      'action in Action::"all"',
      'action in [Action::"edit", Action::"view"]',
      'action in []',
    ]);
    const effect = r.chance(this.#isAdvised ? 0.9 : 0.6) ? 'permit' : 'forbid';
    const advice = this.#isAdvised && effect === 'permit' && r.chance(0.6) ? this.#advice() : '';
    return `${advice}${effect} (${this.#scope('principal')}, ${action}, ${this.#scope('resource')}) ${clauses.join(' ')};`;
  }

  #contextWithInput(): object {
    const r = this.#random;
    const context = this.#attributes(0);
    if (r.chance(0.1)) return r.chance(0.5) ? context : { ...context, input: this.#json(r.pick(['long', 'set']), 1) };
    return { ...context, input: this.#attributes(0) };
  }

  #advice(): string {
    const r = this.#random;
    const verdict = r.weighted({ warn: 2, escalate: 2, transform: 5 });
    const said = {
      verdict,
      ...(r.chance(0.4) ? { reason: r.pick(['r', 'é', '']) } : {}),
      ...(r.chance(0.4) ? { message: r.pick(['m', 'mm']) } : {}),
      ...(verdict === 'transform' ? { transform: { path: this.#target(), value: this.#value() } } : {}),
    };
    return `@advice(${quoted(JSON.stringify(said))}) `;
  }

  /** A permit whose transform makes it stop matching. */
  #settling(): string {
    const r = this.#random;
    const name = r.pick(['n', 's']);
    const value = name === 'n' ? Number(r.pick(LONGS)) : r.pick(STRINGS);
    const transform = { path: `$policy_target.${name}`, value };
    const advice = `@advice(${quoted(JSON.stringify({ verdict: 'transform', transform }))})`;
    const literal = typeof value === 'string' ? quoted(value) : value;
    const condition = `context.input has ${name} && context.input.${name} != ${literal}`;
    return `${advice} permit (principal, action, resource) when { ${condition} };`;
  }

  #target(): string {
    const r = this.#random;
    const name = (): string => {
      const one = r.pick(NAMES);
      return /^[a-z]+$/.test(one) && r.chance(0.7) ? `.${one}` : `[${JSON.stringify(one)}]`;
    };
    return `$policy_target${Array.from({ length: r.pick([0, 1, 1, 1, 2, 3]) }, name).join('')}`;
  }

  /** Often what makes the next decision another. */
  #value(): unknown {
    const r = this.#random;
    return this.#json(r.pick(['bool', 'long', 'long', 'string', 'entity', 'set', 'record', 'decimal', 'ip']), 1);
  }

  #scope(name: string): string {
    const r = this.#random;
    const kind = r.weighted({ any: 6, equal: 1, in: 2, is: 2, isIn: 1 });
    if (kind === 'equal') return `${name} == ${this.#literalUid()}`;
    if (kind === 'in') return `${name} in ${this.#literalUid()}`;
    if (kind === 'is') return `${name} is ${r.pick(TYPES)}`;
    return kind === 'isIn' ? `${name} is ${r.pick(TYPES)} in ${this.#literalUid()}` : name;
  }

  #literalUid(): string {
    const r = this.#random;
    return `${r.pick(TYPES)}::${quoted(r.pick(IDS))}`;
  }

  /** Mostly of the kind asked for. */
  #expr(kind: Kind, depth: number): string {
    const r = this.#random;
    const of = r.chance(0.03) ? r.pick(Object.values(KIND_OF)) : kind;
    if (depth > 4) return this.#leaf(of);
    if (r.chance(0.05))
      return `(if ${this.#expr('bool', depth + 1)} then ${this.#expr(of, depth + 1)} else ${this.#expr(of, depth + 1)})`;
    switch (of) {
      case 'bool':
        return this.#bool(depth + 1);
      case 'long':
        return this.#long(depth + 1);
      case 'datetime':
        if (r.chance(0.3))
          return `${receiver(this.#expr('datetime', depth + 1))}.offset(${this.#expr('duration', depth + 1)})`;
        return r.chance(0.15) ? `${receiver(this.#expr('datetime', depth + 1))}.toDate()` : this.#leaf(of);
      case 'duration':
        if (r.chance(0.2))
          return `${receiver(this.#expr('datetime', depth + 1))}.durationSince(${this.#expr('datetime', depth + 1)})`;
        return r.chance(0.15) ? `${receiver(this.#expr('datetime', depth + 1))}.toTime()` : this.#leaf(of);
      default:
        return this.#leaf(of);
    }
  }

  #long(depth: number): string {
    const r = this.#random;
    const sub = (kind: Kind): string => this.#expr(kind, depth);
    if (r.chance(0.5)) return this.#leaf('long');
    if (r.chance(0.2))
      return `${receiver(sub('duration'))}.${r.pick(['toMilliseconds', 'toSeconds', 'toMinutes', 'toHours', 'toDays'])}()`;
    return r.chance(0.15) ? `-(${sub('long')})` : `(${sub('long')} ${r.pick(['+', '-', '*'])} ${sub('long')})`;
  }

  #bool(depth: number): string {
    const r = this.#random;
    const sub = (kind: Kind): string => this.#expr(kind, depth);
    const any = (): Kind => r.pick(Object.values(KIND_OF));
    switch (
      r.weighted({
        leaf: 3,
        and: 5,
        or: 5,
        not: 2,
        equal: 4,
        less: 3,
        in: 4,
        has: 4,
        like: 2,
        is: 2,
        sets: 4,
        tag: 2,
        decimal: 2,
        ip: 3,
      })
    ) {
      case 'leaf':
        return this.#leaf('bool');
      case 'and':
        return `(${sub('bool')} && ${sub('bool')}${r.chance(0.2) ? ` && ${sub('bool')}` : ''})`;
      case 'or':
        return `(${sub('bool')} || ${sub('bool')})`;
      case 'not':
        return `!(${sub('bool')})`;
      case 'equal': {
        const kind = any();
        return `(${sub(kind)} ${r.pick(['==', '!='])} ${sub(kind)})`;
      }
      case 'less': {
        const kind = r.pick<Kind>(['long', 'long', 'datetime', 'duration']);
        return `(${sub(kind)} ${r.pick(['<', '<=', '>', '>='])} ${sub(kind)})`;
      }
      case 'in':
        return r.chance(0.6)
          ? `(${sub('entity')} in ${sub('entity')})`
          : `(${sub('entity')} in [${sub('entity')}, ${sub('entity')}])`;
      case 'has': {
        const on = r.pick(['principal', 'resource', 'context', this.#leaf('record'), this.#leaf('entity')]);
        return r.chance(0.2) ? `(${on} has e.r.n)` : `(${on} has ${quoted(r.pick(NAMES))})`;
      }
      case 'like':
        return `(${sub('string')} like "${r.pick(PATTERNS)}")`;
      case 'is':
        return r.chance(0.5)
          ? `(${sub('entity')} is ${r.pick(TYPES)})`
          : `(${sub('entity')} is ${r.pick(TYPES)} in ${sub('entity')})`;
      case 'sets': {
        const how = r.weighted({ contains: 3, containsAll: 2, containsAny: 2, isEmpty: 1 });
        if (how === 'isEmpty') return `${receiver(sub('set'))}.isEmpty()`;
        return `${receiver(sub('set'))}.${how}(${how === 'contains' ? sub(any()) : sub('set')})`;
      }
      case 'tag':
        return r.chance(0.5)
          ? `${receiver(sub('entity'))}.hasTag(${sub('string')})`
          : `(${receiver(sub('entity'))}.getTag(${quoted(r.pick(NAMES))}) == ${sub(any())})`;
      case 'decimal':
        return `${receiver(sub('decimal'))}.${r.pick(['lessThan', 'lessThanOrEqual', 'greaterThan', 'greaterThanOrEqual'])}(${sub('decimal')})`;
      case 'ip': {
        const how = r.pick(['isIpv4()', 'isIpv6()', 'isLoopback()', 'isMulticast()', '']);
        return how === '' ? `${receiver(sub('ip'))}.isInRange(${sub('ip')})` : `${receiver(sub('ip'))}.${how}`;
      }
    }
  }

  /** An attribute of that kind, or a literal. */
  #leaf(kind: Kind): string {
    const r = this.#random;
    if (r.chance(0.45)) {
      const names = NAMES.filter((name) => KIND_OF[name] === kind);
      const from = r.pick([
        'principal',
        'resource',
        'context',
        ...(this.#isAdvised ? ['context.input', 'context.input'] : []),
        'context.r',
        'principal.e',
        'resource["e"]',
        'User::"a"',
      ]);
      return `${from}[${quoted(r.pick(names))}]`;
    }
    switch (kind) {
      case 'bool':
        return r.pick(['true', 'false']);
      case 'long':
        return r.chance(0.2) ? r.pick(EXTREMES) : String(r.pick(LONGS));
      case 'string':
        return quoted(r.pick(STRINGS));
      case 'entity':
        return r.pick(['principal', 'resource', 'action', 'Action::"all"', this.#literalUid()]);
      case 'set':
        return `[${Array.from({ length: r.below(4) }, () => this.#leaf(r.pick(['long', 'string', 'entity']))).join(', ')}]`;
      case 'record':
        return r.chance(0.3) ? 'context' : `{n: ${this.#leaf('long')}, "if": ${this.#leaf('string')}}`;
      case 'decimal':
        return `decimal(${quoted(r.pick(DECIMALS))})`;
      case 'ip':
        return `ip(${quoted(r.pick(IPS))})`;
      case 'datetime':
        return `datetime(${quoted(r.pick(DATETIMES))})`;
      case 'duration':
        return `duration(${quoted(r.pick(DURATIONS))})`;
    }
  }
}

/** What a method is called of: the least integer is one only where no access follows. */
function receiver(text: string): string {
  return text === '-9223372036854775808' ? `(${text})` : text;
}

function quoted(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
