import { actorOf } from '@florin/http';
import { z } from 'zod';
import { approveRevision as approve } from '../../ops/approve-revision.js';
import { wholeNumber } from '../../queries/list-schema.js';
import { revisionResource } from '../../read-models/revision.js';
import { defineRoute } from '../../route.js';
import { reason, uuid } from '../fields.js';
import { revisionSchema, secondApproverRequired } from './schemas.js';

export const approveRevision = defineRoute({
  method: 'post',
  path: '/ops/v1/dead-letters/{id}/revisions/{revision}/approve',
  operationId: 'approveRevision',
  summary: 'Approve an edit that touches money',
  description:
    'Takes an API key of another operator than that of the edit: not the same key, nor one that it has made, nor the one ' +
    'that it was made with. Two keys that were made with the same key are two operators.',
  tags: ['Operations'],
  access: { scope: 'ops:replay' },
  params: z.object({ id: uuid, revision: wholeNumber(z.number().int().min(1).max(1_000_000)) }),
  body: z.strictObject({ reason: reason.optional() }),
  responses: {
    200: { description: 'Approved.', schema: revisionSchema },
    403: { description: secondApproverRequired },
    409: { description: '`dead-letter-not-pending`, `stale-revision` or `revision-approved`' },
  },
  handler: async (context, { params, body, caller }) => {
    const { id: deadLetterId, revision } = params;
    await approve(context, { deadLetterId, revision, actor: actorOf(caller), reason: body.reason ?? null });
    const row = await context.prisma.deadLetterRevision.findUniqueOrThrow({
      where: { deadLetterId_revision: { deadLetterId, revision } },
    });
    return { status: 200, body: revisionResource(row) };
  },
});
