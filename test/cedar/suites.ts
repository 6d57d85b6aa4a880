// In: the Cedar suites of LICTOR_DATA. Out: their tests in one form: policies as text, schema, entities, requests with what
// Cedar answers. Integers of 64 bits stay exact. Never judges.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exactJson, parseJson } from '../../compiler/check/json.ts';
import { DiagnosticSink, formatDiagnostic } from '../../compiler/diagnostic.ts';
import { dataRoot } from '../data.ts';

export interface SuiteRequest {
  readonly name: string;
  readonly request: { readonly [key: string]: unknown };
  readonly decision: 'allow' | 'deny';
  /** Null where the suite does not say. */
  readonly reason: readonly string[] | null;
  readonly errors: readonly string[] | null;
}

export interface SuiteTest {
  readonly name: string;
  readonly policies: string;
  readonly schema: string;
  readonly entities: unknown;
  /** `{template_id, link_id, args}`, as the use cases write them. */
  readonly links: readonly unknown[];
  readonly requests: readonly SuiteRequest[];
}

/** JSON with exact integers. */
export function readExact(text: string, path = 'data.json'): unknown {
  const sink = new DiagnosticSink();
  const node = parseJson({ path, text }, sink);
  if (node === null) throw new Error(sink.sorted().map(formatDiagnostic).join('\n'));
  return exactJson(node);
}

export function handwritten(): SuiteTest[] {
  const root = join(dataRoot ?? '', 'cedar/handwritten');
  return listed(join(root, 'tests'), '.json').map((path) => {
    const test = record(readExact(readFileSync(path, 'utf8'), path));
    const file = (key: string): string => readFileSync(join(root, String(test[key])), 'utf8');
    return {
      name: path.slice(root.length + 1),
      policies: file('policies'),
      schema: file('schema'),
      entities: readExact(file('entities')),
      links: [],
      requests: requestsOf(test['requests']),
    };
  });
}

export function corpus(): SuiteTest[] {
  const text = readFileSync(join(dataRoot ?? '', 'cedar/corpus-sample.jsonl'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const test = record(readExact(line));
      return {
        name: String(test['id']),
        policies: String(test['policy']),
        schema: String(test['schema']),
        entities: test['entities'],
        links: [],
        requests: requestsOf(test['requests']),
      };
    });
}

export function useCases(): SuiteTest[] {
  const root = join(dataRoot ?? '', 'cedar/use-cases');
  const folders = [...new Set(listed(root, '.cedar').map((path) => dirname(path)))];
  return folders.map((folder) => {
    const only = (suffix: string): string => {
      const name = readdirSync(folder).find((file) => file.endsWith(suffix));
      return name === undefined ? '' : readFileSync(join(folder, name), 'utf8');
    };
    const requests = (['ALLOW', 'DENY'] as const).flatMap((answer) =>
      listed(join(folder, answer), '.json').map(
        (path): SuiteRequest => ({
          name: path.slice(root.length + 1),
          request: record(readExact(readFileSync(path, 'utf8'), path)),
          decision: answer === 'ALLOW' ? 'allow' : 'deny',
          reason: null,
          errors: null,
        }),
      ),
    );
    const links = only('linked');
    return {
      name: folder.slice(root.length + 1),
      policies: only('.cedar'),
      schema: only('.cedarschema'),
      entities: readExact(only('entities.json')),
      links: links === '' ? [] : (readExact(links) as unknown[]),
      requests,
    };
  });
}

export function record(value: unknown): { readonly [key: string]: unknown } {
  if (typeof value !== 'object' || value === null) throw new Error('expected an object');
  return value as { readonly [key: string]: unknown };
}

function requestsOf(value: unknown): SuiteRequest[] {
  return (value as unknown[]).map((item) => {
    const request = record(item);
    const ids = (key: string): string[] => (request[key] as unknown[]).map(String);
    return {
      name: String(request['description']),
      request,
      decision: request['decision'] === 'allow' ? 'allow' : 'deny',
      reason: ids('reason'),
      errors: ids('errors'),
    };
  });
}

function listed(folder: string, suffix: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith(suffix))
    .map((name) => join(folder, name))
    .sort();
}
