// In: lines to print. Out: standard output and error, with colours only where a person looks at them.
// The only place that writes to the streams; it knows whether they are terminals and how wide.

import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/** Columns where the output is no terminal. */
const PIPED_COLUMNS = 100;
const LEAST_COLUMNS = 60;
const MOST_COLUMNS = 140;

export interface Terminal {
  /** Columns of standard output. */
  readonly columns: number;
  /** Colours for `out`. */
  readonly colours: Colours;
  /** Colours for `error`. */
  readonly errorColours: Colours;
  out(text: string): void;
  error(text: string): void;
}

export function openTerminal(): Terminal {
  // A reader that has seen enough (`| head`) is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  const columns = process.stdout.isTTY ? process.stdout.columns : PIPED_COLUMNS;
  return {
    columns: Math.min(MOST_COLUMNS, Math.max(LEAST_COLUMNS, columns)),
    colours: pc.createColors(isColoured(process.stdout)),
    errorColours: pc.createColors(isColoured(process.stderr)),
    out: (text) => void process.stdout.write(`${text}\n`),
    error: (text) => void process.stderr.write(`${text}\n`),
  };
}

/** https://no-color.org: any value but the empty one. */
function isColoured(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}
