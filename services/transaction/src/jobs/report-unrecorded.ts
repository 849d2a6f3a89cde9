import type { TransactionContext } from '../context.js';
import type { ClaimedPayment } from '../db/claimed-payment.js';
import { findPaymentState } from '../db/find-payment-state.js';
import type { MadePayment } from './make-payment.js';

/** No money of ours is expected to have moved in these. */
const givenUp: ReadonlySet<string> = new Set(['refused', 'void-requested', 'released']);

/**
 * An outcome was learnt when another had been recorded, or while a later attempt is under way. Mostly somebody else has recorded the same;
 * a payment that was made after it had been given up is for people, who find it in the next settlement file as well.
 */
export async function reportUnrecorded(
  { database, logger }: TransactionContext,
  table: 'deposits' | 'withdrawals',
  { transactionId, attempts }: ClaimedPayment,
  { status: outcome }: MadePayment,
): Promise<void> {
  const state = await findPaymentState(database.pool, table, transactionId);
  const facts = { transactionId, attempts, outcome, state };
  if (outcome === 'succeeded' && state !== undefined && givenUp.has(state)) {
    logger.error(facts, 'the provider has made a payment that was given up');
  } else logger.info(facts, 'the outcome of a payment changes nothing');
}
