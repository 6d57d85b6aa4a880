// In: one test of a suite. Out: what our readers and the reference evaluator make of it. Never compiles.

import { DiagnosticSink, formatDiagnostic } from '../../compiler/diagnostic.ts';
import { readEntities, readRequest } from '../../compiler/reference/cedar/entities.ts';
import { authorizeCedar, type CedarResponse } from '../../compiler/reference/cedar/evaluate.ts';
import type { CedarEntities } from '../../compiler/reference/cedar/values.ts';
import { type CedarPolicy, type EntityUid, isTemplate } from '../../compiler/syntax/cedar/ast.ts';
import { JsonShapeMistake } from '../../compiler/syntax/cedar/json-value.ts';
import { linkPolicy } from '../../compiler/syntax/cedar/links.ts';
import { parseCedar, parseUid } from '../../compiler/syntax/cedar/policies.ts';
import type { CedarSchema } from '../../compiler/syntax/cedar/schema.ts';
import { resolveSchema } from '../../compiler/syntax/cedar/schema-names.ts';
import { parseSchemaText } from '../../compiler/syntax/cedar/schema-text.ts';
import { record, type SuiteTest } from './suites.ts';

export interface ReferenceWorld {
  readonly policies: readonly CedarPolicy[];
  readonly schema: CedarSchema | null;
  readonly entities: CedarEntities;
}

/** @throws with every diagnostic if the texts do not read */
export function readTexts(test: SuiteTest): { policies: readonly CedarPolicy[]; schema: CedarSchema } {
  const sink = new DiagnosticSink();
  const policies = parseCedar({ path: `${test.name}.cedar`, text: test.policies }, sink);
  const written = parseSchemaText({ path: `${test.name}.cedarschema`, text: test.schema }, sink);
  const schema = written === null ? null : resolveSchema(written, sink);
  if (policies === null || schema === null) throw new Error(sink.sorted().map(formatDiagnostic).join('\n'));
  return { policies: [...policies.filter((policy) => !isTemplate(policy)), ...linked(test, policies)], schema };
}

/** With the schema, or without where it does not allow the entities (as Cedar's own CLI is used on two of the use cases). */
export function referenceWorld(test: SuiteTest): ReferenceWorld {
  const { policies, schema } = readTexts(test);
  try {
    return { policies, schema, entities: readEntities(test.entities, schema) };
  } catch (error) {
    if (!(error instanceof JsonShapeMistake)) throw error;
    return { policies, schema: null, entities: readEntities(test.entities, null) };
  }
}

export function referenceAnswer(world: ReferenceWorld, request: unknown): CedarResponse {
  return authorizeCedar(world.policies, world.entities, readRequest(request, world.schema));
}

function linked(test: SuiteTest, policies: readonly CedarPolicy[]): CedarPolicy[] {
  return test.links.map((item) => {
    const link = record(item);
    const args = record(link['args']);
    const entity = (slot: string): EntityUid | null => {
      const text = args[slot];
      return typeof text === 'string' ? parseUid(text) : null;
    };
    const templateId = String(link['template_id']);
    const template = policies.find(({ id, annotations }) => id === templateId || annotations.get('id') === templateId);
    if (template === undefined) throw new Error(`no template ${templateId}`);
    const id = String(link['link_id']);
    const policy = linkPolicy(template, {
      templateId,
      id,
      principal: entity('?principal'),
      resource: entity('?resource'),
    });
    if (typeof policy === 'string') throw new Error(`link ${id}: ${policy}`);
    return policy;
  });
}
