import { notFound, validationFailed } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { EdgeContext } from '../../context.js';
import { plain } from '../../read-models/transaction.js';
import { amount, currency, uuid } from '../fields.js';

/** Long enough for a provider outage with all its retries and a replay from the dead letters. */
const fundingTtlSeconds = 24 * 60 * 60;

/** The body of calls that move money through the payment provider. */
export const paymentBody = z.strictObject({
  walletId: uuid,
  amount,
  currency,
  fundingToken: z.string().min(1).max(500).describe('One-time token of the payment provider.'),
});

/** What a deposit and a withdrawal have in common: the command, and the transaction without its wallets. */
export async function preparePayment(
  context: EdgeContext,
  body: z.infer<typeof paymentBody>,
  customerId: string,
) {
  const [wallet, ownerTimeZone] = await Promise.all([
    context.walletFacts.find(body.walletId),
    context.customerZones.find(customerId),
  ]);
  if (wallet?.ownerId !== customerId) throw notFound('wallet');
  const { amount, currency, fundingToken } = body;
  if (wallet.currency !== currency) {
    throw validationFailed([{ pointer: '/currency', detail: `The wallet holds ${wallet.currency}.` }]);
  }
  const id = uuidv7();
  const fundingRef = await context.secrets.seal(fundingToken, fundingTtlSeconds);
  const facts = {
    walletId: wallet.id,
    walletType: wallet.walletType,
    ownerId: wallet.ownerId,
    ownerTimeZone,
  };
  return {
    wallet,
    payment: { transactionId: id, ...facts, amount, currency, fundingRef },
    transaction: {
      id,
      amount,
      currency,
      status: 'pending',
      declineReason: null,
      fee: 0,
      description: null,
      createdAt: new Date(context.clock.now()),
      completedAt: null,
      ...plain,
    },
  };
}
