// In: a seed and the rules of a policy. Out: how they are spread over the files of a set (LANGUAGE.md 12): nested policies, one that
// the compiled one extends, lets in an imported file. Knows nothing of conditions.

import type { Random } from './random.ts';
import type { Attribute } from './world.ts';

/** A file beside the compiled one; its number is its index here and one, 0 is the compiled file. */
export interface SetFile {
  readonly name: string;
  /** `base`: the compiled policy extends it; then it says how rules combine. Only one. */
  readonly how: 'nested' | 'base';
  /** Of a nested policy: the number of the file that nests it, less than its own. */
  readonly parent: number;
  readonly combine: string;
  readonly priority: number | null;
  /** YAML of its `scope` (LANGUAGE.md 12.6). */
  readonly scope: string | null;
  /** Whether what the attributes stand for when omitted is said here too. */
  readonly saysAbsent: boolean;
  /** With types of its own (LANGUAGE.md 12.2); null: those of the world. */
  readonly attributes: readonly Attribute[] | null;
}

/** Files of a set, and the number of the file for each rule. */
export function makeSet(
  random: Random,
  algorithms: readonly string[],
  ruleCount: number,
): { readonly files: readonly SetFile[]; readonly homes: readonly number[] } {
  const files = Array.from({ length: random.between(1, 5) }, (_, i): SetFile => {
    const how = i === 0 && random.chance(0.3) ? 'base' : 'nested';
    return {
      name: `p${i + 1}`,
      how,
      parent: how === 'base' ? 0 : random.between(0, i),
      combine: random.pick(algorithms),
      priority: random.chance(0.5) ? random.pick([-1, 0, 1, 2147483646]) : null,
      scope: null,
      saysAbsent: how === 'base' || random.chance(0.5),
      attributes: null,
    };
  });
  return { files, homes: Array.from({ length: ruleCount }, () => random.between(0, files.length)) };
}

/** Of whom scopes speak. */
export const AUDIENCES: readonly string[] = ['acme', 'umbrella', 'hooli', 'é'];

/** YAML of a scope, with or without whom it is about. */
export function makeScope(random: Random): string | null {
  if (random.chance(0.35)) return null;
  const level = random.pick(['tenant', 'team', 'agent']);
  if (random.chance(0.3)) return random.pick(['global', level]);
  const names = random.sample(AUDIENCES, random.pick([1, 1, 2]));
  return `{ ${level}: ${names.length === 1 ? names[0] : `[${names.join(', ')}]`} }`;
}

/** What ids of the rules of a file begin with (LANGUAGE.md 12.3). */
export function prefixOf(files: readonly SetFile[], number: number): string {
  const file = files[number - 1];
  return file === undefined ? '' : `${prefixOf(files, file.parent)}${file.name}/`;
}

/** The set without this file, whose members go to the file around it. */
export function withoutFile(
  files: readonly SetFile[],
  number: number,
): { readonly files: readonly SetFile[]; readonly move: (home: number) => number } {
  const around = files[number - 1]?.parent ?? 0;
  const move = (home: number): number => (home === number ? around : home > number ? home - 1 : home);
  const rest = files.filter((_, i) => i !== number - 1).map((file) => ({ ...file, parent: move(file.parent) }));
  return { files: rest, move };
}
