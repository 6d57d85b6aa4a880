// In: a schema in Cedar's own syntax. Out: its declarations as written, or every mistake with its place.
// Never resolves a name.

import type { DiagnosticSink } from '../../diagnostic.ts';
import type { Source, Span } from '../../source.ts';
import { readAnnotations } from './policies.ts';
import type {
  WrittenAction,
  WrittenAttribute,
  WrittenCommonType,
  WrittenEntity,
  WrittenName,
  WrittenNamespace,
  WrittenType,
} from './schema.ts';
import { CedarMistake, TokenReader, tokenize, unescape } from './tokens.ts';

const MAX_DEPTH = 100;

/** The declarations of a schema, or null after an error. */
export function parseSchemaText(source: Source, sink: DiagnosticSink): WrittenNamespace[] | null {
  const reader = new SchemaReader();
  let failed = false;
  const attempt = (step: () => void, recover: () => void): void => {
    try {
      step();
    } catch (error) {
      if (!(error instanceof CedarMistake)) throw error;
      sink.error(error.code, error.span, error.message, error.help);
      failed = true;
      recover();
    }
  };
  attempt(
    () => reader.begin(tokenize(source)),
    () => undefined,
  );
  while (!reader.isAtEnd && !sink.isFull) {
    attempt(
      () => reader.block(),
      () => reader.recover(),
    );
  }
  return failed ? null : reader.namespaces;
}

interface Block {
  readonly name: string;
  readonly types: WrittenCommonType[];
  readonly entities: WrittenEntity[];
  readonly actions: WrittenAction[];
}

class SchemaReader {
  #tokens: TokenReader | null = null;
  readonly namespaces: Block[] = [];
  #depth = 0;

  begin(tokens: ReturnType<typeof tokenize>): void {
    this.#tokens = new TokenReader(tokens);
  }

  get isAtEnd(): boolean {
    return this.#tokens === null || this.#tokens.next.kind === 'end';
  }

  get #in(): TokenReader {
    if (this.#tokens === null) throw new Error('begin comes first');
    return this.#tokens;
  }

  recover(): void {
    this.#in.recover();
  }

  /** A namespace, or one declaration outside of all. */
  block(): void {
    const tokens = this.#in;
    const annotations = tokens.next.span;
    readAnnotations(tokens);
    if (!tokens.is('namespace') || tokens.peek(1).kind !== 'word') {
      const block: Block = { name: '', types: [], entities: [], actions: [] };
      this.namespaces.push(block);
      this.#declaration(block);
      return;
    }
    tokens.take();
    const name = tokens.name('the name of a namespace');
    if (name.split('::').includes('__cedar')) {
      throw new CedarMistake('P1105', tokens.spanFrom(annotations), '`__cedar` is reserved and cannot be a name');
    }
    const block: Block = { name, types: [], entities: [], actions: [] };
    this.namespaces.push(block);
    tokens.expect('{');
    while (!tokens.skip('}')) {
      readAnnotations(tokens);
      this.#declaration(block);
    }
  }

  #declaration(block: Block): void {
    const tokens = this.#in;
    if (tokens.skip('entity')) block.entities.push(...this.#entities());
    else if (tokens.skip('action')) block.actions.push(...this.#actions());
    else if (tokens.skip('type')) block.types.push(this.#commonType());
    else throw tokens.unexpected('`entity`, `action`, `type` or `namespace`');
  }

  #commonType(): WrittenCommonType {
    const tokens = this.#in;
    const { text: name, span } = tokens.expectKind('word', 'the name of a type');
    tokens.expect('=');
    const type = this.#type();
    tokens.expect(';');
    return { name: { name, span }, type };
  }

  #entities(): WrittenEntity[] {
    const tokens = this.#in;
    const names: WrittenName[] = [];
    do {
      const { text: name, span } = tokens.expectKind('word', 'the name of an entity type');
      names.push({ name, span });
    } while (tokens.skip(','));
    if (tokens.skip('enum')) {
      tokens.expect('[');
      const ids: string[] = [];
      while (!tokens.skip(']')) {
        ids.push(unescape(tokens.expectKind('string', 'an id in double quotes')));
        if (!tokens.is(']') && !tokens.skip(',')) throw tokens.unexpected('`,` or `]`');
      }
      tokens.expect(';');
      return names.map((name) => ({ name, memberOf: [], shape: null, tags: null, ids }));
    }
    const memberOf = tokens.skip('in') ? this.#names() : [];
    const hasShape = tokens.skip('=') || tokens.is('{');
    const shape = hasShape ? this.#type() : null;
    const tags = tokens.skip('tags') ? this.#type() : null;
    tokens.expect(';');
    return names.map((name) => ({ name, memberOf, shape, tags, ids: null }));
  }

