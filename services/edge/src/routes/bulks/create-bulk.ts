import { SubmitBulk } from '@florin/contracts';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingBulks } from '../../db/insert-pending-bulks.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { bulkResource } from '../../read-models/bulk.js';
import { firstHop } from '../../read-models/hop.js';
import { defineRoute } from '../../route.js';
import { outcomeResponses } from '../replies.js';
import { transferBody } from '../transactions/transfer-body.js';
import { type BulkItem, bulkItems } from './bulk-items.js';
import { bulkSchema } from './schemas.js';

const maxItems = 500;

export const createBulk = defineRoute({
  method: 'post',
  path: '/v1/transactions/bulk',
  operationId: 'createBulk',
  summary: 'Make up to 500 transfers at once',
  description:
    '`independent`: each transfer is completed or declined for itself. `atomic`: all of them or none; those that were not ' +
    'at fault are declined as `bulk-declined`. Rules, fees and limits are those of single transfers, and each item becomes a ' +
    'transaction of its own. A wallet that does not exist, or a currency that is not that of its source, refuses the whole ' +
    'call, with a pointer to the item.',
  tags: ['Transactions'],
  access: 'customer',
  requiresKey: 'always',
  body: z.strictObject({
    mode: z.enum(['atomic', 'independent']),
    items: z.array(transferBody).min(1).max(maxItems),
  }),
  claimsKey: true,
  responses: {
    ...outcomeResponses(bulkSchema),
    404: { description: '`not-found`: wallets that do not exist; the sources have to be yours' },
  },
  handler: (context, request) => {
    const call = { route: 'POST /v1/transactions/bulk', keyRequired: true, heavy: true };
    return context.ingress.accept(request, call, async () => {
      const { body, caller } = request;
      const bulk = {
        id: uuidv7(),
        ownerId: caller.customerId,
        mode: body.mode,
        createdAt: new Date(context.clock.now()),
      };
      const [items, sourceTimeZone] = await Promise.all([
        bulkItems(context.walletFacts, body.items, bulk),
        context.customerZones.find(bulk.ownerId),
      ]);
      const hop = firstHop(SubmitBulk, request, bulk.createdAt);
      const rows = items.map(({ row }) => ({ ...row, hops: [hop] }));
      return {
        resource: { kind: 'bulk', id: bulk.id },
        pending: pendingRow(insertPendingBulks, { ...bulk, items: rows }),
        send: command(
          SubmitBulk,
          bulk.id,
          {
            bulkId: bulk.id,
            mode: bulk.mode,
            sourceOwnerId: bulk.ownerId,
            sourceTimeZone,
            items: items.map(submitted),
          },
          hop,
        ),
        representation: bulkResource(bulk, rows),
      };
    });
  },
});

function submitted({ row, source, destination }: BulkItem): SubmitBulk['items'][number] {
  return {
    transactionId: row.id,
    type: row.type,
    sourceWalletId: source.id,
    sourceWalletType: source.walletType,
    destinationWalletId: destination.id,
    destinationWalletType: destination.walletType,
    destinationOwnerId: destination.ownerId,
    amount: Number(row.amount),
    currency: row.currency,
    description: row.description,
  };
}
