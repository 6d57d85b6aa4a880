// In: formulas. Out: their text in CEL over declared attributes, and what has to be declared for it: the attributes, all of type any,
// and lets for questions that are asked again and again. Never in doubt where a formula is not.

import type { AttributePath } from '../check/typed.ts';
import { pathText } from '../check/typed.ts';
import { type Facts, type Formula, type Kind, kindsIn, learnt } from './formula.ts';

const TYPES: { readonly [kind in Exclude<Kind, 'none'>]: string } = {
  bool: 'bool',
  number: 'double',
  string: 'string',
  list: 'list',
  object: 'map',
};
const NAMES: { readonly [kind in Exclude<Kind, 'none'>]: string } = { ...TYPES, number: 'number', object: 'mapping' };

/** A let is worth its line from the second use on. */
const LEAST_USES = 2;

export class CelWriter {
  readonly #attributes = new Map<string, AttributePath>();
  /** By the question: how often it is asked, and the let that stands for it. */
  readonly #questions = new Map<string, { uses: number; readonly name: string }>();
  readonly #names = new Set<string>();

  /** Says which attributes there are. All formulas are shown first, then written. */
  show(formula: Formula): void {
    switch (formula.kind) {
      case 'constant':
        return;
      case 'not':
        this.show(formula.operand);
        return;
      case 'and':
      case 'or':
        for (const operand of formula.operands) this.show(operand);
        return;
      case 'is':
      case 'test':
        this.#attributes.set(pathText(formula.path), formula.path);
    }
  }

  /** Counts the questions that a formula asks. */
  count(formula: Formula): void {
    this.#write(formula, new Map(), 'or', (text, name) => {
      const known = this.#questions.get(text) ?? { uses: 0, name: this.#unique(name) };
      known.uses += 1;
      this.#questions.set(text, known);
      return text;
    });
  }

  write(formula: Formula): string {
    return this.#write(formula, new Map(), 'or', (text) => this.#letOf(text) ?? text);
  }

  /** The attributes to declare: where one lies within another, the outer one is enough. */
  attributes(): readonly string[] {
    const all = [...this.#attributes.values()].filter((path) => this.#outer(path).length === 0);
    return all.map(pathText).sort();
  }

  lets(): readonly { readonly name: string; readonly text: string }[] {
    const worth = [...this.#questions].filter(([text]) => this.#letOf(text) !== null);
    return worth.map(([text, { name }]) => ({ name, text })).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  #letOf(text: string): string | null {
    const known = this.#questions.get(text);
    return known !== undefined && known.uses >= LEAST_USES ? known.name : null;
  }

  #unique(name: string): string {
    let unique = name;
    for (let i = 2; this.#names.has(unique); i += 1) unique = `${name}_${i}`;
    this.#names.add(unique);
    return unique;
  }

  /** `level`: what the text stands in; an `and` needs no brackets in an `or`, nor either in itself. */
  #write(formula: Formula, facts: Facts, level: 'or' | 'and' | 'not', ask: Ask): string {
    switch (formula.kind) {
      case 'constant':
        return String(formula.value);
      case 'test': {
        const text = formula.says(pathText(formula.path));
        return level === 'not' ? `(${text})` : text;
      }
      case 'not':
        return `!${this.#write(formula.operand, facts, 'not', ask)}`;
      case 'is':
        return this.#question(formula.path, formula.kinds, facts, level, ask);
      case 'and':
      case 'or': {
        let known = facts;
        const texts = formula.operands.map((operand) => {
          const text = this.#write(operand, known, formula.kind === 'and' ? 'and' : 'or', ask);
          known = learnt(operand, formula.kind === 'and', known);
          return text;
        });
        const text = texts.join(formula.kind === 'and' ? ' && ' : ' || ');
        return level === 'not' || (formula.kind === 'or' && level === 'and') ? `(${text})` : text;
      }
    }
  }

  #question(path: AttributePath, kinds: readonly Kind[], facts: Facts, level: 'or' | 'and' | 'not', ask: Ask): string {
    const text = pathText(path);
    const name = path.segments
      .join('_')
      .replace(/[^A-Za-z0-9_]/g, '_')
      .replace(/^(?=\d)/, '_');
    const possible = kindsIn(facts, path);
    const rest = possible.filter((kind) => !kinds.includes(kind));
    const there = [...this.#outer(path).map(({ test }) => test), `has(${text})`];
    const bracketed = (whole: string): string => (level === 'or' ? whole : `(${whole})`);
    if (kinds.includes('none')) {
      if (rest.length === 0) return 'true';
      const other = this.#question(path, rest, facts, 'not', ask);
      return `!${other}`;
    }
    const types = kinds.filter((kind) => kind !== 'none');
    const inner = typeQuestion(text, types, rest);
    if (!rest.includes('none')) return inner === null ? 'true' : level === 'not' ? `(${inner})` : inner;
    const isAny = rest.length === 1;
    const whole = [...there, isAny || inner === null ? `${text} != null` : inner].join(' && ');
    const asked = ask(whole, `${name}_is_${isAny ? 'there' : types.map((kind) => NAMES[kind]).join('_or_')}`);
    return asked === whole && level !== 'and' ? bracketed(whole) : asked;
  }

  /** Attributes that this one lies in, outermost first, and the test that it may have parts. */
  #outer(path: AttributePath): readonly { readonly test: string }[] {
    const found: { readonly test: string }[] = [];
    for (let length = 1; length < path.segments.length; length += 1) {
      const text = pathText({ ...path, segments: path.segments.slice(0, length) });
      if (found.length > 0 || this.#attributes.has(text)) {
        found.push({ test: `has(${text}) && type(${text}) == map` });
      }
    }
    return found;
  }
}

/** Gives the text of a question, or the let that stands for it. */
type Ask = (text: string, name: string) => string;

function typeQuestion(text: string, types: readonly Exclude<Kind, 'none'>[], rest: readonly Kind[]): string | null {
  const others = rest.filter((kind) => kind !== 'none');
  if (others.length === 0) return null;
  if (types.length === 1) return `type(${text}) == ${types.map((kind) => TYPES[kind]).join('')}`;
  if (others.length === 1 && !rest.includes('none'))
    return `type(${text}) != ${others.map((kind) => TYPES[kind]).join('')}`;
  return `type(${text}) in [${types.map((kind) => TYPES[kind]).join(', ')}]`;
}