  #actions(): WrittenAction[] {
    const tokens = this.#in;
    const start = tokens.next.span;
    const ids: string[] = [];
    do ids.push(this.#wordOrString('the name of an action'));
    while (tokens.skip(','));
    const memberOf: { type: string | null; id: string; span: Span }[] = [];
    if (tokens.skip('in')) {
      if (tokens.skip('[')) {
        while (!tokens.skip(']')) {
          memberOf.push(this.#actionReference());
          if (!tokens.is(']') && !tokens.skip(',')) throw tokens.unexpected('`,` or `]`');
        }
      } else memberOf.push(this.#actionReference());
    }
    const appliesTo = tokens.skip('appliesTo') ? this.#appliesTo() : null;
    if (tokens.skip('attributes')) this.#type();
    tokens.expect(';');
    const span = tokens.spanFrom(start);
    return ids.map((id) => ({ id, memberOf, appliesTo, span }));
  }

  /** `"id"`, `id`, or `Type::"id"`. */
  #actionReference(): { type: string | null; id: string; span: Span } {
    const tokens = this.#in;
    const start = tokens.next.span;
    if (tokens.next.kind === 'string') return { type: null, id: unescape(tokens.take()), span: start };
    const isBare = tokens.peek(1).text !== '::';
    if (isBare) return { type: null, id: tokens.expectKind('word', 'an action').text, span: start };
    const type = tokens.name('an action');
    tokens.expect('::');
    const id = unescape(tokens.expectKind('string', 'the id of an action in double quotes'));
    return { type, id, span: tokens.spanFrom(start) };
  }

  #appliesTo(): NonNullable<WrittenAction['appliesTo']> {
    const tokens = this.#in;
    const start = tokens.expect('{').span;
    let principals: readonly WrittenName[] | null = null;
    let resources: readonly WrittenName[] | null = null;
    let context: WrittenType | null = null;
    while (!tokens.skip('}')) {
      const what = tokens.expectKind('word', '`principal`, `resource` or `context`');
      tokens.expect(':');
      const isTwice =
        (what.text === 'principal' && principals !== null) ||
        (what.text === 'resource' && resources !== null) ||
        (what.text === 'context' && context !== null);
      if (isTwice) throw new CedarMistake('P1108', what.span, `\`${what.text}\` stands twice`);
      if (what.text === 'principal') principals = this.#names();
      else if (what.text === 'resource') resources = this.#names();
      else if (what.text === 'context') context = this.#type();
      else throw new CedarMistake('P1102', what.span, `expected \`principal\`, \`resource\` or \`context\``);
      if (!tokens.is('}') && !tokens.skip(',')) throw tokens.unexpected('`,` or `}`');
    }
    if (principals === null || resources === null) {
      const missing = principals === null ? 'principal' : 'resource';
      throw new CedarMistake('P1102', tokens.spanFrom(start), `\`appliesTo\` needs \`${missing}\``);
    }
    return { principals, resources, context };
  }

  /** One name, or a list of them. */
  #names(): WrittenName[] {
    const tokens = this.#in;
    if (!tokens.skip('[')) return [this.#name()];
    const names: WrittenName[] = [];
    while (!tokens.skip(']')) {
      names.push(this.#name());
      if (!tokens.is(']') && !tokens.skip(',')) throw tokens.unexpected('`,` or `]`');
    }
    return names;
  }

  /** Of types, where `__cedar` may begin a name. */
  #name(): WrittenName {
    const tokens = this.#in;
    const start = tokens.next.span;
    let name = tokens.expectKind('word', 'the name of a type').text;
    while (tokens.skip('::')) name += `::${tokens.expectKind('word', 'the name of a type').text}`;
    return { name, span: tokens.spanFrom(start) };
  }

  #type(): WrittenType {
    const tokens = this.#in;
    const start = tokens.next.span;
    if (this.#depth >= MAX_DEPTH) throw new CedarMistake('P1109', start, `types nested deeper than ${MAX_DEPTH}`);
    this.#depth += 1;
    const type = this.#anyType(start);
    this.#depth -= 1;
    return type;
  }

  #anyType(start: Span): WrittenType {
    const tokens = this.#in;
    if (tokens.skip('{')) return this.#record(start);
    if (tokens.is('Set') && tokens.peek(1).text === '<') {
      tokens.take();
      tokens.expect('<');
      const element = this.#type();
      tokens.expect('>');
      return { kind: 'set', element, span: tokens.spanFrom(start) };
    }
    const { name, span } = this.#name();
    return { kind: 'name', name, as: 'any', span };
  }

  #record(start: Span): WrittenType {
    const tokens = this.#in;
    const attributes: WrittenAttribute[] = [];
    while (!tokens.skip('}')) {
      readAnnotations(tokens);
      const at = tokens.next.span;
      const name = this.#wordOrString('the name of an attribute');
      if (attributes.some((attribute) => attribute.name === name)) {
        throw new CedarMistake('P1108', at, `the attribute \`${name}\` stands twice`);
      }
      const required = !tokens.skip('?');
      tokens.expect(':');
      attributes.push({ name, type: this.#type(), required });
      if (!tokens.is('}') && !tokens.skip(',')) throw tokens.unexpected('`,` or `}`');
    }
    return { kind: 'record', attributes, open: false, span: tokens.spanFrom(start) };
  }

  #wordOrString(what: string): string {
    const tokens = this.#in;
    return tokens.next.kind === 'string' ? unescape(tokens.take()) : tokens.expectKind('word', what).text;
  }
}
