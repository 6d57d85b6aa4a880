// Conditions of the typed policy, from the parts that imported documents need. In: paths and constants. Out: conditions.

import type { AttributeForm, AttributePath, CompareOp, Condition, Type, Value, ValueType } from '../check/typed.ts';
import type { Span } from '../source.ts';

const ANYTHING: readonly ValueType[] = ['bool', 'number', 'string', 'list', 'object'];

/** Builds conditions about one attribute of the evaluation context, all with one place. */
export class Builder {
  readonly path: AttributePath;
  readonly span: Span;

  constructor(segments: readonly string[], span: Span, root: 'context' | 'principal' = 'context') {
    this.path = { root, segments };
    this.span = span;
  }

  constant(value: boolean): Condition {
    return { kind: 'constant', value, span: this.span };
  }

  not(operand: Condition): Condition {
    return { kind: 'not', operand, span: this.span };
  }

  and(...operands: readonly Condition[]): Condition {
    return { kind: 'and', operands, span: this.span };
  }

  or(...operands: readonly Condition[]): Condition {
    return { kind: 'or', operands, span: this.span };
  }

  /** The attribute is there, and not null. */
  present(): Condition {
    return this.is(...ANYTHING);
  }

  is(...types: readonly ValueType[]): Condition {
    return { kind: 'is-type', path: this.path, types, span: this.span };
  }

  isForm(form: AttributeForm, type: ValueType): Condition {
    return { kind: 'is-type', path: { ...this.path, form }, types: [type], span: this.span };
  }

  /** The attribute is a string, and this holds of it. */
  text(test: Condition): Condition {
    return this.and(this.is('string'), test);
  }

  equalsText(value: string): Condition {
    return this.compare('==', 'string', { kind: 'string', value });
  }

  /** `value` is finite. */
  number(op: CompareOp, value: number, form?: AttributeForm): Condition {
    return this.compare(op, 'double', { kind: 'double', value }, form);
  }

  compare(
    op: CompareOp,
    type: 'string' | 'double',
    constant: { readonly kind: 'string'; readonly value: string } | { readonly kind: 'double'; readonly value: number },
    form?: AttributeForm,
  ): Condition {
    const right: Value = { kind: 'constant', constant, span: this.span };
    return { kind: 'compare', op, left: this.read({ kind: type }, form), right, span: this.span };
  }

  texts(values: readonly string[]): Condition {
    const constants = values.map((value) => ({ kind: 'string', value }) as const);
    return { kind: 'one-of', value: this.read({ kind: 'string' }), constants, span: this.span };
  }

  numbers(values: readonly number[]): Condition {
    const constants = values.map((value) => ({ kind: 'double', value }) as const);
    return { kind: 'one-of', value: this.read({ kind: 'double' }), constants, span: this.span };
  }

  truth(): Condition {
    return { kind: 'truth', value: this.read({ kind: 'bool' }), span: this.span };
  }

  textTest(op: 'contains' | 'startsWith' | 'endsWith', text: string): Condition {
    const argument: Value = { kind: 'constant', constant: { kind: 'string', value: text }, span: this.span };
    return { kind: 'text', op, subject: this.read({ kind: 'string' }), argument, span: this.span };
  }

  /** `text` is among the texts of a list, or the keys of an object. */
  hasMember(text: string): Condition {
    const element: Value = { kind: 'constant', constant: { kind: 'string', value: text }, span: this.span };
    const type: Type = { kind: 'list', element: { kind: 'string' } };
    const list = {
      kind: 'reading',
      reading: { kind: 'typed', path: { ...this.path, form: 'members' }, type },
    } as const;
    return { kind: 'member', element, list: { ...list, span: this.span }, span: this.span };
  }

  /** The list or object has something in it. */
  notEmpty(of: 'list' | 'object'): Condition {
    const left: Value = { kind: 'reading', reading: { kind: 'size', path: this.path, of }, span: this.span };
    const right: Value = { kind: 'constant', constant: { kind: 'int', value: 0n }, span: this.span };
    return { kind: 'compare', op: '>', left, right, span: this.span };
  }

  /** Unknown of every attribute: no text is a number. */
  unknown(): Condition {
    return this.number('==', 0, 'text');
  }

  read(type: Type, form?: AttributeForm): Value {
    const path = form === undefined ? this.path : { ...this.path, form };
    return { kind: 'reading', reading: { kind: 'typed', path, type }, span: this.span };
  }

  /** A part of the attribute's text, in the form given, matches the pattern, which has been parsed. */
  matches(pattern: string, form?: AttributeForm): Condition {
    return {
      kind: 'matches',
      subject: this.read({ kind: 'string' }, form),
      pattern,
      dialect: 'python',
      span: this.span,
    };
  }
}
