// In: a tree. Out: a document that says it (LANGUAGE.md 2.1): YAML in blocks or in brackets, or JSON, with comments, empty lines and
// line ends of any kind.

import type { Forms } from './forms.ts';
import { blockText, inlineText, spelledWord } from './scalars.ts';
import type { Tree } from './tree.ts';

const COMMENTS = ['# note', '#', '# a: b, [c] {d} "e" \'f\'', '# é 😀 \u2028', '## twice # thrice', '# - x'];

export function document(forms: Forms, tree: Tree): string {
  if (isJson(tree) && forms.takes('JSON document', 0.12)) return ended(forms, jsonText(forms, tree, 0));
  const printer = new Printer(forms);
  return ended(forms, printer.document(tree));
}

/** Line ends and a mark at the beginning. */
function ended(forms: Forms, text: string): string {
  // The library counts no columns in a line that begins with a mark and blanks, and refuses it.
  const marked = /^[^ ]/.test(text) && forms.takes('byte order mark', 0.04) ? `\ufeff${text}` : text;
  return forms.takes('CRLF', 0.1) ? marked.replaceAll('\n', '\r\n') : marked;
}

class Printer {
  readonly #forms: Forms;
  readonly #lines: string[] = [];
  /** The last text keeps the empty lines behind it. */
  #keeps = false;

  constructor(forms: Forms) {
    this.#forms = forms;
  }

