// The spelling fuzzer on a small budget: every policy compiles to the same however it is spelled, and every form is really drawn.

import { expect, it } from 'vitest';
import { compile } from '../../../compiler/index.ts';
import { runSpelling } from './run.ts';

const SEED = 7;
const POLICIES = 40;

const FORMS: readonly string[] = [
  ...['.name', '.`name`', '["name"]', 'leading dot', 'brackets around a path', 'brackets around a literal'],
  ...[
    'brackets around all',
    'blank',
    'blanks',
    'no blank',
    'tab',
    'line break',
    'form feed',
    'carriage return',
    'comment',
  ],
  ...['string "', "string '", 'string """', "string '''", 'raw string', 'line break in a string'],
  ...['\\U', '\\u', '\\x', 'octal', 'named escape', '\\x in bytes', 'octal in bytes', 'plain in bytes', 'raw bytes'],
  ...[
    'bytes "',
    "bytes '",
    'bytes """',
    "bytes '''",
    'hex number',
    'exponent',
    'zeros behind',
    'number begins with a point',
  ],
].map((form) => `CEL ${form}`);
const YAML_FORMS: readonly string[] = [
  ...['plain', "'single'", '"double"', 'folded plain', 'folded single', 'folded double', 'empty line in double'],
  ...[
    'escaped line break',
    '\\U',
    '\\u',
    '\\x',
    'named escape',
    'block',
    '|',
    '>',
    'folded block',
    'indentation digit',
  ],
  ...['chomping +', 'comment at a block', 'word', 'Word', 'WORD', 'digits', '+', 'zeros', '0x', '0o', 'fraction'],
  ...['exponent', 'zeros behind', 'document in brackets', 'blank before a colon', 'wide item', 'item on the next line'],
  ...['{}', '[]', '{} in a block', 'list at the key', 'value on the next line', 'blanks before a value'],
  ...['comma at the end', 'brackets over lines', 'comment in brackets'],
].map((form) => `YAML ${form}`);
const OTHERS: readonly string[] = [
  ...[
    'JSON document',
    'JSON over lines',
    'JSON escapes',
    'JSON blanks',
    'byte order mark',
    'CRLF',
    '---',
    'document indented',
  ],
  ...['document over 64 KiB', 'comment before the document', 'comment after the document', 'comment behind a value'],
  ...['comment on a line', 'empty line', 'blanks at the end of a line', 'path .name', 'path ["name"]', "path ['name']"],
  ...['default written: version', 'default written: enabled', 'default written: final', 'default written: at'],
  ...['default written: when', 'a condition that is a word', 'an operation without a list', 'attribute: { type }'],
  ...[
    'one as a list',

    'keys in another order',
    'policies: { policy }',
    'other files in another order',
  ],
  ...['catalogue: tools/list', 'catalogue: list', 'catalogue: mapping', 'catalogue: answer', 'catalogue: functions'],
  ...['catalogue: flat functions', 'schema $ref', 'schema $ref of the document', 'schema $ref twice', 'schema allOf'],
  ...[
    'let of a constant',
    'let of a YAML number',
    'let of a condition',
    'let of a whole condition',
    'lets in an import',
  ],
  ...['import of an import', 'several imports', 'attributes in an import', 'catalogue in an import'],
  ...['schema oneOf', 'schema oneOf null', 'schema anyOf null', 'schema type and null', 'schema oneOf of enums'],
];

it('a policy compiles to the same bytes however it is spelled (LANGUAGE.md 2.1, 2.2, 2.3, 2.5, 3.1, 4.1, 7.1, 7.3, 12.1)', {
  timeout: 240_000,
}, () => {
  const { forms, difference, formatted, spellings, refused } = runSpelling(
    SEED,
    compile,
    (policies) => policies < POLICIES,
  );
  expect(difference).toBeNull();
  expect(formatted).toBeGreaterThan(spellings / 2);
  expect(refused).toBeLessThan(POLICIES / 4);
  expect([...FORMS, ...YAML_FORMS, ...OTHERS].filter((form) => !forms.has(form))).toEqual([]);
});
