// In: how much there is to do, and how much is done. Out: a bar on standard error, in a terminal, for work that takes a while.
// Draws nothing in a pipe and nothing for work that is over at once.

import { Presets, SingleBar } from 'cli-progress';
import type { Stage, StageSize } from '../index.ts';

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

/** Compiling for longer than this, or more text than that, names its stages. */
const STAGE_PATIENCE_MS = 1000;
const LONG_TEXT = 1 << 20;

/** What `StageProgress` writes to: standard error, or a stand-in for it. */
export interface StageScreen {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** The running stage of a compilation and its size, on one line that is overwritten; only of long compilations, only in a terminal. */
export class StageProgress {
  readonly #screen: StageScreen;
  readonly #nowMs: () => number;
  readonly #startMs: number;
  #isLong = false;
  #isDrawn = false;

  constructor(screen: StageScreen = process.stderr, nowMs: () => number = () => performance.now()) {
    this.#screen = screen;
    this.#nowMs = nowMs;
    this.#startMs = nowMs();
  }

  at(stage: Stage, { count, of }: StageSize): void {
    if (this.#screen.isTTY !== true) return;
    if (of === 'characters' && count >= LONG_TEXT) this.#isLong = true;
    const elapsedMs = this.#nowMs() - this.#startMs;
    if (!this.#isLong && elapsedMs < STAGE_PATIENCE_MS) return;
    const seconds = (elapsedMs / 1000).toFixed(1);
    this.#screen.write(`\r\x1b[2K${stage}: ${count.toLocaleString('en-US')} ${of}  ${seconds} s`);
    this.#isDrawn = true;
  }

  /** Takes the line away. */
  stop(): void {
    if (this.#isDrawn) this.#screen.write('\r\x1b[2K');
    this.#isDrawn = false;
  }
}
