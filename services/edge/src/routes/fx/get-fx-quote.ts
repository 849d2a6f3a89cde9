import { notFound } from '@florin/http';
import { fxQuoteResource } from '../../read-models/fx.js';
import { defineRoute } from '../../route.js';
import { idParams } from '../fields.js';
import { oneResponse } from '../replies.js';
import { fxQuoteSchema } from './schemas.js';

export const getFxQuote = defineRoute({
  method: 'get',
  path: '/v1/fx-quotes/{id}',
  operationId: 'getFxQuote',
  summary: 'Get a quote',
  tags: ['Transactions'],
  access: 'customer',
  params: idParams,
  responses: oneResponse(fxQuoteSchema),
  handler: async ({ reads, clock }, { params, caller }) => {
    const prisma = await reads.for(caller);
    const quote = await prisma.fxQuote.findUnique({ where: { id: params.id } });
    if (quote?.ownerId !== caller.customerId) throw notFound('quote');
    return { status: 200, body: fxQuoteResource(quote, clock.now()) };
  },
});
