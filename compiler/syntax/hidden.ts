// In: the text of a policy. Out: a warning for each line that may be shown as something else than what is compiled (LANGUAGE.md 2.7): it has
// a character that turns the direction of what follows, or ends a line for editors but not for YAML, CEL or Cedar. Changes nothing.

import type { DiagnosticSink } from '../diagnostic.ts';
import type { Source } from '../source.ts';

const HIDDEN = /[\u2028-\u202e\u2066-\u2069]/g;

const NAMES: ReadonlyMap<number, string> = new Map([
  [0x2028, 'line separator'],
  [0x2029, 'paragraph separator'],
  [0x202a, 'left-to-right embedding'],
  [0x202b, 'right-to-left embedding'],
  [0x202c, 'pop directional formatting'],
  [0x202d, 'left-to-right override'],
  [0x202e, 'right-to-left override'],
  [0x2066, 'left-to-right isolate'],
  [0x2067, 'right-to-left isolate'],
  [0x2068, 'first strong isolate'],
  [0x2069, 'pop directional isolate'],
]);

export function warnOfHidden(source: Source, sink: DiagnosticSink): void {
  const { text } = source;
  HIDDEN.lastIndex = 0;
  for (let found = HIDDEN.exec(text); found !== null && !sink.isFull; found = HIDDEN.exec(text)) {
    const start = found.index;
    const code = text.charCodeAt(start);
    const name = `U+${code.toString(16).toUpperCase()}, ${NAMES.get(code) ?? 'a control character'}`;
    const shown =
      code <= 0x2029
        ? 'an editor may show a new line here, where the policy has none'
        : 'this line may be shown in another order than it is compiled';
    sink.warning('P0016', { source, start, end: start + 1 }, `${name}: ${shown}`);
    const lineEnd = text.indexOf('\n', start);
    if (lineEnd < 0) return;
    HIDDEN.lastIndex = lineEnd;
  }
}
