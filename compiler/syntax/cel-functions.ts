// The functions and macros that conditions may call (LANGUAGE.md 4.13 to 4.21): how each is called and how a person writes it.
// Data only; what their operands are is `check`'s business.

export interface CallForm {
  /** Called on something: `text.size()`; otherwise `size(text)`. */
  readonly receiver: boolean;
  readonly least: number;
  readonly most: number;
  /** A macro: its first arguments are names of variables. */
  readonly macro: boolean;
  readonly usage: string;
}

/** Names that stand before a dot in the name of a function. */
export const NAMESPACES: ReadonlySet<string> = new Set(['math', 'strings', 'base64', 'optional', 'cel', 'ip']);

const forms = new Map<string, CallForm[]>();

function add(names: string, receiver: boolean, least: number, most: number, usage: string, macro = false): void {
  for (const name of names.split(' ')) {
    const known = forms.get(name) ?? [];
    forms.set(name, [...known, { receiver, least, most, macro, usage: usage.replaceAll('NAME', name) }]);
  }
}

// global
add('has', false, 1, 1, 'has(args.x)', true);
add('size', false, 1, 1, 'size(args.x)');
add('int uint double string bytes bool timestamp duration type dyn', false, 1, 1, 'NAME(args.x)');
add('matches', false, 2, 2, 'text.matches("…")');
add('math.greatest math.least', false, 1, 255, 'NAME(a, b)');
add('math.ceil math.floor math.round math.trunc math.abs math.sign math.sqrt', false, 1, 1, 'NAME(args.x)');
add('math.isNaN math.isInf math.isFinite math.bitNot', false, 1, 1, 'NAME(args.x)');
add('math.bitAnd math.bitOr math.bitXor math.bitShiftLeft math.bitShiftRight', false, 2, 2, 'NAME(a, b)');
add('strings.quote base64.encode base64.decode', false, 1, 1, 'NAME(args.x)');
add('optional.of optional.ofNonZeroValue', false, 1, 1, 'NAME(args.x)');
add('optional.none', false, 0, 0, 'optional.none()');
add('cel.bind', false, 3, 3, 'cel.bind(name, value, expression with name)', true);
add('ip isIP cidr isCIDR ip.isCanonical', false, 1, 1, 'NAME(args.x)');

// on texts
add('startsWith endsWith contains matches glob', true, 1, 1, 'text.NAME("…")');
add('size lowerAscii upperAscii trim reverse entropy luhn iban', true, 0, 0, 'text.NAME()');
add('charAt', true, 1, 1, 'text.charAt(0)');
add('indexOf lastIndexOf', true, 1, 2, 'text.NAME("…")');
add('replace', true, 2, 3, 'text.replace("old", "new")');
add('split', true, 1, 2, 'text.split(",")');
add('substring', true, 1, 2, 'text.substring(begin, end)');
add('format', true, 1, 1, '"%s".format([args.x])');
// on lists, maps and optionals
add('exists all exists_one existsOne', true, 2, 3, 'list.NAME(v, condition about v)', true);
add('filter', true, 2, 2, 'list.filter(v, condition about v)', true);
add('map', true, 2, 3, 'list.map(v, expression with v)', true);
add('transformList transformMap', true, 3, 4, 'list.NAME(i, v, expression with i and v)', true);
add('transformMapEntry', true, 3, 4, 'map.transformMapEntry(k, v, {k: v})', true);
add('join', true, 0, 1, 'list.join(",")');
add('distinct sort', true, 0, 0, 'list.NAME()');
add('flatten', true, 0, 1, 'list.flatten()');
add('slice', true, 2, 2, 'list.slice(begin, end)');
add('hasValue value', true, 0, 0, 'optional.NAME()');
add('or', true, 1, 1, 'optional.or(optional)');
add('orValue', true, 1, 1, 'optional.orValue(x)');
add('optMap optFlatMap', true, 2, 2, 'optional.NAME(v, expression with v)', true);
// on times
add('getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear', true, 0, 1, 'time.NAME("Europe/Paris")');
add('getHours getMinutes getSeconds getMilliseconds', true, 0, 1, 'time.NAME()');
// on addresses
add('family isUnspecified isLoopback isLinkLocalMulticast isLinkLocalUnicast', true, 0, 0, 'ip("…").NAME()');
add('isGlobalUnicast', true, 0, 0, 'ip("…").NAME()');
add('ip masked prefixLength', true, 0, 0, 'cidr("…").NAME()');
add('containsIP containsCIDR', true, 1, 1, 'cidr("…").NAME("…")');

export const FORMS: ReadonlyMap<string, readonly CallForm[]> = forms;

/** The form that a call has, or undefined if the function is not called like this. */
export function formOf(name: string, receiver: boolean, args: number): CallForm | undefined {
  return FORMS.get(name)?.find((form) => form.receiver === receiver && form.least <= args && args <= form.most);
}

/** How the function is written. */
export function usage(name: string): string {
  return FORMS.get(name)?.[0]?.usage ?? `${name}(…)`;
}
