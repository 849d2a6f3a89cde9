import { actorOf } from '@florin/http';
import { z } from 'zod';
import { reviseDeadLetter } from '../../ops/revise-dead-letter.js';
import { revisionResource } from '../../read-models/revision.js';
import { defineRoute } from '../../route.js';
import { idParams, reason } from '../fields.js';
import { revisionSchema } from './schemas.js';

export const createRevision = defineRoute({
  method: 'post',
  path: '/ops/v1/dead-letters/{id}/revisions',
  operationId: 'createRevision',
  summary: 'Edit the message of a dead letter',
  description:
    'The payload must fit the schema of the message. 409 `stale-revision` when somebody edited it meanwhile. A ' +
    'change of an amount, fee, currency, wallet or limit has to be approved by another operator (`approveRevision`).',
  tags: ['Operations'],
  access: { scope: 'ops:replay' },
  params: idParams,
  body: z.strictObject({
    baseRevision: z.int().min(0).describe('The revision that was edited; 0 is what the producer wrote.'),
    payload: z.record(z.string(), z.unknown()).describe('The whole message; `meta` may be left out.'),
    reason,
  }),
  responses: {
    201: { description: 'Stored.', schema: revisionSchema },
    409: { description: '`dead-letter-not-pending` or `stale-revision`' },
    422: { description: '`message-not-editable` or `nothing-changed`' },
  },
  handler: async (context, { params, body, caller }) => {
    const edit = { ...body, deadLetterId: params.id, actor: actorOf(caller) };
    const revision = await reviseDeadLetter(context, edit);
    const row = await context.prisma.deadLetterRevision.findUniqueOrThrow({
      where: { deadLetterId_revision: { deadLetterId: params.id, revision } },
    });
    return { status: 201, body: revisionResource(row) };
  },
});
