// In: Cedar text. Out: its policies and templates, or every mistake with its place.
// Never stops at the first mistake: after one it goes on behind the next `;`.

import type { DiagnosticSink } from '../../diagnostic.ts';
import type { Source, Span } from '../../source.ts';
import type { ActionConstraint, CedarExpr, CedarPolicy, EntityUid, ScopeConstraint } from './ast.ts';
import { ExpressionReader } from './expressions.ts';
import { CedarMistake, TokenReader, tokenize, unescape } from './tokens.ts';

/** The policies of a text, ids by position (`policy0`, `policy1`, …, templates counted), or null after an error. */
export function parseCedar(source: Source, sink: DiagnosticSink): CedarPolicy[] | null {
  const policies: CedarPolicy[] = [];
  let failed = false;
  const report = (error: unknown): void => {
    if (!(error instanceof CedarMistake)) throw error;
    sink.error(error.code, error.span, error.message, error.help);
    failed = true;
  };
  let tokens: TokenReader;
  try {
    tokens = new TokenReader(tokenize(source));
  } catch (error) {
    report(error);
    return null;
  }
  for (let count = 0; tokens.next.kind !== 'end' && !sink.isFull; count += 1) {
    try {
      policies.push(new PolicyReader(tokens).policy(`policy${count}`));
    } catch (error) {
      report(error);
      tokens.recover();
    }
  }
  return failed ? null : policies;
}

class PolicyReader {
  readonly #tokens: TokenReader;
  readonly #expressions: ExpressionReader;

  constructor(tokens: TokenReader) {
    this.#tokens = tokens;
    this.#expressions = new ExpressionReader(tokens);
  }

  policy(id: string): CedarPolicy {
    const tokens = this.#tokens;
    const start = tokens.next.span;
    const annotations = readAnnotations(tokens);
    const word = tokens.expectKind('word', '`permit` or `forbid`');
    if (word.text !== 'permit' && word.text !== 'forbid') {
      throw new CedarMistake('P1102', word.span, `\`${word.text}\` is no effect`, 'write `permit` or `forbid`');
    }
    tokens.expect('(');
    const principal = this.#scope('principal');
    tokens.expect(',');
    const action = this.#action();
    tokens.expect(',');
    const resource = this.#scope('resource');
    tokens.skip(',');
    tokens.expect(')');
    const conditions: CedarExpr[] = [];
    while (!tokens.skip(';')) conditions.push(this.#clause());
    const span = tokens.spanFrom(start);
    return { id, effect: word.text, principal, action, resource, conditions, annotations, span };
  }

  #clause(): CedarExpr {
    const tokens = this.#tokens;
    const start = tokens.next.span;
    if (!tokens.is('when') && !tokens.is('unless')) throw tokens.unexpected('`when`, `unless` or `;`');
    const isUnless = tokens.take().text === 'unless';
    tokens.expect('{');
    if (tokens.is('}')) throw tokens.unexpected('a condition', 'remove the clause, or write `true`');
    const body = this.#expressions.read();
    tokens.expect('}');
    return isUnless ? { kind: 'not', operand: body, span: tokens.spanFrom(start) } : body;
  }

  #variable(name: string): void {
    const tokens = this.#tokens;
    if (!tokens.is(name)) {
      throw tokens.unexpected(`\`${name}\``, 'a scope is `principal`, `action`, `resource`, in this order');
    }
    tokens.take();
  }

  #scope(name: 'principal' | 'resource'): ScopeConstraint {
    const tokens = this.#tokens;
    this.#variable(name);
    if (tokens.skip('==')) return { kind: 'equal', entity: this.#entityOrSlot(name) };
    if (tokens.skip('in')) return { kind: 'in', entity: this.#entityOrSlot(name) };
    if (tokens.skip('is')) {
      const type = tokens.name('the name of an entity type');
      return { kind: 'is', type, in: tokens.skip('in') ? this.#entityOrSlot(name) : null };
    }
    if (!tokens.is(',') && !tokens.is(')')) throw tokens.unexpected('`==`, `in`, `is` or the next part of the scope');
    return { kind: 'any' };
  }

  #action(): ActionConstraint {
    const tokens = this.#tokens;
    this.#variable('action');
    if (tokens.skip('==')) return { kind: 'equal', entity: this.#actionUid() };
    if (tokens.skip('in')) {
      if (!tokens.skip('[')) return { kind: 'in', entities: [this.#actionUid()] };
      const entities: EntityUid[] = [];
      while (!tokens.skip(']')) {
        entities.push(this.#actionUid());
        if (!tokens.is(']') && !tokens.skip(',')) throw tokens.unexpected('`,` or `]`');
      }
      return { kind: 'in', entities };
    }
    if (!tokens.is(',')) throw tokens.unexpected('`==`, `in` or `,`');
    return { kind: 'any' };
  }

  #actionUid(): EntityUid {
    const start = this.#tokens.next.span;
    const uid = readUid(this.#tokens);
    checkActionType(uid, this.#tokens.spanFrom(start));
    return uid;
  }

  #entityOrSlot(name: 'principal' | 'resource'): EntityUid | 'slot' {
    const { next } = this.#tokens;
    if (next.kind !== 'slot') return readUid(this.#tokens);
    if (next.text !== `?${name}`) throw this.#tokens.unexpected(`an entity or \`?${name}\``);
    this.#tokens.take();
    return 'slot';
  }
}

/** `Type::"id"`, brackets around it allowed. @throws CedarMistake */
export function readUid(tokens: TokenReader): EntityUid {
  if (tokens.skip('(')) {
    const inner = readUid(tokens);
    tokens.expect(')');
    return inner;
  }
  const type = tokens.name('an entity, as in `User::"alice"`');
  tokens.expect('::');
  return { type, id: unescape(tokens.expectKind('string', 'the id of an entity in double quotes')) };
}

/** Actions have the type `Action`, in any namespace. @throws CedarMistake P1110 */
export function checkActionType(uid: EntityUid, span: Span): void {
  if (uid.type === 'Action' || uid.type.endsWith('::Action')) return;
  throw new CedarMistake('P1110', span, `an action has the type \`Action\`, not \`${uid.type}\``);
}

/** `@name` and `@name("text")`, any number. @throws CedarMistake */
export function readAnnotations(tokens: TokenReader): ReadonlyMap<string, string> {
  const annotations = new Map<string, string>();
  while (tokens.skip('@')) {
    const name = tokens.expectKind('word', 'the name of an annotation');
    if (annotations.has(name.text)) {
      throw new CedarMistake('P1108', name.span, `\`@${name.text}\` stands twice`);
    }
    let value = '';
    if (tokens.skip('(')) {
      value = unescape(tokens.expectKind('string', 'a text in double quotes'));
      tokens.expect(')');
    }
    annotations.set(name.text, value);
  }
  return annotations;
}

/** `Type::"id"` standing alone, or null. */
export function parseUid(text: string): EntityUid | null {
  try {
    const tokens = new TokenReader(tokenize({ path: '', text }));
    const uid = readUid(tokens);
    return tokens.next.kind === 'end' ? uid : null;
  } catch (error) {
    if (error instanceof CedarMistake) return null;
    throw error;
  }
}
