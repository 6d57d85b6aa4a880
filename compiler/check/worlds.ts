// In: the policies of a set, each with its catalogue. Out, as warnings: where their worlds do not fit together (LANGUAGE.md 12.2).

import type { Environments, Surroundings } from './environments.ts';
import type { Report } from './report.ts';
import type { ArgumentSchema, Catalogue } from './typed.ts';

/** `world`: the catalogue of the policy whose `default` speaks. */
export function checkWorlds(world: Catalogue | null, environments: Environments, report: Report): void {
  const first = new Map<string, { readonly args: ArgumentSchema; readonly where: string }>();
  const seen = new Set<unknown>();
  for (const one of environments.all) {
    const { catalogue } = one.environment;
    const place = one.unit.ast.tools?.[0]?.span ?? one.unit.ast.name?.span ?? one.unit.ast.span;
    if (catalogue === null) continue;
    checkListed(one, world, report);
    if (seen.has(catalogue.tools)) continue;
    seen.add(catalogue.tools);
    for (const { name, args } of catalogue.tools.values()) {
      const before = first.get(name);
      if (before === undefined) first.set(name, { args, where: one.unit.ast.span.source.path });
      else if (schemaText(before.args) !== schemaText(args)) {
        report.warning(
          'P0915',
          place,
          `the tool \`${name}\` has other arguments here than in the catalogues of \`${before.where}\``,
          'name one catalogue in both, or see that both describe the same tool: each rule reads arguments as its own says',
        );
      }
    }
  }
}

/** What a closed world does not list is denied before any rule: a nested policy cannot add to it. */
function checkListed({ unit, environment }: Surroundings, world: Catalogue | null, report: Report): void {
  const place = unit.ast.tools?.[0]?.span;
  if (place === undefined) return;
  if (world === null) {
    if (unit.base === null || environment.catalogue?.closed !== true) return;
    report.warning(
      'P0914',
      place,
      'these tools close the world of this policy’s own rules only: what it extends names none, so calls of other tools get its `default`',
      'name the catalogue in the policy that is extended, too',
    );
    return;
  }
  if (!world.closed) return;
  const strangers = [...(environment.catalogue?.tools.keys() ?? [])].filter((name) => !world.tools.has(name));
  const [one] = strangers;
  if (one === undefined) return;
  const others = strangers.length === 1 ? '' : ` and ${strangers.length - 1} more`;
  report.warning(
    'P0914',
    place,
    `the tool \`${one}\`${others} stands in no catalogue of the policy whose \`default\` speaks: calls of it are denied there`,
    'name the catalogue there, too, or say `unlisted: evaluate` there',
  );
}

function schemaText(args: ArgumentSchema): string {
  return JSON.stringify(args, (_, value: unknown) => (value instanceof Map ? [...value].sort(byName) : value));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
