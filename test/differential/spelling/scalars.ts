// In: a text or a word of a document. Out: one of its spellings in YAML (LANGUAGE.md 2.1): plain, in quotes, as a block of text. Shares
// nothing with the compiler's readers; what YAML 1.2 says of each style is written here a second time.

import type { Forms } from './forms.ts';

/** Where a text stands: the lines after its first are indented by `indent`. */
export interface Place {
  readonly indent: string;
  readonly isFlow: boolean;
  /** Its lines may not be joined nor parted. */
  readonly isWhole: boolean;
  /** All on one line, such as a key. */
  readonly isLine: boolean;
  /** How deep the mapping or list around it is indented. */
  readonly outer: number;
}

const NAMED: ReadonlyMap<string, string> = new Map([
  ['\0', '\\0'],
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\t', '\\t'],
  ['\n', '\\n'],
  ['\v', '\\v'],
  ['\f', '\\f'],
  ['\r', '\\r'],
  ['\u001b', '\\e'],
  [' ', '\\ '],
  ['"', '\\"'],
  ['/', '\\/'],
  ['\\', '\\\\'],
  ['\u0085', '\\N'],
  ['\u00a0', '\\_'],
  ['\u2028', '\\L'],
  ['\u2029', '\\P'],
]);

export function isPrintable(text: string): boolean {
  return /^[\t\n\x20-\x7e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\u{10000}-\u{10ffff}]*$/u.test(text);
}

/** On one line or several, quotes included; no block of text. */
export function inlineText(forms: Forms, value: string, place: Place): string {
  const mayFold = !place.isLine && !place.isWhole;
  const form = forms.oneOf('YAML "double"', {
    'YAML plain': isPlain(value, place.isFlow) ? 5 : 0,
    "YAML 'single'": isPrintable(value) && !/\n/.test(value) ? 3 : 0,
    'YAML "double"': 3,
  });
  if (form === 'YAML plain') return mayFold ? foldedPlain(forms, value, place) : value;
  if (form === "YAML 'single'") {
    const text = value.replaceAll("'", "''");
    return `'${mayFold ? folded(forms, text, place.indent, 'YAML folded single') : text}'`;
  }
  return doubleQuoted(forms, value, place);
}

/** Lines of a block of text behind its key, the header first; null where the text cannot be one. */
export function blockText(
  forms: Forms,
  value: string,
  place: Place,
): { readonly lines: string[]; readonly keeps: boolean } | null {
  const body = value.replace(/\n+$/, '');
  const lines = body.split('\n');
  const isBlock =
    isPrintable(value) &&
    body !== '' &&
    !/^[\n\t]/.test(value) &&
    lines.every((line) => line === '' || line.trim() !== '');
  if (!isBlock || !forms.takes('YAML block', place.isWhole || value.endsWith('\n') ? 0.6 : 0.25)) return null;
  const ending = value.length - body.length;
  const mayFold = !place.isWhole && lines.every((line) => /^[^ \t]|^$/.test(line) && !/[ \t]$/.test(line));
  const form = forms.oneOf('YAML |', { 'YAML |': 2, 'YAML >': mayFold ? 2 : 0 });
  const isIndented = value.startsWith(' ') || forms.takes('YAML indentation digit', 0.15);
  const keeps =
    (ending > 1 && forms.takes('YAML chomping +', 1)) || (ending === 1 && forms.takes('YAML chomping +', 0.4));
  const chomping = ending === 0 ? '-' : keeps ? '+' : '';
  const digit = isIndented ? String(place.indent.length - place.outer) : '';
  const header = forms.random.chance(0.5) ? `${digit}${chomping}` : `${chomping}${digit}`;
  const note = forms.takes('YAML comment at a block', 0.1) ? ' # of the block' : '';
  const written = form === 'YAML >' ? foldedLines(forms, lines) : lines;
  const text = [
    `${form.slice(5)}${header}${note}`,
    ...written.map((line) => (line === '' ? '' : `${place.indent}${line}`)),
  ];
  return { lines: [...text, ...Array.from({ length: Math.max(0, ending - 1) }, () => '')], keeps };
}

