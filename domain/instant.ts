/**
 * Instants as text: ISO 8601 with a date, a time to the minute or finer, and an offset or Z; years
 * beyond 9999 have a sign and six digits, as Date writes them.
 */
const INSTANT =
  /^(\d{4}|[+-]\d{6})-(\d{2})-(\d{2})T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2})$/

/** Days of a month, from 1, in the year that the calendar repeats; 0 for what is no month. */
const daysIn = (year: number, month: number): number =>
  month < 1 || month > 12 ? 0 : new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate()

/** The instant; null for a text that is none, such as one with a day that no calendar has. */
export const parseInstant = (text: string): Date | null => {
  const [, year, month, day] = INSTANT.exec(text) ?? []
  if (Number(day) < 1 || !(Number(day) <= daysIn(Number(year), Number(month)))) return null
  const instant = new Date(text) // which takes 30 February for 2 March
  return Number.isNaN(instant.getTime()) ? null : instant
}
