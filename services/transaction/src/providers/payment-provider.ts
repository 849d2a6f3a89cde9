import { type BreakerObserver, createHttpClient, ProviderRejectedError } from '@florin/resilience';
import { z } from 'zod';

export interface ChargeTerms {
  /** Our transaction id: the provider makes one charge for it at most, and answers by it. */
  readonly reference: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
}

export type ChargeOutcome =
  | { readonly status: 'succeeded'; readonly chargeId: string }
  | { readonly status: 'declined'; readonly chargeId: string | null };

/** The payment service provider. All methods throw the errors of `@florin/resilience`. */
export interface PaymentProvider {
  charge(terms: ChargeTerms, fundingToken: string): Promise<ChargeOutcome>;
  /** What became of a charge; undefined when the provider knows none. */
  find(terms: ChargeTerms): Promise<ChargeOutcome | undefined>;
  /** Gives a whole charge back, once however often it is called. */
  refund(terms: ChargeTerms): Promise<void>;
  close(): Promise<void>;
}

/** The provider holds a charge under our reference that we did not ask for. Nothing may be concluded from it. */
export class ChargeMismatchError extends Error {
  readonly code = 'charge-mismatch';
  readonly retryable = false;
  constructor(reference: string) {
    super(`the charge of ${reference} at the provider has another amount or currency`);
    this.name = 'ChargeMismatchError';
  }
}

const chargeSchema = z.object({
  id: z.string(),
  status: z.enum(['succeeded', 'declined']),
  amount: z.number(),
  currency: z.string(),
});

/** Answers that refuse this charge for good. Other 4xx speak of us (credentials, address, rate), not of the payer. */
const refusalStatuses: ReadonlySet<number> = new Set([400, 402, 422]);

/**
 * A client of the provider's REST API. One attempt per call: when an answer is lost, the caller asks what became of
 * the charge before it sends another, and the pauses between attempts are kept in the database.
 */
export function createPaymentProvider(options: {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  readonly onStateChange: BreakerObserver;
}): PaymentProvider {
  const client = createHttpClient({ name: 'psp', ...options });

  async function find(terms: ChargeTerms): Promise<ChargeOutcome | undefined> {
    try {
      const answer = await client.request({ method: 'GET', path: pathOf(terms) });
      return outcomeOf(terms, answer.body);
    } catch (error) {
      if (error instanceof ProviderRejectedError && error.status === 404) return undefined;
      throw error;
    }
  }

  return {
    find,
    async charge(terms, fundingToken) {
      try {
        const answer = await client.request({
          method: 'POST',
          path: '/psp/charges',
          idempotencyKey: terms.reference,
          body: { ...terms, fundingToken },
        });
        return outcomeOf(terms, answer.body);
      } catch (error) {
        if (!(error instanceof ProviderRejectedError) || !refusalStatuses.has(error.status)) throw error;
        // A refusal may also mean that our reference is taken: then the charge that took it decides.
        return (await find(terms)) ?? { status: 'declined', chargeId: null };
      }
    },
    async refund(terms) {
      const reference = `refund-${terms.reference}`;
      await client.request({
        method: 'POST',
        path: `${pathOf(terms)}/refunds`,
        idempotencyKey: reference,
        body: { reference, amount: terms.amount },
      });
    },
    close: () => client.close(),
  };
}

function pathOf(terms: ChargeTerms): string {
  return `/psp/charges/${encodeURIComponent(terms.reference)}`;
}

function outcomeOf(terms: ChargeTerms, body: unknown): ChargeOutcome {
  const charge = chargeSchema.parse(body);
  if (charge.amount !== terms.amount || charge.currency !== terms.currency) {
    throw new ChargeMismatchError(terms.reference);
  }
  return { status: charge.status, chargeId: charge.id };
}
