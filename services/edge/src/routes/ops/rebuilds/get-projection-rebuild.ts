import { notFound } from '@florin/http';
import { projectionRebuildResource } from '../../../read-models/projection-rebuild.js';
import { defineRoute } from '../../../route.js';
import { idParams } from '../../fields.js';
import { oneResponse } from '../../replies.js';
import { projectionRebuildSchema } from './schemas.js';

export const getProjectionRebuild = defineRoute({
  method: 'get',
  path: '/ops/v1/projection-rebuilds/{id}',
  operationId: 'getProjectionRebuild',
  summary: 'How far a rebuild of read models is',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  params: idParams,
  responses: oneResponse(projectionRebuildSchema),
  handler: async ({ prisma }, { params }) => {
    const row = await prisma.projectionRebuild.findUnique({ where: { id: params.id } });
    if (!row) throw notFound('rebuild');
    return { status: 200, body: projectionRebuildResource(row) };
  },
});
