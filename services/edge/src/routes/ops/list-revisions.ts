import { notFound } from '@florin/http';
import { z } from 'zod';
import { revisionResource } from '../../read-models/revision.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { revisionSchema } from './schemas.js';

export const listRevisions = defineRoute({
  method: 'get',
  path: '/ops/v1/dead-letters/{id}/revisions',
  operationId: 'listRevisions',
  summary: 'List the edits of a dead letter, oldest first',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  params: idParams,
  responses: oneResponse(z.object({ data: z.array(revisionSchema) })),
  handler: async ({ prisma }, { params }) => {
    const letter = await prisma.deadLetter.findUnique({
      where: { id: params.id },
      select: { revisions: { orderBy: { revision: 'asc' } } },
    });
    if (!letter) throw notFound('dead letter');
    return { status: 200, body: { data: letter.revisions.map(revisionResource) } };
  },
});
