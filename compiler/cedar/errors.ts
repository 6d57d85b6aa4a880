// In: what went wrong, and where. Out: the error as `@cedar-policy/cedar-wasm` shapes it. Never words one itself.

import { DiagnosticSink } from '../diagnostic.ts';
import { helpOf } from '../findings.ts';
import type { Span } from '../source.ts';
import type { DetailedError } from './types.ts';

export function plainError(message: string): DetailedError {
  return { message, help: null, code: null, url: null, severity: null, sourceLocations: [], related: [] };
}

/** In bytes of UTF-8, as Cedar counts; nothing where there is no text (JSON). */
export function locations({ source, start, end }: Span): NonNullable<DetailedError['sourceLocations']> {
  if (source.text === '') return [];
  const bytesTo = (at: number): number => new TextEncoder().encode(source.text.slice(0, at)).length;
  return [{ label: null, start: bytesTo(start), end: bytesTo(end) }];
}

/** Keeps the errors that stages find in that shape too. */
export class ErrorSink extends DiagnosticSink {
  readonly errors: DetailedError[] = [];

  override error(code: string, span: Span, message: string, help?: string): void {
    super.error(code, span, message, help);
    if (this.isFull) return;
    this.errors.push({ ...plainError(message), help: help ?? helpOf(code), code, sourceLocations: locations(span) });
  }
}
