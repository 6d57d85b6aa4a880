// In: how much there is to do, and how much is done. Out: a bar on standard error, in a terminal, for work that takes a while.
// Draws nothing in a pipe and nothing for work that is over at once.

import { Presets, SingleBar } from 'cli-progress';

/** Work shorter than this shows no bar. */
const PATIENCE_MS = 300;

export class Progress {
  readonly #title: string;
  readonly #total: number;
  readonly #startMs: number = performance.now();
  #bar: SingleBar | null = null;

  constructor(title: string, total: number) {
    this.#title = title;
    this.#total = total;
  }

  /** `done` of the total are done. Reads the clock: not for every step of a hot loop. */
  at(done: number): void {
    if (!process.stderr.isTTY) return;
    if (this.#bar === null) {
      if (performance.now() - this.#startMs < PATIENCE_MS) return;
      const format = `${this.#title} {bar} {percentage}%  {value}/{total}`;
      // No handler for Ctrl+C: the work is synchronous, so a handler would only keep it from ending.
      const options = { format, stream: process.stderr, gracefulExit: false, clearOnComplete: true, barsize: 30 };
      this.#bar = new SingleBar(options, Presets.shades_classic);
      this.#bar.start(this.#total, done);
    }
    this.#bar.update(done);
  }

  /** Takes the bar away. */
  stop(): void {
    this.#bar?.stop();
    this.#bar = null;
  }
}
