// Interns what lowering finds: readings become view numbers, atoms become atom numbers; equal ones get one number.
// In: readings, atoms. Out: their indexes, by first appearance. Never judges them.

import type { AttributePath, Environment, Reading, ScalarType, SizeOf, Type } from '../check/typed.ts';
import { pathText } from '../check/typed.ts';
import { unreachable } from '../diagnostic.ts';
import type { Atom, Formula, ViewKind, ViewRef } from './types.ts';

export class Book {
  readonly views: ViewRef[] = [];
  readonly atoms: Atom[] = [];
  readonly environments: Environment[] = [];
  #environment = -1;
  readonly #homeByKey = new Map<string, number>();
  readonly #viewByKey = new Map<string, number>();
  readonly #atomByKey = new Map<string, number>();

  /** What is read from now on is read there. */
  enter(environment: Environment): void {
    this.#environment = this.environments.indexOf(environment);
    if (this.#environment >= 0) return;
    this.#environment = this.environments.length;
    this.environments.push(environment);
  }

  view(path: AttributePath, kind: ViewKind, values: readonly string[] = []): number {
    const environment = this.#homeOf(path);
    const plain = `${kind} ${environment} ${pathText(path)}`;
    const key = values.length === 0 ? plain : `${plain} ${JSON.stringify(values)}`;
    const known = this.#viewByKey.get(key);
    if (known !== undefined) return known;
    const index = this.views.length;
    this.views.push({ path, environment, kind, values });
    this.#viewByKey.set(key, index);
    return index;
  }

  /** The first environment that says the same of this path when it is omitted: the same catalogue, the same `absent`. */
  #homeOf(path: AttributePath): number {
    if (this.#environment === 0) return 0;
    const here = this.environments[this.#environment];
    if (here === undefined) throw new Error('read in no environment');
    const text = pathText(path);
    const key = `${this.#environment} ${text}`;
    const known = this.#homeByKey.get(key);
    if (known !== undefined) return known;
    const stands = absentOf(here, text);
    const home = this.environments.findIndex(
      (other) =>
        (path.root !== 'args' || other.catalogue?.tools === here.catalogue?.tools) && absentOf(other, text) === stands,
    );
    this.#homeByKey.set(key, home);
    return home;
  }

  reading(reading: Reading): number {
    if (reading.kind === 'size') return this.view(reading.path, SIZE_KIND[reading.of]);
    const type = reading.type;
    return this.view(reading.path, viewKind(type), enumValues(type));
  }

  ref(view: number): ViewRef {
    const ref = this.views[view];
    if (ref === undefined) throw new Error(`no view ${view}`);
    return ref;
  }

  literal(atom: Atom, negated: boolean): Formula {
    const key = keyOf(atom);
    let index = this.#atomByKey.get(key);
    if (index === undefined) {
      index = this.atoms.length;
      this.atoms.push(atom);
      this.#atomByKey.set(key, index);
    }
    return { kind: 'literal', atom: index, negated };
  }
}

/** Equal atoms, and no others, have one key; those of the common tests are written by hand, since writing JSON takes longer. */
function keyOf(atom: Atom): string {
  if (atom.kind === 'relation') return JSON.stringify(atom, exactJson);
  const subject = atom.kind === 'unary' ? `u${atom.view}` : `${atom.negated ? 'n' : 'e'}${atom.view}`;
  const { test } = atom;
  switch (test.kind) {
    case 'number':
      return `${subject} ${test.op} ${Object.is(test.value, -0) ? '-0' : test.value}`;
    case 'prefix':
    case 'suffix':
    case 'contains':
    case 'glob':
      return `${subject} ${test.kind} ${test.text}`;
    case 'strings':
      return test.values.length === 1 ? `${subject} string ${test.values[0]}` : `${subject} ${JSON.stringify(test)}`;
    default:
      return `${subject} ${JSON.stringify(test, exactJson)}`;
  }
}

function absentOf({ absent }: Environment, text: string): string {
  const declared = absent.find(({ path }) => pathText(path) === text)?.value;
  return declared === undefined ? '' : JSON.stringify(declared, exactJson);
}

const SIZE_KIND: Record<SizeOf, ViewKind> = {
  string: 'size-of-string',
  list: 'size-of-list',
  object: 'size-of-object',
  any: 'size',
};

/** JSON has no bigint, and writes infinities as null. Where a term was written does not tell it apart. */
function exactJson(key: string, value: unknown): unknown {
  if (key === 'span') return undefined;
  if (value instanceof Map) return [...value];
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number' && !Number.isFinite(value)) return `${value}`;
  return Object.is(value, -0) ? '-0' : value;
}

function enumValues(type: Type): readonly string[] {
  if (type.kind === 'enum') return type.values;
  return type.kind === 'list' && type.element.kind === 'enum' ? type.element.values : [];
}

function viewKind(type: Type): ViewKind {
  return type.kind === 'list' ? listKind(type.element) : type.kind;
}

function listKind(element: ScalarType): ViewKind {
  switch (element.kind) {
    case 'string':
      return 'list-string';
    case 'enum':
      return 'list-enum';
    case 'bool':
      return 'list-bool';
    case 'int':
      return 'list-int';
    case 'double':
      return 'list-double';
    default:
      return unreachable(element);
  }
}
