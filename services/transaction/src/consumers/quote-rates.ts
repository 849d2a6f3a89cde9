import { FxQuoted, FxQuoteRefused, type RequestFxQuote } from '@florin/contracts';
import type { Received, UnitOfWork } from '@florin/messaging';
import type { TransactionContext } from '../context.js';
import { findFxRate } from '../db/find-fx-rate.js';
import { insertFxQuote } from '../db/insert-fx-quote.js';
import { quoteFor } from '../domain/quote.js';

/** Promises rates, one at a time: a customer thinks longer about a quote than it takes to make one. */
export async function quoteRates(
  context: TransactionContext,
  unit: UnitOfWork,
  messages: readonly Received<RequestFxQuote>[],
): Promise<void> {
  const { clock, config } = context;
  for (const message of messages) {
    const { meta: _, ...request } = message.value;
    const { quoteId, sourceCurrency, destinationCurrency } = request;
    const inForce = await findFxRate(unit.tx, sourceCurrency, destinationCurrency);
    const now = clock.now();
    const quoted = quoteFor(request, inForce, { now, maxAgeMs: config.FX_RATE_MAX_AGE_MS });
    const options = { cause: message, aggregateVersion: 1 };
    if (typeof quoted === 'string' || !inForce) {
      const reason = typeof quoted === 'string' ? quoted : 'rate-unavailable';
      unit.send(FxQuoteRefused, quoteId, { ...request, reason }, options);
      continue;
    }
    const expiresAt = now + config.FX_QUOTE_TTL_MS;
    const promise = { ...quoted, fxRateId: inForce.id, expiresAt: new Date(expiresAt) };
    if (!(await insertFxQuote(unit.tx, message.value, promise))) continue;
    unit.send(FxQuoted, quoteId, { ...request, ...quoted, expiresAt }, options);
  }
}
