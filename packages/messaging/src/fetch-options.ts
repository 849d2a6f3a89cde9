/** What a consumer asks its broker for. */
export interface FetchOptions {
  /** How long the broker may hold a fetch for which there is too little. */
  readonly maxWaitMs: number;
  /** What is enough; 1 when absent. */
  readonly minBytes?: number;
}

/** An idle consumer asks this often; a message that arrives meanwhile is answered at once, a rebalance is heard of after it. */
export const hotPathFetch: FetchOptions = { maxWaitMs: 250 };
export const retryFetch: FetchOptions = { maxWaitMs: 500 };

/** Some hundred messages: nobody has to wait for more of them. */
const manyBytes = 128 * 1024;

/** Waits for company. */
export function lingering(lingerMs: number): FetchOptions {
  return { maxWaitMs: lingerMs, minBytes: manyBytes };
}
