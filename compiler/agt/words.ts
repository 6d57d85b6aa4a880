// The keys and words of Agent Governance Toolkit documents, and what each key does. Data only.

import type { Effect, Point } from '../check/typed.ts';
import type { Operator, Strategy } from './ast.ts';

export const OPERATORS: readonly Operator[] = [
  ...(['eq', 'ne', 'gt', 'lt', 'gte', 'lte'] as const),
  ...(['in', 'not_in', 'contains', 'matches'] as const),
];

export const STRATEGIES: readonly Strategy[] = [
  ...(['priority_first_match', 'deny_overrides'] as const),
  ...(['allow_overrides', 'most_specific_wins'] as const),
];

/** Most specific last. */
export const SCOPES: readonly string[] = ['global', 'tenant', 'organization', 'agent'];

export const ACTIONS: ReadonlyMap<string, Effect> = new Map([
  ['allow', 'allow'],
  ['deny', 'deny'],
  ['block', 'deny'],
  ['audit', 'warn'],
  ['warn', 'warn'],
  ['log', 'warn'],
  ['escalate', 'escalate'],
  ['require_approval', 'escalate'],
]);

/** What each family's own reader takes; the others appear in documents in the wild. */
export const OWN_ACTIONS: { readonly rules: readonly string[]; readonly expressions: readonly string[] } = {
  rules: ['allow', 'deny', 'audit', 'block'],
  expressions: ['allow', 'deny', 'warn', 'require_approval', 'log'],
};

export const STAGES: ReadonlyMap<string, Point> = new Map([
  ['pre_input', 'input'],
  ['pre_tool', 'pre_tool_call'],
  ['post_tool', 'post_tool_call'],
  ['pre_output', 'output'],
]);

export const EVERY_POINT: readonly Point[] = [
  ...(['agent_startup', 'input', 'pre_model_call', 'post_model_call'] as const),
  ...(['pre_tool_call', 'post_tool_call', 'output', 'agent_shutdown'] as const),
];

/** Keys of one mapping: read; known and for people only; known and not enforced, with what they are for. */
export interface Keys {
  readonly what: string;
  readonly read: readonly string[];
  readonly notes: readonly string[];
  readonly unenforced: ReadonlyMap<string, string>;
}

const SANDBOX = 'a limit for sandboxes, which their rule engine does not read either';
const BUDGET = 'a limit that the host keeps; their rule engine does not read it either';

export const DOCUMENT_KEYS: { readonly rules: Keys; readonly expressions: Keys } = {
  rules: {
    what: 'a PolicyDocument',
    read: ['version', 'name', 'rules', 'defaults', 'inherit', 'scope', 'conflict_strategy', 'apiVersion'],
    notes: ['description', 'disclaimer', 'metadata', 'kind'],
    unenforced: new Map([
      ['network_allowlist', SANDBOX],
      ['tool_allowlist', SANDBOX],
      ['a2a_conversation_policy', 'for their conversation guardian'],
    ]),
  },
  expressions: {
    what: 'a governance.toolkit/v1 document',
    read: [
      ...['apiVersion', 'version', 'name', 'rules', 'default_action', 'agent', 'agents', 'scope', 'extends'],
      'conflict_strategy',
    ],
    notes: ['description', 'disclaimer', 'metadata', 'kind', 'created_at', 'updated_at'],
    unenforced: new Map(),
  },
};

export const RULE_KEYS: { readonly rules: Keys; readonly expressions: Keys } = {
  rules: {
    what: 'a rule',
    read: ['name', 'condition', 'action', 'priority', 'message', 'override', 'approvers'],
    notes: ['description', 'metadata', 'tags', 'severity', 'category'],
    unenforced: new Map(),
  },
  expressions: {
    what: 'a rule',
    read: [
      ...['name', 'condition', 'action', 'ruleAction', 'priority', 'stage', 'limit', 'approvers', 'enabled'],
      ...['description', 'message'],
    ],
    notes: ['metadata', 'tags', 'severity', 'category'],
    unenforced: new Map([['surfaces', 'where their TypeScript engine shows the rule']]),
  },
};

export const CONDITION_KEYS: Keys = {
  what: 'a condition',
  read: ['field', 'operator', 'value'],
  notes: ['description'],
  unenforced: new Map(),
};

export const DEFAULTS_KEYS: Keys = {
  what: '`defaults`',
  read: ['action'],
  notes: [],
  unenforced: new Map([
    ['max_tokens', BUDGET],
    ['max_tool_calls', BUDGET],
    ['confidence_threshold', BUDGET],
    ['max_cpu', SANDBOX],
    ['max_memory_mb', SANDBOX],
    ['timeout_seconds', SANDBOX],
    ['network_default', SANDBOX],
  ]),
};

/** Fields of evaluation contexts that their engines, adapters and policies use: a spelling near one of them is a mistake. */
export const KNOWN_FIELDS: readonly string[] = [
  ...['action', 'agent_did', 'agent_id', 'agent_name', 'agent_role', 'command', 'confidence', 'content'],
  ...['context', 'cost', 'data_classification', 'delegation_depth', 'environment', 'input', 'input_text', 'message'],
  ...['message_count', 'output', 'path', 'prompt', 'resource', 'response', 'risk_level', 'role', 'session_id'],
  ...['token_count', 'tool_args', 'tool_call_count', 'tool_description', 'tool_input', 'tool_name', 'tool_response'],
  ...['trust_score', 'url', 'user_id', 'user_input', 'user_role'],
];
