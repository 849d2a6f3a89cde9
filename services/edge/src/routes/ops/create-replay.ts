import { actorOf, notFound, Problem } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { EdgeContext } from '../../context.js';
import { insertPendingReplays, maxReplayItems, type ReplayRow } from '../../db/insert-replays.js';
import { pendingRow } from '../../ingress/submission.js';
import { newReplayResource } from '../../read-models/replay.js';
import { defineRoute } from '../../route.js';
import { reason, uuid } from '../fields.js';
import { replaySchema } from './schemas.js';

const fields = z.strictObject({
  ids: z.array(uuid).min(1).max(1_000).optional(),
  fingerprint: z.string().min(1).max(100).optional(),
  topic: z.string().min(1).max(300).optional(),
  group: z.string().min(1).max(100).optional(),
  limit: z
    .int()
    .min(1)
    .max(maxReplayItems)
    .default(maxReplayItems)
    .describe('Takes so many at most, oldest first; the rest stays pending.'),
  dryRun: z
    .boolean()
    .default(false)
    .describe(
      'The handler runs in a transaction that is rolled back; outcomes say what a replay would come to.',
    ),
  ratePerSecond: z.int().min(1).max(10_000).optional(),
  canary: z
    .boolean()
    .default(false)
    .describe('Sends one message first, and goes on in growing waves only when it did not fail.'),
  maxFailuresInRow: z
    .int()
    .min(1)
    .max(maxReplayItems)
    .default(10)
    .describe('Aborts after so many failures in a row.'),
  reason: reason.optional(),
});

const replayBody = fields
  .refine(({ ids, fingerprint, topic, group }) => ids ?? fingerprint ?? topic ?? group, {
    message: 'Select dead letters by ids, fingerprint, topic or group.',
  })
  .meta({ examples: [{ group: 'notification', canary: true, reason: 'The provider is back' }] });

export const createReplay = defineRoute({
  method: 'post',
  path: '/ops/v1/replays',
  operationId: 'createReplay',
  summary: 'Send dead letters back to the group that failed',
  description:
    'Takes the pending dead letters of the selection, in their newest approved revision. What was applied is not ' +
    'applied again. Aborts by itself when messages keep failing or have to wait for a provider that is down.',
  tags: ['Operations'],
  access: { scope: 'ops:replay' },
  body: replayBody,
  claimsKey: true,
  responses: {
    202: { description: 'Started; its outcomes are at `Location`.', schema: replaySchema },
    404: { description: '`not-found`: one of the ids' },
    409: {
      description: '`dead-letter-not-pending`, `revision-awaiting-approval` or `dead-letter-not-replayable`',
    },
  },
  handler: (context, request) => {
    const call = { route: 'POST /ops/v1/replays', keyRequired: false, waits: false };
    return context.ingress.accept(request, call, async () => {
      const { ids, fingerprint, topic, group, ...manner } = request.body;
      if (ids) await refuseUnfit(context, ids);
      const row: ReplayRow = {
        ...manner,
        id: uuidv7(),
        requestedBy: actorOf(request.caller),
        selection: { ids, fingerprint, topic, group },
        createdAt: new Date(context.clock.now()),
        ratePerSecond: manner.ratePerSecond ?? null,
        reason: manner.reason ?? null,
        ruleId: null,
      };
      return {
        resource: { kind: 'replay', id: row.id },
        pending: pendingRow(insertPendingReplays, row),
        send: (unit) => unit.afterCommit(() => context.replaySender.wake()),
        representation: newReplayResource(row),
        // Between the look at them and their locks.
        conflict: new Problem(
          409,
          'dead-letter-not-pending',
          'None of these dead letters is left to replay.',
        ),
      };
    });
  },
});

/** @throws Problem 404 for an unknown id, 409 for a letter that cannot be replayed now */
async function refuseUnfit({ prisma }: EdgeContext, ids: readonly string[]): Promise<void> {
  const wanted = [...new Set(ids)];
  const letters = await prisma.deadLetter.findMany({
    where: { id: { in: wanted } },
    select: { id: true, status: true, attempts: true, revision: true, approvedRevision: true },
  });
  if (letters.length < wanted.length) throw notFound('dead letter');
  for (const { id, status, attempts, revision, approvedRevision } of letters) {
    if (status !== 'pending') {
      throw new Problem(409, 'dead-letter-not-pending', `Dead letter ${id} is ${status}.`);
    }
    if (revision !== approvedRevision) {
      throw new Problem(409, 'revision-awaiting-approval', `Revision ${revision} of ${id} awaits approval.`);
    }
    if (attempts === 0) {
      throw new Problem(409, 'dead-letter-not-replayable', `Nothing says which group ${id} belongs to.`);
    }
  }
}
