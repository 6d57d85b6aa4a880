// npm run fuzz:malformed: a megabyte of many things to every parser, and the CPU time of each. Exit code 1 if one throws, or takes more
// than a second of CPU time, three times in a row: noise alone fails nothing.

import { compile } from '../../compiler/index.ts';
import { READERS } from './readers.ts';
import { KINDS, megabytes } from './texts.ts';

const MOST_MS = 1000;
const SLOWEST = 5;
const REPETITIONS = 2;

interface Subject {
  readonly name: string;
  readonly text: string;
  readonly read: (text: string) => unknown;
}

const subjects: readonly Subject[] = [
  ...KINDS.map(({ name, sources, broken }) => ({
    name,
    text: sources[broken]?.text ?? '',
    read: (text: string) => compile(sources.map((source, index) => (index === broken ? { ...source, text } : source))),
  })),
  ...READERS.map(({ name, text, takes }) => ({ name, text, read: takes })),
];

const failures: string[] = [];
for (const { name, text: good, read } of subjects) {
  const times: { readonly of: string; readonly ms: number }[] = [];
  for (const [of, text] of megabytes(good)) {
    try {
      let ms = cpuMs(() => read(text));
      const first = ms;
      for (let left = REPETITIONS; left > 0 && ms > MOST_MS; left -= 1)
        ms = Math.min(
          ms,
          cpuMs(() => read(text)),
        );
      if (first > MOST_MS) console.log(`${name}, a megabyte of ${of}: ${shown(first)}, at best ${shown(ms)}`);
      if (ms > MOST_MS) failures.push(`${name}, a megabyte of ${of}: took ${shown(ms)}, more than ${shown(MOST_MS)}`);
      times.push({ of, ms });
    } catch (error) {
      failures.push(`${name}, a megabyte of ${of}: threw ${String(error)}`);
    }
  }
  const slowest = times.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  console.log(
    `${name}: ${times.length} megabytes, slowest ${slowest.map(({ of, ms }) => `${of} ${shown(ms)}`).join(', ')}`,
  );
}
for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(
  failures.length === 0
    ? `nothing threw, nothing took more than ${shown(MOST_MS)} of CPU time`
    : `${failures.length} of these failed: none may throw, none may take more than ${shown(MOST_MS)} of CPU time`,
);
process.exitCode = failures.length === 0 ? 0 : 1;

function cpuMs(run: () => unknown): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function shown(ms: number): string {
  return `${Math.round(ms)} ms`;
}
