import { z } from 'zod';
import { findServiceInstances } from '../../db/find-service-instances.js';
import { breakerResource } from '../../read-models/service-instance.js';
import { defineRoute } from '../../route.js';
import { oneResponse } from '../replies.js';
import { breakerSchema } from './state-schemas.js';

export const listBreakers = defineRoute({
  method: 'get',
  path: '/ops/v1/breakers',
  operationId: 'listBreakers',
  summary: 'The circuit breakers of all services, one for each provider and instance',
  tags: ['Operations'],
  access: { scope: 'ops:read' },
  responses: oneResponse(z.object({ data: z.array(breakerSchema) })),
  handler: async ({ database, clock }) => {
    const now = clock.now();
    const data = (await findServiceInstances(database, now)).flatMap((instance) =>
      instance.breakers.map((breaker) => breakerResource(instance, breaker, now)),
    );
    return { status: 200, body: { data } };
  },
});