/** A number, a bool or null. */
export function spelledWord(forms: Forms, source: string): string {
  if (/^(true|false|null)$/.test(source)) {
    const form = forms.oneOf('YAML word', {
      'YAML word': 3,
      'YAML Word': 1,
      'YAML WORD': 1,
      'YAML ~': source === 'null' ? 1 : 0,
    });
    if (form === 'YAML ~') return '~';
    if (form === 'YAML WORD') return source.toUpperCase();
    return form === 'YAML Word' ? `${source.charAt(0).toUpperCase()}${source.slice(1)}` : source;
  }
  if (/^[0-9]+$/.test(source)) {
    const value = BigInt(source);
    const form = forms.oneOf('YAML digits', {
      'YAML digits': 4,
      'YAML +': 1,
      'YAML zeros': 1,
      'YAML 0x': 1,
      'YAML 0o': 1,
    });
    switch (form) {
      case 'YAML +':
        return `+${source}`;
      case 'YAML zeros':
        return `00${source}`;
      case 'YAML 0x':
        return `0x${value.toString(16)}`;
      case 'YAML 0o':
        return `0o${value.toString(8)}`;
      default:
        return source;
    }
  }
  if (/^-?[0-9]+\.[0-9]+$/.test(source)) {
    const form = forms.oneOf('YAML fraction', { 'YAML fraction': 3, 'YAML exponent': 1, 'YAML zeros behind': 1 });
    return form === 'YAML exponent' ? `${source}e+0` : form === 'YAML zeros behind' ? `${source}00` : source;
  }
  return source;
}

/** Only texts of which nobody doubts that they are plain. */
function isPlain(value: string, isFlow: boolean): boolean {
  if (!/^[A-Za-z_(/é日ü][^\p{Cc}\u2028\u2029\ufeff]*$/u.test(value) || !isPrintable(value)) return false;
  if (/\s$|:\s|:$|\s#|\t/.test(value) || /^(true|false|null)$/i.test(value)) return false;
  return !isFlow || !/[,[\]{}:]/.test(value);
}

function foldedPlain(forms: Forms, value: string, { indent, isFlow }: Place): string {
  if (isFlow) return value;
  return value.replace(/(?<=[^ ]) (?=[A-Za-z(])/g, (blank) =>
    forms.takes('YAML folded plain', 0.08) ? `\n${indent}` : blank,
  );
}

/** A line break between words is a blank. */
function folded(forms: Forms, text: string, indent: string, form: string): string {
  return text.replace(/(?<=[^ \t]) (?=[^ \t])/g, (blank) => (forms.takes(form, 0.06) ? `\n${indent}` : blank));
}

/** Of `>`: an empty line more at each break, and breaks where blanks were. */
function foldedLines(forms: Forms, lines: readonly string[]): string[] {
  const out: string[] = [];
  lines.forEach((line, i) => {
    if (i > 0 && line !== '') out.push('');
    out.push(...folded(forms, line, '', 'YAML folded block').split('\n'));
  });
  return out;
}

function doubleQuoted(forms: Forms, value: string, place: Place): string {
  const mayFold = !place.isLine && !place.isWhole;
  const points = Array.from(value);
  const strangeness = forms.random.pick([0, 0, 0.05, 0.6]);
  const foldings = mayFold ? forms.random.pick([0, 0, 0.05, 0.2]) : 0;
  let out = '';
  let isAtStart = false;
  points.forEach((point, i) => {
    const [before, after] = [points[i - 1], points[i + 1]];
    const isBlank = (one: string | undefined): boolean =>
      one === undefined || one === ' ' || one === '\t' || one === '\n';
    if (foldings > 0 && i > 0 && !isAtStart && forms.random.chance(foldings)) {
      if (point === ' ' && !isBlank(before) && !isBlank(after) && forms.takes('YAML folded double', 1)) {
        out += `\n${place.indent}`;
        isAtStart = true;
        return;
      }
      if (point === '\n' && !isBlank(before) && !isBlank(after) && forms.takes('YAML empty line in double', 1)) {
        out += `\n\n${place.indent}`;
        isAtStart = true;
        return;
      }
      if (!isBlank(before) && forms.takes('YAML escaped line break', 0.3)) {
        out += `\\\n${place.indent}`;
        isAtStart = true;
      }
    }
    out += escapedPoint(forms, point, isAtStart ? 1 : strangeness, isAtStart);
    isAtStart = false;
  });
  return `"${out}"`;
}

function escapedPoint(forms: Forms, point: string, strangeness: number, isAtStart: boolean): string {
  const code = point.codePointAt(0) ?? 0;
  const isBlank = point === ' ' || point === '\t';
  const mustEscape = point === '"' || point === '\\' || point === '\n' || !isPrintable(point) || (isAtStart && isBlank);
  if (!mustEscape && !forms.random.chance(isAtStart ? 0 : strangeness)) return point;
  const named = NAMED.get(point);
  const hex = (width: number): string => code.toString(16).padStart(width, '0');
  const form = forms.oneOf('YAML \\U', {
    'YAML \\U': 1,
    'YAML \\u': code <= 0xffff ? 2 : 0,
    'YAML \\x': code <= 0xff ? 2 : 0,
    'YAML named escape': named === undefined ? 0 : 6,
  });
  switch (form) {
    case 'YAML named escape':
      return named ?? point;
    case 'YAML \\x':
      return `\\x${hex(2)}`;
    case 'YAML \\u':
      return `\\u${hex(4)}`;
    default:
      return `\\U${hex(8)}`;
  }
}
