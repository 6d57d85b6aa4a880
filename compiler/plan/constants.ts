// Constants of residual code, of terms and of `absent`. In: constants. Out: their indexes; equal ones get one. Never judges them.

import { unreachable } from '../diagnostic.ts';
import type { ConstantTable } from './tables.ts';

export class Constants {
  readonly table: ConstantTable[] = [];
  readonly #known = new Map<string, number>();

  intern(constant: ConstantTable): number {
    const key = `${constant.kind} ${textOf(constant)}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    this.table.push(constant);
    this.#known.set(key, this.table.length - 1);
    return this.table.length - 1;
  }
}

function textOf(constant: ConstantTable): string {
  switch (constant.kind) {
    case 'null':
    case 'empty-list':
      return '';
    case 'bool':
    case 'int':
    case 'uint':
    case 'string':
    case 'bytes':
      return String(constant.value);
    case 'double':
      return Object.is(constant.value, -0) ? '-0' : String(constant.value);
    case 'timestamp':
    case 'duration':
      return `${constant.seconds} ${constant.nanos}`;
    case 'type':
      return String(constant.of);
    case 'zone':
      return JSON.stringify([
        constant.before,
        constant.transitions.map(({ second, offset }) => [Number(second), offset]),
      ]);
    default:
      return unreachable(constant);
  }
}
