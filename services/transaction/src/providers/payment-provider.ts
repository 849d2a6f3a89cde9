import {
  type BreakerObserver,
  createHttpClient,
  type HttpClient,
  ProviderError,
  ProviderRejectedError,
} from '@florin/resilience';
import { z } from 'zod';

export interface PaymentTerms {
  /** Our transaction id: the provider makes one charge, and one payout, for it at most, and answers by it. */
  readonly reference: string;
  /** Minor units. */
  readonly amount: number;
  readonly currency: string;
}

/** Taken from a payer, or sent to a payee. */
export type PaymentDirection = 'charge' | 'payout';

export type PaymentStatus = PaymentOutcome['status'];

export type PaymentOutcome =
  | { readonly status: 'succeeded'; readonly paymentId: string }
  | { readonly status: 'declined'; readonly paymentId: string | null }
  /** The provider has it and will decide later. */
  | { readonly status: 'pending'; readonly paymentId: string };

/** The payment service provider. All methods throw the errors of `@florin/resilience`. */
export interface PaymentProvider {
  /**
   * Makes a payment, and asks what became of it when its answer is lost.
   * @throws BreakerOpenError only when nothing has been sent
   */
  pay(direction: PaymentDirection, terms: PaymentTerms, fundingToken: string): Promise<PaymentOutcome>;
  /** What became of a payment; undefined when the provider knows none. */
  find(direction: PaymentDirection, terms: PaymentTerms): Promise<PaymentOutcome | undefined>;
  /**
   * Makes sure that a payment which was perhaps sent does not happen any more, unless it has: then its outcome is returned.
   * Undefined when the provider cannot do that.
   */
  cancel(
    direction: PaymentDirection,
    terms: PaymentTerms,
  ): Promise<PaymentOutcome | { readonly status: 'cancelled' } | undefined>;
  /** Gives a whole charge back, once however often it is called. */
  refund(terms: PaymentTerms): Promise<PaymentStatus>;
  /** What became of that; undefined when the provider knows of no refund. */
  findRefund(terms: PaymentTerms): Promise<PaymentStatus | undefined>;
  /** What the provider settled on a day (2026-11-21, UTC), as CSV. */
  settlementFile(date: string): Promise<string>;
  close(): Promise<void>;
}

/** The provider holds a payment under our reference that we did not ask for. Nothing may be concluded from it. */
export class PaymentMismatchError extends Error {
  readonly code = 'payment-mismatch';
  readonly retryable = false;
  constructor(direction: PaymentDirection, reference: string) {
    super(`the ${direction} of ${reference} at the provider has another amount or currency`);
    this.name = 'PaymentMismatchError';
  }
}

/** A hundred thousand lines. */
const maxFileBytes = 32 * 1024 * 1024;

const status = z.enum(['succeeded', 'declined', 'pending']);
const refundSchema = z.object({ status });
const refundsSchema = z.object({ refunds: z.array(z.object({ reference: z.string(), status })) });
const paymentSchema = z.object({
  id: z.string(),
  status,
  amount: z.number(),
  currency: z.string(),
  declineReason: z.string().optional(),
});

/** Answers that refuse this payment for good. Other 4xx speak of us (credentials, address, rate), not of the payer. */
const refusalStatuses: ReadonlySet<number> = new Set([400, 402, 422]);

/**
 * A client of the provider's REST API. One attempt per call: when an answer is lost, the caller asks what became of
 * the payment before it sends another, and the pauses between attempts are kept in the database.
 */
