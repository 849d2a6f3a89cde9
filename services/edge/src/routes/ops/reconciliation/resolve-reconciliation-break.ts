import { type Adjustment, ResolveBreak } from '@florin/contracts';
import { notFound, Problem, validationFailed } from '@florin/http';
import { z } from 'zod';
import type { EdgeContext } from '../../../context.js';
import { type CorrectionBounds, refuseCorrection } from '../../../domain/break-correction.js';
import { command } from '../../../ingress/submission.js';
import { toNumber } from '../../../read-models/minor-units.js';
import {
  type ReconciliationBreakRow,
  reconciliationBreakResource,
} from '../../../read-models/reconciliation-break.js';
import { defineRoute } from '../../../route.js';
import { idParams, reason } from '../../fields.js';
import { adjustmentBody, reconciliationBreakSchema, type Side } from './schemas.js';

export const resolveReconciliationBreak = defineRoute({
  method: 'post',
  path: '/ops/v1/reconciliation-breaks/{id}/resolve',
  operationId: 'resolveReconciliationBreak',
  summary: 'Settle a difference with the payment provider',
  description:
    'Without `adjustment` the difference is accepted as it is: at once when neither side says that money has moved, else ' +
    'once another operator approves. With one a correction of the books is proposed, in the currency of the payment, of ' +
    'no more than its amount and between no wallets but those of its transaction; it is posted once another operator ' +
    'approves it.',
  tags: ['Operations'],
  access: { scope: 'ops:reconcile' },
  params: idParams,
  body: z.strictObject({
    reason,
    adjustment: adjustmentBody.optional(),
  }),
  claimsKey: true,
  responses: {
    202: { description: 'Accepted: see `Location`.', schema: reconciliationBreakSchema },
    409: { description: '`break-not-open`: it is being corrected, or settled already' },
  },
  handler: (context, request) => {
    const { params, body } = request;
    const route = 'POST /ops/v1/reconciliation-breaks/{id}/resolve';
    return context.ingress.accept(request, { route, keyRequired: false, waits: false }, async () => {
      const row = await context.prisma.reconciliationBreak.findUnique({ where: { id: params.id } });
      if (!row) throw notFound('reconciliation break');
      if (row.status !== 'open' && row.status !== 'proposed') {
        throw new Problem(409, 'break-not-open', `The difference is ${row.status}.`);
      }
      const adjustment = body.adjustment ? await adjustmentOf(context, body.adjustment, row) : null;
      return {
        resource: { kind: 'reconciliation-break', id: row.id },
        send: command(ResolveBreak, row.id, { breakId: row.id, reason: body.reason, adjustment }),
        representation: reconciliationBreakResource(row),
      };
    });
  },
});

async function adjustmentOf(
  context: EdgeContext,
  body: z.infer<typeof adjustmentBody>,
  difference: ReconciliationBreakRow,
): Promise<Adjustment> {
  const { from, to, amount } = body;
  const { currency } = difference;
  const problems = refuseCorrection(await boundsOf(context, difference), body);
  if (problems.length > 0) throw validationFailed(problems);
  const source = await sideOf(context, from, 'from', currency);
  const destination = await sideOf(context, to, 'to', currency);
  if (source.walletId === destination.walletId && source.account === destination.account) {
    throw validationFailed([{ pointer: '/adjustment/to', detail: 'Both sides are the same.' }]);
  }
  return {
    sourceWalletId: source.walletId,
    sourceOwnerId: source.ownerId,
    sourceAccount: source.account,
    destinationWalletId: destination.walletId,
    destinationOwnerId: destination.ownerId,
    destinationAccount: destination.account,
    amount,
  };
}

async function boundsOf(
  { prisma }: EdgeContext,
  difference: ReconciliationBreakRow,
): Promise<CorrectionBounds> {
  const { transactionId: id, providerAmount, ourAmount } = difference;
  const select = { sourceWalletId: true, destinationWalletId: true };
  const transaction = id === null ? null : await prisma.transaction.findUnique({ where: { id }, select });
  const walletIds = [transaction?.sourceWalletId, transaction?.destinationWalletId].filter(
    (walletId) => typeof walletId === 'string',
  );
  return {
    providerAmount: providerAmount === null ? null : toNumber(providerAmount),
    ourAmount: ourAmount === null ? null : toNumber(ourAmount),
    walletIds: id === null ? undefined : walletIds,
  };
}

async function sideOf({ walletFacts }: EdgeContext, side: Side, name: 'from' | 'to', currency: string) {
  if ('account' in side) return { walletId: null, ownerId: null, account: side.account };
  const wallet = await walletFacts.find(side.walletId);
  const pointer = `/adjustment/${name}/walletId`;
  if (!wallet) throw validationFailed([{ pointer, detail: 'There is no such wallet.' }]);
  if (wallet.currency !== currency) {
    throw validationFailed([{ pointer, detail: `The wallet holds ${wallet.currency}.` }]);
  }
  return { walletId: wallet.id, ownerId: wallet.ownerId, account: null };
}
