import { listPage } from '../../queries/list.js';
import { type ListSpec, listSchema } from '../../queries/list-schema.js';
import { progressOf, type ReplayRow, replayResource } from '../../read-models/replay.js';
import { defineRoute } from '../../route.js';
import { pageResponse } from '../replies.js';
import { replaySchema } from './schemas.js';

const spec: ListSpec = {
  fields: {
    id: { type: 'uuid' },
    requestedBy: { type: 'text' },
    reason: { type: 'text', nullable: true },
    ruleId: { type: 'uuid', nullable: true },
    dryRun: { type: 'boolean' },
    canary: { type: 'boolean' },
    ratePerSecond: { type: 'integer', nullable: true },
    maxFailuresInRow: { type: 'integer' },
    createdAt: { type: 'time' },
    abortedAt: { type: 'time', nullable: true },
    abortReason: { type: 'text', nullable: true },
  },
  tie: 'id',
  defaultSort: '-createdAt',
};

export const listReplays = defineRoute({
  method: 'get',
  path: '/ops/v1/replays',
  operationId: 'listReplays',
  summary: 'List replays with the counts of their outcomes',
  description: 'Those of the rules for auto-redrive have `requestedBy=auto-redrive` and a `ruleId`.',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  query: listSchema(spec, replaySchema),
  responses: pageResponse(replaySchema),
  handler: async ({ prisma, reads }, { query }) => {
    const page = await listPage<ReplayRow, ReplayRow>({
      spec,
      query,
      scope: [],
      prisma: reads.primaryLists,
      find: (db, args) => db.replay.findMany(args),
      present: (row) => row,
    });
    const progress = await progressOf(
      prisma,
      page.data.map(({ id }) => id),
    );
    const data = page.data.map((replay) => replayResource(replay, progress.get(replay.id)));
    return { status: 200, body: { ...page, data } };
  },
});
