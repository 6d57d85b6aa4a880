// Days and years: the Gregorian calendar, backwards too. H. Hinnant, "chrono-Compatible Low-Level Date Algorithms": years begin in
// March, so that the leap day is the last; 400 years have 146,097 days.

const DAYS_OF_ERA: i64 = 146097;
/** From 0000-03-01 to 1970-01-01. */
const EPOCH_DAYS: i64 = 719468;

export let year: i32 = 0;
/** 1 to 12. */
export let month: u32 = 0;
/** 1 to 31. */
export let day: u32 = 0;

/** Quotient rounded down. */
export function floorDivide(value: i64, by: i64): i64 {
  return value / by - i64(value % by < 0);
}

/** Days since 1970-01-01 of a date. */
export function daysOf(y: i64, m: u32, d: u32): i64 {
  if (m <= 2) y--;
  const era = floorDivide(y, 400);
  const yearOfEra = y - era * 400;
  const dayOfYear: i64 = (153 * (m > 2 ? m - 3 : m + 9) + 2) / 5 + d - 1;
  return era * DAYS_OF_ERA + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - EPOCH_DAYS;
}

/** Sets `year`, `month`, `day`. */
export function takeDate(days: i64): void {
  const shifted = days + EPOCH_DAYS;
  const era = floorDivide(shifted, DAYS_OF_ERA);
  const dayOfEra = <u32>(shifted - era * DAYS_OF_ERA);
  const yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146096) / 365;
  const dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const shiftedMonth = (5 * dayOfYear + 2) / 153;
  day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1;
  month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  year = <i32>era * 400 + <i32>yearOfEra + i32(month <= 2);
}

export function daysOfMonth(y: i64, m: u32): u32 {
  if (m == 2) return y % 4 == 0 && (y % 100 != 0 || y % 400 == 0) ? 29 : 28;
  return 30 + ((m + (m >> 3)) & 1);
}
