// In: a checked policy. Out, into the sink: every example that does not hold (LANGUAGE.md 9), with what its rule evaluated to.
// Never looks at other rules, at the default or at which rule wins: an example is about one rule.

import type { CheckedExample, CheckedPolicy, CheckedRule, Environment } from '../check/typed.ts';
import { type DiagnosticSink, didYouMean } from '../diagnostic.ts';
import { evaluate, type ReferenceVerdict } from './evaluate.ts';

/** Reports P0601 to P0605 at the example's place. Examples of disabled rules are checked too (9.2). */
export function checkExamples(policy: CheckedPolicy, sink: DiagnosticSink): void {
  for (const rule of policy.rules) {
    for (const example of rule.examples) checkExample(policy, rule, example, sink);
  }
}

function checkExample(policy: CheckedPolicy, rule: CheckedRule, example: CheckedExample, sink: DiagnosticSink): void {
  const { tool, at } = example.request;
  const name = `\`${rule.id}\``;
  if (tool !== null && isUnlisted(rule.environment, example)) {
    const near = didYouMean(tool, rule.environment.catalogue?.tools.keys() ?? []);
    sink.error(
      'P0605',
      example.span,
      `the example calls \`${tool}\`, which no catalogue lists: no rule is asked about it`,
      near === undefined ? 'call a tool of the catalogue, or set `unlisted: evaluate`' : `did you mean \`${near}\`?`,
    );
    return;
  }
  const { rules, unknown } = evaluateAlone(policy, rule, example);
  const isTrue = rules.length > 0;
  if (example.expect === 'match' && !isTrue) {
    if (unknown.length > 0) {
      sink.error(
        'P0602',
        example.span,
        `rule ${name} should match this example, but is unknown: ${causes(unknown)}`,
        helpFor(unknown, 'a match needs every attribute that decides'),
      );
    } else if (!appliesTo(policy, rule, example)) {
      const call = tool === null ? `\`${at}\`` : `\`${tool}\` at \`${at}\``;
      sink.error(
        'P0601',
        example.span,
        `rule ${name} should match this example, but does not apply to ${call}`,
        'name a tool and a point that the rule covers',
      );
    } else {
      sink.error(
        'P0601',
        example.span,
        `rule ${name} should match this example, but its condition is false`,
        'change the example or the condition, or put the example under `miss`',
      );
    }
  }
  if (example.expect === 'miss' && isTrue) {
    sink.error(
      'P0603',
      example.span,
      `rule ${name} should miss this example, but matches it`,
      'change the example or the condition, or put the example under `match`',
    );
  }
  if (example.expect === 'miss' && !isTrue && unknown.length > 0) {
    sink.error(
      'P0604',
      example.span,
      `rule ${name} should miss this example, but is unknown: ${causes(unknown)}`,
      helpFor(unknown, 'an unknown rule still restricts'),
    );
  }
}

/** The rule as the whole policy, enabled, over an open world, so that nothing but its target and condition speaks. */
function evaluateAlone(policy: CheckedPolicy, rule: CheckedRule, example: CheckedExample): ReferenceVerdict {
  const { catalogue, absent } = rule.environment;
  const environment = { catalogue: catalogue === null ? null : { ...catalogue, closed: false }, absent };
  const alone = { ...rule, enabled: true, policy: 0, final: false, environment };
  const root = { ...policy.tree[0], algorithm: 'deny-overrides' as const };
  // 9.1: a rule without target may leave the tool out; the empty name is a tool that no catalogue lists.
  const request = { ...example.request, tool: example.request.tool ?? '' };
  return evaluate({ ...policy, environment, tree: [root], rules: [alone] }, request);
}

function appliesTo(policy: CheckedPolicy, rule: CheckedRule, example: CheckedExample): boolean {
  const always = { kind: 'constant' as const, value: true, span: rule.span };
  return evaluateAlone(policy, { ...rule, condition: always }, example).rules.length > 0;
}

/** 7.5: at a tool point a closed world knows only its own tools. */
function isUnlisted({ catalogue }: Environment, { request }: CheckedExample): boolean {
  const isToolPoint = request.at === 'pre_tool_call' || request.at === 'post_tool_call';
  return isToolPoint && request.tool !== null && catalogue?.closed === true && !catalogue.tools.has(request.tool);
}

const CAUSE_TEXT = {
  missing: 'is missing',
  null: 'is null',
  type: 'has the wrong type',
  enum: 'is outside its enum',
  encoding: 'holds a lone surrogate',
  limit: 'is over its limit',
  computation: 'is part of arithmetic or a loop that has no result',
} as const;

function causes(unknown: ReferenceVerdict['unknown']): string {
  return unknown.map(({ path, cause }) => `\`${path}\` ${CAUSE_TEXT[cause]}`).join(', ');
}

function helpFor(unknown: ReferenceVerdict['unknown'], why: string): string {
  const missing = unknown.find(({ cause }) => cause === 'missing');
  const what =
    missing === undefined
      ? 'give the attribute a value of its type'
      : `add \`${missing.path}\` to the example, guard it with \`has(${missing.path})\`, or set \`onUnknown\``;
  return `${why}: ${what}`;
}
