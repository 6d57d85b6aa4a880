// npm run fuzz:malformed: a megabyte of many things to every parser, and the CPU time of each. Exit code 1 if one throws.

import { compile } from '../../compiler/index.ts';
import { KINDS, megabytes } from './texts.ts';

const SLOWEST = 5;
let failed = false;
for (const kind of KINDS) {
  const times: { readonly of: string; readonly ms: number }[] = [];
  for (const [of, text] of megabytes(kind)) {
    const sources = kind.sources.map((source, index) => (index === kind.broken ? { ...source, text } : source));
    const before = process.cpuUsage();
    try {
      compile(sources);
    } catch (error) {
      failed = true;
      console.log(`${kind.name}, a megabyte of ${of}: threw ${String(error)}`);
    }
    const { user, system } = process.cpuUsage(before);
    const ms = (user + system) / 1000;
    if (ms > 1000) console.log(`${kind.name}, a megabyte of ${of}: ${Math.round(ms)} ms`);
    times.push({ of, ms });
  }
  const slowest = times.sort((a, b) => b.ms - a.ms).slice(0, SLOWEST);
  console.log(
    `${kind.name}: ${times.length} megabytes, slowest ${slowest.map(({ of, ms }) => `${of} ${Math.round(ms)} ms`).join(', ')}`,
  );
}
process.exitCode = failed ? 1 : 0;
