import { notFound } from '@florin/http';
import { deadLetterDetailResource } from '../../read-models/dead-letter.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { deadLetterDetailSchema } from './schemas.js';

export const getDeadLetter = defineRoute({
  method: 'get',
  path: '/ops/v1/dead-letters/{id}',
  operationId: 'getDeadLetter',
  summary: 'Get a dead letter with its decoded payload',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  params: idParams,
  responses: oneResponse(deadLetterDetailSchema),
  handler: async ({ prisma }, { params }) => {
    const letter = await prisma.deadLetter.findUnique({ where: { id: params.id } });
    if (!letter) throw notFound('dead letter');
    return { status: 200, body: deadLetterDetailResource(letter) };
  },
});
