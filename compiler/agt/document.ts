// In: a document of the Agent Governance Toolkit as a tree. Out: the document as data, or null; every mistake is
// reported with what their own engines would have done. Never guesses at a meaning.

import type { Effect, Point } from '../check/typed.ts';
import type { DiagnosticSink } from '../diagnostic.ts';
import type { Located } from '../source.ts';
import { clip } from '../syntax/clip.ts';
import { readBool, readJson, readText, readTextList, shortened, wrongKind } from '../syntax/reading.ts';
import { kindName, type YamlNode } from '../syntax/yaml.ts';
import type { AgtDocument, AgtRule, Expression, Family, Operator, Strategy, StructuredCondition } from './ast.ts';
import { readExpression } from './expression.ts';
import { type Entries, readKeys } from './keys.ts';
import type { AgtSource } from './recognise.ts';
import {
  ACTIONS,
  CONDITION_KEYS,
  DEFAULTS_KEYS,
  DOCUMENT_KEYS,
  EVERY_POINT,
  OPERATORS,
  OWN_ACTIONS,
  RULE_KEYS,
  SCOPES,
  STAGES,
  STRATEGIES,
} from './words.ts';

const MOST_PRIORITY = 2 ** 31 - 1;

export function readDocument({ root, family, found }: AgtSource, sink: DiagnosticSink): AgtDocument | null {
  sink.addAll(found);
  const entries = readKeys(root, DOCUMENT_KEYS[family], sink);
  return entries === undefined ? null : new Reader(family, sink).document(root, entries);
}

class Reader {
  readonly #family: Family;
  readonly #sink: DiagnosticSink;

  constructor(family: Family, sink: DiagnosticSink) {
    this.#family = family;
    this.#sink = sink;
  }

  document(root: YamlNode, entries: Entries): AgtDocument {
    const scope = this.#text(entries, 'scope') ?? null;
    const isFolder = this.#family === 'rules';
    const rules = entries.get('rules')?.value;
    return {
      family: this.#family,
      name: this.#text(entries, 'name')?.value ?? 'unnamed',
      version: this.#version(entries),
      span: root.span,
      rules: rules === undefined ? [] : this.#rules(rules),
      defaultEffect: isFolder ? this.#defaults(entries) : this.#defaultAction(entries),
      strategy: this.#strategy(entries),
      specificity: isFolder || scope === null ? 0 : this.#specificity(scope),
      agents: isFolder ? null : this.#agents(entries),
      extends: this.#parents(entries),
      inherit: this.#bool(entries, 'inherit') ?? true,
      scope: isFolder ? scope : null,
    };
  }

