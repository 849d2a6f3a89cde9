/** A rate is never longer than that. */
const maxRateLength = 25;

/** What is kept of a rate: of one that is refused for its length only the beginning. */
export function recordedRate(rate: string): string {
  return rate.slice(0, maxRateLength);
}
