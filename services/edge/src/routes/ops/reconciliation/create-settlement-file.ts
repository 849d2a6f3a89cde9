import { ImportSettlementFile } from '@florin/contracts';
import { actorOf, validationFailed } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertPendingSettlementFiles } from '../../../db/insert-pending-settlement-files.js';
import { command, pendingRow } from '../../../ingress/submission.js';
import { settlementFileResource } from '../../../read-models/settlement-file.js';
import { defineRoute } from '../../../route.js';
import { outcomeResponses } from '../../replies.js';
import { settlementFileSchema } from './schemas.js';

const dayMs = 24 * 60 * 60 * 1_000;
/** Well below the largest message. The daily job, which sends none, takes larger files. */
const maxContent = 400_000;

export const createSettlementFile = defineRoute({
  method: 'post',
  path: '/ops/v1/settlement-files',
  operationId: 'createSettlementFile',
  summary: 'Reconcile with a settlement file of the payment provider',
  description:
    'CSV with the columns type (charge, refund, payout), id, reference, amount (minor units), currency, status ' +
    '(succeeded, declined, pending) and createdAt. A file is imported once, by its `fileId`, or refused as a whole.',
  tags: ['Operations'],
  access: { scope: 'ops:reconcile' },
  body: z.strictObject({
    fileId: z.string().max(200).trim().min(1),
    settlementDate: z.iso
      .date()
      .describe('The day in UTC whose payments the file lists, no later than tomorrow.'),
    content: z
      .string()
      .min(1)
      .max(maxContent)
      .meta({
        examples: ['type,id,reference,amount,currency,status,createdAt'],
      }),
  }),
  claimsKey: true,
  responses: outcomeResponses(settlementFileSchema),
  handler: (context, request) => {
    const call = { route: 'POST /ops/v1/settlement-files', keyRequired: false };
    return context.ingress.accept(request, call, async () => {
      const { fileId: externalId, settlementDate, content } = request.body;
      refuseLaterThanTomorrow(settlementDate, context.clock.now());
      const row = {
        id: uuidv7(),
        externalId,
        settlementDate,
        status: 'pending',
        refusalReason: null,
        lineCount: 0,
        matchedCount: 0,
        breakCount: 0,
        importedBy: actorOf(request.caller),
        createdAt: new Date(context.clock.now()),
        importedAt: null,
      };
      const body = { settlementFileId: row.id, externalId, settlementDate, content };
      return {
        resource: { kind: 'settlement-file', id: row.id },
        pending: pendingRow(insertPendingSettlementFiles, row),
        send: command(ImportSettlementFile, row.id, body),
        representation: settlementFileResource(row),
      };
    });
  },
});

/** The newest day counts as reconciled: one of the future would hide that files are missing. Where the provider is it may be tomorrow. */
function refuseLaterThanTomorrow(settlementDate: string, now: number): void {
  const tomorrow = new Date(now + dayMs).toISOString().slice(0, 10);
  if (settlementDate <= tomorrow) return;
  throw validationFailed([{ pointer: '/settlementDate', detail: `No later than ${tomorrow}.` }]);
}