  #version(entries: Entries): string {
    const api = entries.get('apiVersion')?.value;
    if (api?.kind === 'text' && api.value !== 'governance.toolkit/v1' && api.value !== '1.0') {
      this.#sink.error(
        'P1205',
        api.span,
        `\`${clip(api.value)}\` is no version that is known`,
        'write `governance.toolkit/v1`; their Python engine refuses any other',
      );
    }
    const version = entries.get('version')?.value;
    if (version === undefined) return '0.0.0';
    if (version.kind === 'float' || version.kind === 'int') {
      return version.span.source.text.slice(version.span.start, version.span.end);
    }
    return readText(version, this.#sink)?.value ?? '0.0.0';
  }

  #rules(node: YamlNode): AgtRule[] {
    if (node.kind === 'null') return [];
    if (node.kind !== 'list') {
      wrongKind(node, 'a list of rules', this.#sink);
      return [];
    }
    // With more findings than are listed there is no policy, whatever the other rules say.
    const read = node.items.map((item) => (this.#sink.isFull ? undefined : this.#rule(item)));
    return read.filter((rule) => rule !== undefined);
  }

  #rule(node: YamlNode): AgtRule | undefined {
    const entries = readKeys(node, RULE_KEYS[this.#family], this.#sink);
    if (entries === undefined) return undefined;
    const name = this.#required(entries, node, 'name');
    const condition = this.#condition(entries, node);
    const action = this.#action(entries, node);
    const text = name === undefined ? undefined : readText(name, this.#sink);
    const stage = this.#text(entries, 'stage');
    const approvers = entries.get('approvers')?.value;
    const message = this.#text(entries, 'message')?.value ?? this.#text(entries, 'description')?.value ?? '';
    const rest = {
      span: shortened(node.span),
      priority: this.#priority(entries),
      message: message === '' ? null : message,
      override: this.#bool(entries, 'override') ?? false,
      enabled: this.#bool(entries, 'enabled') ?? true,
      points: this.#points(stage),
      approvers: approvers === undefined ? [] : (readTextList(approvers, this.#sink) ?? []).map(({ value }) => value),
      limit: this.#limit(entries),
    };
    if (text === undefined || condition === undefined || action === undefined) return undefined;
    return { name: text.value, condition, effect: action.effect, action: action.word, ...rest };
  }

  #condition(entries: Entries, rule: YamlNode): StructuredCondition | Expression | undefined {
    const node = this.#required(entries, rule, 'condition');
    if (node === undefined) return undefined;
    if (this.#family === 'expressions') {
      if (node.kind === 'text') return readExpression(node, this.#sink);
      const help =
        'write the condition as text; one document has conditions of one form, and their engines read the other as no condition';
      return wrongKind(node, 'a condition as text', this.#sink, help);
    }
    if (node.kind === 'text') {
      const help = 'write `field`, `operator` and `value`; their PolicyDocument reader refuses a text';
      return wrongKind(node, 'a condition as a mapping', this.#sink, help);
    }
    return this.#structured(node);
  }

  #structured(node: YamlNode): StructuredCondition | undefined {
    const entries = readKeys(node, CONDITION_KEYS, this.#sink);
    if (entries === undefined) return undefined;
    const field = this.#required(entries, node, 'field');
    const operator = this.#required(entries, node, 'operator');
    const value = this.#required(entries, node, 'value');
    const fieldText = field === undefined ? undefined : readText(field, this.#sink);
    const word = operator === undefined ? undefined : this.#operator(operator);
    const json = value === undefined ? undefined : readJson(this.#asTheyRead(value), this.#sink);
    if (fieldText === undefined || word === undefined || json === undefined || value === undefined) return undefined;
    const span = shortened(value.span);
    const place = value.kind === 'text' ? value.place : () => span;
    return { kind: 'structured', field: fieldText, operator: word, value: { value: json.value, span }, place, span };
  }

  /** Their YAML reader takes `yes`, `no`, `on` and `off` without quotes for bools. */
  #asTheyRead(node: YamlNode): YamlNode {
    if (node.kind === 'list') return { ...node, items: node.items.map((item) => this.#asTheyRead(item)) };
    const isPlain = node.kind === 'text' && node.span.source.text.startsWith(node.value, node.span.start);
    if (!isPlain || !/^(?:yes|no|on|off|Yes|No|On|Off|YES|NO|ON|OFF)$/.test(node.value)) return node;
    const value = /^(?:yes|on)$/i.test(node.value);
    const said = `\`${node.value}\` is read as \`${value}\`, as their YAML reader does`;
    this.#sink.warning('P1212', node.span, said, `write \`${value}\`, or "${node.value}" for the text`);
    return { kind: 'bool', value, span: node.span };
  }

  #operator(node: YamlNode): Located<Operator> | undefined {
    const word = readText(node, this.#sink);
    const operator = OPERATORS.find((known) => known === word?.value);
    if (word === undefined) return undefined;
    if (operator !== undefined) return { value: operator, span: word.span };
    this.#unknownWord(word, 'operator', OPERATORS, 'their reader refuses the whole document');
    return undefined;
  }

  /** `ruleAction` is the TypeScript engine's name of the key, `action` that of all others. */
  #action(entries: Entries, rule: YamlNode): { readonly effect: Effect; readonly word: string } | undefined {
    const node = entries.get('action') ?? entries.get('ruleAction');
    if (node === undefined) {
      if (this.#family === 'rules') this.#required(entries, rule, 'action');
      return this.#family === 'rules' ? undefined : { effect: 'deny', word: 'deny' };
    }
    const word = readText(node.value, this.#sink);
    if (word === undefined) return undefined;
    if (word.value === 'rate_limit') {
      const help =
        'only their .NET engine knows it; Lictor does not enforce limits yet, so this rule would have no meaning';
      this.#sink.error('P1205', word.span, '`rate_limit` is not supported', help);
      return undefined;
    }
    const effect = ACTIONS.get(word.value);
    if (effect === undefined) {
      this.#unknownWord(word, 'action', [...ACTIONS.keys()], 'their reader refuses the whole document');
      return undefined;
    }
    if (!OWN_ACTIONS[this.#family].includes(word.value)) {
      const said = `\`${word.value}\` is read as \`${effect}\`; their own reader refuses a document with it`;
      this.#sink.warning('P1212', word.span, said);
    } else if (this.#family === 'expressions' && effect === 'warn') {
      const said = `\`${word.value}\` permits the call and warns; their Python engine blocks it`;
      this.#sink.warning('P1212', word.span, said);
    }
    if (node.key === 'ruleAction' && word.value !== 'deny') {
      const said = `\`ruleAction: ${word.value}\` is read as the action; their Python engine passes over the key and denies`;
      this.#sink.warning('P1212', node.keySpan, said);
    }
    return { effect, word: word.value };
  }

  #priority(entries: Entries): number {
    const node = entries.get('priority')?.value;
    if (node === undefined) return 0;
    if (node.kind === 'int') return Math.min(Math.max(Number(node.value), -MOST_PRIORITY), MOST_PRIORITY);
    wrongKind(node, 'an integer', this.#sink);
    return 0;
  }

  #points(stage: Located<string> | undefined): readonly Point[] {
    if (this.#family === 'rules') return EVERY_POINT;
    if (stage === undefined) return ['pre_tool_call'];
    const point = STAGES.get(stage.value);
    if (point !== undefined) return [point];
    this.#unknownWord(stage, 'stage', [...STAGES.keys()], 'their reader refuses the whole document');
    return ['pre_tool_call'];
  }

  #limit(entries: Entries): string | null {
    const limit = this.#text(entries, 'limit');
    if (limit === undefined) return null;
    if (!/^\s*\d+\s*\/\s*(?:second|minute|hour|day)\s*$/i.test(limit.value)) {
      const help = 'write a count and `second`, `minute`, `hour` or `day`: `100/hour`';
      this.#sink.error('P1209', limit.span, `\`${clip(limit.value)}\` is no limit`, help);
    } else
      this.#sink.warning(
        'P1210',
        limit.span,
        'the limit is kept as declared, but not enforced: the rule stands without it',
      );
    return limit.value;
  }

  #defaults(entries: Entries): Effect | null {
    const node = entries.get('defaults')?.value;
    const defaults = node === undefined || node.kind === 'null' ? undefined : readKeys(node, DEFAULTS_KEYS, this.#sink);
    const action = defaults?.get('action')?.value;
    if (action === undefined) return null;
    const word = readText(action, this.#sink);
    const effect = word === undefined ? undefined : ACTIONS.get(word.value);
    if (word !== undefined && effect === undefined) {
      this.#unknownWord(word, 'action', [...ACTIONS.keys()], 'their reader refuses the whole document');
    }
    return effect ?? 'deny';
  }

  #defaultAction(entries: Entries): Effect | null {
    const word = this.#text(entries, 'default_action');
    if (word === undefined) return null;
    if (word.value === 'allow' || word.value === 'deny') return word.value;
    this.#unknownWord(word, 'default action', ['allow', 'deny'], 'their reader refuses the whole document');
    return 'deny';
  }

  #strategy(entries: Entries): Located<Strategy> | null {
    const word = this.#text(entries, 'conflict_strategy');
    if (word === undefined) return null;
    const strategy = STRATEGIES.find((known) => known === word.value.toLowerCase().replaceAll('-', '_'));
    if (strategy !== undefined) return { value: strategy, span: word.span };
    this.#unknownWord(word, 'conflict strategy', STRATEGIES, 'their engine refuses to start with it');
    return null;
  }

  #specificity(scope: Located<string>): number {
    const specificity = SCOPES.indexOf(scope.value);
    if (specificity >= 0) return specificity;
    this.#unknownWord(scope, 'scope', SCOPES, 'their engines take it for `global`');
    return 0;
  }

  #agents(entries: Entries): readonly string[] | null {
    const one = this.#text(entries, 'agent')?.value;
    const node = entries.get('agents')?.value;
    const listed = node === undefined ? [] : (readTextList(node, this.#sink) ?? []).map(({ value }) => value);
    const all = one === undefined ? listed : [one, ...listed];
    return all.length === 0 || all.includes('*') ? null : all;
  }

  #parents(entries: Entries): readonly Located<string>[] {
    const node = entries.get('extends')?.value;
    if (node === undefined || node.kind === 'null') return [];
    if (node.kind === 'text') return [{ value: node.value, span: node.span }];
    return readTextList(node, this.#sink) ?? [];
  }

  #text(entries: Entries, key: string): Located<string> | undefined {
    const node = entries.get(key)?.value;
    return node === undefined || node.kind === 'null' ? undefined : readText(node, this.#sink);
  }

  #bool(entries: Entries, key: string): boolean | undefined {
    const node = entries.get(key)?.value;
    return node === undefined || node.kind === 'null' ? undefined : readBool(node, this.#sink)?.value;
  }

  #required(entries: Entries, node: YamlNode, key: string): YamlNode | undefined {
    const value = entries.get(key)?.value;
    if (value === undefined) {
      const what = node === undefined ? 'this' : kindName(node);
      this.#sink.error(
        'P1204',
        shortened(node.span),
        `${what} without \`${key}\``,
        `their reader refuses the whole document; add \`${key}\``,
      );
    }
    return value;
  }

  #unknownWord(word: Located<string>, what: string, known: readonly string[], theirs: string): void {
    const listed = known.map((one) => `\`${one}\``).join(', ');
    this.#sink.error('P1205', word.span, `\`${clip(word.value)}\` is no ${what}`, `${theirs}; write one of ${listed}`);
  }
}
