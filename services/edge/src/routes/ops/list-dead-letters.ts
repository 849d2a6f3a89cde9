import { z } from 'zod';
import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { deadLetterDetailResource, deadLetterResource } from '../../read-models/dead-letter.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { deadLetterDetailSchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    topic: { type: 'text' },
    group: { type: 'text', model: 'consumerGroup' },
    partition: { type: 'integer' },
    offset: { type: 'money', model: 'recordOffset' },
    key: { type: 'text', nullable: true },
    messageName: { type: 'text', nullable: true },
    errorCode: { type: 'text' },
    errorMessage: { type: 'text' },
    fingerprint: { type: 'text' },
    attempts: { type: 'integer' },
    firstFailedAt: { type: 'time' },
    lastFailedAt: { type: 'time' },
    status: { type: 'text' },
    resolution: { type: 'text', nullable: true },
    indexedAt: { type: 'time' },
    discardedBy: { type: 'text', nullable: true },
    discardedAt: { type: 'time', nullable: true },
    discardReason: { type: 'text', nullable: true },
    revision: { type: 'integer' },
    approvedRevision: { type: 'integer' },
    parked: { type: 'boolean' },
  },
  tie: 'id',
  defaultSort: '-lastFailedAt',
};

/** Whole messages weigh up to half a megabyte each. */
const maxWithPayload = 20;

export const listDeadLetters = defineRoute({
  method: 'get',
  path: '/ops/v1/dead-letters',
  operationId: 'listDeadLetters',
  summary: 'List dead letters of all groups',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec, deadLetterDetailSchema).extend({
    search: z
      .string()
      .min(1)
      .max(200)
      .optional()
      .describe('Text anywhere in topic, key, message name, error or payload; case does not matter.'),
    include: z
      .literal('payload')
      .optional()
      .describe(`Adds payload, bytes and failure; a page then has ${maxWithPayload} items at most.`),
  }),
  responses: pageResponse(
    deadLetterDetailSchema.partial({ payload: true, valueBase64: true, failure: true }),
  ),
  handler: async ({ reads }, { query }) => {
    const scope = query.search ? [{ searchText: { contains: literally(String(query.search)) } }] : [];
    if (query.include) {
      const page = await listPage({
        spec,
        query: { ...query, limit: Math.min(Number(query.limit), maxWithPayload) },
        scope,
        prisma: reads.primaryLists,
        find: (db, args) => db.deadLetter.findMany({ ...args, omit: { searchText: true } }),
        present: deadLetterDetailResource,
      });
      return { status: 200, body: page };
    }
    const page = await listPage({
      spec,
      query,
      scope,
      prisma: reads.primaryLists,
      // The bytes of the messages stay where they are: a page of them could weigh 100 MB.
      find: (db, args) =>
        db.deadLetter.findMany({
          ...args,
          omit: { value: true, payload: true, failure: true, searchText: true },
        }),
      present: deadLetterResource,
    });
    return { status: 200, body: page };
  },
});

/** Prisma makes a LIKE pattern of it and leaves the wildcards in. */
function literally(text: string): string {
  return text.toLowerCase().replace(/[\\%_]/g, '\\$&');
}
