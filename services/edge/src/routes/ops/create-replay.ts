import { actorOf, notFound, Problem } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import type { EdgeContext } from '../../context.js';
import { insertReplays, type ReplayRow } from '../../db/insert-replays.js';
import { pendingRow } from '../../ingress/submission.js';
import { replayResource } from '../../read-models/replay.js';
import { defineRoute } from '../../route.js';
import { idempotencyHeaders, uuid } from '../fields.js';
import { replaySchema } from './schemas.js';

const selection = z
  .strictObject({
    ids: z.array(uuid).min(1).max(1_000).optional(),
    fingerprint: z.string().min(1).max(100).optional(),
    topic: z.string().min(1).max(300).optional(),
    group: z.string().min(1).max(100).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    message: 'Select dead letters by ids, fingerprint, topic or group.',
  });

export const createReplay = defineRoute({
  method: 'post',
  path: '/ops/v1/replays',
  operationId: 'createReplay',
  summary: 'Send dead letters back to the group that failed',
  description:
    'Takes the pending dead letters of the selection, at most 10,000. What was applied is not applied again.',
  tags: ['Operations'],
  access: { scope: 'ops:replay' },
  headers: idempotencyHeaders,
  body: selection,
  responses: { 202: { description: 'Started; its outcomes are at `Location`.', schema: replaySchema } },
  handler: (context, request) => {
    const call = { route: 'POST /ops/v1/replays', keyRequired: false, waits: false };
    return context.ingress.accept(request, call, async () => {
      const { body } = request;
      if (body.ids) await refuseUnknown(context, body.ids);
      const row: ReplayRow = {
        id: uuidv7(),
        requestedBy: actorOf(request.caller),
        selection: body,
        createdAt: new Date(context.clock.now()),
      };
      return {
        resource: { kind: 'replay', id: row.id },
        pending: pendingRow(insertReplays, row),
        send: (unit) => unit.afterCommit(() => context.replaySender.wake()),
        representation: replayResource({ ...row, status: 'running', items: [] }),
      };
    });
  },
});

/** @throws Problem 404 for an unknown id, 409 for a letter that is being replayed or done */
async function refuseUnknown({ prisma }: EdgeContext, ids: readonly string[]): Promise<void> {
  const wanted = [...new Set(ids)];
  const letters = await prisma.deadLetter.findMany({
    where: { id: { in: wanted } },
    select: { id: true, status: true },
  });
  if (letters.length < wanted.length) throw notFound('dead letter');
  const taken = letters.find((letter) => letter.status !== 'pending');
  if (taken) {
    throw new Problem(409, 'dead-letter-not-pending', `Dead letter ${taken.id} is ${taken.status}.`);
  }
}
