/** What a consumer asks its broker for. */
export interface FetchOptions {
  /** How long the broker may hold a fetch for which there is nothing. */
  readonly maxWaitMs: number;
}

/** An idle consumer asks this often; a message that arrives meanwhile is answered at once, a rebalance is heard of after it. */
export const hotPathFetch: FetchOptions = { maxWaitMs: 250 };
export const retryFetch: FetchOptions = { maxWaitMs: 500 };
