// Agent Threat Rules (npm `agent-threat-rules`): one YAML file a rule, patterns of the JavaScript engine, never regarding case, as
// that engine compiles them. In: files. Out: a pack. Of a rule only its regular expressions are read: whatever else it asks for
// (traces, behaviour, meaning) is refused by name.

import { looseValue } from '../syntax/yaml-library.ts';
import { type Pack, type PackRule, type Refusal, translated } from './pack.ts';

export function readThreatRules(files: readonly { readonly path: string; readonly text: string }[]): Pack {
  const rules: PackRule[] = [];
  const refused: Refusal[] = [];
  let patternCount = 0;
  for (const { path, text } of files) {
    // Some files have texts that strict YAML does not take; what they detect stands before those.
    const read = looseValue(text);
    if ('unread' in read) {
      refused.push({ rule: path, pattern: '', reason: read.unread });
      continue;
    }
    const document = read.value;
    const id = textAt(document, 'id') ?? path;
    const conditions = at(at(document, 'detection'), 'conditions');
    const condition = textAt(at(document, 'detection'), 'condition') === 'all' ? 'all' : 'any';
    const patterns: string[] = [];
    const refusedBefore = refused.length;
    if (!Array.isArray(conditions))
      refused.push({ rule: id, pattern: '', reason: 'its conditions are no list of patterns' });
    for (const one of Array.isArray(conditions) ? conditions : []) {
      const value = textAt(one, 'value');
      if (textAt(one, 'operator') !== 'regex' || value === undefined) {
        refused.push({
          rule: id,
          pattern: '',
          reason: `\`${textAt(one, 'operator') ?? 'its kind'}\` is no regular expression`,
        });
        continue;
      }
      patternCount += 1;
      // The engine drops the flags in front and always compiles with `i`.
      const made = translated(value.replace(/^\(\?[imsx]+\)/, ''), 'js', true);
      if ('pattern' in made) patterns.push(made.pattern);
      else refused.push({ rule: id, pattern: value, reason: made.reason });
    }
    // With one of several parts missing, a rule that asks for all of them would ask for less.
    if (patterns.length === 0 || (condition === 'all' && refused.length > refusedBefore)) continue;
    rules.push({ id, title: textAt(document, 'title') ?? id, condition, patterns, keywords: [], exceptions: [] });
  }
  return { name: 'agent-threat-rules', rules, refused, unread: [], patternCount };
}

function at(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

function textAt(value: unknown, key: string): string | undefined {
  const found = at(value, key);
  return typeof found === 'string' ? found : undefined;
}
