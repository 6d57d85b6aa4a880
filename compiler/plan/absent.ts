// What a missing attribute is, per tool and view: missing, inapplicable, or a constant (LANGUAGE.md 3.7, 5.4).
// In: catalogue, `absent` declarations, views. Out: rows, equal ones once; row 0 is for a tool no catalogue lists.

import {
  ABSENT_FIRST_CONSTANT,
  ABSENT_INAPPLICABLE,
  ABSENT_MISSING,
  VIEW_BOOL,
  VIEW_DOUBLE,
  VIEW_ENUM,
  VIEW_INT,
  VIEW_LIST_BOOL,
  VIEW_LIST_DOUBLE,
  VIEW_LIST_ENUM,
  VIEW_LIST_INT,
  VIEW_LIST_STRING,
  VIEW_PRESENCE,
  VIEW_SIZE,
  VIEW_SIZE_OF_LIST,
  VIEW_SIZE_OF_OBJECT,
  VIEW_SIZE_OF_STRING,
  VIEW_STRING,
  VIEW_TREE,
} from '../../wasm-core/contract/codes.ts';
import {
  type AbsentDeclaration,
  type ArgumentSchema,
  type CatalogueTool,
  type PropertySchema,
  pathText,
} from '../check/typed.ts';
import { isWellFormed } from '../ir/text.ts';
import type { PolicySet } from '../ir/types.ts';
import type { Constants } from './constants.ts';
import type { ConstantTable } from './tables.ts';
import type { PlanView } from './views.ts';

export interface AbsentPlan {
  readonly rows: readonly (readonly number[])[];
  /** Parallel to the entries of view 0. */
  readonly tools: readonly { readonly absentRow: number; readonly listed: boolean }[];
}

export function planAbsent(set: PolicySet, views: readonly PlanView[], constants: Constants): AbsentPlan {
  const declared = set.environments.map(({ absent }) => new Map(absent.map((one) => [pathText(one.path), one])));
  const declarations = views.map(({ path, environment }) =>
    path === null ? undefined : declared[environment]?.get(pathText(path)),
  );
  const catalogues = views.map(({ environment }) => set.environments[environment]?.catalogue ?? null);
  const rows: number[][] = [];
  const rowByKey = new Map<string, number>();
  const rowOf = (tool: string | null): number => {
    const row = views.map((view, i) => {
      const listed = tool === null ? undefined : catalogues[i]?.tools.get(tool);
      return cell(view, declarations[i], listed ?? null, constants);
    });
    const key = row.join(',');
    const known = rowByKey.get(key);
    if (known !== undefined) return known;
    rows.push(row);
    rowByKey.set(key, rows.length - 1);
    return rows.length - 1;
  };
  rowOf(null);
  const isListedAnywhere = (tool: string): boolean =>
    catalogues.some((catalogue) => catalogue?.tools.has(tool) === true);
  const tools = (views[0]?.entries ?? []).map((tool) => ({
    absentRow: isListedAnywhere(tool) ? rowOf(tool) : 0,
    listed: set.environment.catalogue?.tools.has(tool) === true,
  }));
  return { rows, tools };
}

function cell(
  view: PlanView,
  declaration: AbsentDeclaration | undefined,
  tool: CatalogueTool | null,
  constants: Constants,
): number {
  if (view.path === null) return ABSENT_MISSING;
  const schema = tool !== null && view.path.root === 'args' ? declarationOf(tool.args, view.path.segments) : 'open';
  if (schema === 'none') return ABSENT_INAPPLICABLE;
  if (declaration === undefined || view.kind === VIEW_PRESENCE) return ABSENT_MISSING;
  const stands = declaration.value;
  const raw =
    stands.kind === 'schema'
      ? typeof schema === 'string'
        ? undefined
        : schema.default
      : stands.kind === 'empty-list'
        ? []
        : stands.value;
  const constant = constantFor(view, typeof raw === 'bigint' ? Number(raw) : raw);
  return constant === null ? ABSENT_MISSING : ABSENT_FIRST_CONSTANT + constants.intern(constant);
}

/** What a schema says of a path (LANGUAGE.md 5.4): a property, that anything may stand there, or nothing. */
function declarationOf(schema: ArgumentSchema, segments: readonly string[]): PropertySchema | 'open' | 'none' {
  const [first, ...rest] = segments;
  const property = first === undefined ? undefined : schema.properties.get(first);
  if (property === undefined) return schema.open ? 'open' : 'none';
  if (rest.length === 0) return property;
  if (property.type.kind === 'object') return declarationOf(property.type.schema, rest);
  return property.type.kind === 'any' ? 'open' : 'none';
}

/** The value as the view reads it; null if it is not well-typed there, which leaves the attribute missing. */
function constantFor(view: PlanView, raw: unknown): ConstantTable | null {
  switch (view.kind) {
    case VIEW_STRING:
      return typeof raw === 'string' && isWellFormed(raw) ? { kind: 'string', value: raw } : null;
    case VIEW_ENUM:
      return typeof raw === 'string' && view.entryOf.has(raw) ? { kind: 'string', value: raw } : null;
    case VIEW_BOOL:
      return typeof raw === 'boolean' ? { kind: 'bool', value: raw } : null;
    case VIEW_INT:
      return typeof raw === 'number' && Number.isSafeInteger(raw) ? { kind: 'int', value: BigInt(raw) } : null;
    case VIEW_DOUBLE:
      return typeof raw === 'number' && Number.isFinite(raw) ? { kind: 'double', value: raw } : null;
    case VIEW_TREE:
      return treeConstant(raw);
    case VIEW_LIST_STRING:
    case VIEW_LIST_ENUM:
    case VIEW_LIST_BOOL:
    case VIEW_LIST_INT:
    case VIEW_LIST_DOUBLE:
      return Array.isArray(raw) && raw.length === 0 ? { kind: 'empty-list' } : null;
    case VIEW_SIZE:
    case VIEW_SIZE_OF_STRING:
    case VIEW_SIZE_OF_LIST:
    case VIEW_SIZE_OF_OBJECT: {
      const size = sizeOf(view.kind, raw);
      return size === null ? null : { kind: 'int', value: BigInt(size) };
    }
    default:
      return null;
  }
}

/** As a request would carry it; lists with elements and objects stand for nothing. */
function treeConstant(raw: unknown): ConstantTable | null {
  if (typeof raw === 'string') return isWellFormed(raw) ? { kind: 'string', value: raw } : null;
  if (typeof raw === 'boolean') return { kind: 'bool', value: raw };
  if (typeof raw === 'number') return { kind: 'double', value: raw };
  return Array.isArray(raw) && raw.length === 0 ? { kind: 'empty-list' } : null;
}

/** LANGUAGE.md 3.8: a size view's constant is the size itself. */
function sizeOf(view: number, raw: unknown): number | null {
  const counts = (kind: number): boolean => view === VIEW_SIZE || view === kind;
  if (typeof raw === 'string') {
    return counts(VIEW_SIZE_OF_STRING) && isWellFormed(raw) ? Array.from(raw).length : null;
  }
  if (Array.isArray(raw)) return counts(VIEW_SIZE_OF_LIST) && raw.length === 0 ? 0 : null;
  return counts(VIEW_SIZE_OF_OBJECT) && typeof raw === 'object' && raw !== null ? Object.keys(raw).length : null;
}
