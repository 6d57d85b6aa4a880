// In: templates and what their slots stand for. Out: the policies they give.
// Never leaves a slot open.

import type { CedarPolicy, EntityUid, ScopeConstraint } from './ast.ts';

export interface TemplateLink {
  readonly templateId: string;
  readonly id: string;
  readonly principal: EntityUid | null;
  readonly resource: EntityUid | null;
}

/** The policy a link gives, or which slot it fills that is not there, or leaves open. */
export function linkPolicy(template: CedarPolicy, link: TemplateLink): CedarPolicy | string {
  const principal = filled(template.principal, link.principal);
  const resource = filled(template.resource, link.resource);
  if (principal === null) return '?principal';
  if (resource === null) return '?resource';
  return { ...template, id: link.id, principal, resource };
}

function filled(constraint: ScopeConstraint, entity: EntityUid | null): ScopeConstraint | null {
  const isSlot =
    constraint.kind === 'is' ? constraint.in === 'slot' : 'entity' in constraint && constraint.entity === 'slot';
  if (isSlot !== (entity !== null)) return null;
  if (entity === null) return constraint;
  switch (constraint.kind) {
    case 'any':
      return constraint;
    case 'is':
      return { ...constraint, in: entity };
    default:
      return { kind: constraint.kind, entity };
  }
}
