/**
 * True for the name of a time zone of the IANA database. Offsets such as `+02:00`, which newer runtimes take as well,
 * know no daylight saving.
 */
export function isTimeZone(text: string): boolean {
  if (!/^[A-Za-z]/.test(text)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
    return true;
  } catch {
    return false;
  }
}
