const hourMs = 3_600_000;
const longestDayMs = 26 * hourMs;

/** True for a time zone of the IANA database that this process knows. */
export function isTimeZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}

/**
 * The instant at which the day that `now` belongs to in a time zone ends: the first with a later date on the calendar
 * there. Found by halving, because midnight is not always there (clocks go forward at midnight in some zones), and a
 * day has 23 to 25 hours. Milliseconds since the Unix epoch.
 */
export function dayEnd(now: number, timeZone: string): number {
  const dateOf = calendarOf(timeZone);
  const today = dateOf(now);
  let [before, after] = [now, now + longestDayMs];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    if (dateOf(middle) > today) after = middle;
    else before = middle;
  }
  return after;
}

/**
 * Days end as often as there are time zones, and transfers come by the thousand: remembers the day that is running. A zone that this process
 * does not know has the days of UTC: the database of the process that let it in may be newer.
 */
export function createDayEnds(): (now: number, timeZone: string) => number {
  const running = new Map<string, { readonly from: number; readonly end: number }>();
  return (now, timeZone) => {
    const known = running.get(timeZone);
    if (known && now >= known.from && now < known.end) return known.end;
    const end = dayEnd(now, isTimeZone(timeZone) ? timeZone : 'UTC');
    running.set(timeZone, { from: now, end });
    return end;
  };
}

const calendars = new Map<string, Intl.DateTimeFormat>();

/** Gives the date of instants in a time zone as a number that grows with it: 20260301. */
function calendarOf(timeZone: string): (at: number) => number {
  let format = calendars.get(timeZone);
  if (!format) {
    const parts = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
    format = new Intl.DateTimeFormat('en-CA', { timeZone, calendar: 'gregory', ...parts });
    calendars.set(timeZone, format);
  }
  return (at) => Number(format.format(at).replaceAll('-', ''));
}
