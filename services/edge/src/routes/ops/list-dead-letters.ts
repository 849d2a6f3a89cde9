import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { deadLetterResource } from '../../read-models/dead-letter.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { deadLetterSchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid', sortable: true },
    topic: { type: 'text' },
    group: { type: 'text', model: 'consumerGroup' },
    partition: { type: 'integer' },
    offset: { type: 'money', model: 'recordOffset' },
    key: { type: 'text' },
    messageName: { type: 'text' },
    errorCode: { type: 'text' },
    fingerprint: { type: 'text' },
    attempts: { type: 'integer' },
    firstFailedAt: { type: 'time', sortable: true },
    lastFailedAt: { type: 'time', sortable: true },
    status: { type: 'text' },
    resolution: { type: 'text' },
  },
  tie: 'id',
  defaultSort: '-lastFailedAt',
};

export const listDeadLetters = defineRoute({
  method: 'get',
  path: '/ops/v1/dead-letters',
  operationId: 'listDeadLetters',
  summary: 'List dead letters of all groups',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec),
  responses: pageResponse(deadLetterSchema),
  handler: async ({ prisma }, { query }) => ({
    status: 200,
    body: await listPage({
      spec,
      query,
      scope: [],
      // The bytes of the messages stay where they are: a page of them could weigh 100 MB.
      find: (args) =>
        prisma.deadLetter.findMany({ ...args, omit: { value: true, payload: true, failure: true } }),
      present: deadLetterResource,
    }),
  }),
});