export function createPaymentProvider(options: {
  readonly baseUrl: string;
  readonly timeoutMs: number;
  /** Bound on the download of a settlement file. */
  readonly fileTimeoutMs: number;
  readonly onStateChange: BreakerObserver;
}): PaymentProvider {
  const { baseUrl, timeoutMs, fileTimeoutMs, onStateChange } = options;
  const client = createHttpClient({ name: 'psp', baseUrl, timeoutMs, onStateChange });
  // Its own breaker as well: files that cannot be had must not stop payments.
  const files = createHttpClient({
    name: 'psp-settlement-files',
    baseUrl,
    timeoutMs: fileTimeoutMs,
    onStateChange,
  });

  async function find(direction: PaymentDirection, terms: PaymentTerms): Promise<PaymentOutcome | undefined> {
    try {
      const answer = await client.request({ method: 'GET', path: pathOf(direction, terms) });
      return outcomeOf(direction, terms, answer.body);
    } catch (error) {
      if (error instanceof ProviderRejectedError && error.status === 404) return undefined;
      throw error;
    }
  }

  /** When the question fails, too, what is known is the failure of the payment: an open breaker sent nothing this time. */
  async function findAfter(failure: ProviderError, direction: PaymentDirection, terms: PaymentTerms) {
    try {
      return await find(direction, terms);
    } catch (error) {
      throw error instanceof ProviderError ? failure : error;
    }
  }

  return {
    find,
    async pay(direction, terms, fundingToken) {
      try {
        const answer = await client.request({
          method: 'POST',
          path: `/psp/${direction}s`,
          idempotencyKey: terms.reference,
          body: { ...terms, fundingToken },
        });
        return outcomeOf(direction, terms, answer.body);
      } catch (error) {
        if (!(error instanceof ProviderError) || !(error.outcomeUnknown || isRefusal(error))) throw error;
        const payment = await findAfter(error, direction, terms);
        if (payment) return payment;
        // Not found is no outcome while the request may still be on its way.
        if (error.outcomeUnknown) throw error;
        return { status: 'declined', paymentId: null };
      }
    },
    cancel: (direction, terms) => cancel(client, direction, terms),
    async findRefund(terms) {
      const answer = await client.request({ method: 'GET', path: pathOf('charge', terms) });
      const { refunds } = refundsSchema.parse(answer.body);
      return refunds.find(({ reference }) => reference === refundReference(terms))?.status;
    },
    async refund(terms) {
      const reference = refundReference(terms);
      const answer = await client.request({
        method: 'POST',
        path: `${pathOf('charge', terms)}/refunds`,
        idempotencyKey: reference,
        body: { reference, amount: terms.amount },
      });
      return refundSchema.parse(answer.body).status;
    },
    async settlementFile(date) {
      const answer = await files.request({
        method: 'GET',
        path: `/psp/settlement-files/${date}`,
        headers: { accept: 'text/csv' },
        maxAnswerBytes: maxFileBytes,
      });
      return z.string().parse(answer.body);
    },
    async close() {
      await Promise.all([client.close(), files.close()]);
    },
  };
}

async function cancel(client: HttpClient, direction: PaymentDirection, terms: PaymentTerms) {
  try {
    const { amount, currency } = terms;
    const answer = await client.request({
      method: 'POST',
      path: `${pathOf(direction, terms)}/cancellations`,
      idempotencyKey: `cancel-${terms.reference}`,
      body: { amount, currency },
    });
    const outcome = outcomeOf(direction, terms, answer.body);
    const isCancelled = paymentSchema.parse(answer.body).declineReason === 'cancelled';
    return isCancelled ? { status: 'cancelled' as const } : outcome;
  } catch (error) {
    if (error instanceof ProviderRejectedError && [404, 405].includes(error.status)) return undefined;
    throw error;
  }
}

/** A refusal may also mean that our reference is taken: then the payment that took it decides. */
function isRefusal(error: ProviderError): boolean {
  return error instanceof ProviderRejectedError && refusalStatuses.has(error.status);
}

function refundReference({ reference }: PaymentTerms): string {
  return `refund-${reference}`;
}

function pathOf(direction: PaymentDirection, terms: PaymentTerms): string {
  return `/psp/${direction}s/${encodeURIComponent(terms.reference)}`;
}

function outcomeOf(direction: PaymentDirection, terms: PaymentTerms, body: unknown): PaymentOutcome {
  const payment = paymentSchema.parse(body);
  if (payment.amount !== terms.amount || payment.currency !== terms.currency) {
    throw new PaymentMismatchError(direction, terms.reference);
  }
  return { status: payment.status, paymentId: payment.id };
}