  document(tree: Tree): string {
    const forms = this.#forms;
    if (forms.takes('comment before the document', 0.1)) this.#lines.push(forms.random.pick(COMMENTS), '');
    if (forms.takes('---', 0.12)) this.#lines.push(forms.random.chance(0.5) ? '---' : '--- # the document');
    if (tree.kind !== 'map') throw new Error('a policy is a mapping');
    if (forms.takes('YAML document in brackets', 0.04)) this.#lines.push(this.#flow(tree, '  '));
    else this.#map(tree.entries, '', forms.takes('document indented', 0.04) ? '  ' : '');
    if (!this.#keeps && forms.takes('comment after the document', 0.1)) this.#lines.push('', '# after');
    return `${this.#lines.join('\n')}\n`;
  }

  /** `first`: what stands before the first key. */
  #map(entries: readonly (readonly [string, Tree])[], first: string, indent: string): void {
    entries.forEach(([key, value], i) => {
      if (i > 0) this.#between(indent);
      const head = i === 0 && first !== '' ? first : indent;
      this.#value(
        `${head}${this.#key(key, false)}${this.#forms.takes('YAML blank before a colon', 0.03) ? ' :' : ':'}`,
        value,
        indent,
        true,
      );
    });
  }

  #list(items: readonly Tree[], first: string, indent: string): void {
    items.forEach((item, i) => {
      if (i > 0) this.#between(indent);
      const head = i === 0 && first !== '' ? first : indent;
      const gap = this.#forms.takes('YAML wide item', 0.08) ? '   ' : ' ';
      const isCompact =
        item.kind === 'map' && item.entries.length > 0 && !this.#forms.takes('YAML item on the next line', 0.08);
      if (isCompact && !this.#forms.takes('YAML {} in a block', 0.15))
        this.#map(item.entries, `${head}-${gap}`, `${indent} ${gap}`);
      else this.#value(`${head}-`, item, indent, false);
    });
  }

  #value(head: string, node: Tree, indent: string, isMember: boolean): void {
    const forms = this.#forms;
    const deeper = indent + ' '.repeat(forms.random.pick([1, 2, 2, 2, 3, 4]));
    this.#keeps = false;
    if (node.kind === 'text') {
      const place = { indent: deeper, isFlow: false, isWhole: node.isWhole, isLine: false, outer: indent.length };
      const block = blockText(forms, node.value, place);
      if (block !== null) {
        const [header = '', ...lines] = block.lines;
        this.#lines.push(`${head} ${header}`, ...lines);
        this.#keeps = block.keeps;
        return;
      }
      this.#place(head, inlineText(forms, node.value, place), deeper);
    } else if (node.kind === 'word') this.#place(head, spelledWord(forms, node.source), deeper);
    else if (sizeOf(node) === 0) this.#place(head, node.kind === 'map' ? '{}' : '[]', deeper);
    else if (forms.takes(node.kind === 'map' ? 'YAML {}' : 'YAML []', 0.25))
      this.#place(head, this.#flow(node, deeper), deeper);
    else {
      this.#lines.push(`${head}${this.#end()}`);
      this.#between(deeper);
      if (node.kind === 'map') this.#map(node.entries, '', deeper);
      else this.#list(node.items, '', isMember && forms.takes('YAML list at the key', 0.3) ? indent : deeper);
    }
  }

  /** A value behind its key, or on the next line. */
  #place(head: string, text: string, deeper: string): void {
    if (this.#forms.takes('YAML value on the next line', 0.05)) {
      this.#lines.push(`${head}${this.#end()}`);
      this.#lines.push(`${deeper}${text}${this.#end()}`);
    } else
      this.#lines.push(
        `${head}${this.#forms.takes('YAML blanks before a value', 0.06) ? '   ' : ' '}${text}${this.#end()}`,
      );
  }

  /** Behind a value. */
  #end(): string {
    if (this.#forms.takes('comment behind a value', 0.05)) return ` ${this.#forms.random.pick(COMMENTS)}`;
    return this.#forms.takes('blanks at the end of a line', 0.03) ? '  ' : '';
  }

  /** Empty lines and comments between entries. */
  #between(indent: string): void {
    if (this.#keeps) return;
    if (this.#forms.takes('empty line', 0.06)) this.#lines.push(this.#forms.random.pick(['', indent, `${indent} `]));
    if (this.#forms.takes('comment on a line', 0.06)) this.#lines.push(`${indent}${this.#forms.random.pick(COMMENTS)}`);
  }

  #key(key: string, isFlow: boolean): string {
    return inlineText(this.#forms, key, { indent: '', isFlow, isWhole: true, isLine: true, outer: 0 });
  }

  /** In brackets, on one line or on several. */
  #flow(node: Tree, indent: string): string {
    const forms = this.#forms;
    if (node.kind === 'word') return spelledWord(forms, node.source);
    if (node.kind === 'text')
      return inlineText(forms, node.value, { indent, isFlow: true, isWhole: node.isWhole, isLine: false, outer: 0 });
    const parts =
      node.kind === 'list'
        ? node.items.map((item) => this.#flow(item, indent))
        : node.entries.map(([key, value]) => `${this.#key(key, true)}: ${this.#flow(value, indent)}`);
    const [open, close] = node.kind === 'list' ? ['[', ']'] : ['{', '}'];
    if (parts.length === 0) return `${open}${close}`;
    const comma = forms.takes('YAML comma at the end', 0.1) ? ',' : '';
    if (forms.takes('YAML brackets over lines', 0.12)) {
      const note = (): string => (forms.takes('YAML comment in brackets', 0.1) ? ' # in brackets' : '');
      const lines = parts.map((part, i) => `${indent}${part}${i < parts.length - 1 ? ',' : comma}${note()}`);
      return `${open}${note()}\n${lines.join('\n')}\n${indent}${close}`;
    }
    const blank = forms.random.pick(['', ' ', ' ']);
    return `${open}${blank}${parts.join(forms.random.pick([', ', ', ', ',  ', ' , ']))}${comma}${blank}${close}`;
  }
}

function sizeOf(node: Extract<Tree, { readonly kind: 'map' | 'list' }>): number {
  return node.kind === 'map' ? node.entries.length : node.items.length;
}

function isJson(tree: Tree): boolean {
  switch (tree.kind) {
    case 'map':
      return tree.entries.every(([, value]) => isJson(value));
    case 'list':
      return tree.items.every(isJson);
    case 'word':
      return /^(true|false|null|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?)$/.test(tree.source);
    default:
      return true;
  }
}

function jsonText(forms: Forms, tree: Tree, depth: number): string {
  if (tree.kind === 'word') return tree.source;
  if (tree.kind === 'text') return jsonString(forms, tree.value);
  const parts =
    tree.kind === 'list'
      ? tree.items.map((item) => jsonText(forms, item, depth + 1))
      : tree.entries.map(
          ([key, value]) =>
            `${jsonString(forms, key)}${forms.random.pick([':', ': '])}${jsonText(forms, value, depth + 1)}`,
        );
  const [open, close] = tree.kind === 'list' ? ['[', ']'] : ['{', '}'];
  if (parts.length === 0 || !forms.takes('JSON over lines', 0.5))
    return `${open}${parts.join(forms.random.pick([',', ', ']))}${close}`;
  const pad = '  '.repeat(depth + 1);
  return `${open}\n${parts.map((part) => `${pad}${part}`).join(',\n')}\n${'  '.repeat(depth)}${close}`;
}

/** With escapes that need not be. */
export function jsonString(forms: Forms, value: string): string {
  if (!forms.takes('JSON escapes', 0.15)) return JSON.stringify(value);
  const points = [
    ...JSON.stringify(value)
      .slice(1, -1)
      .matchAll(/\\u[0-9a-f]{4}|\\.|[^]/gu),
  ].map(([point]) => point);
  const escaped = points.map((point) => {
    if (point.startsWith('\\') || !forms.random.chance(0.3)) return point;
    if (point === '/' && forms.random.chance(0.5)) return '\\/';
    const unit = (i: number): string => `\\u${point.charCodeAt(i).toString(16).padStart(4, '0')}`;
    return Array.from({ length: point.length }, (_, i) => unit(i)).join('');
  });
  return `"${escaped.join('')}"`;
}
