import type { TransactionContext } from '../context.js';
import type { ClaimedDeposit } from '../db/claim-deposits.js';
import { isCertainlyNotCharged } from '../domain/deposit.js';
import type { ChargeOutcome, ChargeTerms } from '../providers/payment-provider.js';
import { recordCharged, recordDeclined } from './record-deposit.js';

type Collected = ChargeOutcome | { readonly status: 'token-expired' };

/** The funding token has expired while a charge may be under way: only the provider's answer can end the deposit. */
export class FundingTokenExpiredError extends Error {
  readonly code = 'funding-token-expired';
  readonly retryable = true;
  constructor(transactionId: string) {
    super(`the funding token of ${transactionId} has expired and a charge may still arrive`);
    this.name = 'FundingTokenExpiredError';
  }
}

/**
 * Collects the money of one deposit and records the outcome.
 * @throws when there is no outcome yet; the deposit has to be tried again later
 */
export async function chargeDeposit(context: TransactionContext, deposit: ClaimedDeposit): Promise<void> {
  const outcome = await collect(context, deposit);
  if (outcome.status === 'succeeded') {
    await recordCharged(context, deposit, outcome.chargeId);
  } else {
    const reason = outcome.status === 'declined' ? 'payment-declined' : 'funding-token-expired';
    await recordDeclined(context, deposit, 'charge-refused', reason);
  }
  await context.secrets.discard(deposit.fundingRef).catch((error: unknown) => {
    // It expires by itself; the outcome is recorded and must not be undone for this.
    context.logger.warn({ err: error, transactionId: deposit.transactionId }, 'funding token not discarded');
  });
}

async function collect(context: TransactionContext, deposit: ClaimedDeposit): Promise<Collected> {
  const { psp, secrets, clock } = context;
  const terms: ChargeTerms = {
    reference: deposit.transactionId,
    amount: deposit.amount,
    currency: deposit.currency,
  };
  // An earlier attempt, perhaps of a process that died, may have reached the provider: ask before sending anything.
  const known = deposit.attempts > 1 ? await psp.find(terms) : undefined;
  if (known) return known;
  const fundingToken = await secrets.open(deposit.fundingRef);
  if (fundingToken === undefined) {
    if (isCertainlyNotCharged(deposit, clock.now())) return { status: 'token-expired' };
    throw new FundingTokenExpiredError(deposit.transactionId);
  }
  return psp.charge(terms, fundingToken);
}
