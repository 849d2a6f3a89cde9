import { actorOf, notFound } from '@florin/http';
import { z } from 'zod';
import { abortReplay as abort } from '../../db/abort-replay.js';
import { readReplay } from '../../read-models/replay.js';
import { defineRoute } from '../../route.js';
import { idParams, reason } from '../fields.js';
import { replaySchema } from './schemas.js';

export const abortReplay = defineRoute({
  method: 'post',
  path: '/ops/v1/replays/{id}/abort',
  operationId: 'abortReplay',
  summary: 'Send nothing more of a replay',
  description:
    'What was sent already is handled all the same; the rest is pending again. Changes nothing when all was sent.',
  tags: ['Operations'],
  access: { scope: 'ops:replay' },
  params: idParams,
  body: z.strictObject({ reason }),
  responses: { 200: { description: 'Aborted, or done before.', schema: replaySchema } },
  handler: async ({ database, prisma, clock }, { params, body, caller }) => {
    await database.transaction((tx) =>
      abort(tx, {
        replayId: params.id,
        actor: actorOf(caller),
        reason: body.reason,
        abortedAt: new Date(clock.now()),
      }),
    );
    const replay = await readReplay(prisma, params.id, true);
    if (!replay) throw notFound('replay');
    return { status: 200, body: replay };
  },
});
