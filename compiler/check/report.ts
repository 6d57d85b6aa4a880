// In: findings of the checker, maybe the same one twice (a let is checked wherever it is inlined). Out: each of them once.
// Never drops a finding that another place or text tells apart.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Span } from '../source.ts';

/** Where the checker puts what it finds. */
export interface Report {
  error(code: string, span: Span, message: string, help?: string): void;
  warning(code: string, span: Span, message: string, help?: string): void;
}

/** A report into `sink` that says nothing twice, and counts the errors of this checker alone. */
export class CheckReport implements Report {
  readonly #sink: DiagnosticSink;
  readonly #said = new Set<string>();
  #errorCount = 0;

  constructor(sink: DiagnosticSink) {
    this.#sink = sink;
  }

  get errorCount(): number {
    return this.#errorCount;
  }

  /** The policy has errors, and further findings would not be listed: no rule more need be looked at. */
  get isFull(): boolean {
    return this.#sink.isFull;
  }

  error(code: string, span: Span, message: string, help?: string): void {
    if (!this.#isNew(code, span, message)) return;
    this.#errorCount += 1;
    this.#sink.error(code, span, message, help);
  }

  warning(code: string, span: Span, message: string, help?: string): void {
    if (this.#isNew(code, span, message)) this.#sink.warning(code, span, message, help);
  }

  #isNew(code: string, span: Span, message: string): boolean {
    if (this.#sink.isFull) return true; // what is not listed need not be told apart
    const key = `${code}\0${span.source.path}\0${span.start}\0${span.end}\0${message}`;
    if (this.#said.has(key)) return false;
    this.#said.add(key);
    return true;
  }
}

/** For a trial run whose findings the real run will make again. */
export const SILENT: Report = { error: () => {}, warning: () => {} };
