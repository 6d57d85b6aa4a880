// In: the name of a time zone, IANA's or an offset. Out: what local time is ahead of UTC and when that changes, as the platform's
// `Intl` knows it while compiling (LANGUAGE.md 4.17). From 2100 on the offset of the end of 2099 stays.

export interface ZoneTable {
  /** Seconds ahead of UTC before the first transition. */
  readonly before: number;
  /** Ascending; `second` since 1970 UTC, `offset` from then on. */
  readonly transitions: readonly { readonly second: bigint; readonly offset: number }[];
}

const FIRST_SECOND = Date.UTC(1800, 0, 1) / 1000;
const END_SECOND = Date.UTC(2100, 0, 1) / 1000;
/** No zone changed its offset and back within this. */
const STEP_SECONDS = 10 * 86_400;
const OFFSET = /^([+-]?)(\d{2}):(\d{2})$/;

const tables = new Map<string, ZoneTable>();

/** Throws a RangeError for a name that `Intl` does not know. */
export function zoneTable(name: string): ZoneTable {
  const known = tables.get(name);
  if (known !== undefined) return known;
  const table = fixedOffset(name) ?? intlTable(name);
  tables.set(name, table);
  return table;
}

function fixedOffset(name: string): ZoneTable | null {
  const [, sign, hours, minutes] = OFFSET.exec(name) ?? [];
  if (hours === undefined || minutes === undefined) return null;
  const seconds = Number(hours) * 3600 + Number(minutes) * 60;
  return { before: sign === '-' ? -seconds : seconds, transitions: [] };
}

function intlTable(name: string): ZoneTable {
  const offsetAt = offsets(name);
  const before = offsetAt(FIRST_SECOND);
  const transitions: { second: bigint; offset: number }[] = [];
  let offset = before;
  for (let from = FIRST_SECOND; from < END_SECOND; from += STEP_SECONDS) {
    const to = Math.min(from + STEP_SECONDS, END_SECOND - 1);
    const after = offsetAt(to);
    if (after === offset) continue;
    let [low, high] = [from, to];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (offsetAt(middle) === offset) low = middle;
      else high = middle;
    }
    transitions.push({ second: BigInt(high), offset: after });
    offset = after;
  }
  return { before, transitions };
}

/** Local time less UTC, in seconds, at a second since 1970. */
function offsets(name: string): (second: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: name,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (second) => {
    const parts = new Map(format.formatToParts(second * 1000).map(({ type, value }) => [type, Number(value)]));
    const field = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
    const date = Date.UTC(field('year'), field('month') - 1, field('day'));
    return date / 1000 + field('hour') * 3600 + field('minute') * 60 + field('second') - second;
  };
}
