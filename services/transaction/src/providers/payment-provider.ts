import {
  type BreakerObserver,
  createHttpClient,
  ProviderError,
  ProviderRejectedError,
} from '@florin/resilience';
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
  /**
   * Asks what became of the charge when its answer is lost.
   * @throws BreakerOpenError only when nothing has been sent
   */
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

  /** When the question fails, too, what is known is the failure of the charge: an open breaker sent nothing this time. */
  async function findAfter(failure: ProviderError, terms: ChargeTerms): Promise<ChargeOutcome | undefined> {
    try {
      return await find(terms);
    } catch (error) {
      throw error instanceof ProviderError ? failure : error;
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
        if (!(error instanceof ProviderError) || !(error.outcomeUnknown || isRefusal(error))) throw error;
        const charge = await findAfter(error, terms);
        if (charge) return charge;
        // Not found is no outcome while the request may still be on its way.
        if (error.outcomeUnknown) throw error;
        return { status: 'declined', chargeId: null };
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

/** A refusal may also mean that our reference is taken: then the charge that took it decides. */
function isRefusal(error: ProviderError): boolean {
  return error instanceof ProviderRejectedError && refusalStatuses.has(error.status);
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
