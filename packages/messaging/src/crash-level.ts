/** In a row. Seven seconds of backoff are behind them then, and whatever it is has not passed. */
const maxPassingCrashes = 4;

/**
 * How loudly to say that a consumer has crashed, for the nth time in a row. A broker that has just started crashes it until its
 * coordinators are loaded, which passes by itself; what kafkajs does not call retriable, or what stays, has to be looked at.
 */
export function crashLevel(error: unknown, crashes: number): 'warn' | 'error' {
  return crashes <= maxPassingCrashes && isRetriable(error) ? 'warn' : 'error';
}

/** Where kafkajs has tried for as long as it is told to, its error has the one that it tried again for as its cause. */
function isRetriable(error: unknown): boolean {
  for (let e = error; e instanceof Error; e = e.cause) {
    if ('retriable' in e && e.retriable === true) return true;
  }
  return false;
}
