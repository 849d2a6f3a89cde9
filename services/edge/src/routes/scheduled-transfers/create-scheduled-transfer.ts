import { ScheduleTransfer } from '@florin/contracts';
import { notFound, Problem, validationFailed } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { EdgeContext } from '../../context.js';
import { insertPendingScheduledTransfers } from '../../db/insert-pending-scheduled-transfers.js';
import { command, pendingRow } from '../../ingress/submission.js';
import { scheduledTransferResource } from '../../read-models/scheduled-transfer.js';
import { defineRoute } from '../../route.js';
import { instant } from '../fields.js';
import { outcomeResponses } from '../replies.js';
import { transferFields } from '../transactions/transfer-body.js';
import { scheduleTimes } from './schedule-times.js';
import { missedRunPolicies, scheduledTransferSchema } from './schemas.js';

/** Of a customer. Calls at the same time may pass this together: the transaction service counts for good. */
const maxOpen = 100;

const body = z
  .strictObject({
    ...transferFields,
    runAt: instant.optional().describe('To make the transfer once.'),
    cron: z
      .string()
      .max(100)
      .optional()
      .describe(
        'To make it again and again: minute, hour, day of the month, month, day of the week. At ' +
          'least 15 minutes apart.',
      ),
    timeZone: z.string().max(64).optional().describe('Of the IANA database; goes with `cron`.'),
    endsAt: instant.optional().describe('No occurrence is later; goes with `cron`.'),
    missedRunPolicy: z.enum(missedRunPolicies).default('run-once'),
  })
  .refine((value) => value.sourceWalletId !== value.destinationWalletId, {
    path: ['destinationWalletId'],
    message: 'Source and destination are the same wallet.',
  })
  .refine((value) => (value.runAt === undefined) !== (value.cron === undefined), {
    path: ['runAt'],
    message: 'Either `runAt` or `cron`.',
  })
  .refine((value) => (value.cron === undefined) === (value.timeZone === undefined), {
    path: ['timeZone'],
    message: '`cron` and `timeZone` go together.',
  })
  .refine((value) => value.endsAt === undefined || value.cron !== undefined, {
    path: ['endsAt'],
    message: 'Goes with `cron`.',
  })
  .meta({
    examples: [
      {
        type: 'transfer',
        sourceWalletId: '01a1fc54-526c-75de-8e39-8754441f9757',
        destinationWalletId: '01a1fc54-52a0-7d11-9c4e-6a1d0b7f3e21',
        amount: 2500,
        currency: 'USD',
        cron: '0 9 * * 1',
        timeZone: 'Europe/Berlin',
      },
    ],
  });

export const createScheduledTransfer = defineRoute({
  method: 'post',
  path: '/v1/scheduled-transfers',
  operationId: 'createScheduledTransfer',
  summary: 'Make a transfer later, or again and again',
  description:
    'Each occurrence is a transaction whose `origin` is the schedule; rules, fees, limits and balance are those of its ' +
    'moment, and one that is declined does not end the schedule. A time that the clocks of the zone skip is moved on, one ' +
    'that they show twice is taken once, unless the hour is a wildcard. Occurrences that are missed by more than five ' +
    'minutes are skipped (`skip`), made up for by one run (`run-once`) or all made up for, at most 100 of them (`run-all`).',
  tags: ['Transactions'],
  access: 'customer',
  requiresKey: 'always',
  body,
  claimsKey: true,
  responses: {
    ...outcomeResponses(scheduledTransferSchema),
    404: { description: '`not-found`: one of the wallets; the source has to be yours' },
    409: {
      description:
        '`too-many-scheduled-transfers`, `wallet-closed`: you have 100 that have not ended, or one of the wallets is closed',
    },
  },
  handler: (context, request) =>
    context.ingress.accept(
      request,
      { route: 'POST /v1/scheduled-transfers', keyRequired: true },
      async () => {
        const { body, caller } = request;
        const now = context.clock.now();
        const times = scheduleTimes(body, now);
        const [source, destination, sourceTimeZone] = await Promise.all([
          context.walletFacts.find(body.sourceWalletId),
          context.walletFacts.find(body.destinationWalletId),
          context.customerZones.find(caller.customerId),
        ]);
        if (source?.ownerId !== caller.customerId) throw notFound('source wallet');
        if (!destination) throw notFound('destination wallet');
        if (source.currency !== body.currency) {
          const detail = `The source wallet holds ${source.currency}.`;
          throw validationFailed([{ pointer: '/currency', detail }]);
        }
        // Only a quote exchanges currencies, and a quote has expired before the time has come.
        if (destination.currency !== source.currency) {
          const detail = `The destination wallet holds ${destination.currency}, the source wallet ${source.currency}.`;
          throw validationFailed([{ pointer: '/destinationWalletId', detail }]);
        }
        await refuseClosed(context.prisma, [source.id, destination.id]);
        const open = await context.prisma.scheduledTransfer.count({
          where: { ownerId: source.ownerId, status: { in: ['pending', 'active'] } },
        });
        if (open >= maxOpen) {
          const detail = `You have ${open} scheduled transfers that have not ended.`;
          throw new Problem(409, 'too-many-scheduled-transfers', detail);
        }
        const id = uuidv7();
        const facts = {
          ownerId: source.ownerId,
          type: body.type,
          sourceWalletId: source.id,
          destinationWalletId: destination.id,
          amount: body.amount,
          currency: body.currency,
          description: body.description ?? null,
          missedRunPolicy: body.missedRunPolicy,
        };
        const row = { id, ...facts, ...times, status: 'pending', endReason: null, createdAt: new Date(now) };
        return {
          resource: { kind: 'scheduled-transfer', id },
          pending: pendingRow(insertPendingScheduledTransfers, row),
          send: command(ScheduleTransfer, id, {
            scheduledTransferId: id,
            ...facts,
            sourceWalletType: source.walletType,
            sourceTimeZone,
            destinationWalletType: destination.walletType,
            destinationOwnerId: destination.ownerId,
            runAt: times.runAt?.getTime() ?? null,
            cron: times.cron,
            timeZone: times.timeZone,
            endsAt: times.endsAt?.getTime() ?? null,
          }),
          representation: scheduledTransferResource(row),
        };
      },
    ),
});

/** Schedules end when a wallet is closed: one that is made later would never end, and be declined each time. */
async function refuseClosed(prisma: EdgeContext['prisma'], walletIds: readonly string[]): Promise<void> {
  const closed = await prisma.wallet.count({ where: { id: { in: [...walletIds] }, status: 'closed' } });
  if (closed > 0) throw new Problem(409, 'wallet-closed', 'One of the wallets is closed for ever.');
}
