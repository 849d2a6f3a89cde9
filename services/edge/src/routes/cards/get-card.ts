import { notFound } from '@florin/http';
import { cardResource } from '../../read-models/card.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { maySee, oneResponse } from '../replies.js';
import { cardSchema } from '../resources.js';

export const getCard = defineRoute({
  method: 'get',
  path: '/v1/cards/{id}',
  operationId: 'getCard',
  summary: 'Get a card',
  tags: ['Cards'],
  access: { customerOrScope: 'cards:read' },
  params: idParams,
  responses: oneResponse(cardSchema),
  handler: async ({ reads }, { params, caller }) => {
    const prisma = await reads.for(caller);
    const card = await prisma.card.findUnique({ where: { id: params.id } });
    if (!card || !maySee(caller, [card.ownerId])) throw notFound('card');
    return { status: 200, body: cardResource(card) };
  },
});
