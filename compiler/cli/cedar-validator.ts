// In: nothing. Out: the validator of `@cedar-policy/cedar-wasm`, if that is installed where lictor is. Never used to decide.

import { createRequire } from 'node:module';
import { VALIDATOR_PACKAGE, type Validator, validationFindings } from '../cedar/validate.ts';
import type { Diagnostic } from '../index.ts';
import type { PolicySources } from './files.ts';
import { shownFrom } from './read.ts';

/** Null where it is not installed. */
export function installedValidator(): Validator | null {
  const require = createRequire(import.meta.url);
  try {
    require.resolve(VALIDATOR_PACKAGE);
  } catch {
    return null;
  }
  return (require(VALIDATOR_PACKAGE) as { readonly validate: Validator }).validate;
}

/** What Cedar's validator says of Cedar policies with a schema; nothing of others. */
export function validated({ sources, folder }: PolicySources): readonly Diagnostic[] {
  if (!sources.some(({ path }) => /\.cedarschema(\.json)?$/.test(path))) return [];
  const found = validationFindings(sources, installedValidator());
  return found.map((diagnostic) => shownFrom(folder, diagnostic));
}
