import { actorOf } from '@florin/http';
import { v7 as uuidv7 } from 'uuid';
import { z } from 'zod';
import { insertProjectionRebuild } from '../../../db/insert-projection-rebuild.js';
import { projectionRebuildResource } from '../../../read-models/projection-rebuild.js';
import { rebuildableNames } from '../../../rebuild/rebuildable.js';
import { defineRoute } from '../../../route.js';
import { reason } from '../../fields.js';
import { projectionName, projectionRebuildSchema } from './schemas.js';

const body = z.strictObject({
  projections: z
    .array(projectionName)
    .min(1)
    .max(rebuildableNames.length)
    .optional()
    .describe('All unless some are named.'),
  carryOver: z
    .boolean()
    .default(false)
    .describe('Takes rows that the topics do not tell of over as they are, instead of refusing.'),
  reason: reason.optional(),
});

export const createProjectionRebuild = defineRoute({
  method: 'post',
  path: '/ops/v1/projection-rebuilds',
  operationId: 'createProjectionRebuild',
  summary: 'Build read models anew from the topics',
  description:
    'The read models stay readable and up to date meanwhile; new ones are built beside them and take their place at ' +
    'once. Refuses when the topics do not hold the whole history, unless `carryOver` is set.',
  tags: ['Operations'],
  access: { scope: 'ops:rebuild' },
  body,
  responses: {
    202: { description: 'Started; how far it is is at `Location`.', schema: projectionRebuildSchema },
    409: { description: '`rebuild-running`: one at a time' },
  },
  handler: async ({ database, clock, rebuilder }, request) => {
    const { projections, carryOver, reason } = request.body;
    const row = {
      id: uuidv7(),
      projections: [...new Set(projections ?? rebuildableNames)],
      carryOver,
      requestedBy: actorOf(request.caller),
      reason: reason ?? null,
      status: 'running',
      detail: 'about to begin',
      recordsTotal: 0,
      recordsRead: 0,
      rowsRebuilt: 0,
      rowsCarriedOver: 0,
      createdAt: new Date(clock.now()),
      finishedAt: null,
    };
    await insertProjectionRebuild(database, row);
    rebuilder.wake();
    return {
      status: 202,
      headers: { Location: `/ops/v1/projection-rebuilds/${row.id}` },
      body: projectionRebuildResource(row),
    };
  },
});
