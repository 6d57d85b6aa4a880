// In: paths as policies write them. Out: the source each means. Paths are only names here: nothing is read.

import { didYouMean } from '../diagnostic.ts';
import type { Located, Source } from '../source.ts';
import type { Report } from './report.ts';

/** The texts given to the compiler, by path. */
export class SourceFiles {
  readonly #byPath: ReadonlyMap<string, Source>;

  constructor(sources: readonly Source[]) {
    this.#byPath = new Map(sources.map((source) => [normalPath(source.path), source]));
  }

  /** What `path`, written in the file `from`, names; reported as `code` if it is not among the sources. */
  find(path: Located<string>, from: string, what: string, code: string, report: Report): Source | undefined {
    const wanted = besideFile(path.value, from);
    const found = this.#byPath.get(wanted);
    if (found !== undefined) return found;
    const others = [...this.#byPath.keys()].filter((known) => known !== normalPath(from));
    const near = didYouMean(wanted, others);
    report.error(
      code,
      path.span,
      `the ${what} \`${path.value}\` is not among the sources`,
      near === undefined ? `paths are relative to the policy; looked for \`${wanted}\`` : `did you mean \`${near}\`?`,
    );
    return undefined;
  }
}

/** The path that `path` means in the file `from`. */
export function besideFile(path: string, from: string): string {
  if (path.startsWith('/')) return normalPath(path);
  const slash = from.lastIndexOf('/');
  return normalPath(slash < 0 ? path : `${from.slice(0, slash + 1)}${path}`);
}

/** Without `.` and, where there is something to leave, `..`. */
export function normalPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    const last = parts.at(-1);
    if (part === '..' && last !== undefined && last !== '..') parts.pop();
    else parts.push(part);
  }
  return `${path.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}
