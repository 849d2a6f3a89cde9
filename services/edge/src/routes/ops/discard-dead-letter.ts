import { actorOf } from '@florin/http';
import { z } from 'zod';
import { discardDeadLetter as discard } from '../../ops/discard-dead-letter.js';
import { deadLetterResource } from '../../read-models/dead-letter.js';
import { defineRoute } from '../../route.js';
import { idParams, reason } from '../fields.js';
import { deadLetterSchema } from './schemas.js';

export const discardDeadLetter = defineRoute({
  method: 'post',
  path: '/ops/v1/dead-letters/{id}/discard',
  operationId: 'discardDeadLetter',
  summary: 'Put a dead letter aside for good',
  description:
    'It is never replayed, and messages that the failed group keeps waiting behind it go on. 409 `dead-letter-not-pending` when it is being replayed or done; discarding it again ' +
    'with the same reason changes nothing.',
  tags: ['Operations'],
  access: { scope: 'ops:replay' },
  params: idParams,
  body: z.strictObject({ reason }),
  responses: {
    200: { description: 'Discarded.', schema: deadLetterSchema },
    409: { description: '`dead-letter-not-pending`' },
  },
  handler: async (context, { params, body, caller }) => {
    await discard(context, { id: params.id, actor: actorOf(caller), reason: body.reason });
    context.replaySender.wake();
    const letter = await context.prisma.deadLetter.findUniqueOrThrow({
      where: { id: params.id },
      omit: { value: true, payload: true, failure: true },
    });
    return { status: 200, body: deadLetterResource(letter) };
  },
});
