// In: a policy as a tree. Out: the texts that the compiler reads, in the plainest spelling there is: one line a key, texts as JSON has them.

import type { Source } from '../../compiler/source.ts';
import { celOf, type Let } from './expr.ts';
import type { Policy, Rule } from './generate.ts';
import { typeOf } from './typed-values.ts';
import { type Attribute, type AttributeType, catalogueText } from './world.ts';

/** What the compiler reads, the compiled policy first. */
export function sourcesOf(policy: Policy): readonly Source[] {
  const catalogue = catalogueText(policy.world);
  const base = policy.files.find(({ how }) => how === 'base');
  const ways = base === undefined ? waysOf(policy) : [];
  const lets = policy.lets.map(({ name, value }) => `  ${name}: ${letText(value)}`);
  const isShared = policy.files.length > 0 && lets.length > 0;
  const source = (name: string, lines: readonly string[]): Source => {
    return { path: `${name}.policy.yaml`, text: `${['lictor: 1', ...lines].join('\n')}\n` };
  };
  const common = [
    ...(policy.onUnknown === null ? [] : [`onUnknown: ${policy.onUnknown}`]),
    ...(catalogue === null ? [] : ['tools: [tools.json]']),
    ...(isShared ? ['import: shared.policy.yaml'] : []),
  ];
  return [
    source('case', [
      'name: fuzz',
      ...scopeLines(policy.scope),
      ...ways,
      ...common,
      ...(base === undefined ? [] : [`extends: ${base.name}.policy.yaml`]),
      ...attributeLines(policy, true),
      ...(isShared || lets.length === 0 ? [] : ['lets:', ...lets]),
      ...memberLines(policy, 0),
    ]),
    ...policy.files.map((file, i) =>
      source(file.name, [
        `name: ${file.name}`,
        ...scopeLines(file.scope),
        ...(file.how === 'base' ? waysOf(policy) : [`combine: ${file.combine}`, ...unlistedOf(policy)]),
        ...common,
        ...attributeLines(
          file.attributes === null ? policy : { world: { ...policy.world, attributes: file.attributes } },
          file.saysAbsent,
        ),
        ...memberLines(policy, i + 1),
      ]),
    ),
    ...(isShared ? [source('shared', ['name: shared', 'lets:', ...lets])] : []),
    ...(catalogue === null ? [] : [{ path: 'tools.json', text: catalogue }]),
  ];
}

/** How the rules of the set combine. */
function waysOf(policy: Policy): string[] {
  const fallback = policy.default === null ? [] : [`default: ${policy.default}`];
  return [`combine: ${policy.combine}`, ...fallback, ...unlistedOf(policy)];
}

function scopeLines(scope: string | null): string[] {
  return scope === null ? [] : [`scope: ${scope}`];
}

function unlistedOf({ world }: Policy): string[] {
  return world.catalogue === 'evaluate' ? ['unlisted: evaluate'] : [];
}

function attributeLines({ world }: Pick<Policy, 'world'>, saysAbsent: boolean): string[] {
  const declared = world.attributes.filter(({ isDeclared }) => isDeclared);
  const lines = declared.map((a) => `  ${quoted(a.text)}: ${declarationText(saysAbsent ? a : { ...a, absent: null })}`);
  const typed = world.typed.filter(({ root }) => root === 'context');
  lines.push(...typed.map((one) => `  ${one.text}: ${typeOf(one)}`));
  return lines.length === 0 ? [] : ['attributes:', ...lines];
}

/** Rules and nested policies of one file. */
function memberLines({ combine, files, rules }: Policy, number: number): string[] {
  const own = rules.filter(({ file }) => file === number);
  const above = files[number - 1]?.combine ?? combine;
  const nested = files.filter(({ how, parent }) => how === 'nested' && parent === number);
  const entries = nested.map(({ name, priority }) =>
    priority === null || above !== 'priority'
      ? `  - ${name}.policy.yaml`
      : `  - { policy: ${name}.policy.yaml, priority: ${priority} }`,
  );
  return [
    ...(own.length === 0 ? [] : ['rules:', ...own.flatMap(ruleLines)]),
    ...(entries.length === 0 ? [] : ['policies:', ...entries]),
  ];
}

function letText(value: Let['value']): string {
  return 'kind' in value ? quoted(celOf(value)) : `[${value.map(quoted).join(', ')}]`;
}

function declarationText({ type, absent }: Attribute): string {
  if (absent === null) return typeText(type);
  if (type.kind === 'enum') return `{ enum: [${type.values.map(quoted).join(', ')}], absent: ${absent} }`;
  return `{ type: ${typeText(type)}, absent: ${absent} }`;
}

function typeText(type: AttributeType): string {
  if (type.kind === 'enum') return `{ enum: [${type.values.map(quoted).join(', ')}] }`;
  if (type.kind !== 'list') return type.kind;
  return `list<${type.element.kind}>`;
}

function ruleLines(rule: Rule): string[] {
  const lines = [`  - id: ${rule.id}`, `    effect: ${rule.effect}`];
  const add = (key: string, value: string | null): void => {
    if (value !== null) lines.push(`    ${key}: ${value}`);
  };
  const list = (items: readonly string[] | null): string | null =>
    items === null || items.length === 0
      ? null
      : items.length === 1
        ? quoted(items[0] ?? '')
        : `[${items.map(quoted).join(', ')}]`;
  add('at', list(rule.at));
  add('tool', list(rule.tools));
  add('when', rule.when === null ? null : quoted(celOf(rule.when)));
  if (rule.transform.length > 0)
    lines.push('    transform:', ...rule.transform.map((operation) => `      - ${operation}`));
  add('approvers', rule.approvers.length === 0 ? null : `[${rule.approvers.join(', ')}]`);
  add('reason', rule.reason === null ? null : quoted(rule.reason));
  add('advice', rule.advice === null ? null : quoted(rule.advice));
  add('onUnknown', rule.onUnknown);
  add('priority', rule.priority === null ? null : String(rule.priority));
  add('enabled', rule.enabled ? null : 'false');
  add('final', rule.final ? 'true' : null);
  return lines;
}

/** A YAML double-quoted scalar: JSON is one. */
function quoted(text: string): string {
  return JSON.stringify(text);
}
