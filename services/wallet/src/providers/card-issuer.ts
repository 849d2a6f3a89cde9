import { type BreakerObserver, createHttpClient } from '@florin/resilience';
import { z } from 'zod';

/** What may be known of a card. The full number stays with the issuer. */
export interface CardFace {
  readonly cardToken: string;
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
}

export interface CardIssuer {
  /**
   * Orders the card of a reference; the issuer makes one for it at most, so it may be asked again.
   * @throws the errors of `@florin/resilience`
   */
  order(reference: string): Promise<CardFace>;
  close(): Promise<void>;
}

// Other fields than these are dropped here: should an issuer ever answer with the full number, it gets no further.
const faceSchema = z.object({
  token: z.string().min(1).max(200),
  last4: z.string().regex(/^\d{4}$/),
  expiryMonth: z.int().min(1).max(12),
  expiryYear: z.int().min(2000).max(2999),
});

export function createCardIssuer(options: {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly onStateChange: BreakerObserver;
}): CardIssuer {
  const client = createHttpClient({ name: 'issuer', ...options });
  return {
    async order(reference) {
      const answer = await client.request({
        method: 'POST',
        path: '/issuer/cards',
        idempotencyKey: reference,
        body: { reference },
      });
      const { token, ...face } = faceSchema.parse(answer.body);
      return { cardToken: token, ...face };
    },
    close: () => client.close(),
  };
}
