import { expect, test } from 'vitest';
import { parsePath } from '../../compiler/check/paths.ts';

test.each([
  ['args.foo', 'args', ['foo']],
  ['principal.a.b_1._c', 'principal', ['a', 'b_1', '_c']],
  ['args["foo-bar"]', 'args', ['foo-bar']],
  ['context[\'a b\'].c["d\\u0065\\""]', 'context', ['a b', 'c', 'de"']],
  ['args.in.true', 'args', ['in', 'true']],
  ['args["__proto__"]', 'args', ['__proto__']],
  ['args[""]', 'args', ['']],
])('%s is a path (LANGUAGE.md 3.1)', (text, root, segments) => {
  expect(parsePath(text)).toEqual({ root, segments });
});

test.each([
  '',
  'args',
  'tool.x',
  'argsx.y',
  'args.',
  'args..a',
  '.args',
  'args.1',
  'args.foo-bar',
  'args[foo]',
  'args[0]',
  'args["a]',
  'args["\\q"]',
  'args[ "a" ]',
  "args['a\\'b']",
  'args.a ',
  ' args.a',
  'args.a b',
  'args.é',
  'args["a"]b',
  'args["a\nb"]',
])('%j is no path (LANGUAGE.md 3.1)', (text) => {
  expect(parsePath(text)).toBeNull();
});
