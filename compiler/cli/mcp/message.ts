// In: one line of JSON-RPC. Out: its messages, exactly as any reader would have them, or why nobody should be given the line.
// Never lets two readings of one line stand: what was decided is what the other side reads.

import { exactJson, parseJson } from '../../check/json.ts';
import { DiagnosticSink } from '../../diagnostic.ts';

/** A JSON object. */
export type Json = { readonly [key: string]: unknown };

export type Id = string | number;

export type Line =
  | {
      readonly kind: 'messages';
      readonly messages: readonly unknown[];
      readonly isBatch: boolean;
      readonly text: string;
    }
  /** `value`: what JSON.parse made of it, where it made something. */
  | { readonly kind: 'broken'; readonly why: string; readonly value: unknown };

const MESSAGE_KEYS = ['jsonrpc', 'id', 'method', 'params', 'result', 'error'];
const PARAMETER_KEYS = ['name', 'arguments', 'uri', '_meta'];

export function readLine(text: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { kind: 'broken', why: 'no JSON', value: undefined };
  }
  let exact = text;
  try {
    // What JSON.stringify gives back has no key twice and no number that a double cannot hold.
    if (JSON.stringify(value) !== text) {
      const sink = new DiagnosticSink();
      const node = parseJson({ path: 'line', text }, sink);
      if (node === null) return { kind: 'broken', why: sink.sorted()[0]?.message ?? 'no JSON', value };
      value = exactJson(node);
      // Some readers end lines at these. In JSON text they stand between tokens only.
      exact = text.replaceAll('\r', ' ');
    }
  } catch {
    return { kind: 'broken', why: 'nested too deeply', value: undefined };
  }
  const isBatch = Array.isArray(value);
  const messages: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (isBatch && !messages.every(isObject))
    return { kind: 'broken', why: 'a batch of other than objects', value: undefined };
  return { kind: 'messages', messages, isBatch, text: exact };
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isId(value: unknown): value is Id {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** A key that readers without regard for case take for one of JSON-RPC's; null: none. */
export function ambiguousKey(message: Json): string | null {
  return clash(message, MESSAGE_KEYS);
}

/** The same of what a policy decides. */
export function ambiguousParameter(params: unknown): string | null {
  return isObject(params) ? clash(params, PARAMETER_KEYS) : null;
}

function clash(object: Json, names: readonly string[]): string | null {
  for (const key of Object.keys(object)) {
    // Upper case first: U+017F and U+212A are the letters s and k to some.
    if (!names.includes(key) && names.includes(key.toUpperCase().toLowerCase())) return key;
  }
  return null;
}

/** JSON text, of BigInts too. */
export function serialise(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    return written(value, false);
  }
}

/** JSON text that is the same for the same value, whatever the order of its keys. */
export function canonical(value: unknown): string {
  return written(value, true);
}

function written(value: unknown, isSorted: boolean): string {
  if (typeof value === 'bigint') return String(value);
  if (Array.isArray(value)) return `[${value.map((item) => written(item, isSorted)).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value) ?? 'null';
  const keys = Object.keys(value).filter((key) => value[key] !== undefined);
  if (isSorted) keys.sort();
  return `{${keys.map((key) => `${JSON.stringify(key)}:${written(value[key], isSorted)}`).join(',')}}`;
}
