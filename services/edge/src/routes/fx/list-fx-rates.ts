import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { fxRateResource } from '../../read-models/fx.js';
import { defineRoute } from '../../route.js';
import { inForce, pageResponse } from '../replies.js';
import { fxRateSchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    sourceCurrency: { type: 'text' },
    destinationCurrency: { type: 'text' },
    rate: { type: 'text' },
    marginBasisPoints: { type: 'integer' },
    status: { type: 'text' },
    expiresAt: { type: 'time', nullable: true },
    createdAt: { type: 'time' },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listFxRates = defineRoute({
  method: 'get',
  path: '/v1/fx-rates',
  operationId: 'listFxRates',
  summary: 'List rates between currencies',
  tags: ['Transactions'],
  access: 'signed-in',
  query: listSchema(spec, fxRateSchema),
  responses: pageResponse(fxRateSchema),
  handler: async ({ reads }, { query, caller }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: inForce(query, ['id'], { status: 'active' }),
      prisma: await reads.for(caller),
      find: (db, args) => db.fxRate.findMany(args),
      present: fxRateResource,
    }),
  }),
});
