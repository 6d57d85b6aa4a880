// In: a constant text that a conversion takes. Out: whether it is one (LANGUAGE.md 4.14, 4.20): an author's slip in `timestamp("…")`
// would otherwise be unknown in every call. Judges only; what the value is, evaluators say.

/** Functions whose constant operand is judged, with what it is and how it is written. */
export const JUDGED: ReadonlyMap<
  string,
  { readonly is: (text: string) => boolean; readonly what: string; readonly like: string }
> = new Map([
  ['timestamp', { is: isTimestamp, what: 'a timestamp', like: '`"2024-01-31T09:00:00Z"`' }],
  ['duration', { is: isDuration, what: 'a duration', like: '`"1h30m"`, `"90s"`' }],
  ['ip', { is: isAddress, what: 'an address', like: '`"10.0.0.1"`, `"::1"`' }],
  ['cidr', { is: isNetwork, what: 'a network', like: '`"10.0.0.0/8"`' }],
]);

function isTimestamp(text: string): boolean {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)(?:\.\d{1,9})?(?:Z|[+-](\d\d):(\d\d))$/.exec(text);
  if (found === null) return false;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, hours = 0, minutes = 0] = found
    .slice(1)
    .map(Number);
  const days = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  const isDay = year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days;
  const isOffset = Number.isNaN(hours) || (hours <= 23 && minutes <= 59);
  return isDay && hour <= 23 && minute <= 59 && second <= 59 && isOffset;
}

function isDuration(text: string): boolean {
  return /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:h|ms|m|s|us|µs|μs|ns))+)$/.test(text);
}

function isAddress(text: string): boolean {
  return text.includes(':') ? isIpv6(text) : /^(?:(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)(?:\.(?!$)|$)){4}$/.test(text);
}

function isIpv6(text: string): boolean {
  const halves = text.split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  const fits = halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length <= 7;
  return fits && groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group));
}

function isNetwork(text: string): boolean {
  const [, address = '', prefix = ''] = /^(.*)\/(0|[1-9]\d{0,2})$/.exec(text) ?? [];
  return isAddress(address) && Number(prefix) <= (address.includes(':') ? 128 : 32);
}
